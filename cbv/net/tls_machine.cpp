#include "cbv/net/tls_machine.hpp"

#include <openssl/bio.h>
#include <openssl/buffer.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "cbv/net/tls_error.hpp"

namespace cbv::net {
namespace {

constexpr auto piece_octets_max = static_cast<std::size_t>(std::numeric_limits<int>::max());

// A memory BIO that is empty says "later" and not "the end".
BIO* make_memory() {
  BIO* const made = BIO_new(BIO_s_mem());
  if (made == nullptr) throw std::bad_alloc();
  BIO_set_mem_eof_return(made, -1);
  return made;
}

// A memory BIO keeps what it once grew to. What a connection that waits may keep is little.
bool is_worth_freeing(BIO* memory) {
  constexpr std::size_t kept_octets = 512;
  BUF_MEM* held = nullptr;
  BIO_get_mem_ptr(memory, &held);
  return BIO_ctrl_pending(memory) == 0 && held != nullptr && held->max > kept_octets;
}

}  // namespace

void ssl_deleter::operator()(ssl_st* each) const noexcept {
  SSL_free(each);
}

tls_machine::tls_machine(ssl_handle connection, tls_expectation expected,
                         std::shared_ptr<void> kept)
    : kept_(std::move(kept)), ssl_(std::move(connection)), expected_(expected) {
  SSL_set0_rbio(ssl_.get(), make_memory());
  SSL_set0_wbio(ssl_.get(), make_memory());
  if (SSL_is_server(ssl_.get()) == 0) shake_hands();
}

// OpenSSL takes a connection that ends without a close_notify for an attack, and would forget its
// session. Mail hosts end them so every day.
tls_machine::~tls_machine() {
  if (phase_ == phase::open) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN);
}

void tls_machine::receive(std::string_view octets) {
  if (phase_ == phase::failed || at_end_) return;
  while (!octets.empty()) {
    const std::string_view piece = octets.substr(0, piece_octets_max);
    if (BIO_write(SSL_get_rbio(ssl_.get()), piece.data(), static_cast<int>(piece.size())) <= 0) {
      throw std::bad_alloc();
    }
    octets.remove_prefix(piece.size());
  }
  if (phase_ == phase::handshake) shake_hands();
}

void tls_machine::receive_end() {
  if (phase_ == phase::handshake) fail("the peer closed during the handshake");
  at_end_ = true;
}

std::string tls_machine::take_output() {
  std::string output(pending_output(), '\0');
  if (output.empty()) return output;
  BIO* const from = SSL_get_wbio(ssl_.get());
  const int taken = BIO_read(from, output.data(), static_cast<int>(output.size()));
  output.resize(static_cast<std::size_t>(std::max(taken, 0)));
  if (phase_ == phase::open && is_worth_freeing(from)) SSL_set0_wbio(ssl_.get(), make_memory());
  return output;
}

std::size_t tls_machine::read(std::span<char> into) {
  if (phase_ != phase::open || into.empty()) return 0;
  std::size_t taken = 0;
  ERR_clear_error();
  const int outcome = SSL_read_ex(ssl_.get(), into.data(), into.size(), &taken);
  if (outcome == 1) return taken;
  go_on(outcome);
  if (pending_output() > tls_answer_octets_max) fail("the peer asks for too many answers");
  if (is_worth_freeing(SSL_get_rbio(ssl_.get()))) SSL_set0_rbio(ssl_.get(), make_memory());
  return 0;
}

void tls_machine::write(std::string_view plaintext) {
  if (phase_ != phase::open || plaintext.empty()) return;
  std::size_t written = 0;
  ERR_clear_error();
  const int outcome = SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &written);
  if (outcome != 1) go_on(outcome);
}

void tls_machine::close() {
  if (phase_ != phase::open || std::exchange(said_close_, true)) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::string tls_machine::asked_name() const {
  const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name != nullptr ? name : "";
}

void tls_machine::shake_hands() {
  ERR_clear_error();
  const int outcome = SSL_do_handshake(ssl_.get());
  if (outcome != 1) {
    go_on(outcome);
    if (pending_output() > tls_answer_octets_max) fail("the peer asks for too many answers");
    return;
  }
  note_facts();
  if (expected_.required && !facts_.verified) {  // only a session of before comes here unverified
    return fail("certificate verify failed: " + facts_.doubt);
  }
  phase_ = phase::open;
}

void tls_machine::note_facts() {
  facts_.protocol = SSL_get_version(ssl_.get());
  facts_.cipher = SSL_get_cipher_name(ssl_.get());
  facts_.resumed = SSL_session_reused(ssl_.get()) == 1;
  if (SSL_is_server(ssl_.get()) == 1) return;
  const long checked = SSL_get_verify_result(ssl_.get());
  if (SSL_get0_peer_certificate(ssl_.get()) == nullptr) {
    facts_.doubt = "no certificate";
  } else if (checked != X509_V_OK) {
    facts_.doubt = X509_verify_cert_error_string(checked);
  } else if (!expected_.named) {
    facts_.doubt = "no name to compare with";
  } else {
    facts_.verified = true;
  }
}

// After a call that did not succeed: waits for more, has come to the end, or has failed.
void tls_machine::go_on(int outcome) {
  switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;
    case SSL_ERROR_ZERO_RETURN:
      at_end_ = true;
      return;
    default:
      return fail(take_tls_error(ssl_.get()));
  }
}

void tls_machine::fail(std::string why) {
  if (phase_ == phase::failed) return;
  phase_ = phase::failed;
  failure_ = std::move(why);
}

std::size_t tls_machine::pending_output() const {
  return BIO_ctrl_pending(SSL_get_wbio(ssl_.get()));
}

}  // namespace cbv::net
