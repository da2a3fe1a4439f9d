#include "tools/cbv-sim/reply_form.hpp"

#include <algorithm>
#include <optional>

namespace cbv::sim {
namespace {

constexpr std::size_t endless_piece_octets = 8192;

std::optional<std::string_view> value_of(std::string_view name, const reply_values& values) {
  if (name == "{address}") return values.address;
  if (name == "{client}") return values.client;
  if (name == "{helo}") return values.helo;
  if (name == "{host}") return values.host;
  if (name == "{seconds}") return values.seconds;
  return std::nullopt;
}

}  // namespace

std::string fill_in(std::string_view form, const reply_values& values) {
  std::string text;
  while (!form.empty()) {
    const std::size_t open = std::min(form.find('{'), form.size());
    text += form.substr(0, open);
    form.remove_prefix(open);
    const std::size_t close = form.find('}');
    const std::size_t length = close == std::string_view::npos ? form.size() : close + 1;
    const std::string_view braces = form.substr(0, length);
    text += value_of(braces, values).value_or(braces);
    form.remove_prefix(length);
  }
  return text;
}

std::string wire_lines(std::string_view text) {
  const std::string_view code = text.substr(0, 3);
  std::string wire;
  text.remove_prefix(std::min<std::size_t>(text.size(), 4));
  while (true) {
    const std::size_t end = text.find('\n');
    const bool is_last = end == std::string_view::npos;
    wire.append(code).append(is_last ? " " : "-").append(text.substr(0, end)).append("\r\n");
    if (is_last) return wire;
    text.remove_prefix(end + 1);
  }
}

std::string binary_noise() {
  std::string noise;
  for (int round = 0; round < 4; ++round) {
    for (int octet = 0; octet < 256; ++octet) noise += static_cast<char>(octet);
  }
  return noise + "\r\n";
}

std::string endless_lines(std::string_view code) {
  std::string piece;
  while (piece.size() < endless_piece_octets) piece.append(code).append("-and so on\r\n");
  return piece;
}

std::string endless_line() {
  return std::string(endless_piece_octets, 'x');
}

}  // namespace cbv::sim
