#include "cbv/base/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace cbv {
namespace {

error_code last_error() {
  return {errno, boost::system::system_category()};
}

}  // namespace

result<std::string> read_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return last_error();
  auto text = read_all(descriptor);
  ::close(descriptor);
  return text;
}

result<std::string> read_all(int descriptor) {
  std::string text;
  std::array<char, 65536> piece;
  for (;;) {
    const ssize_t octets = ::read(descriptor, piece.data(), piece.size());
    if (octets < 0 && errno == EINTR) continue;
    if (octets < 0) return last_error();
    if (octets == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(octets));
  }
}

}  // namespace cbv
