// bench-prober: the floor, an SMTP prober by hand on bare epoll: no names, no limits, no verdicts.
// Prints one line of JSON.
//
//   --address A.B.C.D --port N   the first of --hosts N addresses, which take turns
//   --sessions N                 at once
//   --total N                    transactions
//   --recipients N               addresses in each
//   --recipient PATTERN          {i} is the number of the address, from --first N on
//   --among N                    the numbers are those below N, again and again
//   --held yes|no                one after the other in the same sessions, or a session each with
//   QUIT
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "tests/bench/arguments.hpp"
#include "tests/bench/events.hpp"

namespace cbv::bench {
namespace {

class prober {
 public:
  explicit prober(const arguments& given)
      : first_(ipv4_endpoint(given.text("address", "127.0.0.1"), given.number("port", 2525))),
        hosts_(given.number("hosts", 1)),
        recipient_(given.text("recipient", "u{i}@d0.bench.example")),
        number_(given.number("first", 0)),
        among_(given.number("among", 0)),
        total_(given.number("total", 1000)),
        recipients_(given.number("recipients", 1)),
        is_held_(given.text("held") == "yes"),
        sessions_(given.number("sessions", 20)) {}

  void run() {
    const double began = seconds_now();
    for (std::uint32_t i = 0; i < sessions_.size() && begun_ < total_; ++i) begin(i);
    while (took_.size() < total_) {
      for (const epoll_event& one : ready_.wait(1000)) hear(one.data.u32);
    }
    print(seconds_now() - began);
  }

 private:
  struct session {
    int socket = -1;
    double began = 0;
    int heard_replies = 0;
    lines heard;
  };

  void begin(std::uint32_t number) {
    session& one = sessions_[number];
    one = session();
    one.began = seconds_now();
    one.socket = checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    const int on = 1;
    ::setsockopt(one.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    sockaddr_in where = first_;
    const auto offset = static_cast<std::uint32_t>(begun_++ % hosts_);
    where.sin_addr.s_addr = htonl(ntohl(where.sin_addr.s_addr) + offset);
    const auto* to = reinterpret_cast<const sockaddr*>(&where);
    if (::connect(one.socket, to, sizeof(where)) != 0 && errno != EINPROGRESS) {
      checked(-1, "connect");
    }
    ready_.add(one.socket, number);
  }

  void hear(std::uint32_t number) {
    session& one = sessions_[number];
    if (!one.heard.read_from(one.socket)) throw std::runtime_error("the host has gone");
    std::string_view line;
    while (one.heard.next(line)) {
      if (line.size() > 3 && line[3] == '-') continue;
      if (on_reply(number, line)) return;
    }
  }

  // True if the session is another one now.
  bool on_reply(std::uint32_t number, std::string_view line) {
    session& one = sessions_[number];
    ++one.heard_replies;
    if (!line.starts_with('2')) throw std::runtime_error("refused: " + std::string(line));
    if (one.heard_replies == 1) {
      write_all(one.socket, "EHLO probe.bench.example\r\n");
    } else if (one.heard_replies == 2) {
      ask(one);
    } else if (one.heard_replies == 4 + static_cast<int>(recipients_)) {
      // MAIL, RCPT, then RSET or QUIT
      took_.push_back(seconds_now() - one.began);
      if (is_held_ && begun_ < total_) {
        ++begun_;
        one.began = seconds_now();
        one.heard_replies = 2;
        ask(one);
        return false;
      }
      ::close(one.socket);
      if (begun_ < total_) begin(number);
      return true;
    }
    return false;
  }

  void ask(const session& one) {
    std::string commands = "MAIL FROM:<>\r\n";
    for (std::uint64_t i = 0; i < recipients_; ++i) {
      const std::uint64_t turn = number_++;
      const std::uint64_t number = among_ == 0 ? turn : turn % among_;
      commands += "RCPT TO:<" + numbered(recipient_, "{i}", number) + ">\r\n";
    }
    write_all(one.socket, commands + (is_held_ ? "RSET\r\n" : "QUIT\r\n"));
  }

  void print(double seconds) {
    std::sort(took_.begin(), took_.end());
    const auto at = [this](double share) {
      return took_[static_cast<std::size_t>(share * static_cast<double>(total_ - 1))] * 1e3;
    };
    std::cout << R"({"answers":)" << total_ * recipients_ << R"(,"seconds":)" << seconds
              << R"(,"rate":)" << static_cast<double>(total_ * recipients_) / seconds
              << R"(,"p50_ms":)" << at(0.5) << R"(,"p99_ms":)" << at(0.99) << R"(,"max_ms":)"
              << at(1) << "}\n";
  }

  sockaddr_in first_;
  std::uint64_t hosts_;
  std::string recipient_;
  std::uint64_t number_;
  std::uint64_t among_;
  std::uint64_t total_;
  std::uint64_t recipients_;
  bool is_held_;
  std::vector<session> sessions_;
  std::vector<double> took_;
  std::uint64_t begun_ = 0;
  events ready_;
};

}  // namespace
}  // namespace cbv::bench

int main(int count, char** words) {
  try {
    cbv::bench::raise_file_limit();
    cbv::bench::prober(cbv::bench::arguments(count, words)).run();
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "bench-prober: " << failed.what() << '\n';
    return 1;
  }
}
