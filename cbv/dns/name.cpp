#include "cbv/dns/name.hpp"

#include "cbv/base/ascii.hpp"

namespace cbv::dns {
namespace {

constexpr std::size_t header_octets = 12;  // no name can stand in the header
constexpr std::size_t jumps_max = 127;  // a name has no more labels, so it needs no more pointers

std::uint8_t octet_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

void append_octet(std::string& text, char c) {
  if (ascii::is_alnum(c) || c == '-' || c == '_') {
    text += ascii::to_lower(c);
    return;
  }
  const auto octet = static_cast<std::uint8_t>(c);
  text += '\\';
  text += static_cast<char>('0' + octet / 100);
  text += static_cast<char>('0' + octet / 10 % 10);
  text += static_cast<char>('0' + octet % 10);
}

void append_label(std::string& text, std::string_view label) {
  if (!text.empty()) text += '.';
  for (const char c : label) append_octet(text, c);
}

// One octet of a label in text, escapes undone; moves `at` behind it.
result<char> read_octet(std::string_view text, std::size_t& at) {
  if (text[at] != '\\') return text[at++];
  if (++at == text.size()) return errc::message_malformed;
  if (!ascii::is_digit(text[at])) return text[at++];
  if (text.size() - at < 3) return errc::message_malformed;
  int octet = 0;
  for (const std::size_t end = at + 3; at < end; ++at) {
    if (!ascii::is_digit(text[at])) return errc::message_malformed;
    octet = octet * 10 + (text[at] - '0');
  }
  if (octet > 255) return errc::message_malformed;
  return static_cast<char>(octet);
}

}  // namespace

result<std::string> read_name(std::string_view message, std::size_t& at) {
  std::string text;
  std::size_t position = at;
  std::size_t segment = at;  // where the labels now read begin: pointers lead before it
  std::size_t octets = 1;
  std::size_t jumps = 0;
  while (true) {
    if (position >= message.size()) return errc::message_malformed;
    const std::uint8_t length = octet_at(message, position);
    if (length == 0) {
      if (jumps == 0) at = position + 1;
      return text;
    }
    if ((length & 0xc0U) == 0xc0U) {
      if (message.size() - position < 2) return errc::message_malformed;
      const std::size_t target =
          (static_cast<std::size_t>(length & 0x3fU) << 8U) | octet_at(message, position + 1);
      if (target < header_octets || target >= segment) return errc::message_malformed;
      if (jumps == 0) at = position + 2;
      if (++jumps > jumps_max) return errc::message_malformed;
      position = segment = target;
      continue;
    }
    if (length > label_octets_max) return errc::message_malformed;
    if (message.size() - position - 1 < length) return errc::message_malformed;
    octets += length + 1U;
    if (octets > name_octets_max) return errc::message_malformed;
    append_label(text, message.substr(position + 1, length));
    position += length + 1U;
  }
}

result<std::string> name_to_wire(std::string_view text) {
  if (text == ".") text = {};
  std::string wire;
  std::size_t at = 0;
  while (at < text.size()) {
    std::string label;
    while (at < text.size() && text[at] != '.') {
      const result<char> octet = read_octet(text, at);
      if (!octet) return octet.error();
      label += *octet;
    }
    if (label.empty() || label.size() > label_octets_max) return errc::message_malformed;
    wire += static_cast<char>(label.size());
    wire += label;
    if (at < text.size()) ++at;  // the dot
  }
  wire += '\0';
  if (wire.size() > name_octets_max) return errc::message_malformed;
  return wire;
}

std::string escaped_name(std::string_view octets) {
  if (octets.ends_with('.')) octets.remove_suffix(1);
  std::string text;
  for (const char c : octets) {
    if (c == '.') {
      text += c;
    } else {
      append_octet(text, c);
    }
  }
  return text;
}

bool is_at_or_below(std::string_view name, std::string_view zone) noexcept {
  if (zone.empty() || name == zone) return true;
  return name.size() > zone.size() && name.ends_with(zone) &&
         name[name.size() - zone.size() - 1] == '.';
}

}  // namespace cbv::dns
