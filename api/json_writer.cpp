#include "api/json_writer.hpp"

#include <cstdint>
#include <cstring>

#include "cbv/base/utf8.hpp"

namespace cbv::api {
namespace {

bool is_plain(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet >= 0x20 && octet < 0x80 && c != '"' && c != '\\';
}

void append_control(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto octet = static_cast<unsigned char>(c);
  out += "\\u00";
  out += digits[octet >> 4U];
  out += digits[octet & 0xfU];
}

// How many octets at the start of `text` are plain.
std::size_t plain_octets(std::string_view text) {
  std::size_t at = 0;
  // Eight at once: each of the tests sets the high bit of an octet that is not plain.
  constexpr std::uint64_t each = 0x0101010101010101U;
  constexpr std::uint64_t high = each << 7U;
  const auto zeros = [](std::uint64_t octets) { return (octets - each) & ~octets; };
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t octets = 0;
    std::memcpy(&octets, text.data() + at, sizeof(octets));
    const std::uint64_t controls = octets - each * 0x20U;
    if (((octets | controls | zeros(octets ^ (each * '"')) | zeros(octets ^ (each * '\\'))) &
         high) != 0) {
      break;
    }
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

}  // namespace

bool is_plain_json_text(std::string_view text) noexcept {
  return plain_octets(text) == text.size();
}

std::string json_quoted(std::string_view text) {
  std::string out;
  json_writer(out).text(text);
  return out;
}

void json_writer::key(std::string_view name) {
  separate();
  append_quoted(name);
  out_ += ':';
  comma_due_ = false;
}

void json_writer::text(std::string_view value) {
  separate();
  append_quoted(value);
}

void json_writer::decimal(double value, int digits) {
  std::array<char, 64> text;  // NOLINT(*-member-init): written before it is read
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value,
                                     std::chars_format::fixed, digits);
  if (written.ec != std::errc{}) return null();
  std::string_view shown(text.data(), static_cast<std::size_t>(written.ptr - text.data()));
  if (shown.find('.') != std::string_view::npos) {
    shown = shown.substr(0, shown.find_last_not_of('0') + 1);
    if (shown.ends_with('.')) shown.remove_suffix(1);
  }
  raw(shown);
}

void json_writer::raw(std::string_view json) {
  separate();
  out_ += json;
}

void json_writer::separate() {
  if (comma_due_) out_ += ',';
  comma_due_ = true;
}

void json_writer::open(char bracket) {
  separate();
  out_ += bracket;
  comma_due_ = false;
}

void json_writer::close(char bracket) {
  out_ += bracket;
  comma_due_ = true;
}

void json_writer::append_quoted(std::string_view value) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  out_ += '"';
  while (!value.empty()) {
    const std::size_t plain = plain_octets(value);
    out_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (value.empty()) break;

    const std::size_t length = utf8::character_length(value);
    const std::string_view character = value.substr(0, length == 0 ? 1 : length);
    value.remove_prefix(character.size());
    if (length == 0) {
      out_ += replacement;
    } else if (length > 1) {
      out_ += character;
    } else if (character == "\"" || character == "\\") {
      out_ += '\\';
      out_ += character;
    } else {
      append_control(out_, character[0]);
    }
  }
  out_ += '"';
}

}  // namespace cbv::api
