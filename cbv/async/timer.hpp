// Waiting, as a seam above the clock: the one way in which cbv lets time pass.
#ifndef CBV_ASYNC_TIMER_HPP
#define CBV_ASYNC_TIMER_HPP

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"

namespace cbv {

/// A clock that can also wait.
class timer : public clock {
 public:
  /// Returns at `when` (at once if that has passed). Throws only when cancelled
  /// (asio::error::operation_aborted). Runs on the awaiting coroutine's executor.
  virtual awaitable<void> sleep_until(time_point when) = 0;
};

/// The machine's own clocks; waits with a steady_timer. Stateless, usable from any thread.
class system_timer final : public timer {
 public:
  time_point now() const noexcept override;
  wall_time wall_now() const noexcept override;
  awaitable<void> sleep_until(time_point when) override;
};

}  // namespace cbv

#endif
