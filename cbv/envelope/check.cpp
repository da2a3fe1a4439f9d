#include "cbv/envelope/check.hpp"

namespace cbv::envelope {
namespace {

constexpr std::array<std::string_view, checks_count> names{
    "skips", "rate",       "syntax", "access",        "helo",      "client_name",
    "dnsbl", "own_domain", "spf",    "sender_domain", "recipient", "sender_callback"};

}  // namespace

std::string_view to_string(check which) noexcept {
  return names.at(index_of(which));
}

std::optional<check> check_from_name(std::string_view name) noexcept {
  for (const check one : all_checks()) {
    if (to_string(one) == name) return one;
  }
  return std::nullopt;
}

}  // namespace cbv::envelope
