// Words that the errors of several scanners share.
#ifndef CBV_ADDRESS_WORDING_HPP
#define CBV_ADDRESS_WORDING_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace cbv {

/// `c`, which is printable ASCII, as a message shows it: a space and a quote by name, all else in
/// quotes.
std::string quoted(char c);

/// "the WHAT has N octets; M are allowed".
std::string too_many_octets(std::string_view what, std::size_t octets, std::size_t octets_max);

/// RFC 5322 has comments in the addresses of a header; RFC 5321 has none in those of an envelope.
inline constexpr std::string_view no_comments = "comments are not allowed in an envelope address";

}  // namespace cbv

#endif
