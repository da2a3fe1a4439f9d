// The local-part of a Mailbox (RFC 5321 section 4.1.2, RFC 6531 section 3.3).
#ifndef CBV_ADDRESS_LOCAL_PART_HPP
#define CBV_ADDRESS_LOCAL_PART_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "cbv/address/syntax_error.hpp"

namespace cbv {

inline constexpr std::size_t local_part_octets_max = 64;  // RFC 5321 section 4.5.3.1.1

/// How many octets at the start of `text` are the local-part, a Dot-string or a Quoted-string; an
/// "@" follows it. `text` is a whole address, for the places in errors.
parsed<std::size_t> scan_local_part(std::string_view text);

/// The local-part in its shortest spelling: without quotes if it is a Dot-string without them, and
/// without backslashes that nothing needs. `local_part` is one that scan_local_part found.
std::string simplest_local_part(std::string_view local_part);

}  // namespace cbv

#endif
