// TLS towards far hosts: settings, trust, and the sessions that may be resumed.
#ifndef CBV_NET_TLS_CLIENT_HPP
#define CBV_NET_TLS_CLIENT_HPP

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "cbv/base/clock.hpp"
#include "cbv/net/tls_machine.hpp"
#include "cbv/net/tls_session_cache.hpp"

struct ssl_ctx_st;

namespace cbv::net {

/// Frees OpenSSL's context.
struct ssl_ctx_deleter {
  void operator()(ssl_ctx_st* each) const noexcept;
};
using ssl_ctx_handle = std::unique_ptr<ssl_ctx_st, ssl_ctx_deleter>;

struct tls_client_options {
  // Who is trusted, as files in PEM; if all three are empty, those whom the system trusts.
  std::string ca_file;
  std::string ca_directory;  // hashed names, as of openssl rehash
  std::string ca_pem;        // certificates themselves

  std::size_t sessions_max = 10'000;  // kept for resumption, about 4 KB each; 0: none
  std::chrono::seconds sessions_kept{3'600};
};

/// What is asked of one handshake.
struct tls_request {
  // The host's name, in A-labels: said in SNI, and the one the certificate has to name. An IP
  // address is compared too, but not said (RFC 6066 section 3).
  std::string server_name;

  // A certificate that is not good, or does not name the host, fails the handshake. If false, it is
  // looked at all the same, and weak keys and old servers (no RFC 5746) are put up with: what
  // would come in its place is no protection at all.
  bool verify = false;

  // Whose session may be resumed: host and port, say. Name and `verify` are always compared, too.
  // Empty: none is, and none is kept.
  std::string session_key;
};

/// TLS 1.2 and up. Belongs to one thread. Throws only from its constructor.
class tls_client {
 public:
  /// `time` outlives the client. Throws std::runtime_error that says which file is no good.
  explicit tls_client(const clock& time, const tls_client_options& options = {});

  /// The client's end of a new connection. Its first octets are in its output. May outlive the
  /// client.
  std::unique_ptr<tls_machine> begin(const tls_request& asked);

  /// Sessions held for resumption.
  std::size_t sessions() const noexcept { return sessions_->size(); }

 private:
  const clock& time_;
  // Shared by the connections, whose hosts may send tickets as long as they live.
  std::shared_ptr<tls_session_cache> sessions_;
  ssl_ctx_handle context_;
};

}  // namespace cbv::net

#endif
