#include "tests/bench/events.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>

namespace cbv::bench {

int checked(int returned, const char* what) {
  if (returned < 0) throw std::system_error(errno, std::generic_category(), what);
  return returned;
}

void raise_file_limit() {
  rlimit files{};
  checked(::getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
  files.rlim_cur = files.rlim_max;
  checked(::setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
}

double seconds_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

sockaddr_in ipv4_endpoint(const std::string& address, std::uint64_t port) {
  sockaddr_in made{};
  made.sin_family = AF_INET;
  made.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &made.sin_addr) != 1) {
    throw std::invalid_argument("not an IPv4 address: " + address);
  }
  return made;
}

events::events() : epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}

events::~events() {
  ::close(epoll_);
}

void events::add(int descriptor, std::uint32_t number) const {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u32 = number;
  checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &wanted), "epoll_ctl");
}

std::span<const epoll_event> events::wait(int wait_ms) {
  const int count = ::epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()), wait_ms);
  if (count < 0 && errno != EINTR) checked(count, "epoll_wait");
  return std::span<const epoll_event>(ready_.data(), count < 0 ? 0 : static_cast<size_t>(count));
}

bool lines::read_from(int descriptor) {
  held_.erase(0, taken_);
  taken_ = 0;
  std::array<char, 65536> piece;  // NOLINT(*-member-init): filled by read
  const ssize_t count = ::read(descriptor, piece.data(), piece.size());
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  held_.append(piece.data(), static_cast<std::size_t>(count));
  return count > 0;
}

bool lines::next(std::string_view& line) {
  const std::size_t end = held_.find('\n', taken_);
  if (end == std::string::npos) return false;
  line = std::string_view(held_).substr(taken_, end - taken_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  taken_ = end + 1;
  return true;
}

std::string numbered(std::string text, std::string_view mark, std::uint64_t number) {
  const std::string digits = std::to_string(number);
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    text.replace(at, mark.size(), digits);
  }
  return text;
}

std::uint64_t scattered(std::uint64_t turn, std::uint64_t count) noexcept {
  // A prime that divides no count of interest, so that each number comes once.
  constexpr std::uint64_t stride = 982'451'653;
  return turn % count * (stride % count) % count;
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd room{descriptor, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace cbv::bench
