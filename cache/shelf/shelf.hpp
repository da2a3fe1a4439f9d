// Octets under keys, in the tables of the environment: found on the asking thread, written behind
// by one thread. What the octets mean is for the books that use it.
#ifndef CBV_CACHE_SHELF_SHELF_HPP
#define CBV_CACHE_SHELF_SHELF_HPP

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cache/file/environment.hpp"
#include "cache/records/lifetimes.hpp"
#include "cache/shelf/keeper.hpp"
#include "cache/shelf/sweeper.hpp"
#include "cache/shelf/write_queue.hpp"
#include "cbv/base/log.hpp"

namespace cbv::cache {

struct shelf_options {
  environment_options environment;
  lifetimes times;
  write_queue_options queue;
  sweeper_options sweeping;
  bool octets_by_map = true;  // sweeping.keep.octets_max is octets_for_map(environment's bound)
  std::chrono::milliseconds sweep_pause{1000};  // at least this long between two steps
  std::chrono::milliseconds retry_pause{1000};  // after a commit that failed
  // At least this long between two looks for readers whose process was killed.
  std::chrono::milliseconds reader_pause{60'000};
  std::chrono::milliseconds reopen_pause{10'000};   // after the environment could not be opened
  std::chrono::milliseconds stop_patience{10'000};  // of the end, with pages being looked through
};

/// What it did since it was opened, and what it holds.
struct store_counts {
  std::uint64_t records = 0;         // verdicts, on disk
  usage used;                        // of all tables, on disk
  std::uint64_t queued = 0;          // of all tables, not yet on disk
  std::uint64_t committed = 0;       // written, since the start
  std::uint64_t dropped = 0;         // not remembered, because the queue was full
  std::uint64_t swept = 0;           // removed because nothing needed them any more, or too many
  std::uint64_t pruned = 0;          // of these, still good, or not known to be over: too many
  std::uint64_t corrupt = 0;         // met and not believed
  std::uint64_t failed_reads = 0;    // errors of LMDB or the disk
  std::uint64_t failed_commits = 0;  // the same
  std::uint64_t file_octets = 0;
  std::uint64_t map_octets = 0;
};

/// What stands under a key.
struct shelf_record {
  std::string key;
  std::string octets;

  friend bool operator==(const shelf_record&, const shelf_record&) = default;
};

/// Some records of a table, in the order of their keys.
struct shelf_page {
  std::vector<shelf_record> records;
  std::optional<std::string> next;  // the key to go on from; nothing: that was all
};

/// All functions are for all threads. None waits for the disk to be written but flush(); find()
/// takes no lock unless just this key is on its way to the disk. What was put is found at once.
/// Trouble is logged, once a minute, and counted.
///
/// Without an environment in use (it could not be opened, or is just being changed for another)
/// nothing is found but what is queued; what is put is queued as ever, up to the queue's bound, and
/// written once there is one: it is tried again from time to time.
class shelf {
 public:
  /// Opens the environment and starts the writer, which first looks through all pages, while what
  /// is found is looked at page by page, and what is put waits. in_use is an error; whatever else
  /// went wrong, the shelf works without memory, and trouble() says why. A damaged file is set
  /// aside. `log` is used from several threads.
  static opened<std::unique_ptr<shelf>> open(shelf_options options, logger log);
  shelf(const shelf&) = delete;
  shelf& operator=(const shelf&) = delete;

  /// Commits what is queued, then closes.
  ~shelf();

  /// What stands under the key; `decode` is given the key and the octets, and says
  /// errc::record_corrupt if it does not believe them.
  template <class Record>
  result<std::optional<Record>> find(table from, std::string_view key,
                                     result<Record> (*decode)(std::string_view key,
                                                              std::string_view octets));

  /// Queues octets, in place of what stands under the key. False, after a log line, if too much is
  /// queued: nothing has changed then.
  bool put(table into, std::string_view key, std::string octets);

  /// Queues the removal of a key, as put() does.
  bool remove(table from, std::string_view key);

  /// Shows all that is on the disk in a table; what is queued is not.
  result<void> walk(table of,
                    const std::function<void(std::string_view key, std::string_view octets)>& show);

  /// What find() would find of the keys from `from` up to `until`, without it (empty: to the end),
  /// queued or on the disk: at most `most` records are looked at, so the page may be short, and its
  /// `next` says whether there is more. No snapshot is held between two pages: what is put or
  /// removed meanwhile is seen if it lies ahead.
  result<shelf_page> page(table of, std::string_view from, std::string_view until,
                          std::size_t most);

  /// Of all tables, not yet on disk.
  std::size_t queued_records() const { return queue_.size(); }

  /// Counts and logs a record that is not believed.
  void note_corrupt();

  /// The sweeper goes by the last time that was told.
  void note_time(wall_time now) noexcept {
    if (last_now_.load(std::memory_order_relaxed) == now) return;  // the line stays shared
    last_now_.store(now, std::memory_order_relaxed);
  }

  /// The lock that a key falls to: for who reads, changes and puts back.
  std::mutex& settling_of(std::string_view key) noexcept;

  /// Waits until all that was put before is on disk, synced. An error: a commit failed; what was
  /// put is still queued and tried again.
  result<void> flush();

  /// Writes a new file without what is free, in place of the old one. Waits until that is done, as
  /// long as it takes to write it; what is found and put meanwhile goes on as ever. Any thread that
  /// may wait.
  opened<compaction> compact();

  /// What is wrong now, a sentence for the administrator; empty: nothing.
  std::string trouble() const { return keeper_.trouble(); }

  /// What of all that was put is on disk, synced.
  write_progress progress() const { return queue_.progress(); }

  store_counts counts();
  const lifetimes& times() const noexcept { return options_.times; }

 private:
  using steady = std::chrono::steady_clock;

  static constexpr std::size_t settling_locks = 64;

  shelf(shelf_options options, logger log);

  /// What is queued under the key; empty octets are a removal.
  std::optional<std::string> queued(table from, std::string_view key) const;
  error_code read_failed(const error_code& why);

  void write_behind();
  bool is_ready();
  void serve_compaction();
  result<void> commit(const std::vector<queued_record>& group);
  void commit_failed(const error_code& why);
  bool is_sweep_due() const noexcept;
  bool sweep();
  void note_clock() noexcept;
  void clear_stale_readers();
  result<void> write_group(const std::vector<queued_record>& group);

  const shelf_options options_;
  const logger log_;
  const std::unique_ptr<environment> environment_;
  keeper keeper_;
  write_queue queue_;
  sweeper sweeper_;

  /// A key is settled under the lock that it falls to.
  std::array<std::mutex, settling_locks> settling_;
  std::atomic<wall_time> last_now_{wall_time::min()};
  wall_time last_seen_ = wall_time::min();  // by the writer
  steady::time_point next_reader_look_{};

  std::atomic<std::uint64_t> committed_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> swept_{0};
  std::atomic<std::uint64_t> pruned_{0};
  std::atomic<std::uint64_t> corrupt_{0};
  std::atomic<std::uint64_t> failed_reads_{0};
  std::atomic<std::uint64_t> failed_commits_{0};
  std::atomic<bool> damage_met_{false};  // by a reader
  std::mutex compaction_mutex_;
  std::optional<std::promise<opened<compaction>>> compaction_;  // asked for
  bool compaction_refused_ = false;                             // the writer has ended
  once_a_minute dropped_line_;
  once_a_minute corrupt_line_;
  once_a_minute read_line_;
  once_a_minute commit_line_;

  std::thread writer_;
};

/// The queue first, the disk second: what left the queue in between is on the disk.
template <class Record>
result<std::optional<Record>> shelf::find(table from, std::string_view key,
                                          result<Record> (*decode)(std::string_view key,
                                                                   std::string_view octets)) {
  result<Record> read = errc::record_corrupt;
  if (const auto on_its_way = queued(from, key)) {
    if (on_its_way->empty()) return std::optional<Record>{};
    read = decode(key, *on_its_way);
  } else {
    auto reading = environment_->begin_read();
    if (!reading && reading.error() == not_open()) return std::optional<Record>{};
    if (!reading) return read_failed(reading.error());
    const auto found = reading->get(from, key);
    if (!found) return read_failed(found.error());
    if (!*found) return std::optional<Record>{};
    read = decode(key, **found);
  }
  if (!read) {
    note_corrupt();
    return read.error();
  }
  return std::optional<Record>{*std::move(read)};
}

}  // namespace cbv::cache

#endif
