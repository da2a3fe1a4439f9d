// Time that passes only when nothing else is left to do: a tarpit of 600 s takes no time to test.
#ifndef CBV_TESTS_SIM_SIM_TIMER_HPP
#define CBV_TESTS_SIM_SIM_TIMER_HPP

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>

#include "cbv/async/timer.hpp"

namespace cbv::sim {

/// A clock that stands still until jump() is called, and what waits for it. Outlives all that.
/// Belongs to one thread.
class sim_timer final : public timer {
 public:
  sim_timer() = default;

  time_point now() const noexcept override { return now_; }
  wall_time wall_now() const noexcept override;
  awaitable<void> sleep_until(time_point when) override;
  std::unique_ptr<alarm> call_at(const asio::any_io_executor& executor, time_point when,
                                 std::function<void()> what) override;

  /// How many sleep or have an alarm.
  std::size_t sleepers() const noexcept { return sleeping_.size(); }

  /// Moves on to the earliest moment that someone waits for, but not beyond `limit`, and wakes who
  /// waits for it, in the order in which they began to. False, and it is `limit`, if there is no
  /// such moment.
  bool jump(time_point limit);

 private:
  class bed;
  class sim_alarm;
  using beds = std::multimap<time_point, bed*>;

  time_point now_{std::chrono::hours(1)};
  beds sleeping_;  // equal times in the order of arrival
};

/// Lets the world run: does all that can be done, then jumps to the next moment, until `done` or
/// until `limit` is reached. Returns done().
bool run_until(asio::io_context& io, sim_timer& time, time_point limit,
               const std::function<bool()>& done);

}  // namespace cbv::sim

#endif
