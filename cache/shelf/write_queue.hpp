// Records on their way to the disk: put by any thread, taken in groups by one writer, found by
// their key until they are committed. Knows nothing of LMDB.
#ifndef CBV_CACHE_SHELF_WRITE_QUEUE_HPP
#define CBV_CACHE_SHELF_WRITE_QUEUE_HPP

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cbv/base/result.hpp"

namespace cbv::cache {

struct write_queue_options {
  std::chrono::milliseconds group_delay{50};  // a record waits at most this long for company
  std::size_t group_records_max = 1000;       // and a group has at most so many
  std::size_t records_max = 65536;            // queued; what comes then is not taken
};

/// What was put so far, and how much of it, in that order, is committed: once `committed` has
/// reached what `put` was, all that had been put by then is on disk.
struct write_progress {
  std::uint64_t put = 0;
  std::uint64_t committed = 0;
};

/// A queued record as the writer takes it.
struct queued_record {
  std::string key;
  std::string octets;
};

/// All member functions are for all threads, but for take() and settle(), which are the writer's.
///
/// Read your own write: once put() has returned, find() gives the record on any thread that knows
/// of it, until settle() after its commit; so who asks the queue first and the disk second always
/// sees it.
class write_queue {
 public:
  using steady = std::chrono::steady_clock;

  explicit write_queue(write_queue_options options) : options_(options) {}
  write_queue(const write_queue&) = delete;
  write_queue& operator=(const write_queue&) = delete;

  /// Queues, in place of what is queued under the same key. False if the queue is full: nothing has
  /// changed then.
  bool put(std::string_view key, std::string octets);

  /// What is queued under the key and not yet known to be committed. Takes no lock if there is
  /// nothing.
  std::optional<std::string> find(std::string_view key) const;

  /// What find() would give of the keys from `from` up to `until`, without it (empty: no end): the
  /// first `most`, in the order of their keys. Looks at all that is queued.
  std::vector<queued_record> range(std::string_view from, std::string_view until,
                                   std::size_t most) const;

  /// The next group, oldest first. Waits for something to be queued until `give_up`, then for
  /// company: group_delay, unless a flush or the stop is asked for. Empty: there was nothing until
  /// then. What is taken stays findable, and is taken again, until settle().
  std::vector<queued_record> take(steady::time_point give_up);

  /// Ends what take() began: no error means that the group is committed and may go. With one, it
  /// all stays queued.
  void settle(error_code outcome);

  /// Waits until all that is queued now is committed. An error: a commit failed meanwhile, and it
  /// all goes on.
  result<void> flush();

  /// A take() that waits returns at once, or else the next one does.
  void wake();

  /// No take() waits any more.
  void stop();
  bool is_stopping() const;

  /// Waits out a pause after a failure, but not a stop or a flush.
  void pause(std::chrono::milliseconds length);

  std::size_t size() const;
  write_progress progress() const;

 private:
  struct entry {
    std::string octets;
    bool taken = false;  // the writer has these octets in hand
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  static constexpr std::size_t shadow_places = 8192;
  std::atomic<std::uint32_t>& shadow_of(std::string_view key) const noexcept {
    return shadow_[text_hash{}(key) % shadow_places];
  }
  bool is_urgent() const { return stopping_ || woken_ || flushing_ > 0; }

  const write_queue_options options_;

  /// How many queued keys have this hash. Zero, which is by far the usual, answers find() without
  /// the mutex.
  mutable std::array<std::atomic<std::uint32_t>, shadow_places> shadow_{};

  mutable std::mutex mutex_;
  std::condition_variable work_;     // the writer waits for it
  std::condition_variable settled_;  // flush() waits for it
  std::unordered_map<std::string, entry, text_hash, std::equal_to<>> records_;
  /// Keys in the order they came. Every entry that is not taken has a place here that the writer
  /// has not in hand; a place whose entry is gone is skipped.
  std::deque<std::string> order_;
  steady::time_point oldest_{};    // when the first place not in hand was appended
  std::size_t in_hand_ = 0;        // places at the front of order_ that take() gave out
  std::uint64_t places_ = 0;       // ever appended to order_
  std::uint64_t places_done_ = 0;  // ever settled without an error
  std::uint64_t failures_ = 0;
  error_code last_failure_;
  int flushing_ = 0;
  bool stopping_ = false;
  bool woken_ = false;
};

}  // namespace cbv::cache

#endif
