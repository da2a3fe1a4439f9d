#include "cache/records/key_text.hpp"

#include <cstdint>

namespace cbv::cache {
namespace {

/// "org.example.mx" becomes "mx.example.org"; an address literal stays as it is.
std::string turned_back(std::string_view reversed) {
  std::string domain;
  std::size_t dot = reversed.starts_with('[') ? std::string_view::npos : reversed.rfind('.');
  while (dot != std::string_view::npos) {
    domain.append(reversed.substr(dot + 1)).append(".");
    reversed = reversed.substr(0, dot);
    dot = reversed.rfind('.');
  }
  return domain.append(reversed);
}

}  // namespace

std::optional<key_text> decode_key(std::string_view key) {
  const std::size_t zero = key.find('\0');
  if (zero == 0 || zero == std::string_view::npos || zero + 1 == key.size()) return std::nullopt;
  const auto side = word_from_number<role>(static_cast<std::uint8_t>(key.back()));
  if (!side) return std::nullopt;
  const std::string_view local_part = key.substr(zero + 1, key.size() - zero - 2);
  return key_text{*side, std::string(local_part), turned_back(key.substr(0, zero))};
}

std::vector<key_range> ranges_of(const domain& of, bool with_subdomains) {
  // The same turn the other way round.
  const std::string reversed = turned_back(of.text());
  const auto with = [&](char last) { return reversed + last; };
  std::vector<key_range> all{{with('\0'), with('\1')}};
  const bool has_subdomains = !of.literal();
  if (with_subdomains && has_subdomains) all.push_back({with('.'), with('.' + 1)});
  return all;
}

}  // namespace cbv::cache
