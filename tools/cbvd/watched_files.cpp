#include "tools/cbvd/watched_files.hpp"

#include <sys/stat.h>

namespace cbv::cbvd {

std::vector<watched_files::file_state> watched_files::look() const {
  std::vector<file_state> all;
  for (const std::string& path : paths_) {
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

}  // namespace cbv::cbvd
