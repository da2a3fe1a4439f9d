// Where a connection goes: an endpoint of the internet, or a unix socket.
#ifndef CBV_NET_PEER_HPP
#define CBV_NET_PEER_HPP

#include <memory>
#include <string>

#include "cbv/net/dialer.hpp"
#include "cbv/net/endpoint.hpp"

namespace cbv::net {

struct peer {
  endpoint at;
  std::string path;  // of a unix socket; then `at` means nothing

  bool is_local() const noexcept { return !path.empty(); }

  /// The address without its port, or the path.
  std::string host() const { return is_local() ? path : at.address.to_string(); }

  friend bool operator==(const peer&, const peer&) = default;
};

/// "192.0.2.1:25", "/run/lmtp".
std::string to_string(const peer& to);

/// Connects through `network`, or to the unix socket. Throws only when cancelled.
awaitable<result<std::unique_ptr<stream>>> connect(dialer& network, peer to);

}  // namespace cbv::net

#endif
