// The directory of a cache or of a history, owned: its lock, its data file, and the readers'
// places. The file can be taken out of use, and another one into it, under readers that know
// nothing of it.
#ifndef CBV_CACHE_FILE_ENVIRONMENT_HPP
#define CBV_CACHE_FILE_ENVIRONMENT_HPP

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cache/file/data_file.hpp"
#include "cache/file/open_error.hpp"
#include "cache/file/table.hpp"
#include "cache/file/transaction.hpp"
#include "cbv/base/result.hpp"

namespace cbv::cache {

struct environment_options {
  std::string directory;                       // made with mode 0750 if it is missing
  std::uint64_t map_octets = 64u << 20;        // how far the file may grow before the map does
  std::uint64_t map_octets_max = 16ull << 30;  // and how far the map, which doubles each time
  std::size_t simultaneous_readers_max = 128;  // more than that wait for each other
  const layout* kind = &cache_layout;
};

/// What compact() did to the file.
struct compaction {
  std::uint64_t octets_before = 0;
  std::uint64_t octets_after = 0;
};

/// begin_read() is for all threads, and so is what only tells; the rest is for one thread, the
/// writing one.
class environment {
 public:
  /// Opens or makes it, as start() does.
  static opened<std::unique_ptr<environment>> open(environment_options options);

  /// Touches nothing yet.
  explicit environment(environment_options options);
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;

  /// All transactions must have ended.
  ~environment();

  /// Takes the lock of the directory, as long as this one lives: a second one fails with in_use.
  /// Then takes the file into use, or makes it. Reader slots of killed processes are cleared. Reads
  /// a few pages, however large the file is; those and every page that is read until check() has
  /// passed are looked at before LMDB sees them. Nothing is changed if there is an error.
  std::optional<open_error> start();

  /// Takes the file out of use: what reads now ends first, then begin_read() gives not_open(). The
  /// lock is kept.
  void close();

  bool is_open() const noexcept { return open_.load(std::memory_order_acquire); }

  /// Looks through all pages, once after start(), while others read. page_damaged(): fault() says
  /// what is wrong. `go_on` is asked now and then; if it says no, operation_canceled. Nothing is
  /// written before it has passed: begin_write() runs it if need be.
  result<void> check(const std::function<bool()>& go_on = {});
  bool is_checked() const noexcept;
  std::string fault() const;

  /// After close(): gives the file another name, data.mdb.damaged-20261121T093000Z, in the same
  /// directory, so that start() makes a new one. Returns the new path.
  opened<std::string> set_aside();

  /// Writes what is in use to a new file, which then takes the place of the old one; needs that
  /// much room on the disk. Readers wait for a millisecond or two at its end and see no error.
  /// After an error the old file is in use as before, or none is if is_open() says so.
  opened<compaction> compact();

  /// Any thread; takes no lock, unless more threads read at once than the options say or the file
  /// is just being grown or changed for another. not_open(): nothing is in use.
  result<read_transaction> begin_read();

  /// One at a time.
  result<write_transaction> begin_write();

  /// Makes the map twice as large, up to its bound; readers wait meanwhile (microseconds). Without
  /// a write transaction. is_map_full() of the error: it is as large as it may be.
  result<void> grow();

  /// LMDB calls it an input/output error when a full disk took only part of a page: what it is.
  error_code meant_by(const error_code& why) const noexcept;

  std::uint64_t map_octets() const noexcept { return map_octets_.load(std::memory_order_relaxed); }
  /// The size of the data file; 0 if it cannot be told.
  std::uint64_t file_octets() const noexcept;
  const std::string& directory() const noexcept { return options_.directory; }
  const layout& kind() const noexcept { return *options_.kind; }

  /// What was found at start().
  bool was_made() const noexcept { return was_made_; }
  int stale_readers() const noexcept { return file_ ? file_->stale_readers() : 0; }
  /// Frees the places of readers whose process was killed since, and with them the pages that they
  /// held; how many. For the writing thread.
  int clear_stale_readers() noexcept { return file_ ? file_->clear_stale_readers() : 0; }
  /// Pages that are neither in use nor free, found by check(): wasted.
  std::uint64_t pages_lost() const noexcept { return file_ ? file_->pages_lost() : 0; }

 private:
  /// All readers' places, held: nobody reads.
  class nobody_reads;

  class file_handle {
   public:
    file_handle() = default;
    file_handle(const file_handle&) = delete;
    file_handle& operator=(const file_handle&) = delete;
    explicit file_handle(int of) : number(of) {}
    ~file_handle();
    int number = -1;
  };

  std::filesystem::path data_path() const { return directory_ / data_file::name; }
  std::optional<open_error> make_directory();
  std::optional<open_error> take_lock();
  std::optional<open_error> open_file(std::unique_ptr<data_file>& into);
  std::optional<open_error> open_inspected(inspection found, std::unique_ptr<data_file>& into);
  std::optional<open_error> change_to(inspection found);
  std::optional<open_error> judge(const inspection& found) const;
  void end_transactions() noexcept;
  void use(std::unique_ptr<data_file> file) noexcept;
  reader_place& take_place() noexcept;
  open_error complaint(const std::string& doing, const error_code& said) const;
  open_error complaint(open_fault fault, const std::string& what) const;

  const environment_options options_;
  const std::filesystem::path directory_;
  file_handle lock_;
  /// Changed by the writing thread while it holds all places; read by who holds one.
  std::unique_ptr<data_file> file_;
  std::vector<reader_place> places_;
  std::mutex exclusive_;
  std::atomic<std::uint64_t> map_octets_{0};
  std::atomic<bool> open_{false};
  bool was_made_ = false;
};

}  // namespace cbv::cache

#endif
