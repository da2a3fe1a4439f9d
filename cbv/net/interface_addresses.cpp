#include "cbv/net/interface_addresses.hpp"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>
#include <optional>

namespace cbv::net {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> address_in(const sockaddr* held) {
  if (held == nullptr) return std::nullopt;
  if (held->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, held, sizeof v4);
    return ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (held->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, held, sizeof v6);
    ip::address_v6::bytes_type octets;
    std::memcpy(octets.data(), v6.sin6_addr.s6_addr, octets.size());
    return ip::address_v6(octets);
  }
  return std::nullopt;
}

}  // namespace

std::vector<ip::address> interface_addresses() {
  ifaddrs* listed = nullptr;
  if (getifaddrs(&listed) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> held(listed, &freeifaddrs);
  std::vector<ip::address> found;
  for (const ifaddrs* one = listed; one != nullptr; one = one->ifa_next) {
    if (const auto address = address_in(one->ifa_addr)) found.push_back(*address);
  }
  return found;
}

}  // namespace cbv::net
