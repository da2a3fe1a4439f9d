#include "tools/cbv-sim/smtp_path.hpp"

#include <algorithm>

#include "cbv/base/ascii.hpp"

namespace cbv::sim {
namespace {

// Where the ">" stands that ends the path at the start of `text`; quoted ones do not count.
std::size_t end_of_path(std::string_view text) {
  bool in_quotes = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (in_quotes && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_quotes = !in_quotes;
    } else if (text[i] == '>' && !in_quotes) {
      return i;
    }
  }
  return std::string_view::npos;
}

// The local-part without its quotes; nothing if it is none.
std::optional<std::string> unquoted(std::string_view local_part) {
  std::string out;
  const bool is_quoted = local_part.starts_with('"');
  if (is_quoted) {
    if (local_part.size() < 3 || !local_part.ends_with('"')) return std::nullopt;
    local_part = local_part.substr(1, local_part.size() - 2);
  }
  for (std::size_t i = 0; i < local_part.size(); ++i) {
    if (is_quoted && local_part[i] == '\\' && ++i == local_part.size()) return std::nullopt;
    const auto octet = static_cast<unsigned char>(local_part[i]);
    constexpr std::string_view specials = "()<>[]:;@\\,\" ";
    const bool is_special = specials.find(local_part[i]) != std::string_view::npos;
    if (octet < 0x20 || octet == 0x7f || (!is_quoted && is_special)) return std::nullopt;
    out += local_part[i];
  }
  if (out.empty()) return std::nullopt;
  return out;
}

bool is_domain(std::string_view text) {
  constexpr std::string_view extra = "-._:[]";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return ascii::is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 ||
           extra.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::optional<smtp_path> read_path(std::string_view argument, std::string_view keyword) {
  if (!ascii::istarts_with(argument, keyword)) return std::nullopt;
  argument.remove_prefix(keyword.size());
  if (!argument.starts_with('<')) return std::nullopt;
  const std::size_t end = end_of_path(argument);
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view inside = argument.substr(1, end - 1);
  const std::string_view behind = argument.substr(end + 1);
  if (!behind.empty() && behind[0] != ' ') return std::nullopt;

  smtp_path path;
  path.parameters = ascii::trim(behind);
  if (inside.starts_with('@')) {
    const std::size_t colon = inside.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    inside.remove_prefix(colon + 1);
  }
  path.address = inside;
  path.is_ascii = std::all_of(inside.begin(), inside.end(),
                              [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (inside.empty()) return path;
  if (ascii::iequals(inside, "postmaster")) {
    path.folded = "postmaster";
    return path;
  }
  const std::size_t at = inside.rfind('@');
  if (at == std::string_view::npos || !is_domain(inside.substr(at + 1))) return std::nullopt;
  const auto local_part = unquoted(inside.substr(0, at));
  if (!local_part) return std::nullopt;
  path.domain = ascii::to_lower(inside.substr(at + 1));
  path.folded = ascii::to_lower(*local_part) + "@" + path.domain;
  return path;
}

}  // namespace cbv::sim
