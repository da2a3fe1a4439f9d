// The simulated DNS on real sockets: UDP and TCP on one port.
#ifndef CBV_TOOLS_CBV_SIM_DNS_SERVER_HPP
#define CBV_TOOLS_CBV_SIM_DNS_SERVER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstddef>
#include <functional>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/net/endpoint.hpp"
#include "tools/cbv-sim/zone.hpp"

namespace cbv::sim {

/// One question that was asked, with its answer.
struct dns_event {
  const dns_answer& answer;
  asio::ip::address client;
  bool over_tcp = false;
};

using dns_event_sink = std::function<void(const dns_event&)>;

struct dns_server_options {
  std::size_t delayed_max = 20'000;        // UDP answers that wait; more are dropped
  std::size_t tcp_connections_max = 1000;  // more are closed at once
  std::chrono::seconds tcp_idle{30};
};

/// Listens from its construction on, and answers while its executor runs. Belongs to that thread;
/// destroyed when the executor runs no more.
class dns_server {
 public:
  /// Port 0 lets the operating system choose. Throws boost::system::system_error.
  dns_server(asio::any_io_executor executor, const net::endpoint& at, const zone& names,
             timer& time, dns_event_sink sink = {}, const dns_server_options& options = {});
  dns_server(const dns_server&) = delete;
  dns_server& operator=(const dns_server&) = delete;

  const net::endpoint& at() const noexcept { return at_; }

 private:
  using tcp = asio::ip::tcp;
  using udp = asio::ip::udp;

  void open(const net::endpoint& wanted);
  awaitable<void> answer_udp();
  awaitable<void> answer_later(std::string wire, udp::endpoint client, time_point when);
  awaitable<void> accept_tcp();
  awaitable<void> answer_tcp(tcp::socket socket);
  awaitable<bool> answer_one(tcp::socket& socket, const asio::ip::address& client);
  dns_answer ask(std::string_view question, const asio::ip::address& client, bool over_tcp);

  asio::any_io_executor executor_;
  const zone& names_;
  timer& time_;
  dns_event_sink sink_;
  dns_server_options options_;
  udp::socket udp_;
  tcp::acceptor acceptor_;
  net::endpoint at_;
  std::size_t delayed_ = 0;
  std::size_t tcp_connections_ = 0;
};

}  // namespace cbv::sim

#endif
