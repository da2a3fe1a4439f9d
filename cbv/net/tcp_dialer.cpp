#include "cbv/net/tcp_dialer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "cbv/net/cancelled.hpp"
#include "cbv/net/socket_stream.hpp"

namespace cbv::net {
namespace {

using asio::ip::tcp;

std::optional<tcp::endpoint> source_for(const endpoint& peer, const tcp_dialer_options& options) {
  if (peer.address.is_v4() && options.source_v4) return tcp::endpoint(*options.source_v4, 0);
  if (peer.address.is_v6() && options.source_v6) return tcp::endpoint(*options.source_v6, 0);
  return std::nullopt;
}

}  // namespace

awaitable<result<std::unique_ptr<stream>>> tcp_dialer::connect(endpoint peer) {
  const tcp::endpoint to(peer.address, peer.port);
  tcp::socket socket(co_await asio::this_coro::executor);
  error_code failed;
  socket.open(to.protocol(), failed);
  if (failed) co_return failed;
  if (const auto source = source_for(peer, options_)) {
    socket.bind(*source, failed);
    if (failed) co_return failed;
  }
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  const auto [refused] = co_await socket.async_connect(to, as_result);
  throw_if_cancelled(refused, co_await asio::this_coro::cancellation_state);
  if (refused) co_return refused;
  // A dialogue is made of small writes that each wait for an answer. Without this option it is
  // only slower.
  socket.set_option(tcp::no_delay(true), failed);
  co_return make_socket_stream(std::move(socket));
}

awaitable<result<std::unique_ptr<stream>>> tcp_dialer::connect_local(std::string path) {
  co_return co_await net::connect_local(std::move(path));
}

}  // namespace cbv::net
