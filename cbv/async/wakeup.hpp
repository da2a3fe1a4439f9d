// Coroutines that wait for something to happen on their own thread.
#ifndef CBV_ASYNC_WAKEUP_HPP
#define CBV_ASYNC_WAKEUP_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "cbv/async/awaitable.hpp"

namespace cbv {

/// Says that something has changed; what it is, the waiting look up themselves:
/// `while (!ready) co_await changed.wait();`. Belongs to one thread.
class wakeup {
 public:
  explicit wakeup(const asio::any_io_executor& executor)
      : never_(executor, asio::steady_timer::time_point::max()) {}

  /// Returns after the next notify(). Throws only when cancelled.
  awaitable<void> wait();

  /// Wakes all who wait now, and none who wait later. They resume from the executor, not from here.
  void notify() { never_.cancel(); }

 private:
  asio::steady_timer never_;
};

}  // namespace cbv

#endif
