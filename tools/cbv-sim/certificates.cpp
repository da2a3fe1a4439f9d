#include "tools/cbv-sim/certificates.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <stdexcept>
#include <string_view>

#include "cbv/base/error.hpp"
#include "cbv/net/tls_error.hpp"

namespace cbv::sim {
namespace {

constexpr std::string_view wrong_name = "wrong.invalid";
constexpr std::size_t common_name_octets_max = 64;

// Far from today both, whatever a simulated clock says.
constexpr const char* begin_of_all = "20000101000000Z";
constexpr const char* end_of_old = "20010101000000Z";
constexpr const char* end_of_all = "20991231235959Z";

template <class T>
using owned = std::unique_ptr<T, void (*)(T*)>;

void require(bool holds) {
  if (!holds) throw std::runtime_error("no certificate could be made: " + net::take_tls_error());
}

template <class T>
T* must(T* made) {
  require(made != nullptr);
  return made;
}

owned<EVP_PKEY> make_key() {
  return {must(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), &EVP_PKEY_free};
}

template <class Write>
std::string pem_of(Write write) {
  const owned<BIO> into(must(BIO_new(BIO_s_mem())), [](BIO* each) { BIO_free(each); });
  require(write(into.get()) == 1);
  char* text = nullptr;
  const long length = BIO_get_mem_data(into.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::string pem_of(X509* certificate) {
  return pem_of([&](BIO* into) { return PEM_write_bio_X509(into, certificate); });
}

std::string pem_of(EVP_PKEY* key) {
  return pem_of([&](BIO* into) {
    return PEM_write_bio_PrivateKey(into, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

// Sixteen octets that no other has, the first of them small: so the number is as long each time.
void set_serial(X509* of) {
  std::array<unsigned char, 16> octets{};
  require(RAND_bytes(octets.data(), static_cast<int>(octets.size())) == 1);
  octets[0] = 0x40;
  const owned<BIGNUM> number(
      must(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)), &BN_free);
  must(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(of)));
}

// Each authority has its own, or what one has signed would be taken for a forgery of another's.
std::string authority_name() {
  std::array<unsigned char, 8> octets{};
  require(RAND_bytes(octets.data(), static_cast<int>(octets.size())) == 1);
  std::string name = "cbv-sim authority ";
  for (const unsigned char each : octets) name += static_cast<char>('a' + each % 26);
  return name;
}

void set_subject(X509* of, std::string_view name) {
  const std::string_view common_name = name.substr(0, common_name_octets_max);
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(of), "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common_name.data()),
                                     static_cast<int>(common_name.size()), -1, 0) == 1);
}

owned<X509> make_certificate(std::string_view subject, EVP_PKEY* key, const char* not_after) {
  owned<X509> made(must(X509_new()), &X509_free);
  constexpr long version_3 = 2;
  require(X509_set_version(made.get(), version_3) == 1);
  set_serial(made.get());
  set_subject(made.get(), subject);
  require(ASN1_TIME_set_string(X509_getm_notBefore(made.get()), begin_of_all) == 1);
  require(ASN1_TIME_set_string(X509_getm_notAfter(made.get()), not_after) == 1);
  require(X509_set_pubkey(made.get(), key) == 1);
  return made;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  require(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
  require(X509_sign(certificate, key, nullptr) > 0);
}

void make_an_authority(X509* of) {
  const owned<BASIC_CONSTRAINTS> constraints(must(BASIC_CONSTRAINTS_new()),
                                             &BASIC_CONSTRAINTS_free);
  constraints->ca = 1;
  require(X509_add1_ext_i2d(of, NID_basic_constraints, constraints.get(), 1, 0) == 1);
}

GENERAL_NAME* general_name(const std::string& name) {
  error_code problem;
  boost::asio::ip::make_address(name, problem);
  owned<GENERAL_NAME> made(must(GENERAL_NAME_new()), &GENERAL_NAME_free);
  if (!problem) {
    GENERAL_NAME_set0_value(made.get(), GEN_IPADD, must(a2i_IPADDRESS(name.c_str())));
  } else {
    owned<ASN1_IA5STRING> text(must(ASN1_IA5STRING_new()), &ASN1_IA5STRING_free);
    require(ASN1_STRING_set(text.get(), name.data(), static_cast<int>(name.size())) == 1);
    GENERAL_NAME_set0_value(made.get(), GEN_DNS, text.release());
  }
  return made.release();
}

void add_alternative_names(X509* to, const std::vector<std::string>& all) {
  const owned<GENERAL_NAMES> names(must(GENERAL_NAMES_new()), &GENERAL_NAMES_free);
  for (const std::string& each : all) {
    require(sk_GENERAL_NAME_push(names.get(), general_name(each)) > 0);
  }
  require(X509_add1_ext_i2d(to, NID_subject_alt_name, names.get(), 0, 0) == 1);
}

}  // namespace

void certificate_authority::key_deleter::operator()(evp_pkey_st* each) const noexcept {
  EVP_PKEY_free(each);
}

void certificate_authority::certificate_deleter::operator()(x509_st* each) const noexcept {
  X509_free(each);
}

certificate_authority::certificate_authority() {
  key_.reset(make_key().release());
  certificate_.reset(make_certificate(authority_name(), key_.get(), end_of_all).release());
  make_an_authority(certificate_.get());
  sign(certificate_.get(), certificate_.get(), key_.get());
  pem_ = pem_of(certificate_.get());
}

certified certificate_authority::issue(certificate_kind kind,
                                       std::vector<std::string> names) const {
  if (kind == certificate_kind::wrong_name) names.assign(1, std::string(wrong_name));
  const char* const not_after = kind == certificate_kind::expired ? end_of_old : end_of_all;
  const owned<EVP_PKEY> key = make_key();
  const owned<X509> made = make_certificate(names.at(0), key.get(), not_after);
  add_alternative_names(made.get(), names);
  if (kind == certificate_kind::self_signed) {
    sign(made.get(), made.get(), key.get());
  } else {
    sign(made.get(), certificate_.get(), key_.get());
  }
  return {pem_of(made.get()), pem_of(key.get())};
}

}  // namespace cbv::sim
