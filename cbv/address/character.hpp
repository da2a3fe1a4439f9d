// One character of an address, and what may never be one.
#ifndef CBV_ADDRESS_CHARACTER_HPP
#define CBV_ADDRESS_CHARACTER_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace cbv {

/// True for an octet of a character past U+007F (UTF8-non-ascii of RFC 6531 section 3.3, once it is
/// well-formed).
constexpr bool is_non_ascii(char c) noexcept {
  return static_cast<unsigned char>(c) >= 0x80;
}

/// The character at the start of `text`, which is not empty: its length in octets (1 to 4), and
/// why no address may hold it, or nothing. Refused are octets that are not UTF-8 (RFC 3629) and
/// all control characters: C0 with CR, LF and NUL, DEL, and C1 (U+0080 to U+009F).
struct character {
  std::size_t octets = 1;
  std::string fault;
};
character first_character(std::string_view text);

}  // namespace cbv

#endif
