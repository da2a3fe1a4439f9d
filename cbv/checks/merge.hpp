// One finding made of several: a check that asks more than one question.
#ifndef CBV_CHECKS_MERGE_HPP
#define CBV_CHECKS_MERGE_HPP

#include <vector>

#include "cbv/checks/finding.hpp"

namespace cbv::checks {

/// The decision is the strictest of all, of equal ones the first. The outcome is the worst: fail,
/// then unknown, then pass, then skip; the evidence is that of all parts with that outcome. `skip`
/// without parts.
finding merged(const std::vector<finding>& parts);

}  // namespace cbv::checks

#endif
