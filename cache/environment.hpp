// One LMDB environment, owned: opened with clear complaints, read without locks, written by one
// thread, grown when full. Knows octets only; what they mean is in record.hpp.
#ifndef CBV_CACHE_ENVIRONMENT_HPP
#define CBV_CACHE_ENVIRONMENT_HPP

#include <array>
#include <atomic>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/base/result.hpp"

struct MDB_env;
struct MDB_txn;

namespace cbv::cache {

/// What this code writes, and the newest that it opens (FORMAT.md).
inline constexpr std::uint32_t environment_format = 1;

struct environment_options {
  std::string directory;                       // made with mode 0750 if it is missing
  std::uint64_t map_octets = 64u << 20;        // how far the file may grow before the map does
  std::uint64_t map_octets_max = 16ull << 30;  // and how far the map, which doubles each time
  std::size_t simultaneous_readers_max = 128;  // more than that wait for each other
};

enum class open_fault {
  not_a_directory,
  no_permission,  // or a read-only file system
  in_use,         // by another process, or a second time by this one
  not_ours,       // no LMDB environment, or someone else's
  newer_format,   // written by a cbv to come
  damaged,
  system_error,  // the rest
};

/// Why an environment was not opened. `message` is a sentence for the administrator, with the path.
struct open_error {
  open_fault fault = open_fault::system_error;
  std::string message;
};

/// A value, or why it could not be opened. Test it, then use *opened.
template <class T>
using opened = boost::system::result<T, open_error>;

/// LMDB's own codes ("MDB_MAP_FULL: ..."); the system's are of the system category.
const boost::system::error_category& lmdb_category() noexcept;

bool is_map_full(const error_code& why) noexcept;

/// The named databases of FORMAT.md.
enum class table : std::uint8_t { meta = 0, verdicts = 1, domains = 2, bookings = 3, hosts = 4 };
inline constexpr std::size_t tables = 5;

/// What tables take. Pages that were given free are not in it, though the file keeps them.
struct table_usage {
  std::uint64_t records = 0;
  std::uint64_t octets = 0;  // whole pages
};
struct usage {
  std::array<table_usage, tables> by_table{};
  std::uint64_t octets = 0;  // of all pages in use, those of LMDB itself among them

  const table_usage& of(table which) const noexcept {
    return by_table[static_cast<std::size_t>(which)];
  }
};

class environment;

/// A snapshot. What get() returns is inside the map and gone with the transaction. Short-lived, at
/// most one a thread, and never across a wait: it keeps old pages from being used again, and the
/// map from growing.
class read_transaction {
 public:
  read_transaction(read_transaction&& other) noexcept;
  read_transaction& operator=(read_transaction&&) = delete;
  ~read_transaction();

  result<std::optional<std::string_view>> get(table from, std::string_view key) const;
  result<std::uint64_t> count(table of) const;

  /// Cheap: LMDB counts.
  result<usage> used() const;

  /// Shows every record of a table, in the order of the keys.
  result<void> walk(
      table of,
      const std::function<void(std::string_view key, std::string_view value)>& show) const;

 private:
  friend class environment;
  read_transaction(environment& owner, std::size_t slot) noexcept : owner_(&owner), slot_(slot) {}

  environment* owner_;
  std::size_t slot_;
};

/// Changes that come all or not at all. Dropped without commit(), it changes nothing.
class write_transaction {
 public:
  write_transaction(write_transaction&& other) noexcept;
  write_transaction& operator=(write_transaction&&) = delete;
  ~write_transaction();

  result<std::optional<std::string_view>> get(table from, std::string_view key) const;
  result<void> put(table into, std::string_view key, std::string_view value);

  /// As read_transaction::used(), with what this transaction has changed.
  result<usage> used() const;

  /// Takes the key out; no error if it is not there.
  result<void> remove(table from, std::string_view key);

  /// Looks at `most` records from the first key not less than `from`, and removes those that
  /// `doomed` says. Returns the key to go on from; nothing at the end of the table.
  result<std::optional<std::string>> sweep(
      table where, std::string_view from, std::size_t most,
      const std::function<bool(std::string_view key, std::string_view value)>& doomed);

  /// On disk, synced, when it returns without an error. Ends the transaction in any case.
  result<void> commit();

 private:
  friend class environment;
  write_transaction(environment& owner, MDB_txn* txn) noexcept : owner_(&owner), txn_(txn) {}

  environment* owner_;
  MDB_txn* txn_;
};

class environment {
 public:
  /// Opens or makes the environment, and takes its lock: a second open fails with in_use until this
  /// one is destroyed or its process has ended. Reader slots of killed processes are cleared.
  static opened<std::unique_ptr<environment>> open(environment_options options);

  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;

  /// All transactions must have ended.
  ~environment();

  /// Any thread; takes no lock, unless more threads read at once than the options say or the map is
  /// just being grown.
  result<read_transaction> begin_read();

  /// One at a time, of one thread.
  result<write_transaction> begin_write();

  /// Makes the map twice as large, up to its bound; readers wait meanwhile (microseconds). The
  /// writing thread only, and without a write transaction. is_map_full() of the error: it is as
  /// large as it may be.
  result<void> grow();

  std::uint64_t map_octets() const noexcept { return map_octets_.load(std::memory_order_relaxed); }
  /// The size of the data file; 0 if it cannot be told.
  std::uint64_t file_octets() const noexcept;

  /// What was found at open().
  bool was_made() const noexcept { return was_made_; }
  int stale_readers() const noexcept { return stale_readers_; }

 private:
  friend class read_transaction;
  friend class write_transaction;

  /// A reader's place. LMDB allocates once, and renews the same transaction from then on.
  struct alignas(64) reader_slot {
    std::atomic<bool> taken{false};
    MDB_txn* txn = nullptr;
  };
  struct closer {
    void operator()(MDB_env* env) const noexcept;
  };
  class file_handle {
   public:
    file_handle() = default;
    file_handle(const file_handle&) = delete;
    file_handle& operator=(const file_handle&) = delete;
    ~file_handle();
    int number = -1;
  };

  explicit environment(environment_options options);
  std::optional<open_error> make_directory();
  std::optional<open_error> take_lock();
  std::optional<open_error> open_map();
  std::optional<open_error> open_tables();
  std::optional<open_error> mend_length();
  std::size_t take_slot() noexcept;
  open_error complaint(const std::string& doing, int code) const;

  const environment_options options_;
  const std::filesystem::path directory_;
  file_handle lock_;
  std::unique_ptr<MDB_env, closer> env_;
  std::array<unsigned, tables> tables_{};
  std::vector<reader_slot> slots_;
  std::mutex growing_;
  std::atomic<std::uint64_t> map_octets_{0};
  bool was_made_ = false;
  int stale_readers_ = 0;
};

}  // namespace cbv::cache

#endif
