#include "cache/pages/page_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cbv::cache {

page_reader::page_reader(page_reader&& other) noexcept
    : file_(std::exchange(other.file_, -1)), page_octets_(other.page_octets_) {}

page_reader& page_reader::operator=(page_reader&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(page_octets_, other.page_octets_);
  return *this;
}

page_reader::~page_reader() {
  if (file_ >= 0) ::close(file_);
}

bool page_reader::open(const std::string& path) {
  // Not to wait for whoever writes into a pipe that stands there.
  file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return file_ >= 0;
}

std::string_view page_reader::octets(std::uint64_t from, std::size_t most,
                                     std::string& into) const {
  if (into.size() < most) into.resize(most);
  std::size_t read = 0;
  while (read < most) {
    const ssize_t more =
        ::pread(file_, into.data() + read, most - read, static_cast<off_t>(from + read));
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) break;
    read += static_cast<std::size_t>(more);
  }
  return std::string_view(into).substr(0, read);
}

std::string_view page_reader::pages(page_number first, page_number count, std::string& into) const {
  const std::uint64_t from = first * page_octets_;
  if (count > 1 && from + count * page_octets_ > file_octets()) return {};
  const std::size_t wanted = count * page_octets_;
  const std::string_view read = octets(from, wanted, into);
  return read.size() == wanted ? read : std::string_view{};
}

void page_reader::announce(page_number at) const noexcept {
  ::posix_fadvise(file_, static_cast<off_t>(at * page_octets_), static_cast<off_t>(page_octets_),
                  POSIX_FADV_WILLNEED);
}

std::uint64_t page_reader::file_octets() const noexcept {
  struct stat status {};
  if (::fstat(file_, &status) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_size);
}

bool page_reader::is_plain_file() const noexcept {
  struct stat status {};
  return ::fstat(file_, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace cbv::cache
