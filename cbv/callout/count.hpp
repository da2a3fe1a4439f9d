// A finished callout, counted.
#ifndef CBV_CALLOUT_COUNT_HPP
#define CBV_CALLOUT_COUNT_HPP

#include "cbv/counting/counters.hpp"
#include "cbv/policy/evidence.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::callout {

/// Adds what a callout met on its way to the funnel: bad_domain and no_mx from the verdict, all
/// from bad_connects on from its dialogues. Each callout is counted once, however many wait for it.
/// Pure.
void count(const policy::evidence& learnt, const verdict& made, role_counters& into);

}  // namespace cbv::callout

#endif
