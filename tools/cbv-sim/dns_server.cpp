#include "tools/cbv-sim/dns_server.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "cbv/async/deadline.hpp"
#include "cbv/base/result.hpp"

namespace cbv::sim {
namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

// A port that TCP got may be taken on UDP; then the next is tried.
constexpr int port_attempts_max = 50;

// No question is longer, not even with EDNS.
constexpr std::size_t udp_question_octets_max = 4096;

// Bursts of questions wait here rather than get lost.
constexpr int udp_buffer_octets = 4 << 20;

constexpr std::chrono::milliseconds accept_pause{50};

template <class Socket, class Endpoint>
void bind(Socket& socket, const Endpoint& to) {
  socket.open(to.protocol());
  if (to.address().is_v6()) socket.set_option(asio::ip::v6_only(true));
  socket.set_option(
      asio::socket_base::reuse_address(std::is_same_v<Socket, asio::ip::tcp::acceptor>));
  socket.bind(to);
}

awaitable<result<std::string>> read_octets(asio::ip::tcp::socket& socket, std::size_t count) {
  std::string octets(count, '\0');
  const auto buffer = asio::buffer(octets);
  const auto [failed, done] = co_await asio::async_read(socket, buffer, as_result);
  if (failed) co_return failed;
  co_return octets;
}

}  // namespace

dns_server::dns_server(asio::any_io_executor executor, const net::endpoint& at, const zone& names,
                       timer& time, dns_event_sink sink, const dns_server_options& options)
    : executor_(std::move(executor)),
      names_(names),
      time_(time),
      sink_(std::move(sink)),
      options_(options),
      udp_(executor_),
      acceptor_(executor_) {
  for (int attempt = 1; !udp_.is_open(); ++attempt) {
    try {
      open(at);
    } catch (const boost::system::system_error& problem) {
      error_code ignored;
      udp_.close(ignored);
      acceptor_.close(ignored);
      const bool may_retry = at.port == 0 && attempt < port_attempts_max &&
                             problem.code() == asio::error::address_in_use;
      if (may_retry) continue;
      throw boost::system::system_error(problem.code(), "cannot listen on " + net::to_string(at));
    }
  }
  asio::co_spawn(executor_, answer_udp(), asio::detached);
  asio::co_spawn(executor_, accept_tcp(), asio::detached);
}

void dns_server::open(const net::endpoint& wanted) {
  bind(acceptor_, tcp::endpoint(wanted.address, wanted.port));
  acceptor_.listen();
  at_ = {wanted.address, acceptor_.local_endpoint().port()};
  bind(udp_, udp::endpoint(at_.address, at_.port));
  error_code ignored;  // the operating system may allow less
  udp_.set_option(asio::socket_base::receive_buffer_size(udp_buffer_octets), ignored);
}

dns_answer dns_server::ask(std::string_view question, const asio::ip::address& client,
                           bool over_tcp) {
  dns_answer answer = names_.answer(question, over_tcp);
  if (sink_) sink_(dns_event{answer, client, over_tcp});
  return answer;
}

awaitable<void> dns_server::answer_udp() {
  std::array<char, udp_question_octets_max> question{};
  while (udp_.is_open()) {
    udp::endpoint client;
    const auto into = asio::buffer(question);
    const auto [failed, count] = co_await udp_.async_receive_from(into, client, as_result);
    if (failed == asio::error::operation_aborted) co_return;
    if (failed) continue;
    dns_answer answer = ask({question.data(), count}, client.address(), false);
    if (answer.wire.empty()) continue;
    if (answer.delay.count() == 0) {
      const auto wire = asio::buffer(answer.wire);
      co_await udp_.async_send_to(wire, client, as_result);
    } else if (delayed_ < options_.delayed_max) {
      ++delayed_;
      const time_point when = time_.now() + answer.delay;
      auto later = answer_later(std::move(answer.wire), client, when);
      asio::co_spawn(executor_, std::move(later), asio::detached);
    }
  }
}

awaitable<void> dns_server::answer_later(std::string wire, udp::endpoint client, time_point when) {
  co_await time_.sleep_until(when);
  --delayed_;
  const auto bytes = asio::buffer(wire);
  co_await udp_.async_send_to(bytes, client, as_result);
}

awaitable<void> dns_server::accept_tcp() {
  while (acceptor_.is_open()) {
    auto [failed, socket] = co_await acceptor_.async_accept(as_result);
    if (failed == asio::error::operation_aborted) co_return;
    if (failed) {
      co_await time_.sleep_until(time_.now() + accept_pause);
    } else if (tcp_connections_ < options_.tcp_connections_max) {
      ++tcp_connections_;
      auto serving = answer_tcp(std::move(socket));
      asio::co_spawn(executor_, std::move(serving), asio::detached);
    }
  }
}

awaitable<void> dns_server::answer_tcp(tcp::socket socket) {
  error_code failed;
  const tcp::endpoint client = socket.remote_endpoint(failed);
  bool goes_on = !failed;
  while (goes_on) goes_on = co_await answer_one(socket, client.address());
  --tcp_connections_;
}

// Two octets of length ahead of each message (RFC 1035 section 4.2.2). False: the connection ends.
awaitable<bool> dns_server::answer_one(tcp::socket& socket, const asio::ip::address& client) {
  const time_point deadline = time_.now() + options_.tcp_idle;
  auto reading_length = read_octets(socket, 2);
  const auto length = co_await with_deadline(time_, deadline, std::move(reading_length));
  if (!length) co_return false;
  const std::size_t octets =
      static_cast<unsigned char>((*length)[0]) * 256U + static_cast<unsigned char>((*length)[1]);
  auto reading = read_octets(socket, octets);
  const auto question = co_await with_deadline(time_, deadline, std::move(reading));
  if (!question) co_return false;

  const dns_answer answer = ask(*question, client, true);
  if (answer.delay.count() > 0) co_await time_.sleep_until(time_.now() + answer.delay);
  if (answer.wire.empty()) co_return true;
  std::string framed;
  framed += static_cast<char>(answer.wire.size() / 256);
  framed += static_cast<char>(answer.wire.size() % 256);
  framed += answer.wire;
  const auto bytes = asio::buffer(framed);
  const auto [failed, count] = co_await asio::async_write(socket, bytes, as_result);
  co_return !failed;
}

}  // namespace cbv::sim
