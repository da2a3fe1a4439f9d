// bench-link: joins two network namespaces by a line with a delay, where the kernel has no netem: a
// TUN device in each, and packets that are carried over after so long. Prints "ready"; runs until
// it is killed.
//
//   --from NAMESPACE --from-device NAME --to NAMESPACE --to-device NAME
//   --delay-us N   one way
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <deque>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "tests/bench/arguments.hpp"
#include "tests/bench/events.hpp"

namespace cbv::bench {
namespace {

using time_point = std::chrono::steady_clock::time_point;

constexpr std::size_t packet_octets = 65536;
constexpr std::size_t packets_max = 65536;  // on the line; others are lost
constexpr int read_at_once = 256;

struct packet {
  time_point due;
  std::string octets;
};

int open_device(const std::string& space, const std::string& name) {
  const std::string path = "/var/run/netns/" + space;
  const int inside = checked(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path.c_str());
  checked(::setns(inside, CLONE_NEWNET), "setns");
  ::close(inside);
  const int device = checked(::open("/dev/net/tun", O_RDWR | O_NONBLOCK), "/dev/net/tun");
  ifreq wanted{};
  wanted.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (name.size() >= IFNAMSIZ) throw std::invalid_argument("a name too long: " + name);
  std::memcpy(wanted.ifr_name, name.c_str(), name.size() + 1);
  checked(::ioctl(device, TUNSETIFF, &wanted), "TUNSETIFF");
  return device;
}

class way {
 public:
  way(int from, int to, std::chrono::microseconds delay) : from_(from), to_(to), delay_(delay) {}

  int from() const noexcept { return from_; }

  void take() {
    static std::array<char, packet_octets> piece;
    for (int i = 0; i < read_at_once && under_way_.size() < packets_max; ++i) {
      const ssize_t count = ::read(from_, piece.data(), piece.size());
      if (count <= 0) return;
      under_way_.push_back({std::chrono::steady_clock::now() + delay_,
                            std::string(piece.data(), static_cast<std::size_t>(count))});
    }
  }

  void deliver(time_point now) {
    while (!under_way_.empty() && under_way_.front().due <= now) {
      const std::string& octets = under_way_.front().octets;
      if (::write(to_, octets.data(), octets.size()) < 0) ++lost_;
      under_way_.pop_front();
    }
  }

  time_point next_due() const {
    return under_way_.empty() ? time_point::max() : under_way_.front().due;
  }

 private:
  int from_;
  int to_;
  std::chrono::microseconds delay_;
  std::deque<packet> under_way_;
  std::size_t lost_ = 0;
};

void carry(way there, way back) {
  while (true) {
    const time_point now = std::chrono::steady_clock::now();
    there.deliver(now);
    back.deliver(now);
    const time_point due = std::min(there.next_due(), back.next_due());
    timespec wait{};
    if (due != time_point::max()) {
      const auto left = std::max(due - std::chrono::steady_clock::now(), due - due);
      wait.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count();
      wait.tv_nsec = (left % std::chrono::seconds(1)).count();
    }
    std::array<pollfd, 2> readable{{{there.from(), POLLIN, 0}, {back.from(), POLLIN, 0}}};
    ::ppoll(readable.data(), readable.size(), due == time_point::max() ? nullptr : &wait, nullptr);
    there.take();
    back.take();
  }
}

}  // namespace
}  // namespace cbv::bench

int main(int count, char** words) {
  try {
    const cbv::bench::arguments given(count, words);
    const std::chrono::microseconds delay(given.number("delay-us", 50'000));
    const int here = cbv::bench::open_device(given.text("from"), given.text("from-device"));
    const int there = cbv::bench::open_device(given.text("to"), given.text("to-device"));
    std::cout << "ready" << std::endl;
    cbv::bench::carry({here, there, delay}, {there, here, delay});
  } catch (const std::exception& failed) {
    std::cerr << "bench-link: " << failed.what() << '\n';
    return 1;
  }
}
