#include "cache/file/environment.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <thread>
#include <utility>

#include "cache/file/set_aside.hpp"

namespace cbv::cache {
namespace {

constexpr mode_t directory_mode = 0750;
constexpr mode_t lock_mode = 0640;
constexpr const char* lock_file_name = "cbvd.lock";

error_code last_error() noexcept {
  return code_of(errno);
}

/// Who holds the lock, as written into it; empty if it does not say.
std::string holder_of(int lock) {
  std::array<char, 24> text{};
  const ssize_t octets = ::pread(lock, text.data(), text.size() - 1, 0);
  if (octets <= 0) return {};
  const long pid = std::strtol(text.data(), nullptr, 10);
  return pid > 0 ? " (process " + std::to_string(pid) + ")" : "";
}

/// For the administrator who looks into the file; nothing depends on it.
void write_holder(int lock) {
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = ::pwrite(lock, text.data(), text.size(), 0);
}

std::string own_name() {
  const uid_t user = ::geteuid();
  std::array<char, 1024> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return entry.pw_name;
  }
  return "user " + std::to_string(user);
}

/// What the administrator can do.
std::string advice_for(const error_code& why) {
  if (why == code_of(EROFS)) return "; make the file system writable";
  switch (fault_of(why)) {
    case open_fault::no_permission:
      return "; let " + own_name() + " read and write there (chown)";
    case open_fault::disk_full:
      return "; make room there";
    default:
      return {};
  }
}

}  // namespace

environment::file_handle::~file_handle() {
  if (number >= 0) ::close(number);
}

class environment::nobody_reads {
 public:
  explicit nobody_reads(environment& where) : where_(where), lock_(where.exclusive_) {
    for (auto& place : where_.places_) {
      while (place.taken.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
    }
  }
  nobody_reads(const nobody_reads&) = delete;
  nobody_reads& operator=(const nobody_reads&) = delete;
  ~nobody_reads() {
    for (auto& place : where_.places_) place.taken.store(false, std::memory_order_release);
  }

 private:
  environment& where_;
  const std::lock_guard<std::mutex> lock_;
};

environment::environment(environment_options options)
    : options_(std::move(options)),
      directory_(options_.directory),
      places_(std::max<std::size_t>(options_.simultaneous_readers_max, 1)) {}

environment::~environment() {
  end_transactions();
}

opened<std::unique_ptr<environment>> environment::open(environment_options options) {
  auto made = std::make_unique<environment>(std::move(options));
  if (auto why = made->start()) return *std::move(why);
  return made;
}

error_code environment::meant_by(const error_code& why) const noexcept {
  constexpr std::uint64_t hardly_room = 1U << 20U;
  struct statvfs disk {};
  if (why != code_of(EIO) || ::statvfs(directory_.c_str(), &disk) != 0) return why;
  const std::uint64_t room = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  return room < hardly_room ? code_of(ENOSPC) : why;
}

open_error environment::complaint(const std::string& doing, const error_code& said) const {
  const error_code why = meant_by(said);
  return complaint(fault_of(why), doing + ": " + why.message() + advice_for(why));
}

open_error environment::complaint(open_fault fault, const std::string& what) const {
  return {fault, "the " + std::string(kind().what) + " in " + options_.directory + ": " + what};
}

// --- opening

std::optional<open_error> environment::start() {
  if (auto why = make_directory()) return why;
  if (auto why = take_lock()) return why;
  std::unique_ptr<data_file> file;
  if (auto why = open_file(file)) return why;
  const nobody_reads alone(*this);
  use(std::move(file));
  return std::nullopt;
}

std::optional<open_error> environment::make_directory() {
  const auto& directory = directory_;
  std::error_code none;
  if (std::filesystem::is_directory(directory, none)) return std::nullopt;
  if (std::filesystem::exists(directory, none)) {
    return complaint(open_fault::not_a_directory, "this is not a directory; give it another one");
  }
  if (directory.has_parent_path()) {
    std::error_code why;
    std::filesystem::create_directories(directory.parent_path(), why);
    if (why) return complaint("cannot make the directory above it", code_of(why.value()));
  }
  if (::mkdir(directory.c_str(), directory_mode) != 0) {
    return complaint("cannot make the directory", last_error());
  }
  return std::nullopt;
}

std::optional<open_error> environment::take_lock() {
  if (lock_.number >= 0) return std::nullopt;
  const std::filesystem::path path = directory_ / lock_file_name;
  const int number = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, lock_mode);
  if (number < 0) return complaint("cannot open " + path.string(), last_error());
  if (::flock(number, LOCK_EX | LOCK_NB) == 0) {
    lock_.number = number;
    write_holder(number);
    return std::nullopt;
  }
  const error_code why = last_error();
  const std::string holder = holder_of(number);
  ::close(number);
  if (why != code_of(EWOULDBLOCK)) return complaint("cannot lock " + path.string(), why);
  return open_error{open_fault::in_use, "the " + std::string(kind().what) + " in " +
                                            options_.directory + " is in use by another cbvd" +
                                            holder + ": give each its own directory (the lock is " +
                                            path.string() + ")"};
}

std::optional<open_error> environment::judge(const inspection& found) const {
  const std::string path = data_path().string();
  switch (found.state) {
    case data_state::unreadable:
      if (found.code != 0) return complaint("cannot open " + path, code_of(found.code));
      return complaint(open_fault::system_error, path + ": " + found.detail + "; move it away");
    case data_state::not_ours:
      return complaint(open_fault::not_ours, path + " is not a " + std::string(kind().what) +
                                                 " of cbvd (" + found.detail +
                                                 "); it stays as it is: move it away, or use "
                                                 "another directory");
    case data_state::newer_format:
      return complaint(open_fault::newer_format,
                       path + " was written by a newer cbvd (format " +
                           std::to_string(found.format) + "; this one knows " +
                           std::to_string(kind().format) +
                           "); it stays as it is: use that one, or another directory");
    case data_state::damaged:
      return complaint(open_fault::damaged, path + " is damaged: " + found.detail);
    case data_state::missing:
    case data_state::ours:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<open_error> environment::open_file(std::unique_ptr<data_file>& into) {
  inspection found = inspect(data_path().string(), kind());
  if (auto why = judge(found)) return why;
  was_made_ = found.state == data_state::missing;
  if (was_made_) {
    if (const auto why = data_file::make(directory_, kind()))
      return complaint(why->doing, why->why);
    found = inspect(data_path().string(), kind());
    if (auto why = judge(found)) return why;
  }
  return open_inspected(std::move(found), into);
}

std::optional<open_error> environment::open_inspected(inspection found,
                                                      std::unique_ptr<data_file>& into) {
  const data_file_options how{directory_, options_.map_octets, options_.map_octets_max,
                              places_.size(), options_.kind};
  if (const auto why = data_file::open(how, std::move(found), into)) {
    if (why->why != page_damaged()) return complaint(why->doing, why->why);
    return complaint(open_fault::damaged, data_path().string() + " is damaged: " + why->doing);
  }
  return std::nullopt;
}

void environment::end_transactions() noexcept {
  for (auto& place : places_) {
    if (place.txn != nullptr) mdb_txn_abort(std::exchange(place.txn, nullptr));
  }
}

/// All places are held.
void environment::use(std::unique_ptr<data_file> file) noexcept {
  end_transactions();
  file_ = std::move(file);
  map_octets_.store(file_ ? file_->map_octets() : 0, std::memory_order_relaxed);
  open_.store(file_ != nullptr, std::memory_order_release);
}

void environment::close() {
  std::unique_ptr<data_file> old;
  {
    const nobody_reads alone(*this);
    end_transactions();
    old = std::move(file_);
    use(nullptr);
  }
  // To end a large map takes its time, and nobody has to wait for it.
}

// --- damage, and another file

result<void> environment::check(const std::function<bool()>& go_on) {
  return file_ ? file_->check(go_on) : result<void>(not_open());
}

bool environment::is_checked() const noexcept {
  return file_ && file_->is_checked();
}

std::string environment::fault() const {
  return file_ ? file_->fault() : std::string();
}

opened<std::string> environment::set_aside() {
  auto moved = cache::set_aside(data_path(), std::chrono::system_clock::now());
  if (moved) return moved->string();
  if (moved.error() == boost::system::errc::too_many_files_open) {
    return complaint(open_fault::system_error,
                     "there are already " + std::to_string(set_aside_max) +
                         " damaged files beside " + data_path().string() +
                         ": test the disk and the memory, then remove them");
  }
  return complaint("cannot give the damaged " + data_path().string() + " another name",
                   moved.error());
}

opened<compaction> environment::compact() {
  if (const auto sound = check(); !sound) return complaint("cannot read it", sound.error());
  compaction done;
  done.octets_before = file_octets();
  const std::filesystem::path path = directory_ / data_file::new_name;
  {
    auto reading = begin_read();
    if (!reading) return complaint("cannot read it", reading.error());
    const auto used = reading->used();
    if (!used) return complaint("cannot read it", used.error());
    struct statvfs disk {};
    if (::statvfs(directory_.c_str(), &disk) == 0) {
      const std::uint64_t room = std::uint64_t{disk.f_bavail} * disk.f_frsize;
      if (room < used->octets) {
        return complaint(open_fault::disk_full,
                         "to compact it needs " + std::to_string(used->octets) +
                             " octets of room there, and there are " + std::to_string(room));
      }
    }
  }
  if (const auto why = file_->copy_to(path)) return complaint(why->doing, why->why);

  // Not believed before it is read: what it replaces is all that there is.
  inspection copy = inspect(path.string(), kind());
  tree_findings found;
  if (copy.state == data_state::ours) found = check_all_trees(copy.file, copy.meta, {});
  if (copy.state != data_state::ours || !found.fault.empty()) {
    ::unlink(path.c_str());
    return complaint(open_fault::system_error, "the compacted copy is not sound (" + copy.detail +
                                                   found.fault + "); the file stays as it was");
  }

  // The old file is read from as long as it is in use, whatever its name: nothing is written now.
  if (::rename(path.c_str(), data_path().c_str()) != 0) {
    const error_code why = last_error();
    ::unlink(path.c_str());
    return complaint("cannot rename " + path.string(), why);
  }
  sync_directory(directory_);
  if (auto why = change_to(std::move(copy))) return *std::move(why);
  done.octets_after = file_octets();
  return done;
}

/// All that takes long is done before readers have to wait, or after.
std::optional<open_error> environment::change_to(inspection found) {
  const file_handle last_of_the_old(file_->another_handle());
  file_->loosen_map();
  const nobody_reads alone(*this);
  // First: LMDB would lose its locks if it had both files open for a moment.
  use(nullptr);
  std::unique_ptr<data_file> file;
  if (auto why = open_inspected(std::move(found), file)) return why;
  file->note_checked();
  use(std::move(file));
  return std::nullopt;
}

// --- use

reader_place& environment::take_place() noexcept {
  const std::size_t home = std::hash<std::thread::id>{}(std::this_thread::get_id());
  while (true) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      auto& place = places_[(home + i) % places_.size()];
      if (place.taken.load(std::memory_order_relaxed)) continue;
      if (!place.taken.exchange(true, std::memory_order_acquire)) return place;
    }
    // The file is being grown or changed, or there are more readers than places.
    { const std::lock_guard until_done(exclusive_); }
    std::this_thread::yield();
  }
}

result<read_transaction> environment::begin_read() {
  auto& place = take_place();
  int rc = 0;
  error_code why = not_open();
  if (file_) {
    rc = place.txn == nullptr ? mdb_txn_begin(file_->lmdb(), nullptr, MDB_RDONLY, &place.txn)
                              : mdb_txn_renew(place.txn);
    if (rc == 0) return read_transaction(place, *file_);
    why = code_of(rc);
  }
  place.taken.store(false, std::memory_order_release);
  return why;
}

result<write_transaction> environment::begin_write() {
  if (const auto sound = check(); !sound) return sound.error();
  MDB_txn* txn = nullptr;
  const int rc = mdb_txn_begin(file_->lmdb(), nullptr, 0, &txn);
  if (rc != 0) return code_of(rc);
  return write_transaction(*file_, txn);
}

result<void> environment::grow() {
  if (!file_) return not_open();
  const std::uint64_t wanted = std::min(map_octets() * 2, options_.map_octets_max);
  if (wanted <= map_octets()) return code_of(MDB_MAP_FULL);
  // LMDB maps anew, so no reader may be inside.
  file_->loosen_map();
  const nobody_reads alone(*this);
  auto grown = file_->grow(wanted);
  map_octets_.store(file_->map_octets(), std::memory_order_relaxed);
  return grown;
}

std::uint64_t environment::file_octets() const noexcept {
  struct stat status {};
  if (::stat(data_path().c_str(), &status) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace cbv::cache
