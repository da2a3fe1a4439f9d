#include "cbv/base/file_state.hpp"

#include <sys/stat.h>

namespace cbv {

std::vector<file_state> look_at(const std::vector<std::string>& paths) {
  std::vector<file_state> all;
  all.reserve(paths.size());
  for (const std::string& path : paths) {
    struct stat found {};
    file_state now;
    if (!path.empty() && ::stat(path.c_str(), &found) == 0) {
      now.written_ns = found.st_mtim.tv_sec * 1'000'000'000LL + found.st_mtim.tv_nsec;
      now.octets = found.st_size;
      now.number = found.st_ino;
    }
    all.push_back(now);
  }
  return all;
}

}  // namespace cbv
