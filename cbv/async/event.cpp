#include "cbv/async/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <memory>

namespace cbv {

struct event::waiter {
  asio::steady_timer wake;  // never expires; cancelled when it is set or too late
  bool is_late = false;
};

/// A waiter is in the list as long as this lives, also where it is destroyed with the io_context.
class event::place {
 public:
  place(std::list<waiter*>& in, waiter& of) : in_(in), at_(in.insert(in.end(), &of)) {}
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() { in_.erase(at_); }

 private:
  std::list<waiter*>& in_;
  std::list<waiter*>::iterator at_;
};

void event::set() {
  set_ = true;
  for (waiter* one : waiting_) one->wake.cancel();
}

awaitable<void> event::wait() {
  if (set_) co_return;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  waiter mine{asio::steady_timer(executor, asio::steady_timer::time_point::max())};
  const place here(waiting_, mine);
  co_await mine.wake.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!set_) throw boost::system::system_error(asio::error::operation_aborted);
}

awaitable<bool> event::wait_until(timer& time, time_point deadline) {
  if (set_) co_return true;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  waiter mine{asio::steady_timer(executor, asio::steady_timer::time_point::max())};
  const place here(waiting_, mine);
  const std::unique_ptr<alarm> at_deadline = time.call_at(executor, deadline, [&mine] {
    mine.is_late = true;
    mine.wake.cancel();
  });
  co_await mine.wake.async_wait(asio::as_tuple(asio::use_awaitable));
  if (set_) co_return true;
  if (!mine.is_late) throw boost::system::system_error(asio::error::operation_aborted);
  co_return false;
}

}  // namespace cbv
