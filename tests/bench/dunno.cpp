// bench-dunno: the least a policy service of Postfix can do: says DUNNO to each request.
//
//   --socket PATH
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <iostream>
#include <map>
#include <stdexcept>

#include "tests/bench/arguments.hpp"
#include "tests/bench/events.hpp"

namespace cbv::bench {
namespace {

int listen_at(const std::string& path) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (path.size() >= sizeof(where.sun_path)) throw std::invalid_argument("a path too long");
  std::memcpy(where.sun_path, path.c_str(), path.size() + 1);
  const int made = checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  checked(::bind(made, reinterpret_cast<const sockaddr*>(&where), sizeof(where)), "bind");
  checked(::chmod(path.c_str(), 0666), "chmod");
  checked(::listen(made, 128), "listen");
  return made;
}

// False when the client has gone.
bool serve(int client, lines& heard) {
  if (!heard.read_from(client)) return false;
  std::string_view line;
  while (heard.next(line)) {
    if (line.empty() && !write_all(client, "action=DUNNO\n\n")) return false;
  }
  return true;
}

[[noreturn]] void run(const arguments& given) {
  events ready;
  const int listener = listen_at(given.text("socket"));
  ready.add(listener, static_cast<std::uint32_t>(listener));
  std::map<int, lines> clients;
  std::cout << "ready" << std::endl;
  while (true) {
    for (const epoll_event& one : ready.wait(-1)) {
      const int which = static_cast<int>(one.data.u32);
      if (which == listener) {
        const int client = checked(::accept(listener, nullptr, nullptr), "accept");
        clients[client];
        ready.add(client, static_cast<std::uint32_t>(client));
      } else if (!serve(which, clients[which])) {
        clients.erase(which);
        ::close(which);
      }
    }
  }
}

}  // namespace
}  // namespace cbv::bench

int main(int count, char** words) {
  try {
    cbv::bench::run(cbv::bench::arguments(count, words));
  } catch (const std::exception& failed) {
    std::cerr << "bench-dunno: " << failed.what() << '\n';
    return 1;
  }
}
