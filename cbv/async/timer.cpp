#include "cbv/async/timer.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace cbv {

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

}  // namespace cbv
