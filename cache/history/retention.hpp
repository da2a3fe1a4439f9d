// How long counters are kept by hour and by day, and of which of them a time is made. Pure.
#ifndef CBV_CACHE_HISTORY_RETENTION_HPP
#define CBV_CACHE_HISTORY_RETENTION_HPP

#include <chrono>
#include <optional>
#include <vector>

#include "cache/history/history_key.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/counting/history.hpp"

namespace cbv::cache {

/// At least so long; months for ever.
inline constexpr std::chrono::days hours_are_kept{60};
inline constexpr std::chrono::days days_are_kept{731};

/// From when on there are hours (a day begins then), and days (a month does).
struct kept_from {
  wall_time hours{};
  wall_time days{};

  friend bool operator==(const kept_from&, const kept_from&) = default;
};

/// What is to be kept at that time; never less than `before` has thrown away.
kept_from kept_at(wall_time now, const kept_from& before) noexcept;

/// Whether there is something for a period, if anything was counted in it.
bool is_kept(const period& one, const kept_from& kept) noexcept;

/// A stretch of time, `to` not included.
struct stretch {
  wall_time from{};
  wall_time to{};

  friend bool operator==(const stretch&, const stretch&) = default;
};

/// The time that is answered for a question: widened outwards to what is kept, not beyond the
/// period in which `now` lies. By hours or days it begins where these are kept, and there are not
/// more than longest_history of them: the latest. `since`: the first hour in which anything was
/// counted.
stretch covered_by(const history_question& asked, wall_time now, std::optional<wall_time> since,
                   const kept_from& kept);

/// The fewest periods that are kept and make up a stretch that was widened to them, in their order.
std::vector<period> made_of(const stretch& time, const kept_from& kept);

/// All periods of that length that begin in the stretch, in their order.
std::vector<period> periods_in(const stretch& time, span by);

}  // namespace cbv::cache

#endif
