#include "cache/file/transaction.hpp"

#include <lmdb.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

namespace cbv::cache {
namespace {

MDB_val value_of(std::string_view octets) noexcept {
  // LMDB takes a pointer to non-const, but does not write through it.
  return {octets.size(), const_cast<char*>(octets.data())};
}

std::string_view view_of(const MDB_val& value) noexcept {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

result<std::optional<std::string_view>> get_from(MDB_txn* txn, unsigned where,
                                                 std::string_view key) {
  MDB_val wanted = value_of(key);
  MDB_val found{};
  const int rc = mdb_get(txn, where, &wanted, &found);
  if (rc == MDB_NOTFOUND) return std::optional<std::string_view>{};
  if (rc != 0) return code_of(rc);
  return std::optional{view_of(found)};
}

std::uint64_t octets_of(const MDB_stat& stat) noexcept {
  const std::uint64_t pages =
      stat.ms_branch_pages + stat.ms_leaf_pages + std::uint64_t{stat.ms_overflow_pages};
  return pages * stat.ms_psize;
}

result<usage> used_in(MDB_txn* txn, const data_file& file) {
  // LMDB's own: the list of free pages and the directory of tables, and two pages of meta data.
  constexpr std::array<MDB_dbi, 2> own{0, 1};

  usage all;
  MDB_stat stat{};
  for (const MDB_dbi one : own) {
    if (const int rc = mdb_stat(txn, one, &stat); rc != 0) return code_of(rc);
    all.octets += octets_of(stat);
  }
  all.octets += meta_pages * stat.ms_psize;
  for (const table each : file.all_tables()) {
    if (const int rc = mdb_stat(txn, file.number_of(each), &stat); rc != 0) return code_of(rc);
    const std::size_t i = index_of(each);
    all.by_table[i] = {std::uint64_t{stat.ms_entries}, octets_of(stat)};
    all.octets += all.by_table[i].octets;
  }
  return all;
}

struct cursor_closer {
  void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};
using cursor_owner = std::unique_ptr<MDB_cursor, cursor_closer>;

/// Goes ahead of a cursor through a file that has not been looked through: the leaf where the
/// cursor stands and the one behind it are always looked at before LMDB comes there.
class vanguard {
 public:
  vanguard(data_file& file, table of) : file_(file), of_(of) {}

  /// Before the cursor is set to the first key not less than `from`: which may stand in the leaf
  /// behind that one.
  result<void> begin(std::string_view from) {
    if (file_.is_checked()) return {};
    if (auto sound = file_.guard_leaf(of_, from, next_); !sound) return sound;
    return go_on();
  }

  /// Before it goes on from a key.
  result<void> pass(std::string_view key) {
    return next_ && key >= last_ ? go_on() : result<void>{};
  }

 private:
  result<void> go_on() {
    if (!next_) return {};
    last_ = *std::move(next_);
    return file_.guard_leaf(of_, last_, next_);
  }

  data_file& file_;
  const table of_;
  std::string last_;                 // where the last leaf begins that was looked at
  std::optional<std::string> next_;  // where the one behind it does
};

}  // namespace

read_transaction::read_transaction(read_transaction&& other) noexcept
    : place_(std::exchange(other.place_, nullptr)), file_(other.file_) {}

read_transaction::~read_transaction() {
  if (place_ == nullptr) return;
  mdb_txn_reset(place_->txn);
  place_->taken.store(false, std::memory_order_release);
}

result<std::optional<std::string_view>> read_transaction::get(table from,
                                                              std::string_view key) const {
  if (!file_.is_checked()) {
    if (const auto sound = file_.guard(from, key); !sound) return sound.error();
  }
  return get_from(place_->txn, file_.number_of(from), key);
}

result<std::uint64_t> read_transaction::count(table of) const {
  MDB_stat stat{};
  const int rc = mdb_stat(place_->txn, file_.number_of(of), &stat);
  if (rc != 0) return code_of(rc);
  return std::uint64_t{stat.ms_entries};
}

result<usage> read_transaction::used() const {
  return used_in(place_->txn, file_);
}

result<void> read_transaction::walk(
    table of, const std::function<void(std::string_view key, std::string_view value)>& show) const {
  return walk_from(of, {}, [&](std::string_view key, std::string_view value) {
    show(key, value);
    return true;
  });
}

result<void> read_transaction::walk_from(
    table of, std::string_view from,
    const std::function<bool(std::string_view key, std::string_view value)>& show) const {
  vanguard ahead(file_, of);
  if (auto sound = ahead.begin(from); !sound) return sound;
  MDB_cursor* opened_cursor = nullptr;
  int rc = mdb_cursor_open(place_->txn, file_.number_of(of), &opened_cursor);
  if (rc != 0) return code_of(rc);
  const cursor_owner cursor(opened_cursor);
  MDB_val key = value_of(from);
  MDB_val value{};
  rc = mdb_cursor_get(cursor.get(), &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  while (rc == 0) {
    if (!show(view_of(key), view_of(value))) return {};
    if (auto sound = ahead.pass(view_of(key)); !sound) return sound;
    rc = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
  }
  if (rc != MDB_NOTFOUND) return code_of(rc);
  return {};
}

write_transaction::write_transaction(write_transaction&& other) noexcept
    : file_(other.file_), txn_(std::exchange(other.txn_, nullptr)) {}

write_transaction::~write_transaction() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

result<std::optional<std::string_view>> write_transaction::get(table from,
                                                               std::string_view key) const {
  return get_from(txn_, file_.number_of(from), key);
}

result<void> write_transaction::put(table into, std::string_view key, std::string_view value) {
  MDB_val where = value_of(key);
  MDB_val what = value_of(value);
  const int rc = mdb_put(txn_, file_.number_of(into), &where, &what, 0);
  if (rc != 0) return code_of(rc);
  return {};
}

result<usage> write_transaction::used() const {
  return used_in(txn_, file_);
}

result<void> write_transaction::remove(table from, std::string_view key) {
  MDB_val where = value_of(key);
  const int rc = mdb_del(txn_, file_.number_of(from), &where, nullptr);
  if (rc != 0 && rc != MDB_NOTFOUND) return code_of(rc);
  return {};
}

result<std::optional<std::string>> write_transaction::sweep(
    table where, std::string_view from, std::size_t most,
    const std::function<bool(std::string_view key, std::string_view value)>& doomed) {
  MDB_cursor* opened_cursor = nullptr;
  int rc = mdb_cursor_open(txn_, file_.number_of(where), &opened_cursor);
  if (rc != 0) return code_of(rc);
  const cursor_owner cursor(opened_cursor);

  MDB_val key = value_of(from);
  MDB_val value{};
  rc = mdb_cursor_get(cursor.get(), &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  for (std::size_t seen = 0; rc == 0; ++seen) {
    if (seen == most) return std::optional{std::string(view_of(key))};
    if (doomed(view_of(key), view_of(value))) {
      const int removed = mdb_cursor_del(cursor.get(), 0);
      if (removed != 0) return code_of(removed);
    }
    rc = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
  }
  if (rc != MDB_NOTFOUND) return code_of(rc);
  return std::optional<std::string>{};
}

result<void> write_transaction::commit() {
  const int rc = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (rc != 0) return code_of(rc);
  return {};
}

}  // namespace cbv::cache
