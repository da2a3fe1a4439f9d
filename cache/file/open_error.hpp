// Why a cache was not opened, and the codes of what went wrong inside.
#ifndef CBV_CACHE_FILE_OPEN_ERROR_HPP
#define CBV_CACHE_FILE_OPEN_ERROR_HPP

#include <boost/system/result.hpp>
#include <string>

#include "cbv/base/error.hpp"

namespace cbv::cache {

enum class open_fault {
  not_a_directory,
  no_permission,  // or a read-only file system
  disk_full,
  in_use,        // by another process, or a second time by this one
  not_ours,      // no LMDB environment, or someone else's
  newer_format,  // written by a cbv to come
  damaged,
  system_error,  // the rest
};

/// `message` is a sentence for the administrator: what, which path, what to do.
struct open_error {
  open_fault fault = open_fault::system_error;
  std::string message;
};

/// A value, or why it could not be opened. Test it, then use *opened.
template <class T>
using opened = boost::system::result<T, open_error>;

/// LMDB's own codes ("MDB_MAP_FULL: ...") and ours below; the system's are of the system category.
const boost::system::error_category& lmdb_category() noexcept;

/// What LMDB's functions return: negative numbers are its own, positive ones errno.
error_code code_of(int rc) noexcept;

/// No file is in use: the cache could not be opened, or was taken out of use just now.
error_code not_open() noexcept;

/// A page of the file is not what LMDB wrote.
error_code page_damaged() noexcept;

bool is_map_full(const error_code& why) noexcept;

/// LMDB met pages that make no sense, or gave up: the file has to be closed, and looked through.
bool is_damage(const error_code& why) noexcept;

open_fault fault_of(const error_code& why) noexcept;

}  // namespace cbv::cache

#endif
