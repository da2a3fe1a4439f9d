#include "cache/file/set_aside.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <string>

#include "cache/file/data_file.hpp"
#include "cache/file/open_error.hpp"

namespace cbv::cache {
namespace {

std::string text_of(std::chrono::system_clock::time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), length};
}

/// False: errno says why, EEXIST if there is one of that name.
bool rename_to_new(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL) return false;
  // Not every file system can do it at once.
  return ::link(from.c_str(), to.c_str()) == 0 && ::unlink(from.c_str()) == 0;
}

std::size_t already_beside(const std::filesystem::path& file, const std::string& start) {
  std::size_t count = 0;
  std::error_code ignored;
  for (const auto& one : std::filesystem::directory_iterator(file.parent_path(), ignored)) {
    if (one.path().filename().string().starts_with(start)) ++count;
  }
  return count;
}

}  // namespace

result<std::filesystem::path> set_aside(const std::filesystem::path& file,
                                        std::chrono::system_clock::time_point now) {
  const std::string start = file.filename().string() + ".damaged-";
  if (already_beside(file, start) >= set_aside_max) {
    return error_code(boost::system::errc::too_many_files_open, boost::system::generic_category());
  }
  const std::string base = start + text_of(now);
  for (std::size_t number = 1; number <= set_aside_max + 1; ++number) {
    const std::string suffix = number == 1 ? "" : "-" + std::to_string(number);
    const std::filesystem::path target = file.parent_path() / (base + suffix);
    if (rename_to_new(file, target)) {
      sync_directory(file.parent_path());
      return target;
    }
    if (errno != EEXIST) return code_of(errno);
  }
  return code_of(EEXIST);
}

}  // namespace cbv::cache
