// An address and a port, and their text.
#ifndef CBV_NET_ENDPOINT_HPP
#define CBV_NET_ENDPOINT_HPP

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "cbv/address/syntax_error.hpp"

namespace cbv::net {

/// One address and port to connect to, or to listen on.
struct endpoint {
  boost::asio::ip::address address;
  std::uint16_t port = 0;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// "127.0.0.1:25", "[::1]:25".
std::string to_string(const endpoint& at);

/// Reads an IPv4 address or an IPv6 address in brackets, a colon, and a port of 0 to 65535 in
/// decimal digits. Names are not looked up.
parsed<endpoint> parse_endpoint(std::string_view text);

}  // namespace cbv::net

#endif
