#include "cbv/address/local_part.hpp"

#include "cbv/address/character.hpp"
#include "cbv/address/wording.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv {
namespace {

constexpr std::string_view no_domain =
    "the \"@\" and the domain are missing: a mailbox can only be looked for in a domain, even "
    "Postmaster";

bool is_atext(char c) {
  return ascii::is_alnum(c) || is_non_ascii(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// Why `c`, which is printable ASCII but neither atext nor a dot, may not stand outside quotes.
std::string misplaced(char c, bool first) {
  switch (c) {
    case '(':
    case ')':
      return std::string(no_comments);
    case '<':
    case '>':
      return "angle brackets are not part of an address";
    case '"':
      return "quotes may only stand around the whole local-part";
    case ' ':
      return first ? "a space may not begin the address"
                   : "a space may only stand inside a quoted local-part";
    default:
      return quoted(c) + " may only stand inside a quoted local-part";
  }
}

parsed<std::size_t> scan_quoted_string(std::string_view text) {
  std::size_t at = 1;
  while (at < text.size()) {
    const character next = first_character(text.substr(at));
    if (!next.fault.empty()) return syntax_error{next.fault, at + 1};
    if (text[at] == '"') return at + 1;
    at += next.octets;
    if (text[at - 1] != '\\') continue;
    if (at == text.size()) break;
    const character escaped = first_character(text.substr(at));
    if (!escaped.fault.empty()) return syntax_error{escaped.fault, at + 1};
    if (is_non_ascii(text[at])) {
      return syntax_error{"only a printable ASCII character may follow a backslash", at + 1};
    }
    ++at;
  }
  return syntax_error{"the closing quote of the local-part is missing", text.size() + 1};
}

parsed<std::size_t> scan_dot_string(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] != '@') {
    const character next = first_character(text.substr(at));
    if (!next.fault.empty()) return syntax_error{next.fault, at + 1};
    if (text[at] == '.') {
      if (at == 0) return syntax_error{"a dot may not begin the local-part", 1};
      if (text[at - 1] == '.') {
        return syntax_error{"two dots may not follow each other in the local-part", at + 1};
      }
    } else if (!is_atext(text[at])) {
      return syntax_error{misplaced(text[at], at == 0), at + 1};
    }
    at += next.octets;
  }
  if (at == 0) return syntax_error{"the local-part is missing", 1};
  if (text[at - 1] == '.') return syntax_error{"a dot may not end the local-part", at};
  return at;
}

bool is_dot_string(std::string_view text) {
  const auto end = scan_dot_string(text);
  return end && *end == text.size();
}

// What a Quoted-string stands for.
std::string unquote(std::string_view quoted_string) {
  std::string content;
  const std::string_view inside = quoted_string.substr(1, quoted_string.size() - 2);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '\\') ++i;
    content += inside[i];
  }
  return content;
}

std::string quote(std::string_view content) {
  std::string text = "\"";
  for (const char c : content) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace

parsed<std::size_t> scan_local_part(std::string_view text) {
  if (text.empty()) return syntax_error{"the address is empty", 1};
  const bool is_quoted = text.front() == '"';
  auto end = is_quoted ? scan_quoted_string(text) : scan_dot_string(text);
  if (!end) return end;
  if (*end == text.size()) return syntax_error{std::string(no_domain), text.size() + 1};
  if (text[*end] != '@') {
    return syntax_error{"only \"@\" may follow the closing quote of the local-part", *end + 1};
  }
  if (*end > local_part_octets_max) {
    return syntax_error{too_many_octets("local-part", *end, local_part_octets_max),
                        local_part_octets_max + 1};
  }
  return end;
}

std::string simplest_local_part(std::string_view local_part) {
  if (local_part.front() != '"') return std::string(local_part);
  std::string content = unquote(local_part);
  return is_dot_string(content) ? content : quote(content);
}

}  // namespace cbv
