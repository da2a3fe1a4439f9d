#include "cbv/net/socket_stream.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "cbv/net/cancelled.hpp"

namespace cbv::net {
namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

class socket_stream final : public stream {
 public:
  explicit socket_stream(asio::generic::stream_protocol::socket connected)
      : socket_(std::move(connected)) {}

  awaitable<result<std::size_t>> read_some(std::span<char> into) override {
    const auto buffer = asio::buffer(into.data(), into.size());
    const auto [failed, count] = co_await socket_.async_read_some(buffer, as_result);
    throw_if_cancelled(failed, co_await asio::this_coro::cancellation_state);
    if (failed) co_return failed;
    co_return count;
  }

  bool is_local() const noexcept override {
    error_code none;
    return socket_.local_endpoint(none).protocol().family() == AF_UNIX && !none;
  }

  awaitable<result<void>> write(std::string bytes) override {
    const auto buffer = asio::buffer(bytes);
    const auto [failed, count] = co_await asio::async_write(socket_, buffer, as_result);
    throw_if_cancelled(failed, co_await asio::this_coro::cancellation_state);
    if (failed) co_return failed;
    co_return result<void>();
  }

  std::size_t write_now(std::string_view bytes) noexcept override {
    const auto sent =
        ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);  // what is wrong, the next write will say
  }

  void write_at_once(std::string_view bytes) noexcept override { write_now(bytes); }

  void close() noexcept override {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  asio::generic::stream_protocol::socket socket_;
};

}  // namespace

std::unique_ptr<stream> make_socket_stream(asio::generic::stream_protocol::socket connected) {
  return std::make_unique<socket_stream>(std::move(connected));
}

awaitable<result<std::unique_ptr<stream>>> connect_local(std::string path) {
  if (path.empty()) co_return asio::error::invalid_argument;
  if (path.size() >= sizeof(sockaddr_un::sun_path)) co_return asio::error::name_too_long;
  const asio::local::stream_protocol::endpoint peer(path);
  asio::local::stream_protocol::socket socket(co_await asio::this_coro::executor);
  const auto [failed] = co_await socket.async_connect(peer, as_result);
  throw_if_cancelled(failed, co_await asio::this_coro::cancellation_state);
  if (failed) co_return failed;
  co_return make_socket_stream(std::move(socket));
}

}  // namespace cbv::net
