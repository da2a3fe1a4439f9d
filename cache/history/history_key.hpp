// Where the counters of an hour, a day or a month stand. FORMAT.md is the contract. Pure.
#ifndef CBV_CACHE_HISTORY_HISTORY_KEY_HPP
#define CBV_CACHE_HISTORY_HISTORY_KEY_HPP

#include <optional>
#include <string>
#include <string_view>

#include "cbv/base/clock.hpp"
#include "cbv/counting/period.hpp"

namespace cbv::cache {

/// An hour, a day or a month.
struct period {
  span of = span::hour;
  wall_time from{};

  wall_time to() const noexcept { return end_of(of, from); }

  friend bool operator==(const period&, const period&) = default;
};

/// The nearest time that has a key: from 1970 up to the end of January 2106.
wall_time countable(wall_time at) noexcept;

/// The key of the period in which a countable time lies. As octets, keys are in the order of spans,
/// and those of a span in the order of time.
std::string history_key(span of, wall_time at);

/// Nothing if it is no key, or not that of the beginning of a period.
std::optional<period> parse_history_key(std::string_view key) noexcept;

}  // namespace cbv::cache

#endif
