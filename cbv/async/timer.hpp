// Waiting, as a seam above the clock: the one way in which cbv lets time pass.
#ifndef CBV_ASYNC_TIMER_HPP
#define CBV_ASYNC_TIMER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"

namespace cbv {

/// A call that is to come; taken back when this is destroyed.
class alarm {
 public:
  alarm() = default;
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;
  virtual ~alarm() = default;
};

/// A clock that can also wait.
class timer : public clock {
 public:
  /// Returns at `when` (at once if that has passed). Throws only when cancelled
  /// (asio::error::operation_aborted). Runs on the awaiting coroutine's executor.
  virtual awaitable<void> sleep_until(time_point when) = 0;

  /// Calls `what` on `executor` at `when`, or soon if that has passed, but never from here. For
  /// waits that mostly end before their time: taking an alarm back costs next to nothing, where a
  /// sleep that is cancelled throws. To be used on the executor's thread.
  virtual std::unique_ptr<alarm> call_at(const asio::any_io_executor& executor, time_point when,
                                         std::function<void()> what) = 0;
};

/// The machine's own clocks; waits with a steady_timer. Stateless, usable from any thread.
class system_timer final : public timer {
 public:
  time_point now() const noexcept override;
  wall_time wall_now() const noexcept override;
  awaitable<void> sleep_until(time_point when) override;
  std::unique_ptr<alarm> call_at(const asio::any_io_executor& executor, time_point when,
                                 std::function<void()> what) override;
};

}  // namespace cbv

#endif
