// TLS as a server.
#ifndef CBV_NET_TLS_SERVER_HPP
#define CBV_NET_TLS_SERVER_HPP

#include <cstdint>
#include <memory>
#include <string>

#include "cbv/net/tls_client.hpp"
#include "cbv/net/tls_machine.hpp"

namespace cbv::net {

enum class tls_version : std::uint8_t { v1_0, v1_1, v1_2, v1_3 };

struct tls_server_options {
  std::string certificate_pem;  // its own first, then those that lead to a trusted one
  std::string key_pem;          // not encrypted
  tls_version least = tls_version::v1_2;
  tls_version most = tls_version::v1_3;
  bool tickets = true;        // false: sessions are remembered here, up to OpenSSL's own limit
  std::string client_ca_pem;  // clients need a certificate of one of these; empty: they need none
  std::string ciphers;  // of TLS 1.2 and below, as of openssl ciphers; empty: OpenSSL's own choice
};

/// Belongs to one thread. Throws only from its constructor.
class tls_server {
 public:
  /// Throws std::runtime_error that says what is wrong with the certificate, the key or the
  /// ciphers.
  explicit tls_server(const tls_server_options& options);

  /// The server's end of a new connection. May outlive the server.
  std::unique_ptr<tls_machine> begin();

 private:
  ssl_ctx_handle context_;
};

}  // namespace cbv::net

#endif
