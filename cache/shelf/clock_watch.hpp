// Whether the wall clock may be believed for throwing things away.
#ifndef CBV_CACHE_SHELF_CLOCK_WATCH_HPP
#define CBV_CACHE_SHELF_CLOCK_WATCH_HPP

#include <chrono>
#include <optional>

#include "cbv/base/clock.hpp"

namespace cbv::cache {

/// Compares the wall clock with the monotonic one. After a jump, and at the start, it is believed
/// only when it has run evenly for a while: a clock that is suddenly a year ahead makes everything
/// look expired, and what is not thrown away is still there when the clock comes back.
///
/// Pure: both times come in. Belongs to one thread.
class clock_watch {
 public:
  explicit clock_watch(std::chrono::seconds trust_after) : trust_after_(trust_after) {}

  /// The two clocks, read at about the same moment.
  void note(wall_time wall, time_point at) noexcept;

  /// It has run evenly for `trust_after`, and says a time that can be.
  bool is_trusted() const noexcept;

 private:
  struct reading {
    wall_time wall;
    time_point at;
  };

  std::chrono::seconds trust_after_;
  std::optional<reading> last_;
  time_point even_since_{};
};

}  // namespace cbv::cache

#endif
