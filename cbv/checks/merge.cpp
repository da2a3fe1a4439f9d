#include "cbv/checks/merge.hpp"

#include <algorithm>
#include <array>

namespace cbv::checks {
namespace {

constexpr std::array worst_first{outcome::fail, outcome::unknown, outcome::pass, outcome::skip};

const advice* strictest_of(const std::vector<finding>& parts) {
  const advice* strictest = nullptr;
  for (const finding& each : parts) {
    if (!each.decision) continue;
    strictest = strictest == nullptr ? &*each.decision : &stricter(*strictest, *each.decision);
  }
  return strictest;
}

}  // namespace

finding merged(const std::vector<finding>& parts) {
  finding all{outcome::skip, {}};
  if (const advice* decision = strictest_of(parts)) all.decision = *decision;
  for (const outcome each : worst_first) {
    const bool is_there = std::any_of(parts.begin(), parts.end(),
                                      [each](const finding& part) { return part.outcome == each; });
    if (!is_there) continue;
    all.outcome = each;
    break;
  }
  for (const finding& part : parts) {
    if (part.outcome != all.outcome || part.evidence.empty()) continue;
    if (!all.evidence.empty()) all.evidence += "; ";
    all.evidence += part.evidence;
  }
  return all;
}

}  // namespace cbv::checks
