#include "tests/sim/sim_timer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace cbv::sim {
namespace {

// Noon of a day in November; far from the start of time, so that nothing is mistaken for "never".
constexpr wall_time wall_start{std::chrono::seconds(1'795'262'400)};

}  // namespace

struct sim_timer::sleeper {
  asio::steady_timer wake;  // never expires of itself
  bool woken = false;
};

wall_time sim_timer::wall_now() const noexcept {
  return wall_start + std::chrono::floor<std::chrono::seconds>(now_ - time_point{});
}

awaitable<void> sim_timer::sleep_until(time_point when) {
  if (when <= now_) co_return;
  const auto executor = co_await asio::this_coro::executor;
  sleeper mine{asio::steady_timer(executor, asio::steady_timer::time_point::max()), false};
  struct bed {
    std::multimap<time_point, sleeper*>& all;
    std::multimap<time_point, sleeper*>::iterator place;
    const sleeper& of;
    ~bed() {
      if (!of.woken) all.erase(place);
    }
  } const mine_in{sleeping_, sleeping_.emplace(when, &mine), mine};

  co_await mine.wake.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!mine.woken) throw boost::system::system_error(asio::error::operation_aborted);
}

bool sim_timer::jump(time_point limit) {
  if (sleeping_.empty() || sleeping_.begin()->first > limit) {
    if (now_ < limit) now_ = limit;
    return false;
  }
  now_ = sleeping_.begin()->first;
  while (!sleeping_.empty() && sleeping_.begin()->first <= now_) {
    sleeper* next = sleeping_.begin()->second;
    sleeping_.erase(sleeping_.begin());
    next->woken = true;
    next->wake.cancel();
  }
  return true;
}

bool run_until(asio::io_context& io, sim_timer& time, time_point limit,
               const std::function<bool()>& done) {
  do {
    io.restart();
    io.poll();
    if (done()) return true;
  } while (time.jump(limit));
  return done();
}

}  // namespace cbv::sim
