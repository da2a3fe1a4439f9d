#include "cache/file/open_error.hpp"

#include <lmdb.h>

#include <cerrno>

namespace cbv::cache {
namespace {

// LMDB's own codes are negative.
constexpr int code_not_open = 1;
constexpr int code_page_damaged = 2;

class lmdb_error_category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "lmdb"; }
  std::string message(int code) const override {
    if (code == code_not_open) return "the cache is not open";
    if (code == code_page_damaged) return "the file of the cache is damaged";
    return mdb_strerror(code);
  }
};

bool is_lmdb(const error_code& why, int code) noexcept {
  return why == error_code(code, lmdb_category());
}

}  // namespace

const boost::system::error_category& lmdb_category() noexcept {
  static const lmdb_error_category category;
  return category;
}

error_code code_of(int rc) noexcept {
  if (rc < 0) return {rc, lmdb_category()};
  return {rc, boost::system::system_category()};
}

error_code not_open() noexcept {
  return {code_not_open, lmdb_category()};
}

error_code page_damaged() noexcept {
  return {code_page_damaged, lmdb_category()};
}

bool is_map_full(const error_code& why) noexcept {
  return is_lmdb(why, MDB_MAP_FULL);
}

bool is_damage(const error_code& why) noexcept {
  for (const int code : {MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC, MDB_CURSOR_FULL,
                         MDB_PAGE_FULL, MDB_INCOMPATIBLE, MDB_BAD_DBI, code_page_damaged}) {
    if (is_lmdb(why, code)) return true;
  }
  return false;
}

open_fault fault_of(const error_code& why) noexcept {
  if (is_damage(why)) return open_fault::damaged;
  if (why.category() != boost::system::system_category()) return open_fault::system_error;
  switch (why.value()) {
    case EACCES:
    case EPERM:
    case EROFS:
      return open_fault::no_permission;
    case ENOSPC:
    case EDQUOT:
      return open_fault::disk_full;
    case ENOTDIR:
      return open_fault::not_a_directory;
    default:
      return open_fault::system_error;
  }
}

}  // namespace cbv::cache
