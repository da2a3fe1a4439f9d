// Whether a file is what it was.
#ifndef CBV_BASE_FILE_STATE_HPP
#define CBV_BASE_FILE_STATE_HPP

#include <string>
#include <vector>

namespace cbv {

/// When a file was written and how large it is: other if it may be another. A file that is not
/// there, or an empty path, has the state of none.
struct file_state {
  long long written_ns = -1;
  long long octets = -1;
  unsigned long long number = 0;  // of the inode

  friend bool operator==(const file_state&, const file_state&) = default;
};

/// Of each path, in their order. Asks the file system, so not for a path of a network.
std::vector<file_state> look_at(const std::vector<std::string>& paths);

}  // namespace cbv

#endif
