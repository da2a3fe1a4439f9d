#include "tools/cbvd/service_manager.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace cbv::cbvd {
namespace {

std::string of_variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

service_manager service_manager::of_environment() {
  service_manager made(of_variable("NOTIFY_SOCKET"));
  const auto limit = number_in(of_variable("WATCHDOG_USEC"));
  const std::string meant = of_variable("WATCHDOG_PID");
  const bool is_for_us = meant.empty() || meant == std::to_string(::getpid());
  // Twice within the limit, as sd_watchdog_enabled(3) advises.
  if (limit && *limit >= 2'000 && *limit < UINT64_C(1) << 60U && is_for_us)
    made.every_ = std::chrono::microseconds(*limit / 2);
  return made;
}

void service_manager::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000U +
                            static_cast<std::uint64_t>(now.tv_nsec) / 1'000U;
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void service_manager::tell(std::string_view state) const {
  sockaddr_un to{};
  if (socket_.size() < 2 || socket_.size() >= sizeof to.sun_path) return;
  if (socket_.front() != '/' && socket_.front() != '@') return;
  const int line = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (line < 0) return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') to.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const timeval patience{0, 500'000};
  (void)::setsockopt(line, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  // Nobody to tell: we go on all the same.
  (void)::sendto(line, state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&to), length);
  ::close(line);
}

}  // namespace cbv::cbvd
