// Remembers verdicts in LMDB: found on the asking thread, written behind by one thread.
#ifndef CBV_CACHE_LMDB_STORE_HPP
#define CBV_CACHE_LMDB_STORE_HPP

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "cache/environment.hpp"
#include "cache/lifetimes.hpp"
#include "cache/record.hpp"
#include "cache/sweeper.hpp"
#include "cache/write_queue.hpp"
#include "cbv/base/log.hpp"
#include "cbv/verdict/verdict_store.hpp"

namespace cbv::cache {

struct lmdb_store_options {
  environment_options environment;
  lifetimes times;
  write_queue_options queue;
  sweeper_options sweeping;
  std::chrono::milliseconds sweep_pause{1000};  // at least this long between two steps
  std::chrono::milliseconds retry_pause{1000};  // after a commit that failed
};

/// What it did since it was opened, and what it holds.
struct store_counts {
  std::uint64_t records = 0;         // on disk
  std::uint64_t queued = 0;          // not yet on disk
  std::uint64_t committed = 0;       // written, since the start
  std::uint64_t dropped = 0;         // not remembered, because the queue was full
  std::uint64_t swept = 0;           // removed because nothing needed them any more
  std::uint64_t corrupt = 0;         // met and not believed
  std::uint64_t failed_reads = 0;    // errors of LMDB or the disk
  std::uint64_t failed_commits = 0;  // the same
  std::uint64_t file_octets = 0;
  std::uint64_t map_octets = 0;
};

/// The store of cbvd. find() and put() are for all threads and never wait for the disk to be
/// written; find() takes no lock unless just this address is on its way to the disk.
///
/// Two puts of one address, from whatever threads, are settled one after the other, each with what
/// the one before left; which comes first is not defined.
///
/// While the disk does not take what is written (full, failing), up to queue.records_max records
/// stay in memory, and are answered from there; what is put beyond that is told, but not
/// remembered. All such trouble is logged, once a minute, and counted.
class lmdb_store final : public verdict_store {
 public:
  /// Opens the environment and starts the writer. `log` is used from several threads.
  static opened<std::unique_ptr<lmdb_store>> open(lmdb_store_options options, logger log);

  /// Commits what is queued, then closes.
  ~lmdb_store() override;

  result<std::optional<remembered>> find(role side, const mailbox& address, wall_time now) override;

  verdict put(role side, const mailbox& address, verdict made, wall_time now) override;

  /// Waits until all that was put before is on disk, synced. An error: a commit failed; what was
  /// put is still queued and tried again.
  result<void> flush();

  store_counts counts();

 private:
  using steady = std::chrono::steady_clock;

  /// Lets one log line a minute through.
  class once_a_minute {
   public:
    bool passes() noexcept;

   private:
    std::atomic<steady::rep> next_{steady::time_point::min().time_since_epoch().count()};
  };

  static constexpr std::size_t settling_locks = 64;

  lmdb_store(lmdb_store_options options, logger log, std::unique_ptr<environment> where);

  result<std::optional<record>> held_under(const record_key& key);
  std::mutex& settling_of(const record_key& key) noexcept;

  void write_behind();
  result<void> commit(const std::vector<queued_record>& group);
  void commit_failed(const error_code& why);
  bool is_sweep_due() const noexcept;
  void sweep();

  const lmdb_store_options options_;
  const logger log_;
  const std::unique_ptr<environment> environment_;
  write_queue queue_;
  sweeper sweeper_;

  /// An address is settled under the lock that its key falls to.
  std::array<std::mutex, settling_locks> settling_;
  std::atomic<wall_time> last_now_{wall_time::min()};  // of put(): what the sweeper goes by

  std::atomic<std::uint64_t> committed_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> swept_{0};
  std::atomic<std::uint64_t> corrupt_{0};
  std::atomic<std::uint64_t> failed_reads_{0};
  std::atomic<std::uint64_t> failed_commits_{0};
  once_a_minute dropped_line_;
  once_a_minute corrupt_line_;
  once_a_minute read_line_;
  once_a_minute commit_line_;

  std::thread writer_;
};

}  // namespace cbv::cache

#endif
