// Time, as a seam: everything in cbv asks a clock, so that a simulated one can make a 600 s tarpit
// take 3 ms (tests/sim).
#ifndef CBV_BASE_CLOCK_HPP
#define CBV_BASE_CLOCK_HPP

#include <chrono>

namespace cbv {

/// Wall time, whole seconds since 1970 (UTC); what is remembered and shown.
using wall_time = std::chrono::sys_seconds;

/// The monotonic time that deadlines are made of.
using time_point = std::chrono::steady_clock::time_point;

/// What time it is. Implementations are used from any thread.
class clock {
 public:
  clock() = default;
  clock(const clock&) = delete;
  clock& operator=(const clock&) = delete;
  virtual ~clock() = default;

  /// Monotonic; for deadlines and elapsed time.
  virtual time_point now() const noexcept = 0;

  /// The wall clock; it may jump either way.
  virtual wall_time wall_now() const noexcept = 0;
};

}  // namespace cbv

#endif
