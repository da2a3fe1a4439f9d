// Every number that is counted, under a number of its own: what stores and adds counters loops
// here.
#ifndef CBV_COUNTING_CELLS_HPP
#define CBV_COUNTING_CELLS_HPP

#include <cstdint>

#include "cbv/counting/counters.hpp"

namespace cbv {

/// What a cell is of. On disk: append, never renumber, never reuse.
enum class cell_family : std::uint8_t {
  sender_funnel = 1,
  recipient_funnel = 2,
  sender_status = 3,
  recipient_status = 4,
  sender_reason = 5,
  recipient_reason = 6,
  sender_advice = 7,
  recipient_advice = 8,
  others = 9,      // 0: listing_alarms
  decisions = 10,  // four for each check
  hits = 11,
  dns = 12,
  callouts = 13,
};

/// The family in the high octet, what it is in the family in the low one.
using cell_number = std::uint16_t;

/// Calls `visit(cell_number, std::uint64_t& value)` for each cell, in the order of the families.
template <class F>
void for_each_cell(counters& of, F&& visit) {
  const auto in = [&visit](cell_family family, std::size_t index, std::uint64_t& value) {
    visit(static_cast<cell_number>((static_cast<unsigned>(family) << 8U) | index), value);
  };
  const auto funnel = [&in](cell_family family, role_counters& one) {
    for (const funnel_step& step : funnel_steps) in(family, step.number, one.*step.count);
  };
  const auto each = [&in](cell_family family, auto& values) {
    for (std::size_t i = 0; i < values.size(); ++i) in(family, i, values[i]);
  };
  const auto latency = [&in](cell_family family, latency_histogram& one) {
    std::size_t index = 0;
    one.for_each_number([&](std::uint64_t& value) { in(family, index++, value); });
  };
  funnel(cell_family::sender_funnel, of.sender);
  funnel(cell_family::recipient_funnel, of.recipient);
  each(cell_family::sender_status, of.sender.by_status);
  each(cell_family::recipient_status, of.recipient.by_status);
  each(cell_family::sender_reason, of.sender.by_reason);
  each(cell_family::recipient_reason, of.recipient.by_reason);
  each(cell_family::sender_advice, of.sender.by_advice);
  each(cell_family::recipient_advice, of.recipient.by_advice);
  in(cell_family::others, 0, of.listing_alarms);
  for (std::size_t check = 0; check < deciders; ++check) {
    for (std::size_t said = 0; said < 3; ++said)
      in(cell_family::decisions, 4 * check + said, of.decisions[check][said]);
  }
  latency(cell_family::hits, of.hits);
  latency(cell_family::dns, of.dns);
  latency(cell_family::callouts, of.callouts);
}

}  // namespace cbv

#endif
