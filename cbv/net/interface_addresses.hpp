// The addresses that this machine has.
#ifndef CBV_NET_INTERFACE_ADDRESSES_HPP
#define CBV_NET_INTERFACE_ADDRESSES_HPP

#include <boost/asio/ip/address.hpp>
#include <vector>

namespace cbv::net {

/// Of all its interfaces, without scope; empty if the system does not say. Calls the system: for
/// the start of a program.
std::vector<boost::asio::ip::address> interface_addresses();

}  // namespace cbv::net

#endif
