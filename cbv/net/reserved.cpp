#include "cbv/net/reserved.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>

namespace cbv::net {
namespace {

namespace ip = boost::asio::ip;

struct reserved_v4 {
  std::uint32_t first;
  unsigned prefix;
  std::string_view use;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24U | b << 16U | c << 8U | d;
}

constexpr std::array reserved_v4s{
    reserved_v4{v4(0, 0, 0, 0), 8, "this network"},               // RFC 791
    reserved_v4{v4(10, 0, 0, 0), 8, "private"},                   // RFC 1918
    reserved_v4{v4(100, 64, 0, 0), 10, "carrier-grade NAT"},      // RFC 6598
    reserved_v4{v4(127, 0, 0, 0), 8, "loopback"},                 // RFC 1122
    reserved_v4{v4(169, 254, 0, 0), 16, "link-local"},            // RFC 3927
    reserved_v4{v4(172, 16, 0, 0), 12, "private"},                // RFC 1918
    reserved_v4{v4(192, 0, 0, 0), 24, "protocol assignments"},    // RFC 6890
    reserved_v4{v4(192, 0, 2, 0), 24, "documentation"},           // RFC 5737
    reserved_v4{v4(192, 88, 99, 0), 24, "6to4 relay"},            // RFC 7526
    reserved_v4{v4(192, 168, 0, 0), 16, "private"},               // RFC 1918
    reserved_v4{v4(198, 18, 0, 0), 15, "benchmarking"},           // RFC 2544
    reserved_v4{v4(198, 51, 100, 0), 24, "documentation"},        // RFC 5737
    reserved_v4{v4(203, 0, 113, 0), 24, "documentation"},         // RFC 5737
    reserved_v4{v4(224, 0, 0, 0), 4, "multicast"},                // RFC 5771
    reserved_v4{v4(255, 255, 255, 255), 32, "broadcast"},         // RFC 919
    reserved_v4{v4(240, 0, 0, 0), 4, "reserved for future use"},  // RFC 1112
};

struct reserved_v6 {
  std::uint64_t first;  // the upper half of the address
  unsigned prefix;      // 1 to 64
  std::string_view use;
};

constexpr std::array reserved_v6s{
    reserved_v6{0xfe80'0000'0000'0000, 10, "link-local"},            // RFC 4291
    reserved_v6{0xfec0'0000'0000'0000, 10, "site-local"},            // RFC 3879
    reserved_v6{0xfc00'0000'0000'0000, 7, "unique local"},           // RFC 4193
    reserved_v6{0xff00'0000'0000'0000, 8, "multicast"},              // RFC 4291
    reserved_v6{0x2001'0db8'0000'0000, 32, "documentation"},         // RFC 3849
    reserved_v6{0x2001'0000'0000'0000, 23, "protocol assignments"},  // RFC 2928, Teredo too
    reserved_v6{0x3fff'0000'0000'0000, 20, "documentation"},         // RFC 9637
};

constexpr std::uint64_t global_unicast_first = 0x2000'0000'0000'0000;  // RFC 4291: 2000::/3
constexpr unsigned global_unicast_prefix = 3;
constexpr std::uint64_t nat64_upper = 0x0064'ff9b'0000'0000;  // RFC 6052: 64:ff9b::/96
constexpr std::uint64_t six_to_four_prefix = 0x2002;          // RFC 3056: 2002::/16

template <class Word>
constexpr bool shares_prefix(Word a, Word b, unsigned prefix) {
  constexpr unsigned width = sizeof(Word) * 8;
  return ((a ^ b) >> (width - prefix)) == 0;
}

std::string_view reserved_for_v4(std::uint32_t address) {
  const auto found =
      std::find_if(reserved_v4s.begin(), reserved_v4s.end(), [address](const reserved_v4& range) {
        return shares_prefix(address, range.first, range.prefix);
      });
  return found == reserved_v4s.end() ? std::string_view() : found->use;
}

std::string_view reserved_for_v6(const ip::address_v6& address) {
  std::uint64_t upper = 0;
  std::uint64_t lower = 0;
  const auto octets = address.to_bytes();
  for (std::size_t i = 0; i < 8; ++i) {
    upper = upper << 8U | octets[i];
    lower = lower << 8U | octets[i + 8];
  }
  if (upper == 0 && lower == 0) return "unspecified";
  if (upper == 0 && lower == 1) return "loopback";
  if (upper == nat64_upper && lower >> 32U == 0) {
    return reserved_for_v4(static_cast<std::uint32_t>(lower));
  }
  if (upper >> 48U == six_to_four_prefix) {
    return reserved_for_v4(static_cast<std::uint32_t>(upper >> 16U));
  }
  for (const reserved_v6& range : reserved_v6s) {
    if (shares_prefix(upper, range.first, range.prefix)) return range.use;
  }
  // The rest has not been given to anybody, but for some uses that have nothing to do with mail
  // (100::/64, 5f00::/16, 64:ff9b:1::/48, the old IPv4-compatible ::/96).
  if (!shares_prefix(upper, global_unicast_first, global_unicast_prefix)) return "unassigned";
  return {};
}

}  // namespace

std::string_view reserved_for(const ip::address& address) {
  const ip::address real = unmapped(address);
  return real.is_v4() ? reserved_for_v4(real.to_v4().to_uint()) : reserved_for_v6(real.to_v6());
}

bool is_never_dialled(const ip::address& address, std::span<const ip_network> permit) {
  if (reserved_for(address).empty()) return false;
  return std::none_of(permit.begin(), permit.end(),
                      [&address](const ip_network& network) { return network.contains(address); });
}

}  // namespace cbv::net
