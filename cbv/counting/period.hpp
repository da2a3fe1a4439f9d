// Hours, days and months, in UTC. Pure.
#ifndef CBV_COUNTING_PERIOD_HPP
#define CBV_COUNTING_PERIOD_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "cbv/base/clock.hpp"

namespace cbv {

/// What counters are kept by.
enum class span : std::uint8_t { hour = 1, day = 2, month = 3 };

/// "hour", "day", "month".
std::string_view to_string(span of) noexcept;
std::optional<span> span_from_name(std::string_view name) noexcept;

/// The beginning of the period in which a time lies, and that of the next one.
wall_time begin_of(span of, wall_time at) noexcept;
wall_time end_of(span of, wall_time at) noexcept;

/// Whether a period begins just then.
inline bool is_begin_of(span of, wall_time at) noexcept {
  return begin_of(of, at) == at;
}

}  // namespace cbv

#endif
