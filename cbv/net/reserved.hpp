// Addresses that no mail host of a stranger has, and that must not be dialled because a stranger's
// DNS says so.
#ifndef CBV_NET_RESERVED_HPP
#define CBV_NET_RESERVED_HPP

#include <boost/asio/ip/address.hpp>
#include <span>
#include <string_view>

#include "cbv/net/ip_network.hpp"

namespace cbv::net {

/// What an address is set aside for ("loopback", "private", ...), from the IANA registries of
/// special-purpose addresses (RFC 6890); empty for one that is global unicast. An IPv6 address that
/// carries an IPv4 address (mapped, NAT64, 6to4) is judged by that one.
std::string_view reserved_for(const boost::asio::ip::address& address);

/// True if an address is reserved and no network of `permit` has it.
bool is_never_dialled(const boost::asio::ip::address& address, std::span<const ip_network> permit);

}  // namespace cbv::net

#endif
