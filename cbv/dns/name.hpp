// Domain names between the wire (RFC 1035 sections 3.1, 4.1.4) and text.
//
// In text a name is in lower case, with dots between its labels and none at the end; the root is
// "". Every octet that is no letter, digit, "-" or "_" is written \DDD (RFC 1035 section 5.1). So
// two texts are equal if and only if the names are, and a dot inside a label can never pass for a
// dot between two.
#ifndef CBV_DNS_NAME_HPP
#define CBV_DNS_NAME_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "cbv/base/result.hpp"

namespace cbv::dns {

inline constexpr std::size_t label_octets_max = 63;
inline constexpr std::size_t name_octets_max = 255;  // on the wire, length octets and root included

/// Reads the name at `at` in `message`, following compression pointers, and moves `at` behind it.
/// Pointers must lead backwards, so there is no loop. errc::message_malformed for anything else.
result<std::string> read_name(std::string_view message, std::size_t& at);

/// The uncompressed wire form of a name in text; upper case stays, one dot at the end is allowed,
/// \DDD and \X are understood. errc::message_malformed for an empty or too long label, a too long
/// name and a bad escape.
result<std::string> name_to_wire(std::string_view text);

/// The text of a name that is given as its plain octets, with dots between labels: lower case, what
/// is odd escaped; one dot at the end is dropped. For names that are put together of what others
/// wrote (the macros of RFC 7208). Whether a name can be so is name_to_wire()'s to say.
std::string escaped_name(std::string_view octets);

/// `name` is `zone` or below it; both in text as read_name gives it.
bool is_at_or_below(std::string_view name, std::string_view zone) noexcept;

}  // namespace cbv::dns

#endif
