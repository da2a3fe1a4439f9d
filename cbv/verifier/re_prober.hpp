// Asks about greylisted mailboxes again, of its own accord, so that the next question finds the
// true verdict remembered.
#ifndef CBV_VERIFIER_RE_PROBER_HPP
#define CBV_VERIFIER_RE_PROBER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/async/wakeup.hpp"
#include "cbv/base/log.hpp"
#include "cbv/base/result.hpp"
#include "cbv/verdict/booking_book.hpp"
#include "cbv/verdict/verdict.hpp"
#include "cbv/verifier/re_probe_plan.hpp"

namespace cbv {

/// Books a re-probe after a callout that was greylisted, and begins it when it is due: by the
/// monotonic clock, so that a wall clock that jumps does no harm. A booking is moved on when its
/// re-probe begins, not when it ends: whatever becomes of that, the mailbox is not asked about more
/// often than planned, restarts included.
///
/// Belongs to one thread, that of the executor's io_context.
class re_prober {
 public:
  /// A callout for the mailbox, within all limits; returns when it has ended, after noting what it
  /// found.
  using callout_maker = std::function<awaitable<void>(role side, mailbox about)>;

  /// All outlive the re-prober. What is booked in `book` from before is taken up.
  re_prober(asio::any_io_executor executor, timer& time, booking_book& book, const logger& log,
            re_probe_options options, callout_maker call_out);

  /// A callout has ended in `made`; `retry_after` is what the far host asked for. Books, moves or
  /// cancels. Over the bound of the book nothing is booked, and that is logged once a minute.
  void note(role side, const mailbox& about, const verdict& made,
            std::optional<std::chrono::seconds> retry_after);

  /// For what is booked and begun from now on.
  void change(re_probe_options options);

  /// What stands in the book, but was not booked here, is begun when it is due, or, if that is
  /// past, one after the other from now on. What is no longer wanted leaves the book.
  void take_up(std::vector<booking> brought);

  /// What `doomed` says is booked no more, here and in the book. One whose re-probe is under way is
  /// not booked again by its end alone. How many.
  std::size_t cancel(const std::function<bool(role side, const mailbox& about)>& doomed);

  /// From now on none is begun. What is booked stays so.
  void stop();

  /// After stop(): returns once no re-probe is under way. To be awaited before it is destroyed.
  awaitable<void> ended();

  std::size_t booked() const noexcept { return entries_.size(); }
  std::size_t under_way() const noexcept { return under_way_; }

  /// It does nothing but sleep until the next booking is due.
  bool is_asleep() const noexcept { return asleep_; }

 private:
  using due_times = std::multimap<time_point, std::string>;
  struct entry {
    booking held;
    due_times::iterator place;  // due_.end() while its re-probe is under way
  };
  using entries = std::unordered_map<std::string, entry>;

  void keep(const std::string& key, booking held, std::chrono::milliseconds wait);
  void schedule(const std::string& key, entry& of, std::chrono::milliseconds wait);
  void drop(entries::iterator which);
  void give_up(entries::iterator which);
  void begin_next();
  void settle(const std::string& key);
  void log_full(role side, const mailbox& about);

  void wake_up();
  awaitable<void> run();
  awaitable<result<void>> changed_since(std::uint64_t seen);
  awaitable<void> re_probe(std::string key, role side, mailbox about);

  asio::any_io_executor executor_;
  timer& time_;
  booking_book& book_;
  const logger& log_;
  re_probe_options options_;
  const callout_maker call_out_;
  entries entries_;  // all that are booked, by role and mailbox
  due_times due_;    // of these, those that are not under way
  std::size_t under_way_ = 0;
  wakeup changed_;
  std::uint64_t changes_ = 0;
  bool running_ = false;  // run() is: only while something is booked
  bool asleep_ = false;
  bool stopping_ = false;
  time_point next_full_line_{};  // of the log
};

}  // namespace cbv

#endif
