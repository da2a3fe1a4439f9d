#include "cbv/net/inherited_sockets.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace cbv::net {
namespace {

constexpr int first_descriptor = 3;    // SD_LISTEN_FDS_START
constexpr int descriptors_max = 1000;  // what names more is not meant seriously

int number_of(const char* text) {
  int number = 0;
  if (text == nullptr) return 0;
  const char* end = text + std::strlen(text);
  const auto [stopped, failed] = std::from_chars(text, end, number);
  return failed == std::errc{} && stopped == end ? number : 0;
}

int option_of(int descriptor, int name) {
  int value = 0;
  socklen_t length = sizeof(value);
  return ::getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

}  // namespace

inherited_sockets inherited_sockets::of_environment() {
  const bool ours = number_of(std::getenv("LISTEN_PID")) == ::getpid();
  const int count = ours ? number_of(std::getenv("LISTEN_FDS")) : 0;
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  return {first_descriptor, std::clamp(count, 0, descriptors_max)};
}

inherited_sockets::inherited_sockets(int first, int count) {
  for (int number = first; number < first + count; ++number) {
    const int flags = ::fcntl(number, F_GETFD);
    if (flags < 0) continue;
    ::fcntl(number, F_SETFD, flags | FD_CLOEXEC);
    held_.push_back(look_at(number));
  }
}

inherited_sockets::inherited_sockets(inherited_sockets&& other) noexcept
    : held_(std::exchange(other.held_, {})) {}

inherited_sockets& inherited_sockets::operator=(inherited_sockets&& other) noexcept {
  std::swap(held_, other.held_);
  return *this;
}

inherited_sockets::~inherited_sockets() {
  for (const socket& each : held_) ::close(each.number);
}

inherited_sockets::socket inherited_sockets::look_at(int number) {
  socket found{number, {}, std::nullopt};
  if (option_of(number, SO_TYPE) != SOCK_STREAM || option_of(number, SO_ACCEPTCONN) != 1) {
    return found;
  }
  sockaddr_storage bound{};
  socklen_t length = sizeof(bound);
  if (::getsockname(number, reinterpret_cast<sockaddr*>(&bound), &length) != 0) return found;
  if (bound.ss_family == AF_UNIX) {
    const auto* at = reinterpret_cast<const sockaddr_un*>(&bound);
    const std::size_t room = length - offsetof(sockaddr_un, sun_path);
    found.path.assign(at->sun_path, ::strnlen(at->sun_path, room));
  } else if (bound.ss_family == AF_INET || bound.ss_family == AF_INET6) {
    boost::asio::ip::tcp::endpoint at;
    std::memcpy(at.data(), &bound, std::min<std::size_t>(length, at.capacity()));
    found.at = endpoint{at.address(), at.port()};
  }
  return found;
}

template <class Is>
std::optional<int> inherited_sockets::take(Is is) {
  const auto found = std::find_if(held_.begin(), held_.end(), is);
  if (found == held_.end()) return std::nullopt;
  const int number = found->number;
  held_.erase(found);
  return number;
}

std::optional<int> inherited_sockets::take_local(std::string_view path) {
  if (path.empty()) return std::nullopt;
  return take([path](const socket& one) { return one.path == path; });
}

std::optional<int> inherited_sockets::take_tcp(const endpoint& at) {
  return take([&at](const socket& one) { return one.at == at; });
}

std::vector<std::string> inherited_sockets::left() const {
  std::vector<std::string> all;
  for (const socket& each : held_) {
    if (each.at) {
      all.push_back(to_string(*each.at));
    } else {
      all.push_back(each.path.empty() ? "descriptor " + std::to_string(each.number) : each.path);
    }
  }
  return all;
}

}  // namespace cbv::net
