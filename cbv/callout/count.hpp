// Callouts and what hosts say, counted. Pure.
#ifndef CBV_CALLOUT_COUNT_HPP
#define CBV_CALLOUT_COUNT_HPP

#include "cbv/counting/counters.hpp"
#include "cbv/policy/evidence.hpp"
#include "cbv/smtp/probe.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::callout {

/// Whether anything was done for it. It was not if the domain or its hosts opted out, or if our own
/// limits kept every host from being asked.
bool was_made(const verdict& made) noexcept;

/// A callout that has ended, however many wait for it: `callouts`, `bad_domain`, `no_mx`. False,
/// and nothing is counted: it was not made.
bool count(const policy::evidence& learnt, const verdict& made, role_counters& into) noexcept;

/// What a host has said. True: that was a refusal, for now or for good.
bool count(const smtp::counted_reply& said, role_counters& into) noexcept;

}  // namespace cbv::callout

#endif
