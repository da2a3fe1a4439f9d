// ASCII without a locale.
#ifndef CBV_BASE_ASCII_HPP
#define CBV_BASE_ASCII_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace cbv::ascii {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_alpha(char c) noexcept {
  return is_upper(c) || (c >= 'a' && c <= 'z');
}
constexpr bool is_alnum(char c) noexcept {
  return is_digit(c) || is_alpha(c);
}
constexpr char to_lower(char c) noexcept {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A to Z become a to z; all other octets stay.
std::string to_lower(std::string_view text);

/// Equal but for the case of A to Z.
bool iequals(std::string_view a, std::string_view b) noexcept;

/// `text` begins with `prefix`, but for the case of A to Z.
bool istarts_with(std::string_view text, std::string_view prefix) noexcept;

/// `text` has `part` in it, but for the case of A to Z. An empty `part` is in every text.
bool icontains(std::string_view text, std::string_view part) noexcept;

/// Without spaces, tabs, CR and LF at either end.
std::string_view trim(std::string_view text) noexcept;

/// Fit to be shown and logged: well-formed UTF-8 of printable characters stays, a backslash becomes
/// `\\`, and every other octet becomes \xNN.
std::string printable(std::string_view bytes);

}  // namespace cbv::ascii

#endif
