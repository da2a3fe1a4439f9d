#include "tests/sim/sim_timer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace cbv::sim {
namespace {

// Noon of a day in November; far from the start of time, so that nothing is mistaken for "never".
constexpr wall_time wall_start{std::chrono::seconds(1'795'262'400)};

}  // namespace

/// A place among those who wait, left when they are woken or go.
class sim_timer::bed {
 public:
  bed(beds& all, time_point until, std::function<void()> wake)
      : all_(all), place_(all.emplace(until, this)), wake_(std::move(wake)) {}
  bed(const bed&) = delete;
  bed& operator=(const bed&) = delete;
  ~bed() {
    if (!woken_) all_.erase(place_);
  }

  bool is_woken() const noexcept { return woken_; }

  void wake() {
    woken_ = true;
    all_.erase(place_);
    wake_();
  }

 private:
  beds& all_;
  beds::iterator place_;
  std::function<void()> wake_;
  bool woken_ = false;
};

class sim_timer::sim_alarm final : public alarm {
 public:
  sim_alarm(beds& all, asio::any_io_executor executor, time_point when, std::function<void()> what)
      : what_(std::make_shared<std::function<void()>>(std::move(what))),
        executor_(std::move(executor)),
        mine_(all, when, [this] { call_soon(); }) {}
  sim_alarm(const sim_alarm&) = delete;
  sim_alarm& operator=(const sim_alarm&) = delete;
  ~sim_alarm() override { *what_ = {}; }

  void wake() { mine_.wake(); }

 private:
  void call_soon() {
    asio::post(executor_, [what = what_] {
      if (const auto act = std::exchange(*what, {})) act();
    });
  }

  std::shared_ptr<std::function<void()>> what_;  // shared with the call that is due
  asio::any_io_executor executor_;
  bed mine_;
};

wall_time sim_timer::wall_now() const noexcept {
  return wall_start + std::chrono::floor<std::chrono::seconds>(now_ - time_point{});
}

awaitable<void> sim_timer::sleep_until(time_point when) {
  if (when <= now_) co_return;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer sleep(executor, asio::steady_timer::time_point::max());
  const bed mine(sleeping_, when, [&sleep] { sleep.cancel(); });
  co_await sleep.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!mine.is_woken()) throw boost::system::system_error(asio::error::operation_aborted);
}

std::unique_ptr<alarm> sim_timer::call_at(const asio::any_io_executor& executor, time_point when,
                                          std::function<void()> what) {
  auto made = std::make_unique<sim_alarm>(sleeping_, executor, when, std::move(what));
  if (when <= now_) made->wake();
  return made;
}

bool sim_timer::jump(time_point limit) {
  if (sleeping_.empty() || sleeping_.begin()->first > limit) {
    if (now_ < limit) now_ = limit;
    return false;
  }
  now_ = sleeping_.begin()->first;
  while (!sleeping_.empty() && sleeping_.begin()->first <= now_) {
    sleeping_.begin()->second->wake();
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
