#include "cbv/address/character.hpp"

#include "cbv/base/utf8.hpp"

namespace cbv {
namespace {

std::string hex(unsigned octet) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {digits[octet >> 4U], digits[octet & 0xfU]};
}

}  // namespace

character first_character(std::string_view text) {
  const unsigned first = static_cast<unsigned char>(text.front());
  if (first < 0x20 || first == 0x7f) {
    return {1, "a control character (0x" + hex(first) + ") is never allowed"};
  }
  const std::size_t octets = utf8::character_length(text);
  if (octets == 0) return {1, "the octet 0x" + hex(first) + " is not UTF-8"};
  if (first == 0xc2) {
    const unsigned second = static_cast<unsigned char>(text[1]);
    if (second < 0xa0) return {2, "a control character (U+00" + hex(second) + ") is never allowed"};
  }
  return {octets, {}};
}

}  // namespace cbv
