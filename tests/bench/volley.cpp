// bench-volley: the same light load for cbvd and for Redis: requests that were made beforehand, so
// many outstanding on each connection, and answers that are counted but not read. Prints one line
// of JSON.
//
//   --socket PATH | --port N     of 127.0.0.1
//   --peer json|redis            questions about a recipient, or GET
//   --key PATTERN                {i} and {h} as for bench-ask
//   --method NAME --params JSON  in place of verify_recipient about the key; {key} is the key
//   --among N --hosts N          the keys are those of the numbers below N, in no order
//   --connections N --depth N    so many at once on each: the next ones when all are answered
//   --total N
//   --expect TEXT                what each answer must contain
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "tests/bench/arguments.hpp"
#include "tests/bench/events.hpp"

namespace cbv::bench {
namespace {

int connect_to(const arguments& given) {
  const std::string path = given.text("socket");
  if (path.empty()) {
    const sockaddr_in where = ipv4_endpoint("127.0.0.1", given.number("port", 0));
    const int made = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    checked(::connect(made, reinterpret_cast<const sockaddr*>(&where), sizeof(where)), "connect");
    const int on = 1;
    checked(::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), "TCP_NODELAY");
    return made;
  }
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (path.size() >= sizeof(where.sun_path)) throw std::invalid_argument("a path too long");
  std::memcpy(where.sun_path, path.c_str(), path.size() + 1);
  const int made = checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  checked(::connect(made, reinterpret_cast<const sockaddr*>(&where), sizeof(where)), "connect");
  return made;
}

std::string with_key(std::string params, const std::string& key) {
  constexpr std::string_view mark = "{key}";
  const std::size_t at = params.find(mark);
  return at == std::string::npos ? params : params.replace(at, mark.size(), key);
}

/// What is sent, ready made: a volley is `depth` requests one behind the other.
std::vector<std::string> volleys(const arguments& given, std::uint64_t depth) {
  const bool redis = given.text("peer") == "redis";
  const std::string method = given.text("method", "verify_recipient");
  const std::string params = given.text("params", R"({"address":"{key}"})");
  const std::uint64_t among = given.number("among", 1);
  const std::uint64_t hosts = given.number("hosts", 1);
  std::vector<std::string> made(std::min<std::uint64_t>(among, 200'000) / depth);
  std::uint64_t turn = 0;
  for (std::string& volley : made) {
    for (std::uint64_t i = 0; i < depth; ++i, ++turn) {
      const std::uint64_t number = scattered(turn, among);
      std::string key = numbered(given.text("key"), "{h}", number % hosts);
      key = numbered(std::move(key), "{i}", number);
      if (redis) {
        volley += "*2\r\n$3\r\nGET\r\n$" + std::to_string(key.size()) + "\r\n" + key + "\r\n";
      } else {
        volley += R"({"jsonrpc":"2.0","id":)" + std::to_string(turn) + R"(,"method":")" + method +
                  R"(","params":)" + with_key(params, key) + "}\n";
      }
    }
  }
  return made;
}

class load {
 public:
  explicit load(const arguments& given)
      : depth_(given.number("depth", 1)),
        total_(given.number("total", 1000) / depth_ * depth_),
        lines_an_answer_(given.text("peer") == "redis" ? 2 : 1),
        expected_(given.text("expect")),
        volleys_(volleys(given, depth_)),
        clients_(given.number("connections", 1)) {
    if (volleys_.empty()) throw std::invalid_argument("fewer keys than a volley has");
    took_.reserve(total_ / depth_);
    for (std::uint32_t i = 0; i < clients_.size(); ++i) {
      clients_[i].descriptor = connect_to(given);
      ready_.add(clients_[i].descriptor, i);
    }
  }

  void run() {
    const double began = seconds_now();
    for (client& one : clients_) ask(one);
    while (answered_ < total_) {
      for (const epoll_event& one : ready_.wait(1000)) hear(clients_[one.data.u32]);
    }
    print(seconds_now() - began);
  }

 private:
  struct client {
    int descriptor = -1;
    std::uint64_t lines = 0;  // of answers to the volley that is out
    double asked_at = 0;
  };

  void ask(client& one) {
    if (asked_ >= total_) return;
    asked_ += depth_;
    one.lines = 0;
    one.asked_at = seconds_now();
    const std::string& volley = volleys_[next_++ % volleys_.size()];
    if (!write_all(one.descriptor, volley)) throw std::runtime_error("the server has gone");
  }

  void hear(client& one) {
    const ssize_t count = ::read(one.descriptor, piece_.data(), piece_.size());
    if (count <= 0) throw std::runtime_error("the server has gone");
    const std::string_view heard(piece_.data(), static_cast<std::size_t>(count));
    one.lines += static_cast<std::uint64_t>(std::count(heard.begin(), heard.end(), '\n'));
    if (depth_ == 1 && heard.find(expected_) == std::string_view::npos) {
      throw std::runtime_error("not expected: " + std::string(heard));
    }
    if (one.lines < depth_ * lines_an_answer_) return;
    took_.push_back(seconds_now() - one.asked_at);
    answered_ += depth_;
    ask(one);
  }

  void print(double seconds) {
    std::sort(took_.begin(), took_.end());
    const auto at = [this](double share) {
      return took_[static_cast<std::size_t>(share * static_cast<double>(took_.size() - 1))] * 1e3;
    };
    std::cout << R"({"answers":)" << answered_ << R"(,"rate":)"
              << static_cast<double>(answered_) / seconds << R"(,"p50_ms":)" << at(0.5)
              << R"(,"p99_ms":)" << at(0.99) << R"(,"max_ms":)" << at(1) << "}\n";
  }

  std::uint64_t depth_;
  std::uint64_t total_;
  std::uint64_t lines_an_answer_;
  std::string expected_;
  std::vector<std::string> volleys_;
  std::vector<client> clients_;
  std::vector<double> took_;
  std::array<char, 65536> piece_{};
  events ready_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  std::size_t next_ = 0;
};

}  // namespace
}  // namespace cbv::bench

int main(int count, char** words) {
  try {
    cbv::bench::load(cbv::bench::arguments(count, words)).run();
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "bench-volley: " << failed.what() << '\n';
    return 1;
  }
}
