#include "cache/history/retention.hpp"

#include <algorithm>

namespace cbv::cache {
namespace {

/// The shortest that is kept of a time.
span finest_at(wall_time at, const kept_from& kept) noexcept {
  if (at >= kept.hours) return span::hour;
  return at >= kept.days ? span::day : span::month;
}

wall_time widened_back(wall_time at, span by) noexcept {
  return begin_of(by, at);
}

wall_time widened_on(wall_time at, span by) noexcept {
  return is_begin_of(by, at) ? at : end_of(by, at);
}

/// So that there are no more periods than may be asked for.
wall_time earliest_of(const stretch& time, span by) {
  const auto most = static_cast<int>(longest_history);
  if (by == span::hour) return std::max(time.from, time.to - std::chrono::hours(most));
  if (by == span::day) return std::max(time.from, time.to - std::chrono::days(most));
  return time.from;  // from 1970 to 2106 there are fewer
}

}  // namespace

kept_from kept_at(wall_time now, const kept_from& before) noexcept {
  const wall_time at = countable(now);
  return {std::max(before.hours, begin_of(span::day, countable(at - hours_are_kept))),
          std::max(before.days, begin_of(span::month, countable(at - days_are_kept)))};
}

bool is_kept(const period& one, const kept_from& kept) noexcept {
  switch (one.of) {
    case span::hour:
      return one.from >= kept.hours;
    case span::day:
      return one.from >= kept.days;
    case span::month:
      break;
  }
  return true;
}

stretch covered_by(const history_question& asked, wall_time now, std::optional<wall_time> since,
                   const kept_from& kept) {
  const span by = asked.by.value_or(span::hour);
  const wall_time until = end_of(by, countable(now));
  stretch time{countable(asked.from.value_or(since.value_or(now))),
               asked.to ? std::min(countable(*asked.to), until) : until};
  time.from = widened_back(time.from, asked.by ? by : finest_at(time.from, kept));
  time.to = widened_on(time.to, asked.by ? by : finest_at(time.to, kept));
  if (by == span::hour && asked.by) time.from = std::max(time.from, kept.hours);
  if (by == span::day) time.from = std::max(time.from, kept.days);
  time.to = std::max(time.from, time.to);
  if (asked.by) time.from = earliest_of(time, by);
  return time;
}

std::vector<period> made_of(const stretch& time, const kept_from& kept) {
  std::vector<period> all;
  for (wall_time at = time.from; at < time.to;) {
    period next{span::hour, at};
    for (const span longer : {span::month, span::day}) {
      const period one{longer, at};
      if (!is_begin_of(longer, at) || one.to() > time.to || !is_kept(one, kept)) continue;
      next = one;
      break;
    }
    all.push_back(next);
    at = next.to();
  }
  return all;
}

std::vector<period> periods_in(const stretch& time, span by) {
  std::vector<period> all;
  for (period one{by, time.from}; one.from < time.to; one.from = one.to()) all.push_back(one);
  return all;
}

}  // namespace cbv::cache
