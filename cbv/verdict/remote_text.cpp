#include "cbv/verdict/remote_text.hpp"

#include <algorithm>
#include <string_view>

#include "cbv/base/ascii.hpp"
#include "cbv/verdict/enhanced_code.hpp"

namespace cbv {
namespace {

constexpr std::string_view no_text = "\"\\$%^`|<>(){}[]";  // but a blank
constexpr char foreign = '?';                              // for a character that is not ASCII

// Blanks, and what is left of the text where it was escaped ("\x0d").
std::string plain(std::string_view text) {
  constexpr std::size_t escape_octets = 4;
  std::string made;
  made.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    if (text.substr(i).starts_with("\\x") && i + escape_octets <= text.size()) {
      made += ' ';
      i += escape_octets - 1;
    } else if (octet >= 0x80) {
      const bool begins = (octet & 0xC0U) != 0x80;
      if (begins) made += foreign;
    } else if (octet <= ' ' || octet == 0x7F || no_text.find(text[i]) != std::string_view::npos) {
      made += ' ';
    } else {
      made += text[i];
    }
  }
  return made;
}

bool is_mark(char octet) {
  return std::string_view(".,:;#-*'").find(octet) != std::string_view::npos;
}

// "550", "5.1.1", "550-5.1.1", "#5.1.1": with marks at either end.
bool is_code(std::string_view word, std::string_view code) {
  while (!word.empty() && is_mark(word.front())) word.remove_prefix(1);
  while (!word.empty() && is_mark(word.back())) word.remove_suffix(1);
  if (word.starts_with(code)) {
    word.remove_prefix(code.size());
    if (word.empty()) return true;
    if (!is_mark(word.front())) return false;
    word.remove_prefix(1);
  }
  return is_enhanced_code(word);
}

}  // namespace

std::string remote_text(const far_reply& said) {
  const std::string text = plain(said.text);
  const std::string code = std::to_string(said.code);
  std::string made;
  std::string_view left = text;
  while (!left.empty()) {
    const std::string_view word = left.substr(0, left.find(' '));
    left.remove_prefix(std::min(left.size(), word.size() + 1));
    if (word.empty() || is_code(word, code)) continue;
    if (!made.empty()) made += ' ';
    made += word;
  }
  if (made.size() > remote_text_octets_max) made.resize(remote_text_octets_max);
  return std::string(ascii::trim(made));
}

}  // namespace cbv
