// A far host that has had enough of us, or is not there, is left alone for a while.
#ifndef CBV_CALLOUT_BREAKER_HPP
#define CBV_CALLOUT_BREAKER_HPP

#include <chrono>
#include <optional>

#include "cbv/base/clock.hpp"

namespace cbv::callout {

struct breaker_options {
  std::chrono::milliseconds first{300'000};      // the first time that a host is left alone
  std::chrono::milliseconds longest{3'600'000};  // doubled up to this while the trouble goes on
};

/// Of one far host. Opened by a 421, by a refusal about us and by a host that cannot be reached;
/// then no callout is admitted until the time is over. After it one is let through, as a trial: if
/// that succeeds all are admitted again, if not the time doubles. A trial that brings no outcome is
/// forgotten after `first`, and another is let through.
///
/// Pure: time comes in, and does not go back.
class breaker {
 public:
  explicit breaker(breaker_options options) : options_(options) {}

  /// The host failed as above. Failures of dialogues that began before the breaker opened come in
  /// while it is open, and change nothing. For how long it is open from now on; nothing: no change.
  std::optional<std::chrono::milliseconds> open(time_point now);

  /// Goes on with what was remembered of another breaker of the host: it was opened for `span`, and
  /// is open for `left` more; that may be over. Never for longer than `longest`.
  void resume(std::chrono::milliseconds left, std::chrono::milliseconds span, time_point now);

  /// May the host be called? Takes the trial if that is what it is: who is admitted calls.
  bool admits(time_point now);

  /// The host answered. All are admitted, and the next trouble begins with `first`. True: there was
  /// a trouble until now.
  bool succeeded() noexcept;

  /// The next time at which admits() may say yes to one; time_point::min() if it says yes to all.
  time_point closed_until() const noexcept { return closed_until_; }

  /// Open no more, but the next trouble begins with twice the time. Remembered, it can be resumed.
  bool is_over(time_point now) const noexcept { return closed_until_ <= now; }

  /// For the next times that it opens.
  void change(breaker_options options) noexcept { options_ = options; }

  /// Nothing is wrong, so that one made new would say the same.
  bool is_idle() const noexcept { return closed_until_ == time_point::min(); }

 private:
  breaker_options options_;
  time_point closed_until_ = time_point::min();
  std::chrono::milliseconds span_{};  // the last time it was open
  bool on_trial_ = false;
};

}  // namespace cbv::callout

#endif
