#include "cbv/base/ascii.hpp"

#include <algorithm>

#include "cbv/base/utf8.hpp"

namespace cbv::ascii {
namespace {

bool same(char a, char b) {
  return to_lower(a) == to_lower(b);
}

// C0 and DEL take one octet; C1 controls (U+0080 to U+009F) take two and are as unfit to be shown.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return character.size() == 2 && first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_lower(c);
  return lower;
}

bool iequals(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

bool istarts_with(std::string_view text, std::string_view prefix) noexcept {
  return iequals(text.substr(0, prefix.size()), prefix);
}

bool icontains(std::string_view text, std::string_view part) noexcept {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() ||
         part.empty();
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string printable(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string shown;
  shown.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8::character_length(bytes);
    const std::string_view character = bytes.substr(0, length == 0 ? 1 : length);
    bytes.remove_prefix(character.size());
    if (character == "\\") {
      shown += "\\\\";
    } else if (length != 0 && !is_control(character)) {
      shown += character;
    } else {
      for (const char c : character) {
        const auto octet = static_cast<unsigned char>(c);
        shown += "\\x";
        shown += digits[octet >> 4U];
        shown += digits[octet & 0xfU];
      }
    }
  }
  return shown;
}

}  // namespace cbv::ascii
