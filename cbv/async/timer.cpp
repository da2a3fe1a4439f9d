#include "cbv/async/timer.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <utility>

namespace cbv {
namespace {

class steady_alarm final : public alarm {
 public:
  steady_alarm(const asio::any_io_executor& executor, time_point when, std::function<void()> what)
      : call_(std::make_shared<call>(executor, when, std::move(what))) {
    call_->due.async_wait([due = call_](const boost::system::error_code&) {
      if (const auto act = std::exchange(due->act, {})) act();
    });
  }
  steady_alarm(const steady_alarm&) = delete;
  steady_alarm& operator=(const steady_alarm&) = delete;
  ~steady_alarm() override {
    call_->act = {};  // it may be due already, and queued
    call_->due.cancel();
  }

 private:
  struct call {
    call(const asio::any_io_executor& executor, time_point when, std::function<void()> what)
        : due(executor, when), act(std::move(what)) {}

    asio::steady_timer due;
    std::function<void()> act;
  };

  std::shared_ptr<call> call_;  // shared with the wait, until that has ended
};

}  // namespace

time_point system_timer::now() const noexcept {
  return std::chrono::steady_clock::now();
}

wall_time system_timer::wall_now() const noexcept {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

awaitable<void> system_timer::sleep_until(time_point when) {
  asio::steady_timer waiting(co_await asio::this_coro::executor, when);
  co_await waiting.async_wait(asio::use_awaitable);
}

std::unique_ptr<alarm> system_timer::call_at(const asio::any_io_executor& executor, time_point when,
                                             std::function<void()> what) {
  return std::make_unique<steady_alarm>(executor, when, std::move(what));
}

}  // namespace cbv
