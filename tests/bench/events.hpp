// epoll, bare: what the load generators and floors of tests/bench are made of.
#ifndef CBV_TESTS_BENCH_EVENTS_HPP
#define CBV_TESTS_BENCH_EVENTS_HPP

#include <netinet/in.h>
#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cbv::bench {

/// Throws std::system_error with errno and `what` where a system call has failed.
int checked(int returned, const char* what);

/// Lets this process open as many files as it may.
void raise_file_limit();

double seconds_now();

/// "192.0.2.1", port: throws std::invalid_argument where it is none.
sockaddr_in ipv4_endpoint(const std::string& address, std::uint64_t port);

/// Which of some descriptors can be read; edges are not used.
class events {
 public:
  events();
  events(const events&) = delete;
  events& operator=(const events&) = delete;
  ~events();

  /// `number` is what wait() gives for it.
  void add(int descriptor, std::uint32_t number) const;

  /// The numbers of those that are ready, at most so many; none after `wait_ms`.
  std::span<const epoll_event> wait(int wait_ms);

 private:
  int epoll_;
  std::array<epoll_event, 256> ready_{};
};

/// Splits what comes from a peer into lines.
class lines {
 public:
  /// Reads once. False when the peer has closed, or the connection is broken.
  bool read_from(int descriptor);

  /// The next line without its end; false if there is none yet. It is good until the next read.
  bool next(std::string_view& line);

 private:
  std::string held_;
  std::size_t taken_ = 0;
};

/// `text` with each `mark` in it replaced by a number.
std::string numbered(std::string text, std::string_view mark, std::uint64_t number);

/// The number that comes in place of `turn`, so that the numbers below `count` come in no order of
/// theirs, each once.
std::uint64_t scattered(std::uint64_t turn, std::uint64_t count) noexcept;

/// Writes all of it, waiting where it has to. False when the connection is broken.
bool write_all(int descriptor, std::string_view bytes);

}  // namespace cbv::bench

#endif
