// Which address of this machine a connection would leave from.
#ifndef CBV_NET_OWN_ADDRESS_HPP
#define CBV_NET_OWN_ADDRESS_HPP

#include <boost/asio/ip/address.hpp>

#include "cbv/base/result.hpp"

namespace cbv::net {

/// The source address that the kernel's routes choose for `far`. Asks the kernel only: a UDP socket
/// is connected, and nothing is sent. network_unreachable and its like where there is no route.
result<boost::asio::ip::address> own_address_towards(const boost::asio::ip::address& far);

}  // namespace cbv::net

#endif
