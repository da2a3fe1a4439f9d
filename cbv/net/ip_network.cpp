#include "cbv/net/ip_network.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cstddef>

namespace cbv::net {
namespace {

namespace ip = boost::asio::ip;

constexpr unsigned octet_bits = 8;

// The octets of an address, in network order; IPv4 takes the first four.
std::array<unsigned char, 16> octets_of(const ip::address& address) {
  std::array<unsigned char, 16> octets{};
  if (address.is_v4()) {
    const auto four = address.to_v4().to_bytes();
    std::copy(four.begin(), four.end(), octets.begin());
  } else {
    octets = address.to_v6().to_bytes();
  }
  return octets;
}

unsigned bits_of(const ip::address& address) {
  return address.is_v4() ? 32 : 128;
}

bool bit_is_set(const std::array<unsigned char, 16>& octets, unsigned bit) {
  return ((octets[bit / octet_bits] >> (octet_bits - 1 - bit % octet_bits)) & 1U) != 0;
}

}  // namespace

ip::address unmapped(const ip::address& address) {
  if (!address.is_v6()) return address;
  const ip::address_v6 six = address.to_v6();
  if (six.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, six);
  return ip::address_v6(six.to_bytes());
}

parsed<ip_network> ip_network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  boost::system::error_code wrong;
  const ip::address first = ip::make_address(std::string(text.substr(0, slash)), wrong);
  if (wrong || (first.is_v6() && first.to_v6().scope_id() != 0)) {
    return syntax_error{"not an IPv4 or IPv6 address", 1};
  }
  unsigned prefix = bits_of(first);
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const char* const last = digits.data() + digits.size();
    unsigned given = 0;
    const auto [end, failed] = std::from_chars(digits.data(), last, given);
    if (digits.empty() || failed != std::errc{} || end != last || given > prefix) {
      return syntax_error{"the prefix is not a number from 0 to " + std::to_string(prefix),
                          slash + 2};
    }
    prefix = given;
  }
  const auto octets = octets_of(first);
  for (unsigned bit = prefix; bit < bits_of(first); ++bit) {
    if (bit_is_set(octets, bit)) {
      return syntax_error{"the address has bits set behind the prefix", 1};
    }
  }
  return ip_network(first, prefix);
}

ip_network ip_network::around(const ip::address& address, unsigned prefix) {
  auto octets = octets_of(address);
  for (unsigned bit = prefix; bit < bits_of(address); ++bit) {
    auto& octet = octets[bit / octet_bits];
    octet = static_cast<unsigned char>(octet & ~(1U << (octet_bits - 1 - bit % octet_bits)));
  }
  if (address.is_v6()) return {ip::address_v6(octets), prefix};
  ip::address_v4::bytes_type four{};
  std::copy_n(octets.begin(), four.size(), four.begin());
  return {ip::address_v4(four), prefix};
}

bool ip_network::contains(const ip::address& address) const noexcept {
  const ip::address asked = unmapped(address);
  if (asked.is_v4() != first_.is_v4()) return false;
  const auto ours = octets_of(first_);
  const auto theirs = octets_of(asked);
  const std::size_t whole = prefix_ / octet_bits;
  if (!std::equal(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(whole),
                  theirs.begin())) {
    return false;
  }
  for (unsigned bit = static_cast<unsigned>(whole) * octet_bits; bit < prefix_; ++bit) {
    if (bit_is_set(ours, bit) != bit_is_set(theirs, bit)) return false;
  }
  return true;
}

std::string ip_network::text() const {
  return first_.to_string() + '/' + std::to_string(prefix_);
}

}  // namespace cbv::net
