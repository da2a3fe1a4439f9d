// Waking whoever waits for something to change; it may change many times.
#ifndef CBV_TESTS_SIM_PULSE_HPP
#define CBV_TESTS_SIM_PULSE_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cstdint>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/result.hpp"

namespace cbv::sim {

/// Remember beats(), look, and then wait for the next beat: none is missed in between.
class pulse {
 public:
  explicit pulse(const asio::any_io_executor& on)
      : wake_(on, asio::steady_timer::time_point::max()) {}

  std::uint64_t beats() const noexcept { return beats_; }

  void beat() {
    ++beats_;
    wake_.cancel();
  }

  /// Returns once there was a beat after `seen`. Throws only when cancelled before that.
  awaitable<result<void>> next(std::uint64_t seen) {
    if (beats_ == seen) co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (beats_ == seen) throw boost::system::system_error(asio::error::operation_aborted);
    co_return result<void>();
  }

 private:
  asio::steady_timer wake_;  // never expires; cancelled at each beat
  std::uint64_t beats_ = 0;
};

}  // namespace cbv::sim

#endif
