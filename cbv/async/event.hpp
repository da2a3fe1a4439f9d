// Something that happens once, and those who wait for it.
#ifndef CBV_ASYNC_EVENT_HPP
#define CBV_ASYNC_EVENT_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "cbv/async/awaitable.hpp"

namespace cbv {

/// Belongs to one thread. Whoever waits keeps it alive, usually by a shared_ptr.
class event {
 public:
  explicit event(const asio::any_io_executor& on)
      : wake_(on, asio::steady_timer::time_point::max()) {}

  bool is_set() const noexcept { return set_; }

  /// Wakes all who wait; they run later, not within this call.
  void set() {
    set_ = true;
    wake_.cancel();
  }

  /// Returns once it is set. Throws only when cancelled before that.
  awaitable<void> wait() {
    if (set_) co_return;
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!set_) throw boost::system::system_error(asio::error::operation_aborted);
  }

 private:
  asio::steady_timer wake_;  // never expires; cancelled when it is set
  bool set_ = false;
};

}  // namespace cbv

#endif
