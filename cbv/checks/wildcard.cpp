#include "cbv/checks/wildcard.hpp"

#include <cstddef>

namespace cbv::checks {
namespace {

// How many octets of the pattern stand for one of the text: an escaped one is two.
std::size_t width_at(std::string_view pattern, std::size_t at) {
  return pattern[at] == '\\' && at + 1 < pattern.size() ? 2 : 1;
}

bool is_one(std::string_view pattern, std::size_t at, char octet) {
  if (pattern[at] == '?') return true;
  return pattern[at + width_at(pattern, at) - 1] == octet;
}

}  // namespace

// After a mismatch only the last "*" can take one octet more: those before it need not.
bool wildcard_matches(std::string_view pattern, std::string_view text) noexcept {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t at = 0;
  std::size_t after_star = none;
  std::size_t star_took = 0;  // up to here in the text
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      after_star = ++at;
      star_took = i;
    } else if (at < pattern.size() && is_one(pattern, at, text[i])) {
      at += width_at(pattern, at);
      ++i;
    } else if (after_star != none) {
      at = after_star;
      i = ++star_took;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace cbv::checks
