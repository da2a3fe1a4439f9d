// Files that are read again when they have changed.
#ifndef CBV_TOOLS_CBVD_WATCHED_FILES_HPP
#define CBV_TOOLS_CBVD_WATCHED_FILES_HPP

#include <string>
#include <utility>
#include <vector>

#include "cbv/base/file_state.hpp"

namespace cbv::cbvd {

/// Looks at times and sizes only. Belongs to one thread; asks the file system, so not for a path of
/// a network.
class watched_files {
 public:
  /// Empty paths are none.
  explicit watched_files(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  /// They are about to be read: what is written from now on is a change.
  void mark() { seen_ = look_at(paths_); }

  /// Whether one is not what it was at the last mark().
  bool have_changed() const { return look_at(paths_) != seen_; }

 private:
  std::vector<std::string> paths_;
  std::vector<file_state> seen_;
};

}  // namespace cbv::cbvd

#endif
