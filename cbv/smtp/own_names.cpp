#include "cbv/smtp/own_names.hpp"

#include <algorithm>
#include <cstddef>

#include "cbv/base/ascii.hpp"

namespace cbv::smtp {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t ipv6_octets_max = 45;

std::optional<ip::address> parse(std::string_view text) {
  boost::system::error_code wrong;
  const auto address = ip::make_address(text, wrong);
  if (wrong) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

std::string joined(const std::vector<std::string>& parts, char mark) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(1, mark)) + part;
  return text;
}

std::vector<std::string> forms_of(const ip::address_v4& address) {
  std::vector<std::string> octets;
  for (const auto octet : address.to_bytes()) octets.push_back(std::to_string(octet));
  std::vector<std::string> forms{joined(octets, '.'), joined(octets, '-'), joined(octets, '_')};
  std::reverse(octets.begin(), octets.end());
  forms.push_back(joined(octets, '.'));
  forms.push_back(joined(octets, '-'));
  return forms;
}

// As in ip6.arpa and in the DNSBLs.
std::vector<std::string> forms_of(const ip::address_v6& address) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::vector<std::string> nibbles;
  for (const auto octet : address.to_bytes()) {
    nibbles.emplace_back(1, digits[octet >> 4U]);
    nibbles.emplace_back(1, digits[octet & 15U]);
  }
  std::reverse(nibbles.begin(), nibbles.end());
  return {joined(nibbles, '.')};
}

bool is_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && ascii::is_digit(text[at]);
}

// No digit, nor a digit behind a dot or a hyphen, stands before or after it.
bool stands_free(std::string_view text, std::size_t begin, std::size_t end) {
  const auto is_joint = [](char c) { return c == '.' || c == '-' || c == '_'; };
  if (is_digit_at(text, end)) return false;
  if (end < text.size() && is_joint(text[end]) && is_digit_at(text, end + 1)) return false;
  if (begin == 0) return true;
  if (is_digit_at(text, begin - 1)) return false;
  return !(begin > 1 && is_joint(text[begin - 1]) && is_digit_at(text, begin - 2));
}

}  // namespace

own_names::own_names(std::string_view own_ip, std::string_view own_name)
    : address_(parse(own_ip)), name_(ascii::to_lower(own_name)) {
  if (address_) {
    forms_ = address_->is_v4() ? forms_of(address_->to_v4()) : forms_of(address_->to_v6());
  }
  if (name_.ends_with('.')) name_.pop_back();
  if (name_.find('.') == std::string::npos) name_.clear();
}

bool own_names::is_address_in(std::string_view run) const {
  for (const std::string& form : forms_) {
    for (std::size_t at = run.find(form); at != std::string_view::npos;
         at = run.find(form, at + 1)) {
      if (stands_free(run, at, at + form.size())) return true;
    }
  }
  return false;
}

bool own_names::is_domain(std::string_view domain) const {
  if (domain.find('.') == std::string_view::npos || !name_.ends_with(domain)) return false;
  return name_.size() == domain.size() || name_[name_.size() - domain.size() - 1] == '.';
}

bool own_names::is_ipv6(std::string_view run) const {
  if (!address_) return false;
  if (ascii::istarts_with(run, "ipv6:")) run.remove_prefix(5);
  while (run.ends_with('.') || (run.ends_with(':') && !run.ends_with("::"))) run.remove_suffix(1);
  if (run.size() > ipv6_octets_max || run.find(':') == std::string_view::npos) return false;
  return parse(run) == address_;
}

bool own_names::is_name(std::string_view name) const {
  return !name_.empty() && ascii::iequals(name, name_);
}

}  // namespace cbv::smtp
