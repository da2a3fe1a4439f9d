#include "cbv/base/shown.hpp"

#include <algorithm>

#include "cbv/base/ascii.hpp"
#include "cbv/base/utf8.hpp"

namespace cbv {

std::string shown(std::string_view bytes, std::size_t octets_max) {
  constexpr std::size_t longest_escape = 4;  // of an octet
  if (bytes.size() <= octets_max / longest_escape) return ascii::printable(bytes);
  std::string fit;
  while (!bytes.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8::character_length(bytes), 1);
    const std::string character = ascii::printable(bytes.substr(0, length));
    if (fit.size() + character.size() > octets_max) break;
    fit += character;
    bytes.remove_prefix(length);
  }
  return fit;
}

}  // namespace cbv
