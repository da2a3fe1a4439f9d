#include "cbv/async/gate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <list>

namespace cbv {
namespace {

constexpr asio::steady_timer::time_point never = asio::steady_timer::time_point::max();

struct waiter {
  asio::steady_timer wake;  // never expires; cancelled when what is waited for has come
  bool admitted = false;

  void admit() {
    admitted = true;
    wake.cancel();
  }
};

// A place in a list of those who wait, left whenever we are not admitted: cancelled, or destroyed
// with the io_context.
class place {
 public:
  place(std::list<waiter*>& in, waiter& of) : in_(in), of_(of) { in_.push_back(&of_); }
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place() {
    if (!of_.admitted) in_.remove(&of_);
  }

 private:
  std::list<waiter*>& in_;
  waiter& of_;
};

void admit_first(std::list<waiter*>& in) {
  waiter* first = in.front();
  in.pop_front();
  first->admit();
}

// Waits at the end of `in`; throws if it is not admitted but cancelled.
awaitable<void> wait_in(std::list<waiter*>& in) {
  const auto executor = co_await asio::this_coro::executor;
  waiter mine{asio::steady_timer(executor, never), false};
  const place queued(in, mine);
  co_await mine.wake.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!mine.admitted) throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace

// If anyone is in `waiting`, then inside >= at_once; if anyone is in `draining`, then inside > 0.
struct gate::state {
  std::size_t at_once;
  std::size_t waiting_max;
  std::size_t inside = 0;
  std::list<waiter*> waiting;
  std::list<waiter*> draining;

  void admit() {
    while (!waiting.empty() && inside < at_once) {
      ++inside;
      admit_first(waiting);
    }
  }
  void leave() {
    --inside;
    admit();
    while (inside == 0 && !draining.empty()) admit_first(draining);
  }
};

gate::pass::~pass() {
  if (held_) held_->leave();
}

gate::gate(std::size_t at_once, std::size_t waiting_max)
    : state_(std::make_shared<state>(state{at_once, waiting_max, 0, {}, {}})) {
  assert(at_once > 0);
}

void gate::change(std::size_t at_once, std::size_t waiting_max) {
  assert(at_once > 0);
  state_->at_once = at_once;
  state_->waiting_max = waiting_max;
  state_->admit();
}

std::size_t gate::inside() const noexcept {
  return state_->inside;
}

std::size_t gate::waiting() const noexcept {
  return state_->waiting.size();
}

bool gate::is_full() const noexcept {
  return state_->inside >= state_->at_once && state_->waiting.size() >= state_->waiting_max;
}

// Not coroutines themselves: what they return may be awaited when the gate is gone.
awaitable<result<gate::pass>> gate::enter() {
  return enter(state_);
}

awaitable<result<gate::pass>> gate::enter_until(timer& time, time_point deadline) {
  return enter_until(state_, time, deadline);
}

awaitable<result<void>> gate::drained() {
  return drained(state_);
}

awaitable<result<gate::pass>> gate::enter(std::shared_ptr<state> shared) {
  if (shared->inside < shared->at_once) {
    ++shared->inside;
    co_return pass(std::move(shared));
  }
  if (shared->waiting.size() >= shared->waiting_max) co_return errc::over_limit;
  co_await wait_in(shared->waiting);
  co_return pass(std::move(shared));
}

awaitable<result<gate::pass>> gate::enter_until(std::shared_ptr<state> shared, timer& time,
                                                time_point deadline) {
  if (shared->inside < shared->at_once) {
    ++shared->inside;
    co_return pass(std::move(shared));
  }
  if (shared->waiting.size() >= shared->waiting_max) co_return errc::over_limit;
  const auto executor = co_await asio::this_coro::executor;
  waiter mine{asio::steady_timer(executor, never), false};
  const place queued(shared->waiting, mine);
  bool is_late = false;
  const std::unique_ptr<alarm> at_deadline = time.call_at(executor, deadline, [&] {
    is_late = true;
    mine.wake.cancel();
  });
  co_await mine.wake.async_wait(asio::as_tuple(asio::use_awaitable));
  if (mine.admitted) co_return pass(std::move(shared));
  if (is_late) co_return errc::timed_out;
  throw boost::system::system_error(asio::error::operation_aborted);
}

awaitable<result<void>> gate::drained(std::shared_ptr<state> shared) {
  if (shared->inside > 0) co_await wait_in(shared->draining);
  co_return result<void>();
}

}  // namespace cbv
