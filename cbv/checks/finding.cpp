#include "cbv/checks/finding.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace cbv::checks {
namespace {

constexpr std::array<std::string_view, 4> outcome_names{"pass", "fail", "skip", "unknown"};
constexpr std::array<std::string_view, 4> consequence_names{"off", "log", "defer", "reject"};

constexpr int defer_code = 450;
constexpr int reject_code = 550;

// A default is written for a rejection: 550 5.7.25 is deferred with 450 4.7.25 (RFC 3463: the
// subject and the detail mean the same in every class).
advice worded(const rule_form& rule, const reply_form& by_default) {
  const bool rejects = rule.if_failed == consequence::reject;
  advice said;
  said.action = rejects ? action::reject : action::defer;
  said.code = by_default.code != 0 && rejects ? by_default.code
              : rejects                       ? reject_code
                                              : defer_code;
  said.enhanced = by_default.enhanced;
  if (!said.enhanced.empty()) said.enhanced[0] = rejects ? '5' : '4';
  said.text = rule.text.empty() ? by_default.text : rule.text;
  if (rule.code != 0) said.code = rule.code;
  if (!rule.enhanced.empty()) said.enhanced = rule.enhanced;
  return said;
}

}  // namespace

std::string_view to_string(outcome word) noexcept {
  return outcome_names.at(static_cast<std::size_t>(word));
}

std::string_view to_string(consequence word) noexcept {
  return consequence_names.at(static_cast<std::size_t>(word));
}

std::optional<consequence> consequence_from_name(std::string_view name) noexcept {
  for (std::size_t i = 0; i < consequence_names.size(); ++i) {
    if (consequence_names[i] == name) return static_cast<consequence>(i);
  }
  return std::nullopt;
}

finding failed(std::string evidence, const rule_form& rule, const reply_form& by_default) {
  finding found{outcome::fail, std::move(evidence)};
  if (rule.if_failed == consequence::defer || rule.if_failed == consequence::reject) {
    found.decision = worded(rule, by_default);
  }
  return found;
}

finding not_known(std::string why) {
  return finding{outcome::unknown, std::move(why)};
}

}  // namespace cbv::checks
