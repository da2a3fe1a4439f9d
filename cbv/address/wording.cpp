#include "cbv/address/wording.hpp"

namespace cbv {

std::string quoted(char c) {
  if (c == ' ') return "a space";
  if (c == '"') return "a quote";
  return {'"', c, '"'};
}

std::string too_many_octets(std::string_view what, std::size_t octets, std::size_t octets_max) {
  return "the " + std::string(what) + " has " + std::to_string(octets) + " octets; " +
         std::to_string(octets_max) + " are allowed";
}

}  // namespace cbv
