#include "cbv/policy/opt_out.hpp"

#include <algorithm>

namespace cbv::policy {

bool opt_out::matches(const domain& asked) const {
  if (asked.literal() && matches(*asked.literal())) return true;
  return domains.matches(asked.text());
}

bool opt_out::matches(const boost::asio::ip::address& host) const noexcept {
  return std::any_of(networks.begin(), networks.end(),
                     [&host](const net::ip_network& one) { return one.contains(host); });
}

}  // namespace cbv::policy
