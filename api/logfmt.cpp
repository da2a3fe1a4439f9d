#include "api/logfmt.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "cbv/base/ascii.hpp"

namespace cbv::api {
namespace {

bool is_plain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\\';
  });
}

/// Takes one escaped octet off the front, behind its backslash.
std::optional<char> take_escaped(std::string_view& from) {
  if (from.empty()) return std::nullopt;
  const char first = from.front();
  if (first == '"' || first == '\\') {
    from.remove_prefix(1);
    return first;
  }
  if (first != 'x' || from.size() < 3) return std::nullopt;
  unsigned octet = 0;
  const auto [end, failed] = std::from_chars(from.data() + 1, from.data() + 3, octet, 16);
  if (failed != std::errc{} || end != from.data() + 3) return std::nullopt;
  from.remove_prefix(3);
  return static_cast<char>(octet);
}

/// Takes a value in quotes off the front, behind the first of them.
std::optional<std::string> take_quoted(std::string_view& from) {
  std::string value;
  while (!from.empty()) {
    const char next = from.front();
    from.remove_prefix(1);
    if (next == '"') return value;
    if (next != '\\') {
      value += next;
    } else if (const auto octet = take_escaped(from)) {
      value += *octet;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

void append_field(std::string& line, std::string_view key, std::string_view value) {
  if (!line.empty()) line += ' ';
  line.append(key) += '=';
  if (is_plain(value)) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : ascii::printable(value)) {
    if (c == '"') line += '\\';
    line += c;
  }
  line += '"';
}

std::optional<std::vector<std::pair<std::string, std::string>>> read_fields(std::string_view line) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty()) return fields;
    const std::size_t end = std::min(line.find_first_of("= "), line.size());
    std::string key(line.substr(0, end));
    line.remove_prefix(end);
    std::string value;
    if (line.starts_with("=\"")) {
      line.remove_prefix(2);
      auto quoted = take_quoted(line);
      if (!quoted || (!line.empty() && line.front() != ' ')) return std::nullopt;
      value = *std::move(quoted);
    } else if (line.starts_with('=')) {
      const std::size_t stop = std::min(line.find(' '), line.size());
      value = line.substr(1, stop - 1);
      line.remove_prefix(stop);
    }
    fields.emplace_back(std::move(key), std::move(value));
  }
}

}  // namespace cbv::api
