// Something that happens once, and those who wait for it.
#ifndef CBV_ASYNC_EVENT_HPP
#define CBV_ASYNC_EVENT_HPP

#include <list>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"

namespace cbv {

/// Belongs to one thread. Whoever waits keeps it alive, usually by a shared_ptr.
class event {
 public:
  event() = default;
  event(const event&) = delete;
  event& operator=(const event&) = delete;

  bool is_set() const noexcept { return set_; }

  /// Wakes all who wait; they run later, not within this call.
  void set();

  /// Returns once it is set. Throws only when cancelled before that.
  awaitable<void> wait();

  /// Returns true once it is set, false if it is not by `deadline`. Throws only when cancelled
  /// before that. Costs much less than with_deadline: nothing is started that has to be cancelled.
  awaitable<bool> wait_until(timer& time, time_point deadline);

 private:
  struct waiter;
  class place;

  std::list<waiter*> waiting_;
  bool set_ = false;
};

}  // namespace cbv

#endif
