// Files that are read again when they have changed.
#ifndef CBV_TOOLS_CBVD_WATCHED_FILES_HPP
#define CBV_TOOLS_CBVD_WATCHED_FILES_HPP

#include <string>
#include <utility>
#include <vector>

namespace cbv::cbvd {

/// Looks at times and sizes only. Belongs to one thread; asks the file system, so not for a path of
/// a network.
class watched_files {
 public:
  /// Empty paths are none.
  explicit watched_files(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  /// They are about to be read: what is written from now on is a change.
  void mark() { seen_ = look(); }

  /// Whether one is not what it was at the last mark().
  bool have_changed() const { return look() != seen_; }

 private:
  /// When a file was written and how large it is: other if it may be another.
  struct file_state {
    long long written_ns = -1;
    long long octets = -1;
    unsigned long long number = 0;

    friend bool operator==(const file_state&, const file_state&) = default;
  };

  std::vector<file_state> look() const;

  std::vector<std::string> paths_;
  std::vector<file_state> seen_;
};

}  // namespace cbv::cbvd

#endif
