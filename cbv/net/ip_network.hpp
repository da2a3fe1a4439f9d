// A range of addresses in CIDR notation.
#ifndef CBV_NET_IP_NETWORK_HPP
#define CBV_NET_IP_NETWORK_HPP

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/address/syntax_error.hpp"

namespace cbv::net {

/// An IPv4-mapped IPv6 address (::ffff:192.0.2.1) as the IPv4 address that it is; any other
/// unchanged, but for a zone (%eth0), which is dropped.
boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

/// All addresses that share their first bits with one address. A value.
class ip_network {
 public:
  /// "192.0.2.0/24", "2001:db8::/32"; an address alone is a network of one. Bits set behind the
  /// prefix ("192.0.2.1/24") are refused: one of the two numbers is not what was meant.
  static parsed<ip_network> parse(std::string_view text);

  /// The network of all addresses that share their first `prefix` bits with `address`, which has at
  /// least so many.
  static ip_network around(const boost::asio::ip::address& address, unsigned prefix);

  /// An IPv4-mapped IPv6 address counts as IPv4.
  bool contains(const boost::asio::ip::address& address) const noexcept;

  const boost::asio::ip::address& first() const noexcept { return first_; }
  unsigned prefix() const noexcept { return prefix_; }  // in bits

  /// "192.0.2.0/24".
  std::string text() const;

  friend bool operator==(const ip_network&, const ip_network&) = default;

 private:
  ip_network(boost::asio::ip::address first, unsigned prefix)
      : first_(std::move(first)), prefix_(prefix) {}

  boost::asio::ip::address first_;
  unsigned prefix_;
};

}  // namespace cbv::net

#endif
