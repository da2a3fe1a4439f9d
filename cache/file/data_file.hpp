// One LMDB data file in use: its map, its tables, and whether its pages have been looked through.
#ifndef CBV_CACHE_FILE_DATA_FILE_HPP
#define CBV_CACHE_FILE_DATA_FILE_HPP

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cache/file/inspection.hpp"
#include "cache/file/open_error.hpp"
#include "cache/file/table.hpp"
#include "cache/pages/tree_check.hpp"
#include "cbv/base/result.hpp"

struct MDB_env;

namespace cbv::cache {

struct data_file_options {
  std::filesystem::path directory;  // where data.mdb lies
  std::uint64_t map_octets = 0;
  std::uint64_t map_octets_max = 0;
  std::size_t readers_max = 0;
  const layout* kind = &cache_layout;
};

/// What an operation could not do, as words of a sentence, and why.
struct file_trouble {
  std::string doing;
  error_code why;
};

/// LMDB forbids to open one twice in a process.
class data_file {
 public:
  static constexpr const char* name = "data.mdb";
  static constexpr const char* new_name = "data.mdb.new";  // until it is complete

  /// Makes an empty one with all tables, complete and synced, or nothing.
  static std::optional<file_trouble> make(const std::filesystem::path& directory,
                                          const layout& wanted);

  /// Opens what was inspected and found to be ours. page_damaged(): `doing` says which page.
  static std::optional<file_trouble> open(const data_file_options& options, inspection found,
                                          std::unique_ptr<data_file>& into);
  data_file(const data_file&) = delete;
  data_file& operator=(const data_file&) = delete;

  /// All transactions must have ended.
  ~data_file();

  MDB_env* lmdb() const noexcept { return env_.get(); }
  unsigned number_of(table which) const noexcept { return numbers_[index_of(which)]; }
  std::span<const table> all_tables() const noexcept { return options_.kind->of; }
  int stale_readers() const noexcept { return stale_readers_; }

  /// Frees the places of readers whose process was killed; how many. Any thread.
  int clear_stale_readers() noexcept;

  /// Looks through all pages, unless that is done. Nothing may be written before. page_damaged():
  /// fault() says where; operation_canceled: `go_on` said no.
  result<void> check(const std::function<bool()>& go_on);
  const std::string& fault() const noexcept { return fault_; }
  /// Someone has just looked through all of it.
  void note_checked() noexcept { checked_.store(true, std::memory_order_release); }
  page_number pages_lost() const noexcept { return pages_lost_; }

  /// What LMDB reads may be believed: checked, or written by this process.
  bool is_checked() const noexcept { return checked_.load(std::memory_order_acquire); }

  /// As long as it is not checked, before LMDB reads a key, and before it walks the leaf where the
  /// key has its place: looks at just the pages that it will. `next`: where the next leaf begins;
  /// nothing: there is none, or need not be looked at. Any thread, inside a read transaction that
  /// was begun before it was checked: which keeps the pages as they were.
  result<void> guard(table of, std::string_view key);
  result<void> guard_leaf(table of, std::string_view key, std::optional<std::string>& next);

  /// To be called before the map ends or grows, while others read: the system forgets, a piece at a
  /// time, which pages of it it has shown. Else that takes a tenth of a second a gigabyte with all
  /// readers waiting. Changes nothing.
  void loosen_map() const noexcept;

  /// Another handle on the file, or -1: what has lost its name stays as long as one is held.
  int another_handle() const noexcept;

  std::uint64_t map_octets() const noexcept;
  /// No transaction may be open.
  result<void> grow(std::uint64_t octets);

  /// Writes all that is in use, and nothing of what is free, to a new file, synced; or leaves none.
  std::optional<file_trouble> copy_to(const std::filesystem::path& path) const;

 private:
  struct closer {
    void operator()(MDB_env* env) const noexcept;
  };

  data_file(const data_file_options& options, inspection found);
  std::optional<file_trouble> open_map();
  std::optional<file_trouble> open_tables();
  std::optional<file_trouble> make_tables();
  result<void> mend_length();
  result<void> judged(const std::string& fault) const;

  const data_file_options options_;
  const inspection found_;
  path_check way_;
  std::unique_ptr<MDB_env, closer> env_;
  std::array<unsigned, tables> numbers_{};
  std::string fault_;
  page_number pages_lost_ = 0;
  int stale_readers_ = 0;
  std::atomic<bool> checked_{false};
};

/// So that the name of a file that was just made or renamed survives a loss of power.
void sync_directory(const std::filesystem::path& directory);

}  // namespace cbv::cache

#endif
