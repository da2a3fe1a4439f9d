#include "cbv/net/peer.hpp"

#include <utility>

namespace cbv::net {

std::string to_string(const peer& to) {
  return to.is_local() ? to.path : to_string(to.at);
}

awaitable<result<std::unique_ptr<stream>>> connect(dialer& network, peer to) {
  if (to.is_local()) return network.connect_local(std::move(to.path));
  return network.connect(std::move(to.at));
}

}  // namespace cbv::net
