// What was counted, by hours, days and months, in an LMDB environment of its own: it outlives the
// cache beside it.
#ifndef CBV_CACHE_HISTORY_HISTORY_STORE_HPP
#define CBV_CACHE_HISTORY_HISTORY_STORE_HPP

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "cache/file/environment.hpp"
#include "cache/history/history_record.hpp"
#include "cache/history/history_state.hpp"
#include "cache/history/retention.hpp"
#include "cache/history/top_lists.hpp"
#include "cache/shelf/clock_watch.hpp"
#include "cache/shelf/keeper.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/log.hpp"
#include "cbv/base/result.hpp"
#include "cbv/counting/counters.hpp"
#include "cbv/counting/history.hpp"
#include "cbv/counting/ranking.hpp"

namespace cbv::cache {

struct history_store_options {
  std::string directory;                    // the cache's; the history lies in history/ below it
  std::uint64_t map_octets = 8u << 20;      // how far the file may grow before the map does
  std::uint64_t map_octets_max = 1u << 30;  // some decades
  std::chrono::milliseconds reopen_pause{10'000};  // after it could not be opened
  std::chrono::seconds clock_trust{6 * 3600};      // so long the clock runs evenly before hours go
  std::size_t waiting_hours_max = 1500;            // in memory, while the disk takes nothing
};

/// Calls that the store was given since it was made, and those of them that are on disk, synced.
struct history_progress {
  std::uint64_t added = 0;
  std::uint64_t committed = 0;
};

/// Hours are kept for 60 days, days for two years, months for ever. What is added goes to its hour,
/// day and month in one transaction, so that they agree always, and is synced when add() returns
/// without an error.
///
/// While the disk takes nothing it stays in memory, by hours, is told from there, and is tried
/// again with every call; nothing is added twice, also if the end of a commit could not be seen.
/// A file that is damaged is set aside and a new one begun.
///
/// Waits for the disk. One thread at a time; progress() and trouble() are for all.
class history_store {
 public:
  /// Touches nothing yet.
  history_store(history_store_options options, const logger& log);
  history_store(const history_store&) = delete;
  history_store& operator=(const history_store&) = delete;

  /// Adds to the hour in which `at` lies, to its day and its month. `full`: how many names the top
  /// lists have at least where they may have left some out. An error: it waits in memory.
  result<void> add(wall_time at, const counters& more, const rankings& met = {},
                   std::size_t full = names_kept(span::hour));

  /// Tries again to write what waits, if anything does.
  result<void> flush();

  /// The two clocks, read at about the same moment; from time to time. Opens the file, or makes it,
  /// so that trouble is known before there is something to write. Tries again to write what waits.
  /// Throws away hours and days that are kept no longer, once the wall clock can be believed.
  void look_after(wall_time now, time_point at);

  /// What was counted in a time, with what waits in memory.
  history_answer read(const history_question& asked, wall_time now);

  history_progress progress() const noexcept;

  /// Whether anything waits in memory.
  bool is_behind() const noexcept { return behind_.load(std::memory_order_relaxed); }

  /// Why nothing is kept now, a sentence for the administrator; empty: it is.
  std::string trouble() const { return keeper_.trouble(); }

 private:
  struct part {
    counters counted;
    top_sum met;
  };
  using parts = std::map<wall_time, part>;  // by hours

  void keep_waiting(wall_time hour, const part& more);
  void settle_unsure(std::uint64_t commits);
  result<void> write(std::optional<wall_time> prune_at);
  result<void> write_once(std::optional<wall_time> prune_at);
  result<void> put(write_transaction& writing, const kept_from& kept, wall_time hour,
                   const part& more);
  result<void> prune(write_transaction& writing, const kept_from& kept);
  result<history_state> state_in(const read_transaction& reading);
  result<history_state> state_by_keys(const read_transaction& reading);
  void read_kept(const read_transaction& reading, const stretch& time, std::optional<span> by,
                 history_answer& into, top_sum& met);
  void note_failure(const error_code& why);
  void note_corrupt(const char* what);

  template <class Record>
  Record believed(const result<Record>& read, const char* what);

  const history_store_options options_;
  logger log_;
  environment environment_;
  keeper keeper_;
  clock_watch clock_;
  once_a_minute corrupt_line_;
  once_a_minute commit_line_;

  parts waiting_;
  /// In the transaction whose commit() failed, which may be on the disk all the same; its number.
  parts unsure_;
  std::uint64_t unsure_commit_ = 0;
  history_state last_known_;  // as long as the file cannot be read

  std::atomic<std::uint64_t> added_{0};
  std::atomic<std::uint64_t> committed_{0};
  std::atomic<bool> behind_{false};
};

}  // namespace cbv::cache

#endif
