#include "cbv/net/tls_client.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <new>
#include <stdexcept>
#include <utility>

#include "cbv/base/error.hpp"
#include "cbv/net/tls_error.hpp"

namespace cbv::net {
namespace {

// Of OpenSSL's scale: 2 wants keys of 112 bits of security (RSA of 2048), 0 takes any.
constexpr int level_verified = 2;
constexpr int level_any = 0;

// Where the sessions of one connection go. Its SSL refers to it as application data.
struct session_target {
  std::shared_ptr<tls_session_cache> into;
  std::string key;
  const clock& time;

  void put(SSL_SESSION* session) const {
    ssl_session_handle owned(session);
    if (SSL_SESSION_is_resumable(session) == 1) into->put(key, std::move(owned), time.now());
  }
};

const session_target* target_of(const SSL* of) {
  return static_cast<const session_target*>(SSL_get_app_data(of));
}

// A new session. 1: it is ours now.
int keep_session(SSL* of, SSL_SESSION* session) {
  const session_target* const target = target_of(of);
  if (target == nullptr) return 0;
  target->put(session);
  return 1;
}

// A TLS 1.2 session that went on may go on again; no new one is announced for it.
void keep_resumed_session(const SSL* of, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_DONE) == 0) return;
  if (SSL_version(of) >= TLS1_3_VERSION || SSL_session_reused(of) == 0) return;
  const session_target* const target = target_of(of);
  if (target != nullptr) target->put(SSL_get1_session(const_cast<SSL*>(of)));  // NOLINT
}

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error(what + ": " + take_tls_error());
}

void trust_pem(SSL_CTX* context, const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> from(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  if (!from) throw std::bad_alloc();
  X509_STORE* const trusted = SSL_CTX_get_cert_store(context);
  std::size_t count = 0;
  while (true) {
    const std::unique_ptr<X509, decltype(&X509_free)> each(
        PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr), &X509_free);
    if (!each) break;
    if (X509_STORE_add_cert(trusted, each.get()) != 1) refuse("a certificate to trust");
    ++count;
  }
  if (count == 0) refuse("no certificate to trust");
  ERR_clear_error();  // the end of the text is an error to the reader
}

void load_trust(SSL_CTX* context, const tls_client_options& options) {
  if (options.ca_file.empty() && options.ca_directory.empty() && options.ca_pem.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) refuse("whom the system trusts");
    return;
  }
  if (!options.ca_file.empty() && SSL_CTX_load_verify_file(context, options.ca_file.c_str()) != 1) {
    refuse(options.ca_file);
  }
  if (!options.ca_directory.empty() &&
      SSL_CTX_load_verify_dir(context, options.ca_directory.c_str()) != 1) {
    refuse(options.ca_directory);
  }
  if (!options.ca_pem.empty()) trust_pem(context, options.ca_pem);
}

std::string without_last_dot(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  return name;
}

// Says whom the certificate has to name; false if it is no name that a certificate can have.
bool expect_name(SSL* of, const std::string& name) {
  if (name.empty()) return false;
  X509_VERIFY_PARAM* const checks = SSL_get0_param(of);
  error_code problem;
  boost::asio::ip::make_address(name, problem);
  if (!problem) return X509_VERIFY_PARAM_set1_ip_asc(checks, name.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(checks, name.data(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(of, name.c_str()) == 1;
}

}  // namespace

void ssl_ctx_deleter::operator()(ssl_ctx_st* each) const noexcept {
  SSL_CTX_free(each);
}

tls_client::tls_client(const clock& time, const tls_client_options& options)
    : time_(time),
      sessions_(std::make_shared<tls_session_cache>(options.sessions_max, options.sessions_kept)),
      context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) throw std::bad_alloc();
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // Thousands of connections wait for slow hosts: their buffers do not wait with them.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  SSL_CTX_set_info_callback(context, keep_resumed_session);
  load_trust(context, options);
}

std::unique_ptr<tls_machine> tls_client::begin(const tls_request& asked) {
  ssl_handle connection(SSL_new(context_.get()));
  if (!connection) throw std::bad_alloc();
  SSL* const ssl = connection.get();
  SSL_set_connect_state(ssl);
  SSL_set_verify(ssl, asked.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  SSL_set_security_level(ssl, asked.verify ? level_verified : level_any);
  if (!asked.verify) SSL_set_options(ssl, SSL_OP_LEGACY_SERVER_CONNECT);

  X509_VERIFY_PARAM* const checks = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_auth_level(checks, level_verified);
  X509_VERIFY_PARAM_set_time(checks, time_.wall_now().time_since_epoch().count());
  const std::string name = without_last_dot(asked.server_name);
  const tls_expectation expected{expect_name(ssl, name), asked.verify};

  std::shared_ptr<session_target> target;
  if (!asked.session_key.empty()) {
    const std::string key =
        asked.session_key + '\n' + name + (asked.verify ? "\nverified" : "\nany");
    target = std::make_shared<session_target>(session_target{sessions_, key, time_});
    SSL_set_app_data(ssl, target.get());
    if (const ssl_session_handle before = sessions_->take(key, time_.now())) {
      SSL_set_session(ssl, before.get());
    }
  }
  return std::make_unique<tls_machine>(std::move(connection), expected, std::move(target));
}

}  // namespace cbv::net
