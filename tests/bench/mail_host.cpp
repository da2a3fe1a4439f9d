// bench-mail-host: as little of a mail server as a callout needs, at all addresses of the machine.
// Takes everybody; pipelines; prints "ready" when it listens.
//
//   --port N
//   --silent PREFIX   never answers RCPT for local-parts that begin so: a tarpit
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <memory>
#include <vector>

#include "tests/bench/arguments.hpp"
#include "tests/bench/events.hpp"

namespace cbv::bench {
namespace {

constexpr int backlog = 4096;

class mail_host {
 public:
  mail_host(std::uint64_t port, const std::string& silent)
      : listening_(checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket")),
        silent_(silent.empty() ? std::string() : "RCPT TO:<" + silent) {
    const sockaddr_in where = ipv4_endpoint("0.0.0.0", port);
    const int on = 1;
    ::setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    ::setsockopt(listening_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    checked(::bind(listening_, reinterpret_cast<const sockaddr*>(&where), sizeof(where)), "bind");
    checked(::listen(listening_, backlog), "listen");
    ready_.add(listening_, 0);
  }

  void run() {
    while (true) {
      for (const epoll_event& one : ready_.wait(-1)) {
        if (one.data.u32 == 0) {
          accept_all();
        } else {
          serve(static_cast<int>(one.data.u32));
        }
      }
    }
  }

 private:
  void accept_all() {
    while (true) {
      const int client = ::accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK);
      if (client < 0) return;
      const auto number = static_cast<std::uint32_t>(client);
      if (heard_.size() <= number) heard_.resize(number + 1);
      heard_[number] = lines();
      ready_.add(client, number);
      write_all(client, "220 mx.bench.example ESMTP\r\n");
    }
  }

  void serve(int client) {
    lines& heard = heard_[static_cast<std::size_t>(client)];
    if (!heard.read_from(client)) {
      ::close(client);
      return;
    }
    std::string replies;
    std::string_view line;
    bool over = false;
    while (!over && heard.next(line)) {
      if (line.starts_with("EHLO")) {
        replies +=
            "250-mx.bench.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n";
      } else if (line.starts_with("RCPT")) {
        if (!silent_.empty() && line.starts_with(silent_)) break;
        replies += "250 2.1.5 Ok\r\n";
      } else if (line.starts_with("QUIT")) {
        replies += "221 2.0.0 Bye\r\n";
        over = true;
      } else {
        replies += "250 2.0.0 Ok\r\n";
      }
    }
    if (!replies.empty() && !write_all(client, replies)) over = true;
    if (over) ::close(client);
  }

  int listening_;
  std::string silent_;
  events ready_;
  std::vector<lines> heard_;
};

}  // namespace
}  // namespace cbv::bench

int main(int count, char** words) {
  try {
    const cbv::bench::arguments given(count, words);
    cbv::bench::raise_file_limit();
    cbv::bench::mail_host host(given.number("port", 2525), given.text("silent"));
    std::cout << "ready" << std::endl;
    host.run();
  } catch (const std::exception& failed) {
    std::cerr << "bench-mail-host: " << failed.what() << '\n';
    return 1;
  }
}
