// Keeps the books: what all threads count goes to the history, a second at a time.
#ifndef CBV_TOOLS_CBVD_BOOKKEEPER_HPP
#define CBV_TOOLS_CBVD_BOOKKEEPER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "cache/history/history_store.hpp"
#include "cache/history/top_lists.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/async/wakeup.hpp"
#include "cbv/counting/counters.hpp"
#include "cbv/counting/history.hpp"
#include "cbv/counting/ranking.hpp"

namespace cbv::cbvd {

/// Where the counts come from. Each is awaited on the owner's thread.
struct counting_sources {
  std::function<awaitable<counters>()> count;          // since the start
  std::function<awaitable<rankings>()> take_rankings;  // since they were taken last
  std::size_t full = 1000;  // from so many names on a ranking may have left some out
};

/// Gathers each second, as the wall clock's begins, and the top lists every ten; what was counted
/// since the gathering before belongs to the hour in which that was. So a kill loses what was
/// counted in the last second, and is on its way to the disk; and the top lists of ten.
///
/// Belongs to the owner's thread, which never waits for the disk: that is for the thread of `disk`.
class bookkeeper {
 public:
  /// `into_second`: how far the wall clock is into its second. `owner` runs what waits here, `disk`
  /// is one thread. All references outlive it; the store all that is posted to `disk`.
  bookkeeper(const asio::any_io_executor& owner, const asio::any_io_executor& disk, timer& time,
             cache::history_store& store, counting_sources from,
             std::function<std::chrono::nanoseconds()> into_second);
  bookkeeper(const bookkeeper&) = delete;
  bookkeeper& operator=(const bookkeeper&) = delete;

  /// Gathers until it is cancelled.
  awaitable<void> keep();

  /// What was counted in a time, up to now. Waits for the disk; cancelled, it loses nothing.
  awaitable<history_answer> look_back(history_question asked);

  /// Gathers once more; returns when it is on the disk, or the disk does not take it.
  awaitable<void> close();

 private:
  struct part {
    counters counted;
    cache::top_sum met;
  };
  /// Shared with what is on the disk's thread.
  struct desk {
    explicit desk(const asio::any_io_executor& owner) : changed(owner) {}
    std::size_t jobs = 0;  // handed over and not done
    wakeup changed;
  };

  awaitable<void> gathered();
  void begin_to_gather();
  awaitable<void> gather();
  bool are_rankings_due(wall_time began) const;
  void hand_over();

  const asio::any_io_executor owner_;
  const asio::any_io_executor disk_;
  timer& time_;
  cache::history_store& store_;
  const counting_sources from_;
  const std::function<std::chrono::nanoseconds()> into_second_;

  std::shared_ptr<desk> desk_;
  wakeup gathered_;
  std::uint64_t begun_ = 0;  // gatherings
  std::uint64_t ended_ = 0;
  bool rankings_wanted_ = false;

  counters before_;  // as they were at the last gathering
  wall_time began_;  // and when that was
  time_point ranked_;
  time_point looked_after_;
  std::map<wall_time, part> waiting_;  // by hours, for the thread of the disk
};

}  // namespace cbv::cbvd

#endif
