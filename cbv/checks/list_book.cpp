#include "cbv/checks/list_book.hpp"

#include <sys/stat.h>

namespace cbv::checks {

std::vector<list_file_state> look_at(const std::vector<std::string>& files) {
  std::vector<list_file_state> all;
  all.reserve(files.size());
  for (const std::string& file : files) {
    struct stat found {};
    list_file_state now;
    if (::stat(file.c_str(), &found) == 0) {
      now.written_ns = found.st_mtim.tv_sec * 1'000'000'000LL + found.st_mtim.tv_nsec;
      now.octets = found.st_size;
      now.number = found.st_ino;
    }
    all.push_back(now);
  }
  return all;
}

}  // namespace cbv::checks
