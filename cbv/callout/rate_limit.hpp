// At most so many events in a minute.
#ifndef CBV_CALLOUT_RATE_LIMIT_HPP
#define CBV_CALLOUT_RATE_LIMIT_HPP

#include <chrono>
#include <cstddef>
#include <vector>

#include "cbv/base/clock.hpp"

namespace cbv::callout {

/// A sliding window, and exact: no 60 s, wherever they begin, have more than `events_max` events
/// that take() allowed. It remembers when each of the last `events_max` was, and so takes 8 octets
/// for each event that it has seen, up to that many.
///
/// Pure: time comes in, and does not go back.
class rate_limit {
 public:
  static constexpr std::chrono::seconds window{60};

  /// 0 allows none.
  explicit rate_limit(std::size_t events_max) : events_max_(events_max) {}

  /// Counts an event if there is room for it; false: there is none.
  bool take(time_point now);

  /// Counts an event that happened whether there was room or not (a refusal, after the question).
  void note(time_point now);

  bool has_room(time_point now) const noexcept { return next_room(now) <= now; }

  /// How many there is room for.
  std::size_t room(time_point now) const noexcept;

  /// When there is room for one: `now`, or the later time; time_point::max() if there never is.
  time_point next_room(time_point now) const noexcept;

  /// From now on so many; what was counted still counts, of more than that the latest.
  void change(std::size_t events_max);

  /// Nothing is left of the last minute, so that one made new would say the same.
  bool is_idle(time_point now) const noexcept;

 private:
  std::size_t events_max_;
  std::size_t oldest_ = 0;         // once `times_` is full
  std::vector<time_point> times_;  // a ring of at most events_max_
};

}  // namespace cbv::callout

#endif
