// A gate that lets a number of coroutines through at once; the others wait their turn.
#ifndef CBV_ASYNC_GATE_HPP
#define CBV_ASYNC_GATE_HPP

#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/result.hpp"

namespace cbv {

/// At most `at_once` inside, first come first served. Belongs to one thread. The gate may be
/// destroyed while passes are held and coroutines wait: what they share with it lives on until the
/// last of them is gone.
class gate {
  struct state;

 public:
  /// The right to be inside; leaving is its end.
  class pass {
   public:
    pass(pass&&) noexcept = default;
    pass& operator=(pass&& other) noexcept {
      pass(std::move(other)).held_.swap(held_);
      return *this;
    }
    ~pass();

   private:
    friend class gate;
    explicit pass(std::shared_ptr<state> held) noexcept : held_(std::move(held)) {}
    std::shared_ptr<state> held_;  // null once moved from
  };

  /// `waiting_max` is how many may wait before enter() says no; both at least 0, `at_once` at least
  /// 1.
  explicit gate(std::size_t at_once,
                std::size_t waiting_max = std::numeric_limits<std::size_t>::max());

  /// A pass as soon as there is room; errc::over_limit at once if too many wait already. Throws
  /// only when cancelled, and then has taken no room.
  awaitable<result<pass>> enter();

  /// The same, or errc::timed_out if there is no room by `deadline`. Costs much less than
  /// with_deadline: nothing is started that has to be cancelled.
  awaitable<result<pass>> enter_until(timer& time, time_point deadline);

  /// Returns once no one is inside and no one waits; at once if that is so. Throws only when
  /// cancelled.
  awaitable<result<void>> drained();

  /// From now on so many, as the constructor has it. Where there are more already, they stay.
  void change(std::size_t at_once, std::size_t waiting_max);

  std::size_t inside() const noexcept;
  std::size_t waiting() const noexcept;
  /// The next to enter would be refused.
  bool is_full() const noexcept;

  /// No one is inside, waits, or is about to enter.
  bool is_unused() const noexcept { return state_.use_count() == 1; }

 private:
  static awaitable<result<pass>> enter(std::shared_ptr<state> shared);
  static awaitable<result<pass>> enter_until(std::shared_ptr<state> shared, timer& time,
                                             time_point deadline);
  static awaitable<result<void>> drained(std::shared_ptr<state> shared);

  // Shared by the gate, its passes and those who wait, until the last of them is gone.
  std::shared_ptr<state> state_;
};

}  // namespace cbv

#endif
