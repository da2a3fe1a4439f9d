#include "cache/records/lifetimes.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace cbv::cache {
namespace {

bool is_from_the_future(const verdict& held, wall_time now) noexcept {
  return held.checked_at > now + clock_slack;
}

/// The most that a verdict made now would wait for its refresh.
std::chrono::seconds longest_refresh_of(const record& held, const lifetimes& times) noexcept {
  if (held.failures > 0 || held.verdict.status == status::unknown) return times.unknown_longest;
  if (held.disputed_by) return times.dispute_reask;
  return held.verdict.status == status::deliverable ? times.deliverable_refresh
                                                    : times.undeliverable_refresh;
}

/// What is held and still counts.
std::optional<record> still_held(const std::optional<record>& held, const lifetimes& times,
                                 wall_time now) {
  if (!held || is_forgotten(*held, times, now)) return std::nullopt;
  if (auto moved = moved_back(*held, now)) return moved;
  return held;
}

void set_times(verdict& made, wall_time now, std::chrono::seconds refresh,
               std::chrono::seconds expire) noexcept {
  made.checked_at = now;
  made.expires_at = now + expire;
  made.refresh_at = std::min(now + refresh, made.expires_at);
}

settlement stands(verdict made, const lifetimes& times, wall_time now) {
  if (made.status == status::deliverable) {
    set_times(made, now, times.deliverable_refresh, times.deliverable_expire);
  } else {
    set_times(made, now, times.undeliverable_refresh, times.undeliverable_expire);
  }
  return {record{made, 0, std::nullopt}, made};
}

settlement stays(record held) {
  verdict told = as_remembered(held);
  return {std::move(held), std::move(told)};
}

/// How many tries in a row have failed now that one more has.
std::uint8_t failures_after(const record& held, wall_time now) noexcept {
  if (held.failures == 0) return 1;
  const bool in_its_time = now >= held.verdict.refresh_at;
  const bool countable = held.failures < std::numeric_limits<std::uint8_t>::max();
  return static_cast<std::uint8_t>(held.failures + (in_its_time && countable ? 1 : 0));
}

/// A refresh that failed says nothing about the address.
settlement refresh_failed(record held, const lifetimes& times, wall_time now) {
  verdict& v = held.verdict;
  const bool in_its_time = now >= v.refresh_at;
  held.failures = failures_after(held, now);
  const wall_time next = now + unknown_delay(times, held.failures);
  v.refresh_at = std::min(in_its_time ? next : std::min(next, v.refresh_at), v.expires_at);
  return stays(std::move(held));
}

settlement stays_unknown(const std::optional<record>& held, verdict made, const lifetimes& times,
                         wall_time now) {
  const std::uint8_t failures = held ? failures_after(*held, now) : std::uint8_t{1};
  const std::chrono::seconds delay = unknown_delay(times, failures);
  set_times(made, now, delay, delay);
  return {record{made, failures, std::nullopt}, made};
}

/// A first refusal may be a directory that was down for a minute, so it must be said twice.
settlement disputed(record held, const verdict& refusal, const lifetimes& times, wall_time now) {
  verdict& v = held.verdict;
  const wall_time reask = std::min(now + times.dispute_reask, v.expires_at);
  if (!held.disputed_by) {
    held.disputed_by = refusal.reason;
    held.failures = 0;
    v.refresh_at = reask;
  }
  v.refresh_at = std::min(v.refresh_at, reask);  // the clock may have been set back since
  return stays(std::move(held));
}

}  // namespace

freshness freshness_of(const verdict& held, wall_time now) noexcept {
  if (now >= held.expires_at) return freshness::expired;
  const bool due = now >= held.refresh_at || is_from_the_future(held, now);
  if (!due) return freshness::fresh;
  return held.status == status::unknown ? freshness::expired : freshness::refresh_due;
}

freshness freshness_of(const record& held, const lifetimes& times, wall_time now) noexcept {
  const freshness how = freshness_of(held.verdict, now);
  if (how != freshness::fresh) return how;
  if (held.verdict.refresh_at <= now + longest_refresh_of(held, times) + clock_slack) return how;
  return held.verdict.status == status::unknown ? freshness::expired : freshness::refresh_due;
}

std::optional<record> moved_back(const record& held, wall_time now) {
  if (!is_from_the_future(held.verdict, now)) return std::nullopt;
  record moved = held;
  verdict& v = moved.verdict;
  const std::chrono::seconds ahead = v.checked_at - now;
  v.checked_at -= ahead;
  v.refresh_at -= ahead;
  v.expires_at -= ahead;
  return moved;
}

bool is_forgotten(const record& held, const lifetimes& times, wall_time now) noexcept {
  const wall_time expires = held.verdict.expires_at;
  if (held.verdict.status == status::unknown) return now >= expires + times.unknown_memory;
  return now >= expires;
}

std::chrono::seconds unknown_delay(const lifetimes& times, std::uint8_t failures) noexcept {
  std::chrono::seconds delay = times.unknown_first;
  for (int doubled = 1; doubled < failures && delay < times.unknown_longest; ++doubled) delay *= 2;
  return std::min(delay, times.unknown_longest);
}

bool is_worth_keeping(const verdict& made) noexcept {
  return made.reason != reason::busy && made.reason != reason::pending &&
         made.reason != reason::not_asked;
}

verdict as_remembered(record held) {
  verdict told = std::move(held.verdict);
  const bool stale = held.failures > 0 && told.status != status::unknown;
  told.source = stale ? source::stale : source::cache;
  if (held.disputed_by) {
    if (!told.detail.empty()) told.detail += "; ";
    told.detail += "refused once since (";
    told.detail += to_string(*held.disputed_by);
    told.detail += "), to be asked again";
  }
  return told;
}

settlement settle(const std::optional<record>& held, verdict made, const lifetimes& times,
                  wall_time now) {
  const std::optional<record> before = still_held(held, times, now);
  const bool live = before && freshness_of(*before, times, now) != freshness::expired;

  if (!is_worth_keeping(made)) {
    if (live) return {std::nullopt, as_remembered(*before)};
    set_times(made, now, std::chrono::seconds{0}, std::chrono::seconds{0});
    return {std::nullopt, std::move(made)};
  }
  if (made.status == status::deliverable) return stands(std::move(made), times, now);
  if (made.status == status::unknown) {
    if (live && before->verdict.status != status::unknown) {
      return refresh_failed(*before, times, now);
    }
    return stays_unknown(before, std::move(made), times, now);
  }
  const bool by_table = made.source == source::table;
  if (live && before->verdict.status == status::deliverable && !by_table) {
    const bool said_twice = before->disputed_by && now >= before->verdict.refresh_at;
    if (!said_twice) return disputed(*before, made, times, now);
  }
  return stands(std::move(made), times, now);
}

}  // namespace cbv::cache
