#include "cache/environment.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

namespace cbv::cache {
namespace {

constexpr mode_t directory_mode = 0750;
constexpr mode_t file_mode = 0640;
constexpr MDB_dbi named_databases_max = 16;
constexpr const char* lock_file_name = "cbvd.lock";
constexpr const char* data_file_name = "data.mdb";
constexpr std::string_view format_key = "format";

struct named_table {
  table which;
  const char* name;
  bool came_later;  // an environment without it may still be ours
};
constexpr std::array named_tables{
    named_table{table::meta, "meta", false}, named_table{table::verdicts, "verdicts", false},
    named_table{table::domains, "domains", true}, named_table{table::bookings, "bookings", true},
    named_table{table::hosts, "hosts", true}};
static_assert(named_tables.size() == tables);

class lmdb_error_category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "lmdb"; }
  std::string message(int code) const override { return mdb_strerror(code); }
};

error_code code_of(int rc) noexcept {
  if (rc < 0) return {rc, lmdb_category()};
  return {rc, boost::system::system_category()};
}

std::string text_of(int rc) {
  return code_of(rc).message();
}

MDB_val value_of(std::string_view octets) noexcept {
  // LMDB takes a pointer to non-const, but does not write through it.
  return {octets.size(), const_cast<char*>(octets.data())};
}

std::string_view view_of(const MDB_val& value) noexcept {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

std::size_t index_of(table which) noexcept {
  return static_cast<std::size_t>(which);
}

std::uint64_t whole_pages(std::uint64_t octets) noexcept {
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return std::max(octets, page) / page * page;
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

result<usage> used_in(MDB_txn* txn, const std::array<unsigned, tables>& named) {
  // LMDB's own: the list of free pages and the directory of tables, and two pages of meta data.
  constexpr std::array<MDB_dbi, 2> own{0, 1};
  constexpr std::uint64_t meta_pages = 2;
  usage all;
  MDB_stat stat{};
  for (const MDB_dbi one : own) {
    if (const int rc = mdb_stat(txn, one, &stat); rc != 0) return code_of(rc);
    all.octets += octets_of(stat);
  }
  all.octets += meta_pages * stat.ms_psize;
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (const int rc = mdb_stat(txn, named[i], &stat); rc != 0) return code_of(rc);
    all.by_table[i] = {std::uint64_t{stat.ms_entries}, octets_of(stat)};
    all.octets += all.by_table[i].octets;
  }
  return all;
}

std::string little_endian(std::uint32_t number) {
  std::string octets;
  for (int shift = 0; shift < 32; shift += 8) {
    octets.push_back(static_cast<char>((number >> shift) & 0xff));
  }
  return octets;
}

std::optional<std::uint32_t> number_in(std::string_view octets) {
  if (octets.size() != sizeof(std::uint32_t)) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = octets.size(); i-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(octets[i]);
  }
  return number;
}

open_fault fault_of(int rc) noexcept {
  switch (rc) {
    case EACCES:
    case EPERM:
    case EROFS:
      return open_fault::no_permission;
    case ENOTDIR:
      return open_fault::not_a_directory;
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
      return open_fault::not_ours;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PANIC:
      return open_fault::damaged;
    default:
      return open_fault::system_error;
  }
}

/// Who holds the lock, as written into it; empty if it does not say.
std::string holder_of(int lock) {
  std::array<char, 24> text{};
  const ssize_t octets = ::pread(lock, text.data(), text.size() - 1, 0);
  if (octets <= 0) return {};
  const long pid = std::strtol(text.data(), nullptr, 10);
  return pid > 0 ? " (process " + std::to_string(pid) + ")" : "";
}

/// So that the name of a file that was just made survives a loss of power, as its content does.
void sync_directory(const std::filesystem::path& directory) {
  const int number = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) return;
  ::fsync(number);
  ::close(number);
}

/// For the administrator who looks into the file; nothing depends on it.
void write_holder(int lock) {
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = ::pwrite(lock, text.data(), text.size(), 0);
}

struct cursor_closer {
  void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};
using cursor_owner = std::unique_ptr<MDB_cursor, cursor_closer>;

}  // namespace

const boost::system::error_category& lmdb_category() noexcept {
  static const lmdb_error_category category;
  return category;
}

bool is_map_full(const error_code& why) noexcept {
  return why == error_code(MDB_MAP_FULL, lmdb_category());
}

// --- read_transaction

read_transaction::read_transaction(read_transaction&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), slot_(other.slot_) {}

read_transaction::~read_transaction() {
  if (owner_ == nullptr) return;
  auto& slot = owner_->slots_[slot_];
  mdb_txn_reset(slot.txn);
  slot.taken.store(false, std::memory_order_release);
}

result<std::optional<std::string_view>> read_transaction::get(table from,
                                                              std::string_view key) const {
  return get_from(owner_->slots_[slot_].txn, owner_->tables_[index_of(from)], key);
}

result<std::uint64_t> read_transaction::count(table of) const {
  MDB_stat stat{};
  const int rc = mdb_stat(owner_->slots_[slot_].txn, owner_->tables_[index_of(of)], &stat);
  if (rc != 0) return code_of(rc);
  return std::uint64_t{stat.ms_entries};
}

result<usage> read_transaction::used() const {
  return used_in(owner_->slots_[slot_].txn, owner_->tables_);
}

result<void> read_transaction::walk(
    table of, const std::function<void(std::string_view key, std::string_view value)>& show) const {
  MDB_cursor* opened_cursor = nullptr;
  int rc =
      mdb_cursor_open(owner_->slots_[slot_].txn, owner_->tables_[index_of(of)], &opened_cursor);
  if (rc != 0) return code_of(rc);
  const cursor_owner cursor(opened_cursor);
  MDB_val key{};
  MDB_val value{};
  rc = mdb_cursor_get(cursor.get(), &key, &value, MDB_FIRST);
  while (rc == 0) {
    show(view_of(key), view_of(value));
    rc = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
  }
  if (rc != MDB_NOTFOUND) return code_of(rc);
  return {};
}

// --- write_transaction

write_transaction::write_transaction(write_transaction&& other) noexcept
    : owner_(other.owner_), txn_(std::exchange(other.txn_, nullptr)) {}

write_transaction::~write_transaction() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

result<std::optional<std::string_view>> write_transaction::get(table from,
                                                               std::string_view key) const {
  return get_from(txn_, owner_->tables_[index_of(from)], key);
}

result<void> write_transaction::put(table into, std::string_view key, std::string_view value) {
  MDB_val where = value_of(key);
  MDB_val what = value_of(value);
  const int rc = mdb_put(txn_, owner_->tables_[index_of(into)], &where, &what, 0);
  if (rc != 0) return code_of(rc);
  return {};
}

result<usage> write_transaction::used() const {
  return used_in(txn_, owner_->tables_);
}

result<void> write_transaction::remove(table from, std::string_view key) {
  MDB_val where = value_of(key);
  const int rc = mdb_del(txn_, owner_->tables_[index_of(from)], &where, nullptr);
  if (rc != 0 && rc != MDB_NOTFOUND) return code_of(rc);
  return {};
}

result<std::optional<std::string>> write_transaction::sweep(
    table where, std::string_view from, std::size_t most,
    const std::function<bool(std::string_view key, std::string_view value)>& doomed) {
  MDB_cursor* opened_cursor = nullptr;
  int rc = mdb_cursor_open(txn_, owner_->tables_[index_of(where)], &opened_cursor);
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

// --- environment: opening

void environment::closer::operator()(MDB_env* env) const noexcept {
  mdb_env_close(env);
}

environment::file_handle::~file_handle() {
  if (number >= 0) ::close(number);
}

environment::environment(environment_options options)
    : options_(std::move(options)),
      directory_(options_.directory),
      slots_(std::max<std::size_t>(options_.simultaneous_readers_max, 1)) {}

environment::~environment() {
  for (auto& slot : slots_) {
    if (slot.txn != nullptr) mdb_txn_abort(slot.txn);
  }
}

opened<std::unique_ptr<environment>> environment::open(environment_options options) {
  std::unique_ptr<environment> made(new environment(std::move(options)));
  if (auto why = made->make_directory()) return *why;
  if (auto why = made->take_lock()) return *why;
  if (auto why = made->open_map()) return *why;
  if (auto why = made->mend_length()) return *why;
  if (auto why = made->open_tables()) return *why;
  return made;
}

open_error environment::complaint(const std::string& doing, int code) const {
  return {fault_of(code),
          "the cache in " + options_.directory + ": " + doing + ": " + text_of(code)};
}

std::optional<open_error> environment::make_directory() {
  const auto& directory = directory_;
  std::error_code none;
  if (std::filesystem::is_directory(directory, none)) return std::nullopt;
  if (std::filesystem::exists(directory, none)) {
    return open_error{open_fault::not_a_directory,
                      "the cache in " + options_.directory + ": this is not a directory"};
  }
  if (directory.has_parent_path()) {
    std::error_code why;
    std::filesystem::create_directories(directory.parent_path(), why);
    if (why) return complaint("cannot make the directory above it", why.value());
  }
  if (::mkdir(directory.c_str(), directory_mode) != 0) {
    return complaint("cannot make the directory", errno);
  }
  return std::nullopt;
}

std::optional<open_error> environment::take_lock() {
  const std::filesystem::path path = directory_ / lock_file_name;
  lock_.number = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
  if (lock_.number < 0) return complaint("cannot open " + path.string(), errno);
  if (::flock(lock_.number, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return complaint("cannot lock " + path.string(), errno);
    return open_error{open_fault::in_use,
                      "the cache in " + options_.directory + " is in use by another cbvd" +
                          holder_of(lock_.number) + ": give each its own directory (the lock is " +
                          path.string() + ")"};
  }
  write_holder(lock_.number);
  return std::nullopt;
}

std::optional<open_error> environment::open_map() {
  MDB_env* env = nullptr;
  int rc = mdb_env_create(&env);
  if (rc != 0) return complaint("cannot make an LMDB environment", rc);
  env_.reset(env);

  const auto readers = static_cast<unsigned>(slots_.size() + 8);
  if (rc = mdb_env_set_maxreaders(env, readers); rc != 0) return complaint("readers", rc);
  if (rc = mdb_env_set_maxdbs(env, named_databases_max); rc != 0) return complaint("tables", rc);
  rc =
      mdb_env_set_mapsize(env, whole_pages(std::min(options_.map_octets, options_.map_octets_max)));
  if (rc != 0) return complaint("cannot set the size of the map", rc);

  // NOTLS: a reader's slot belongs to its transaction, not to a thread. NORDAHEAD: the reads are of
  // single records, anywhere.
  rc = mdb_env_open(env, directory_.c_str(), MDB_NOTLS | MDB_NORDAHEAD, file_mode);
  if (rc == MDB_INVALID) {
    return open_error{open_fault::not_ours,
                      "the cache in " + options_.directory + ": " +
                          (directory_ / data_file_name).string() +
                          " is not an LMDB data file: it is damaged, or not ours. Move it away and "
                          "start again; what was remembered is then learnt anew"};
  }
  if (rc != 0) return complaint("cannot open " + std::string(data_file_name), rc);

  mdb_reader_check(env, &stale_readers_);
  MDB_envinfo info{};
  mdb_env_info(env, &info);
  map_octets_.store(info.me_mapsize, std::memory_order_relaxed);
  return std::nullopt;
}

std::optional<open_error> environment::mend_length() {
  // The pages at the end may never have been written, but reading one past the end of the file
  // would be a SIGBUS, and in a file that was cut every page there is. A hole reads as zeros, which
  // LMDB reports as MDB_CORRUPTED.
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env_.get(), &info);
  mdb_env_stat(env_.get(), &stat);
  const std::uint64_t needed = (std::uint64_t{info.me_last_pgno} + 1) * stat.ms_psize;
  if (file_octets() >= needed) return std::nullopt;
  int file = -1;
  mdb_env_get_fd(env_.get(), &file);
  if (::ftruncate(file, static_cast<off_t>(needed)) != 0) {
    return complaint("cannot make " + std::string(data_file_name) + " as long as it should be",
                     errno);
  }
  return std::nullopt;
}

std::optional<open_error> environment::open_tables() {
  auto writing = begin_write();
  if (!writing) return complaint("cannot read it", writing.error().value());
  MDB_txn* txn = writing->txn_;

  MDB_dbi main = 0;
  MDB_stat stat{};
  int rc = mdb_dbi_open(txn, nullptr, 0, &main);
  if (rc == 0) rc = mdb_stat(txn, main, &stat);
  if (rc != 0) return complaint("cannot read it", rc);
  was_made_ = stat.ms_entries == 0;

  for (const auto& [which, name, came_later] : named_tables) {
    const bool is_made = was_made_ || came_later;
    rc = mdb_dbi_open(txn, name, is_made ? MDB_CREATE : 0, &tables_[index_of(which)]);
    if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE) {
      return open_error{open_fault::not_ours, "the cache in " + options_.directory +
                                                  ": this LMDB environment is not a cache of cbvd "
                                                  "(it has no table \"" +
                                                  name + "\")"};
    }
    if (rc != 0) return complaint("cannot open the table " + std::string(name), rc);
  }

  if (was_made_) {
    if (auto put = writing->put(table::meta, format_key, little_endian(environment_format)); !put) {
      return complaint("cannot write to it", put.error().value());
    }
  } else {
    auto stored = writing->get(table::meta, format_key);
    if (!stored) return complaint("cannot read its format", stored.error().value());
    const auto format = *stored ? number_in(**stored) : std::nullopt;
    if (!format || *format == 0) {
      return open_error{open_fault::damaged, "the cache in " + options_.directory +
                                                 ": it does not say which format it has"};
    }
    if (*format > environment_format) {
      return open_error{open_fault::newer_format,
                        "the cache in " + options_.directory +
                            ": it was written by a newer cbvd (format " + std::to_string(*format) +
                            "; this one knows " + std::to_string(environment_format) +
                            "): use that one, or another directory"};
    }
  }
  if (auto done = writing->commit(); !done) {
    return complaint("cannot write to it", done.error().value());
  }
  if (was_made_) {
    const auto whole = std::filesystem::absolute(directory_).lexically_normal();
    sync_directory(whole);
    sync_directory(whole.parent_path());
  }
  return std::nullopt;
}

// --- environment: use

std::size_t environment::take_slot() noexcept {
  const std::size_t home = std::hash<std::thread::id>{}(std::this_thread::get_id());
  while (true) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const std::size_t slot = (home + i) % slots_.size();
      auto& taken = slots_[slot].taken;
      if (taken.load(std::memory_order_relaxed)) continue;
      if (!taken.exchange(true, std::memory_order_acquire)) return slot;
    }
    // The map is being grown, or there are more readers than slots.
    { const std::lock_guard until_grown(growing_); }
    std::this_thread::yield();
  }
}

result<read_transaction> environment::begin_read() {
  const std::size_t index = take_slot();
  auto& slot = slots_[index];
  const int rc = slot.txn == nullptr ? mdb_txn_begin(env_.get(), nullptr, MDB_RDONLY, &slot.txn)
                                     : mdb_txn_renew(slot.txn);
  if (rc != 0) {
    slot.taken.store(false, std::memory_order_release);
    return code_of(rc);
  }
  return read_transaction(*this, index);
}

result<write_transaction> environment::begin_write() {
  MDB_txn* txn = nullptr;
  const int rc = mdb_txn_begin(env_.get(), nullptr, 0, &txn);
  if (rc != 0) return code_of(rc);
  return write_transaction(*this, txn);
}

result<void> environment::grow() {
  const std::uint64_t now = map_octets();
  const std::uint64_t wanted = whole_pages(std::min(now * 2, options_.map_octets_max));
  if (wanted <= now) return code_of(MDB_MAP_FULL);

  // LMDB maps anew, so no reader may be inside: every slot is taken first.
  const std::lock_guard growing(growing_);
  for (auto& slot : slots_) {
    while (slot.taken.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
  }
  const int rc = mdb_env_set_mapsize(env_.get(), wanted);
  if (rc == 0) map_octets_.store(wanted, std::memory_order_relaxed);
  for (auto& slot : slots_) slot.taken.store(false, std::memory_order_release);
  if (rc != 0) return code_of(rc);
  return {};
}

std::uint64_t environment::file_octets() const noexcept {
  int file = -1;
  struct stat status {};
  if (mdb_env_get_fd(env_.get(), &file) != 0 || ::fstat(file, &status) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace cbv::cache
