#include "cbv/net/tls_error.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace cbv::net {
namespace {

// The reason of an alert that came is this and the alert's number (SSL_AD_REASON_OFFSET of
// OpenSSL).
constexpr int alert_reasons = SSL_AD_REASON_OFFSET;
constexpr int alerts_max = 255;

// The first error that libssl itself has put there, or else the first of any: what failed below it
// says less to people, and what comes behind it is a consequence.
unsigned long take_first_error() {
  unsigned long first = 0;
  bool is_of_tls = false;
  while (const unsigned long each = ERR_get_error()) {
    if (is_of_tls || (first != 0 && ERR_GET_LIB(each) != ERR_LIB_SSL)) continue;
    first = each;
    is_of_tls = ERR_GET_LIB(each) == ERR_LIB_SSL;
  }
  return first;
}

std::string text_of(unsigned long error) {
  if (error == 0) return "TLS failed without a reason";
  const int reason = ERR_GET_REASON(error);
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason >= alert_reasons &&
      reason <= alert_reasons + alerts_max) {
    return std::string("the peer's alert: ") + SSL_alert_desc_string_long(reason - alert_reasons);
  }
  const char* const text = ERR_reason_error_string(error);
  return text != nullptr ? text : "error " + std::to_string(reason) + " of OpenSSL";
}

}  // namespace

std::string take_tls_error(const ssl_st* of) {
  const unsigned long error = take_first_error();
  std::string text = text_of(error);
  if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
      ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    text += ": ";
    text += X509_verify_cert_error_string(SSL_get_verify_result(of));
  }
  return text;
}

std::string take_tls_error() {
  return text_of(take_first_error());
}

}  // namespace cbv::net
