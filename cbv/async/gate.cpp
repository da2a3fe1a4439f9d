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

struct waiter {
  asio::steady_timer wake;  // never expires; cancelled when it is our turn
  bool admitted = false;
};

}  // namespace

// Whoever waits is in `waiting`, and then `inside == at_once`.
struct gate::state {
  std::size_t at_once;
  std::size_t waiting_max;
  std::size_t inside = 0;
  std::list<waiter*> waiting;

  void leave() {
    if (waiting.empty()) {
      --inside;
      return;
    }
    waiter* next = waiting.front();  // takes our place: `inside` stays
    waiting.pop_front();
    next->admitted = true;
    next->wake.cancel();
  }
};

gate::pass::~pass() {
  if (held_) held_->leave();
}

gate::gate(std::size_t at_once, std::size_t waiting_max)
    : state_(std::make_shared<state>(state{at_once, waiting_max, 0, {}})) {
  assert(at_once > 0);
}

std::size_t gate::inside() const noexcept {
  return state_->inside;
}

std::size_t gate::waiting() const noexcept {
  return state_->waiting.size();
}

awaitable<result<gate::pass>> gate::enter() {
  const std::shared_ptr<state> shared = state_;  // the gate itself may be gone when we wake
  if (shared->inside < shared->at_once) {
    ++shared->inside;
    co_return pass(shared);
  }
  if (shared->waiting.size() >= shared->waiting_max) co_return errc::over_limit;

  waiter mine{
      asio::steady_timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max()),
      false};
  shared->waiting.push_back(&mine);
  // Takes us out of the queue whenever we are not admitted: cancelled, or destroyed with the
  // io_context.
  struct place {
    state& in;
    waiter& of;
    ~place() {
      if (!of.admitted) in.waiting.remove(&of);
    }
  } const queued{*shared, mine};

  co_await mine.wake.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!mine.admitted) throw boost::system::system_error(asio::error::operation_aborted);
  co_return pass(shared);
}

}  // namespace cbv
