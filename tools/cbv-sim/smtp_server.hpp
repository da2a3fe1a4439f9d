// The simulated mail hosts on real sockets of the loopback network, and on unix sockets.
//
// Up to 4,096 addresses, those of ranges among them, have a listener each, so that a dead host and
// an address where nobody is really refuse connections. More are served by one wildcard listener on
// loopback, which finds the host by the local address of each connection; there a dead address
// accepts and resets.
#ifndef CBV_TOOLS_CBV_SIM_SMTP_SERVER_HPP
#define CBV_TOOLS_CBV_SIM_SMTP_SERVER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/net/listener.hpp"
#include "cbv/net/stream.hpp"
#include "tools/cbv-sim/internet.hpp"

namespace cbv::sim {

struct smtp_server_options {
  std::uint16_t port = 0;  // of all hosts; 0: one is chosen
  std::size_t own_listeners_max = 4'096;
  int backlog = 4096;
  std::size_t connections_max = 60'000;  // at once; more are reset
};

/// Listens from its construction on, and serves while its executor runs. Belongs to that thread;
/// destroyed when the executor runs no more.
class smtp_server {
 public:
  /// Throws boost::system::system_error that names the address where it cannot listen, and
  /// std::invalid_argument for a host that is neither on loopback nor on a unix socket.
  smtp_server(asio::any_io_executor executor, internet& net, timer& time,
              const smtp_server_options& options);
  smtp_server(const smtp_server&) = delete;
  smtp_server& operator=(const smtp_server&) = delete;

  std::uint16_t port() const noexcept { return port_; }

 private:
  using tcp = asio::ip::tcp;

  bool try_listening(int attempt);
  bool needs_wildcard() const;
  void listen_everywhere();
  void listen_on_range(const host& all);
  void listen_on(const asio::ip::address& address, bool is_deaf);
  void listen_on_wildcard();
  void open(tcp::acceptor& acceptor, const tcp::endpoint& at);
  awaitable<void> accept_on(tcp::acceptor& acceptor);
  void take(tcp::socket socket);
  void listen_locally();
  awaitable<void> accept_on(net::listener& at, std::string path);
  void serve(std::unique_ptr<net::stream> client, std::unique_ptr<session> machine);

  asio::any_io_executor executor_;
  internet& net_;
  timer& time_;
  smtp_server_options options_;
  std::uint16_t port_;
  std::list<tcp::acceptor> acceptors_;
  std::list<tcp::acceptor> deaf_;  // never accept, and drop what comes
  std::list<std::unique_ptr<net::listener>> local_;
  std::size_t connections_ = 0;
};

}  // namespace cbv::sim

#endif
