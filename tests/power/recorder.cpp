#include "tests/power/recorder.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>

namespace cbv::power {
namespace {

constexpr std::size_t page_octets = 4096;  // the kernel is not interrupted within one

struct open_file {
  std::size_t number = 0;
  bool lasts = false;
};

struct watch {
  std::filesystem::path directory;
  deafness to;
  std::size_t calls_left = std::numeric_limits<std::size_t>::max();
  bool halves = false;
  std::vector<event> events;
  std::map<std::string, std::size_t> names;
  std::size_t files = 0;
  std::map<int, open_file> open_files;
  std::set<int> open_directories;
};

/// The functions below have no one to ask for it but the program.
std::recursive_mutex& mutex() {
  static std::recursive_mutex one;
  return one;
}
std::unique_ptr<watch>& watched() {
  static std::unique_ptr<watch> one;
  return one;
}

/// The name of a file that is watched; empty for all others.
std::string name_of(const char* path) {
  if (!watched()) return {};
  const std::filesystem::path whole(path);
  if (whole.parent_path() != watched()->directory) return {};
  const std::string name = whole.filename();
  return name == "lock.mdb" ? std::string() : name;
}

/// Counts a call; true: it is the last one.
bool is_last_call() {
  return watched()->calls_left == 0 || --watched()->calls_left == 0;
}

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

void count_call() {
  if (is_last_call()) die();
}

void note(event seen) {
  watched()->events.push_back(std::move(seen));
}

open_file* file_at(int number) {
  if (!watched()) return nullptr;
  const auto found = watched()->open_files.find(number);
  return found == watched()->open_files.end() ? nullptr : &found->second;
}

bool exists(const char* path) {
  return ::syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
}

int watched_open(const char* path, int flags, unsigned mode) {
  const std::lock_guard lock(mutex());
  const std::string name = name_of(path);
  const bool is_directory = watched() && watched()->directory == path;
  const bool is_new = !name.empty() && (flags & O_CREAT) != 0 && !exists(path);
  if (is_directory || !name.empty()) count_call();
  const int real = flags & ~(O_DSYNC | O_SYNC);
  const int number = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, real, mode));
  if (number < 0) return number;
  if (is_directory) watched()->open_directories.insert(number);
  if (name.empty()) return number;
  if (is_new) {
    watched()->names[name] = watched()->files++;
    note({event::kind::create, watched()->names[name], name, {}, 0, {}, false});
  }
  watched()->open_files[number] = {watched()->names.at(name),
                                   (flags & O_DSYNC) != 0 && !watched()->to.to_lasting_writes};
  return number;
}

/// Writes what the pieces hold, at `offset`, or where the file stands.
ssize_t watched_write(int number, const iovec* pieces, int count, std::optional<off_t> offset) {
  const std::lock_guard lock(mutex());
  open_file* const to = file_at(number);
  const auto write_all = [&] {
    return offset ? ::syscall(SYS_pwritev, number, pieces, count, *offset, 0)
                  : ::syscall(SYS_writev, number, pieces, count);
  };
  if (to == nullptr) return write_all();

  std::string octets;
  for (int i = 0; i < count; ++i) {
    octets.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  const off_t at = offset ? *offset : static_cast<off_t>(::syscall(SYS_lseek, number, 0, SEEK_CUR));
  if (is_last_call()) {
    const std::size_t half = octets.size() / 2 / page_octets * page_octets;
    if (watched()->halves) ::syscall(SYS_pwrite64, number, octets.data(), half, at);
    die();
  }
  const ssize_t done = write_all();
  if (done < 0) return done;
  octets.resize(static_cast<std::size_t>(done));
  note({event::kind::write, to->number, {}, {}, static_cast<std::uint64_t>(at), octets, to->lasts});
  return done;
}

int watched_sync(int number) {
  const std::lock_guard lock(mutex());
  if (!watched()) return 0;
  if (const open_file* const what = file_at(number)) {
    count_call();
    if (!watched()->to.to_sync) note({event::kind::sync, what->number, {}, {}, 0, {}, false});
  } else if (watched()->open_directories.contains(number)) {
    count_call();
    if (!watched()->to.to_sync_directory) note({event::kind::sync_directory, 0, {}, {}, 0, {}, {}});
  }
  return 0;
}

int watched_rename(const char* from, const char* to) {
  const std::lock_guard lock(mutex());
  const std::string name = name_of(from);
  const std::string new_name = name_of(to);
  if (!name.empty() || !new_name.empty()) count_call();
  const auto done = ::syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
  if (done != 0 || (name.empty() && new_name.empty())) return static_cast<int>(done);
  if (name.empty() || new_name.empty()) throw std::logic_error("renamed across directories");
  watched()->names[new_name] = watched()->names.at(name);
  watched()->names.erase(name);
  note({event::kind::rename, 0, name, new_name, 0, {}, false});
  return 0;
}

int watched_unlink(const char* path) {
  const std::lock_guard lock(mutex());
  const std::string name = name_of(path);
  if (!name.empty()) count_call();
  const auto done = ::syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (done == 0 && !name.empty()) {
    watched()->names.erase(name);
    note({event::kind::remove, 0, name, {}, 0, {}, false});
  }
  return static_cast<int>(done);
}

int watched_truncate(int number, off_t length) {
  const std::lock_guard lock(mutex());
  const open_file* const what = file_at(number);
  if (what != nullptr) count_call();
  const auto done = ::syscall(SYS_ftruncate, number, length);
  if (done == 0 && what != nullptr) {
    note({event::kind::truncate, what->number, {}, {}, static_cast<std::uint64_t>(length), {}, {}});
  }
  return static_cast<int>(done);
}

int watched_close(int number) {
  const std::lock_guard lock(mutex());
  if (watched()) {
    watched()->open_files.erase(number);
    watched()->open_directories.erase(number);
  }
  return static_cast<int>(::syscall(SYS_close, number));
}

}  // namespace

recorder::recorder(const std::filesystem::path& directory, deafness to) {
  const std::lock_guard lock(mutex());
  if (watched()) throw std::logic_error("there is another recorder");
  watched() = std::make_unique<watch>();
  watched()->directory = directory;
  watched()->to = to;
}

recorder::~recorder() {
  const std::lock_guard lock(mutex());
  watched().reset();
}

void recorder::mark(std::uint64_t number) {
  const std::lock_guard lock(mutex());
  note({event::kind::mark, 0, {}, {}, number, {}, false});
}

std::vector<event> recorder::events() const {
  const std::lock_guard lock(mutex());
  return watched()->events;
}

void die_at(const std::filesystem::path& directory, std::size_t calls) {
  const std::lock_guard lock(mutex());
  watched() = std::make_unique<watch>();
  watched()->directory = directory;
  watched()->calls_left = calls;
  watched()->halves = calls % 2 == 1;
  for (const auto& there : std::filesystem::directory_iterator(directory)) {
    watched()->names[there.path().filename()] = watched()->files++;
  }
}

}  // namespace cbv::power

// The program's own, in place of the C library's: those of LMDB and of the C++ library lead here.
extern "C" {

int open(const char* path, int flags, ...) {
  unsigned mode = 0;
  if ((flags & O_CREAT) != 0) {
    std::va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, unsigned);
    va_end(rest);
  }
  return cbv::power::watched_open(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  unsigned mode = 0;
  if ((flags & O_CREAT) != 0) {
    std::va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, unsigned);
    va_end(rest);
  }
  return cbv::power::watched_open(path, flags, mode);
}

int close(int number) {
  return cbv::power::watched_close(number);
}

ssize_t write(int number, const void* octets, std::size_t size) {
  const iovec piece{const_cast<void*>(octets), size};
  return cbv::power::watched_write(number, &piece, 1, std::nullopt);
}

ssize_t writev(int number, const iovec* pieces, int count) {
  return cbv::power::watched_write(number, pieces, count, std::nullopt);
}

ssize_t pwrite(int number, const void* octets, std::size_t size, off_t offset) {
  const iovec piece{const_cast<void*>(octets), size};
  return cbv::power::watched_write(number, &piece, 1, offset);
}

ssize_t pwrite64(int number, const void* octets, std::size_t size, off64_t offset) {
  return pwrite(number, octets, size, offset);
}

ssize_t pwritev(int number, const iovec* pieces, int count, off_t offset) {
  return cbv::power::watched_write(number, pieces, count, offset);
}

int fsync(int number) {
  return cbv::power::watched_sync(number);
}

int fdatasync(int number) {
  return cbv::power::watched_sync(number);
}

int ftruncate(int number, off_t length) noexcept {
  return cbv::power::watched_truncate(number, length);
}

int ftruncate64(int number, off64_t length) noexcept {
  return cbv::power::watched_truncate(number, length);
}

int rename(const char* from, const char* to) noexcept {
  return cbv::power::watched_rename(from, to);
}

int unlink(const char* path) noexcept {
  return cbv::power::watched_unlink(path);
}

}  // extern "C"
