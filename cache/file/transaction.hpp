// Transactions of an environment. Octets only; what they mean is for the records.
#ifndef CBV_CACHE_FILE_TRANSACTION_HPP
#define CBV_CACHE_FILE_TRANSACTION_HPP

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cache/file/data_file.hpp"
#include "cache/file/open_error.hpp"
#include "cache/file/table.hpp"
#include "cbv/base/result.hpp"

struct MDB_txn;

namespace cbv::cache {

/// A reader's place. LMDB allocates once, and renews the same transaction from then on.
struct alignas(64) reader_place {
  std::atomic<bool> taken{false};
  MDB_txn* txn = nullptr;
};

/// A snapshot. What get() returns is inside the map and gone with the transaction. Short-lived, at
/// most one a thread, and never across a wait: it keeps old pages from being used again, and the
/// map from growing.
///
/// As long as the file has not been looked through since it was opened, each function first looks
/// at the pages that it will read (data_file): page_damaged() if LMDB must not see them.
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

  /// The same from the first key not less than `from` on, until `show` says false.
  result<void> walk_from(
      table of, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& show) const;

 private:
  friend class environment;
  read_transaction(reader_place& place, data_file& of) noexcept : place_(&place), file_(of) {}

  reader_place* place_;
  data_file& file_;
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
  write_transaction(const data_file& of, MDB_txn* txn) noexcept : file_(of), txn_(txn) {}

  const data_file& file_;
  MDB_txn* txn_;
};

}  // namespace cbv::cache

#endif
