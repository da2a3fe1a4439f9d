#include "cbv/net/tls_server.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "cbv/net/tls_error.hpp"

namespace cbv::net {
namespace {

template <class T>
using owned = std::unique_ptr<T, void (*)(T*)>;

owned<BIO> reader_of(const std::string& text) {
  owned<BIO> made(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                  [](BIO* each) { BIO_free(each); });
  if (!made) throw std::bad_alloc();
  return made;
}

owned<X509> next_certificate(BIO* from) {
  return {PEM_read_bio_X509(from, nullptr, nullptr, nullptr), &X509_free};
}

void require(bool holds, std::string_view what) {
  if (!holds) throw std::runtime_error(std::string(what) + ": " + take_tls_error());
}

void use_certificate(SSL_CTX* context, const std::string& pem) {
  const owned<BIO> from = reader_of(pem);
  const owned<X509> own = next_certificate(from.get());
  require(own && SSL_CTX_use_certificate(context, own.get()) == 1, "the server's certificate");
  while (const owned<X509> each = next_certificate(from.get())) {
    require(SSL_CTX_add1_chain_cert(context, each.get()) == 1, "a certificate of the chain");
  }
  ERR_clear_error();  // the end of the text is an error to the reader
}

// No password is ever asked for: an empty one is tried.
void use_key(SSL_CTX* context, const std::string& pem) {
  char no_password[] = "";
  const owned<BIO> from = reader_of(pem);
  const owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(from.get(), nullptr, nullptr, no_password),
                            &EVP_PKEY_free);
  require(key && SSL_CTX_use_PrivateKey(context, key.get()) == 1, "the server's key");
}

// Who shows no certificate of these does not get through the handshake.
void require_certificates_of(SSL_CTX* context, const std::string& pem) {
  const owned<BIO> from = reader_of(pem);
  X509_STORE* const trusted = SSL_CTX_get_cert_store(context);
  bool any = false;
  while (const owned<X509> each = next_certificate(from.get())) {
    require(X509_STORE_add_cert(trusted, each.get()) == 1, "a certificate for clients");
    require(SSL_CTX_add_client_CA(context, each.get()) == 1, "a certificate for clients");
    any = true;
  }
  require(any, "the certificates for clients");
  ERR_clear_error();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // A session goes on only with who it began with; OpenSSL wants a name for that.
  constexpr unsigned char name[] = "cbv";
  SSL_CTX_set_session_id_context(context, name, sizeof name - 1);
}

int number_of(tls_version version) {
  switch (version) {
    case tls_version::v1_0:
      return TLS1_VERSION;
    case tls_version::v1_1:
      return TLS1_1_VERSION;
    case tls_version::v1_2:
      return TLS1_2_VERSION;
    case tls_version::v1_3:
      return TLS1_3_VERSION;
  }
  return TLS1_3_VERSION;
}

}  // namespace

tls_server::tls_server(const tls_server_options& options)
    : context_(SSL_CTX_new(TLS_server_method())) {
  if (!context_) throw std::bad_alloc();
  SSL_CTX* const context = context_.get();
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, number_of(options.least));
  SSL_CTX_set_max_proto_version(context, number_of(options.most));
  // What is older than TLS 1.2 signs with SHA-1.
  if (options.least < tls_version::v1_2) SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  if (!options.tickets) SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  if (!options.ciphers.empty()) {
    require(SSL_CTX_set_cipher_list(context, options.ciphers.c_str()) == 1, "the ciphers");
  }
  use_certificate(context, options.certificate_pem);
  use_key(context, options.key_pem);
  if (!options.client_ca_pem.empty()) require_certificates_of(context, options.client_ca_pem);
}

std::unique_ptr<tls_machine> tls_server::begin() {
  ssl_handle connection(SSL_new(context_.get()));
  if (!connection) throw std::bad_alloc();
  SSL_set_accept_state(connection.get());
  return std::make_unique<tls_machine>(std::move(connection), tls_expectation{});
}

}  // namespace cbv::net
