#include "api/json_pieces.hpp"

#include <algorithm>

namespace cbv::api {
namespace {

constexpr std::string_view blanks = " \t\r\n";

void skip_blanks(std::string_view& rest) noexcept {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
}

bool take(std::string_view& rest, char wanted) noexcept {
  skip_blanks(rest);
  if (!rest.starts_with(wanted)) return false;
  rest.remove_prefix(1);
  return true;
}

/// The octets of a string with its quotes, from the first of them.
std::size_t octets_of_string(std::string_view text) noexcept {
  std::size_t at = 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

std::size_t octets_of_value(std::string_view text) noexcept {
  std::size_t depth = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    at = text.find_first_of(depth == 0 ? "\"{}[], \t\r\n" : "\"{}[]", at);
    if (at == std::string_view::npos) return text.size();
    const char c = text[at];
    if (c == '"') {
      at += octets_of_string(text.substr(at));
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') {
      ++depth;
    } else if (depth == 0) {
      return at;  // behind a number or a word
    } else if (--depth == 0) {
      return at + 1;
    }
    ++at;
  }
  return at;
}

std::string_view take_value(std::string_view& rest) noexcept {
  skip_blanks(rest);
  const std::string_view value = rest.substr(0, octets_of_value(rest));
  rest.remove_prefix(value.size());
  return value;
}

}  // namespace

std::string_view member_of(std::string_view object, std::string_view name) noexcept {
  if (!take(object, '{')) return {};
  do {
    const std::string_view quoted = take_value(object);
    if (!take(object, ':')) return {};
    const std::string_view value = take_value(object);
    if (quoted.size() == name.size() + 2 && quoted.substr(1, name.size()) == name) return value;
  } while (take(object, ','));
  return {};
}

std::vector<std::string_view> items_of(std::string_view array) {
  std::vector<std::string_view> items;
  if (!take(array, '[')) return items;
  do {
    const std::string_view item = take_value(array);
    if (!item.empty()) items.push_back(item);
  } while (take(array, ','));
  return items;
}

}  // namespace cbv::api
