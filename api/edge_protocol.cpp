#include "api/edge_protocol.hpp"

namespace cbv::api {
namespace {

// On a line of its own, whatever the settings have for a text.
void append_in_line(std::string& to, std::string_view text) {
  for (const char octet : text) {
    const auto value = static_cast<unsigned char>(octet);
    to += value < 0x20 || value == 0x7F ? ' ' : octet;
  }
}

}  // namespace

std::string access_action(const advice& given, std::string_view text) {
  if (given.action == action::accept) return "DUNNO";
  std::string line = std::to_string(given.code);
  for (const std::string_view part : {std::string_view(given.enhanced), text}) {
    if (part.empty()) continue;
    line += ' ';
    append_in_line(line, part);
  }
  return line;
}

}  // namespace cbv::api
