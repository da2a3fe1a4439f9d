#include "cache/file/data_file.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace cbv::cache {
namespace {

constexpr mode_t file_mode = 0640;
constexpr MDB_dbi named_databases_max = 16;
constexpr std::size_t map_of_new = 1U << 20U;
constexpr const char* reader_table_name = "lock.mdb";
constexpr std::size_t reader_octets = 64;  // of each in LMDB's table, and its head is not longer
constexpr std::size_t reader_table_head = 16;

struct transaction_ender {
  void operator()(MDB_txn* txn) const noexcept { mdb_txn_abort(txn); }
};
using transaction_owner = std::unique_ptr<MDB_txn, transaction_ender>;

/// A file that was not there before: closed, and removed unless it is kept.
class new_file {
 public:
  explicit new_file(const std::filesystem::path& path)
      : path_(path),
        number_(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, file_mode)) {}
  new_file(const new_file&) = delete;
  new_file& operator=(const new_file&) = delete;
  ~new_file() {
    if (number_ < 0) return;
    ::close(number_);
    if (!kept_) ::unlink(path_.c_str());
  }
  int number() const noexcept { return number_; }
  void keep() noexcept { kept_ = true; }

 private:
  const std::filesystem::path path_;
  const int number_;
  bool kept_ = false;
};

std::uint64_t whole_pages(std::uint64_t octets) noexcept {
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return std::max(octets, page) / page * page;
}

file_trouble trouble(std::string doing, int rc) {
  return {std::move(doing), code_of(rc)};
}

std::string little_endian(std::uint32_t number) {
  std::string octets;
  for (unsigned shift = 0; shift < 32; shift += 8) {
    octets.push_back(static_cast<char>(number >> shift & 0xffU));
  }
  return octets;
}

int put_format(MDB_txn* txn, MDB_dbi meta, std::uint32_t format) {
  std::string word = "format";
  std::string number = little_endian(format);
  MDB_val key{word.size(), word.data()};
  MDB_val value{number.size(), number.data()};
  return mdb_put(txn, meta, &key, &value, 0);
}

int fill_new(MDB_env* env, const layout& wanted) {
  MDB_txn* begun = nullptr;
  if (const int rc = mdb_txn_begin(env, nullptr, 0, &begun); rc != 0) return rc;
  transaction_owner txn(begun);
  for (const table each : wanted.of) {
    MDB_dbi number = 0;
    const char* name = table_names[index_of(each)];
    if (const int rc = mdb_dbi_open(begun, name, MDB_CREATE, &number); rc != 0) return rc;
    if (each != table::meta) continue;
    if (const int rc = put_format(begun, number, wanted.format); rc != 0) return rc;
  }
  return mdb_txn_commit(txn.release());
}

/// LMDB writes to its table of readers through a map, where a full disk would be a SIGBUS.
int reserve_reader_table(const std::filesystem::path& directory, std::size_t readers) {
  const std::filesystem::path path = directory / reader_table_name;
  const int number = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
  if (number < 0) return errno;
  const auto octets = static_cast<off_t>(whole_pages((readers + reader_table_head) * reader_octets +
                                                     static_cast<std::size_t>(getpagesize()) - 1));
  const int rc = ::posix_fallocate(number, 0, octets);
  ::close(number);
  return rc;
}

}  // namespace

void sync_directory(const std::filesystem::path& directory) {
  const int number = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) return;
  ::fsync(number);
  ::close(number);
}

void data_file::closer::operator()(MDB_env* env) const noexcept {
  mdb_env_close(env);
}

std::optional<file_trouble> data_file::make(const std::filesystem::path& directory,
                                            const layout& wanted) {
  const std::filesystem::path path = directory / new_name;
  const std::string making = "cannot make " + (directory / name).string();
  // What a killed process left half made.
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return trouble(making, errno);
  {
    new_file made(path);
    if (made.number() < 0) return trouble(making, errno);
    MDB_env* begun = nullptr;
    if (const int rc = mdb_env_create(&begun); rc != 0) return trouble(making, rc);
    const std::unique_ptr<MDB_env, closer> env(begun);
    int rc = mdb_env_set_maxdbs(begun, named_databases_max);
    if (rc == 0) rc = mdb_env_set_mapsize(begun, map_of_new);
    if (rc == 0) rc = mdb_env_open(begun, path.c_str(), MDB_NOSUBDIR | MDB_NOLOCK, file_mode);
    if (rc == 0) rc = fill_new(begun, wanted);
    if (rc == 0 && ::fsync(made.number()) != 0) rc = errno;
    if (rc == 0 && ::rename(path.c_str(), (directory / name).c_str()) != 0) rc = errno;
    if (rc != 0) return trouble(making, rc);
    made.keep();
  }
  sync_directory(directory);
  sync_directory(std::filesystem::absolute(directory).lexically_normal().parent_path());
  return std::nullopt;
}

data_file::data_file(const data_file_options& options, inspection found)
    : options_(options), found_(std::move(found)), way_(found_.file, found_.meta) {}

data_file::~data_file() = default;

std::optional<file_trouble> data_file::open(const data_file_options& options, inspection found,
                                            std::unique_ptr<data_file>& into) {
  std::unique_ptr<data_file> made(new data_file(options, std::move(found)));
  if (auto why = made->open_map()) return why;
  if (auto why = made->open_tables()) return why;
  into = std::move(made);
  return std::nullopt;
}

std::optional<file_trouble> data_file::open_map() {
  const std::size_t readers = options_.readers_max + 8;
  if (const int rc = reserve_reader_table(options_.directory, readers); rc != 0) {
    return trouble("cannot make " + (options_.directory / reader_table_name).string(), rc);
  }
  MDB_env* env = nullptr;
  int rc = mdb_env_create(&env);
  if (rc != 0) return trouble("cannot make an LMDB environment", rc);
  env_.reset(env);
  rc = mdb_env_set_maxreaders(env, static_cast<unsigned>(readers));
  if (rc == 0) rc = mdb_env_set_maxdbs(env, named_databases_max);
  const auto octets = std::min(options_.map_octets, options_.map_octets_max);
  if (rc == 0) rc = mdb_env_set_mapsize(env, whole_pages(octets));
  // NOTLS: a reader's slot belongs to its transaction, not to a thread. NORDAHEAD: the reads are of
  // single records, anywhere.
  constexpr unsigned flags = MDB_NOTLS | MDB_NORDAHEAD;
  if (rc == 0) rc = mdb_env_open(env, options_.directory.c_str(), flags, file_mode);
  if (rc != 0) return trouble("cannot open " + (options_.directory / name).string(), rc);
  stale_readers_ = clear_stale_readers();
  return std::nullopt;
}

int data_file::clear_stale_readers() noexcept {
  int cleared = 0;
  mdb_reader_check(env_.get(), &cleared);
  return cleared;
}

std::optional<file_trouble> data_file::open_tables() {
  for (const table each : all_tables()) {
    if (!found_.roots[index_of(each)]) return make_tables();
  }
  MDB_txn* begun = nullptr;
  int rc = mdb_txn_begin(env_.get(), nullptr, MDB_RDONLY, &begun);
  if (rc != 0) return trouble("cannot read it", rc);
  transaction_owner txn(begun);
  for (const table each : all_tables()) {
    const std::size_t i = index_of(each);
    rc = mdb_dbi_open(begun, table_names[i], 0, &numbers_[i]);
    if (rc != 0) return trouble(std::string("cannot open the table ") + table_names[i], rc);
  }
  // Which keeps the tables open.
  rc = mdb_txn_commit(txn.release());
  if (rc != 0) return trouble("cannot read it", rc);
  return std::nullopt;
}

/// It was written by a cbvd that knew fewer tables. Nothing is written before all is checked.
std::optional<file_trouble> data_file::make_tables() {
  if (const auto checked = check({}); !checked) {
    return file_trouble{fault_.empty() ? "cannot check it" : fault_, checked.error()};
  }
  MDB_txn* begun = nullptr;
  int rc = mdb_txn_begin(env_.get(), nullptr, 0, &begun);
  if (rc != 0) return trouble("cannot write to it", rc);
  transaction_owner txn(begun);
  for (const table each : all_tables()) {
    const std::size_t i = index_of(each);
    rc = mdb_dbi_open(begun, table_names[i], MDB_CREATE, &numbers_[i]);
    if (rc != 0) return trouble(std::string("cannot make the table ") + table_names[i], rc);
  }
  rc = mdb_txn_commit(txn.release());
  if (rc != 0) return trouble("cannot write to it", rc);
  return std::nullopt;
}

result<void> data_file::check(const std::function<bool()>& go_on) {
  if (is_checked()) return {};
  bool cancelled = false;
  const auto asked = [&] {
    cancelled = go_on && !go_on();
    return !cancelled;
  };
  tree_findings found = check_all_trees(found_.file, found_.meta, asked);
  if (cancelled) return code_of(ECANCELED);
  if (!found.fault.empty()) {
    fault_ = std::move(found.fault);
    return page_damaged();
  }
  pages_lost_ = found.pages_lost;
  if (auto mended = mend_length(); !mended) return mended;
  note_checked();
  return {};
}

/// The pages at the end may never have been written, if they were free before they were. Reading
/// past the end of the file would be a SIGBUS; a hole reads as zeros.
result<void> data_file::mend_length() {
  const std::uint64_t needed = (found_.meta.last_page + 1) * found_.meta.page_octets;
  if (found_.file.file_octets() >= needed) return {};
  int file = -1;
  mdb_env_get_fd(env_.get(), &file);
  if (::ftruncate(file, static_cast<off_t>(needed)) != 0) return code_of(errno);
  return {};
}

/// If it has been checked meanwhile, it may have been written to as well: what was seen means
/// nothing then, and LMDB knows.
result<void> data_file::judged(const std::string& fault) const {
  if (fault.empty() || is_checked()) return {};
  return page_damaged();
}

result<void> data_file::guard(table of, std::string_view key) {
  const auto& root = found_.roots[index_of(of)];
  return root ? judged(way_.fault_on_way(*root, key)) : result<void>{};
}

result<void> data_file::guard_leaf(table of, std::string_view key,
                                   std::optional<std::string>& next) {
  next.reset();
  const auto& root = found_.roots[index_of(of)];
  return root ? judged(way_.fault_in_leaf(*root, key, next)) : result<void>{};
}

void data_file::loosen_map() const noexcept {
  constexpr std::size_t piece = std::size_t{16} << 20U;
  MDB_envinfo info{};
  mdb_env_info(env_.get(), &info);
  if (info.me_mapaddr == nullptr) return;
  const std::size_t used =
      std::min(info.me_mapsize, (info.me_last_pgno + 1) * found_.meta.page_octets);
  for (std::size_t at = 0; at < used; at += piece) {
    // Nothing is written through this map, so no octet is lost.
    ::madvise(static_cast<char*>(info.me_mapaddr) + at, std::min(piece, used - at), MADV_DONTNEED);
  }
}

int data_file::another_handle() const noexcept {
  int file = -1;
  mdb_env_get_fd(env_.get(), &file);
  return ::fcntl(file, F_DUPFD_CLOEXEC, 0);
}

std::uint64_t data_file::map_octets() const noexcept {
  MDB_envinfo info{};
  mdb_env_info(env_.get(), &info);
  return info.me_mapsize;
}

result<void> data_file::grow(std::uint64_t octets) {
  const std::uint64_t wanted = whole_pages(octets);
  if (wanted <= map_octets()) return code_of(MDB_MAP_FULL);
  if (const int rc = mdb_env_set_mapsize(env_.get(), wanted); rc != 0) return code_of(rc);
  return {};
}

std::optional<file_trouble> data_file::copy_to(const std::filesystem::path& path) const {
  const std::string writing = "cannot write " + path.string();
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return trouble(writing, errno);
  new_file made(path);
  if (made.number() < 0) return trouble(writing, errno);
  int rc = mdb_env_copyfd2(env_.get(), made.number(), MDB_CP_COMPACT);
  if (rc == 0 && ::fsync(made.number()) != 0) rc = errno;
  if (rc != 0) return trouble(writing, rc);
  made.keep();
  return std::nullopt;
}

}  // namespace cbv::cache
