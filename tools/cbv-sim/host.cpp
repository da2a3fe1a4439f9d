#include "tools/cbv-sim/host.hpp"

#include <algorithm>

#include "cbv/base/ascii.hpp"

namespace cbv::sim {

std::string_view to_string(dialogue_stage stage) noexcept {
  switch (stage) {
    case dialogue_stage::greeting:
      return "greeting";
    case dialogue_stage::ehlo:
      return "ehlo";
    case dialogue_stage::noop:
      return "noop";
    case dialogue_stage::starttls:
      return "starttls";
    case dialogue_stage::handshake:
      return "handshake";
    case dialogue_stage::auth:
      return "auth";
    case dialogue_stage::mail:
      return "mail";
    case dialogue_stage::rcpt:
      return "rcpt";
    case dialogue_stage::rset:
      return "rset";
    case dialogue_stage::quit:
      return "quit";
  }
  return "";
}

void name_set::add(std::string_view text) {
  pattern added(text);
  if (added.is_literal()) {
    literals_.insert(added.text());
  } else {
    patterns_.push_back(std::move(added));
  }
}

bool name_set::has(std::string_view lower_case) const {
  if (literals_.contains(std::string(lower_case))) return true;
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const pattern& each) { return each.match(lower_case).has_value(); });
}

std::optional<std::uint32_t> host::number_of(const asio::ip::address& address) const {
  if (!is_range) return address == first ? std::optional<std::uint32_t>(0) : std::nullopt;
  if (!address.is_v4()) return std::nullopt;
  const std::uint32_t number = address.to_v4().to_uint() - first.to_v4().to_uint();
  return number < size ? std::optional(number) : std::nullopt;
}

}  // namespace cbv::sim
