// UTF-8 (RFC 3629), strictly: no overlong forms, no surrogates, nothing past U+10FFFF.
#ifndef CBV_BASE_UTF8_HPP
#define CBV_BASE_UTF8_HPP

#include <cstddef>
#include <string_view>

namespace cbv::utf8 {

/// The length in octets (1 to 4) of the well-formed character at the start of `bytes`; 0 if there
/// is none.
std::size_t character_length(std::string_view bytes) noexcept;

/// Well-formed throughout.
bool is_valid(std::string_view bytes) noexcept;

/// The longest start of `text` that has at most `octets_max` octets and cuts no character in two.
std::string_view truncate(std::string_view text, std::size_t octets_max) noexcept;

}  // namespace cbv::utf8

#endif
