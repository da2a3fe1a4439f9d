// Address literals (RFC 5321 section 4.1.3).
#ifndef CBV_ADDRESS_ADDRESS_LITERAL_HPP
#define CBV_ADDRESS_ADDRESS_LITERAL_HPP

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>

#include "cbv/address/syntax_error.hpp"

namespace cbv {

/// Reads "[192.0.2.1]" and "[IPv6:2001:db8::1]", with the brackets, in all forms of RFC 5321: IPv6
/// full, with "::" (for two groups at least), and either with an IPv4 tail; the tag in any case;
/// leading zeroes in IPv4 numbers, which are decimal. A General-address-literal is refused: no tag
/// but "IPv6" was ever registered, so there is nowhere to send to. `first_octet` is where `text`
/// stands in what the user gave.
parsed<boost::asio::ip::address> parse_address_literal(std::string_view text,
                                                       std::size_t first_octet = 1);

/// "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5952). The address has no scope id.
std::string to_address_literal(const boost::asio::ip::address& address);

}  // namespace cbv

#endif
