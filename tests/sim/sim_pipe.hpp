// One direction of a simulated connection: bytes that are under way for a while.
#ifndef CBV_TESTS_SIM_SIM_PIPE_HPP
#define CBV_TESTS_SIM_SIM_PIPE_HPP

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>

#include "cbv/async/timer.hpp"
#include "cbv/base/result.hpp"
#include "tests/sim/pulse.hpp"

namespace cbv::sim {

/// Bytes put in at one end come out at the other, in order, each when it has arrived. Belongs to
/// one thread; whoever waits keeps it alive.
class sim_pipe {
 public:
  sim_pipe(const asio::any_io_executor& on, timer& time) : time_(time), changed_(on) {}

  /// Nothing arrives before what was put in earlier.
  void put(std::string bytes, time_point arrival);

  /// The end: after all that was put in, `why` is read (asio::error::eof for an orderly one). Only
  /// the first end counts.
  void end(error_code why, time_point arrival);

  /// Cuts it off at once: what was put in is lost, and `why` is read.
  void cut(error_code why);

  /// Bytes that were put in and not yet taken out.
  std::size_t held() const noexcept { return held_; }

  /// True if a read would not have to wait.
  bool is_readable() const;

  /// Takes what has arrived: its bytes, nothing if nothing has, or how it ended.
  result<std::size_t> take(std::span<char> into);

  /// Returns when it is readable or at `until`, whichever is first. Throws only when cancelled.
  awaitable<void> wait_readable(time_point until);

  /// Returns when less than `octets` are held or it was cut or ended, or at `until`. Likewise.
  awaitable<void> wait_room(std::size_t octets, time_point until);

 private:
  struct piece {
    time_point arrival;
    std::string bytes;
  };

  awaitable<void> wait_change(time_point until, std::uint64_t seen);

  timer& time_;
  pulse changed_;
  std::deque<piece> pieces_;
  std::size_t held_ = 0;
  std::optional<error_code> ended_;
  time_point last_arrival_{};
};

}  // namespace cbv::sim

#endif
