// A finished callout, counted.
#ifndef CBV_CALLOUT_COUNT_HPP
#define CBV_CALLOUT_COUNT_HPP

#include "cbv/counting/counters.hpp"
#include "cbv/policy/evidence.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::callout {

/// Whether anything was done for it. It was not if the domain or its hosts opted out, or if our own
/// limits kept every host from being asked.
bool was_made(const verdict& made) noexcept;

/// Adds a callout that has ended, and what it met on its way, to the funnel: `callouts`,
/// `bad_domain` and `no_mx` if it was made, all from `bad_connects` on from its dialogues. Each
/// callout is counted once, however many wait for it. Pure.
void count(const policy::evidence& learnt, const verdict& made, role_counters& into);

}  // namespace cbv::callout

#endif
