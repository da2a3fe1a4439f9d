#include "cbv/net/listener.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "cbv/net/cancelled.hpp"
#include "cbv/net/socket_stream.hpp"

namespace cbv::net {
namespace {

using asio::ip::tcp;
using local = asio::local::stream_protocol;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

class tcp_listener final : public listener {
 public:
  using listener::accept;

  tcp_listener(tcp::acceptor acceptor, endpoint at, admission admits)
      : acceptor_(std::move(acceptor)), at_(std::move(at)), admits_(std::move(admits)) {}

  awaitable<result<std::unique_ptr<stream>>> accept(asio::any_io_executor serving) override {
    while (true) {
      tcp::endpoint from;
      auto [failed, socket] = co_await acceptor_.async_accept(serving, from, as_result);
      throw_if_cancelled(failed, co_await asio::this_coro::cancellation_state);
      if (failed) co_return failed;
      if (!admits_ || admits_(from.address())) co_return make_socket_stream(std::move(socket));
    }
  }

  std::string name() const override { return to_string(at_); }

  std::uint16_t port() const noexcept override { return at_.port; }

  void close() noexcept override {
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  tcp::acceptor acceptor_;
  endpoint at_;
  admission admits_;
};

/// The file of a unix socket, taken away with its listener: unless another has taken its place.
class socket_file {
 public:
  explicit socket_file(std::string path) : path_(std::move(path)) {
    known_ = ::lstat(path_.c_str(), &made_) == 0;
  }
  socket_file(const socket_file&) = delete;
  socket_file& operator=(const socket_file&) = delete;
  ~socket_file() {
    struct stat now {};
    if (known_ && ::lstat(path_.c_str(), &now) == 0 && now.st_ino == made_.st_ino &&
        now.st_dev == made_.st_dev) {
      ::unlink(path_.c_str());
    }
  }

 private:
  std::string path_;
  struct stat made_ {};
  bool known_ = false;
};

class local_listener final : public listener {
 public:
  using listener::accept;

  local_listener(local::acceptor acceptor, std::string path)
      : path_(std::move(path)), acceptor_(std::move(acceptor)) {}

  awaitable<result<std::unique_ptr<stream>>> accept(asio::any_io_executor serving) override {
    auto [failed, socket] = co_await acceptor_.async_accept(serving, as_result);
    throw_if_cancelled(failed, co_await asio::this_coro::cancellation_state);
    if (failed) co_return failed;
    co_return make_socket_stream(std::move(socket));
  }

  std::string name() const override { return path_; }

  std::uint16_t port() const noexcept override { return 0; }

  /// The file is ours, and goes with us.
  void own_the_file() { file_.emplace(path_); }

  void listen(error_code& failed) {
    acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  }

  void close() noexcept override {
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  std::string path_;
  std::optional<socket_file> file_;
  local::acceptor acceptor_;
};

// Takes away a socket's file that nothing listens on any more; what is no socket stays.
void remove_if_dead(const asio::any_io_executor& executor, const local::endpoint& at) {
  struct stat found {};
  if (::lstat(at.path().c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return;
  error_code failed;
  local::socket asking(executor);
  asking.connect(at, failed);
  if (failed == asio::error::connection_refused) ::unlink(at.path().c_str());
}

// An acceptor over a descriptor that listens already; closes it if that cannot be.
template <class Protocol>
result<typename Protocol::acceptor> adopted(const asio::any_io_executor& executor,
                                            const Protocol& of, int listening) {
  typename Protocol::acceptor acceptor(executor);
  error_code failed;
  acceptor.assign(of, listening, failed);
  if (!failed) return acceptor;
  ::close(listening);
  return failed;
}

}  // namespace

awaitable<result<std::unique_ptr<stream>>> listener::accept() {
  auto accepting = accept(co_await asio::this_coro::executor);
  co_return co_await std::move(accepting);
}

result<std::unique_ptr<listener>> adopt_tcp(const asio::any_io_executor& executor, int listening,
                                            const endpoint& at, admission admits) {
  const tcp::endpoint bound(at.address, at.port);
  auto acceptor = adopted(executor, bound.protocol(), listening);
  if (!acceptor) return acceptor.error();
  error_code ignored;  // then small answers wait for one another
  acceptor->set_option(tcp::no_delay(true), ignored);
  return std::make_unique<tcp_listener>(*std::move(acceptor), at, std::move(admits));
}

result<std::unique_ptr<listener>> adopt_local(const asio::any_io_executor& executor, int listening,
                                              std::string path) {
  auto acceptor = adopted(executor, local(), listening);
  if (!acceptor) return acceptor.error();
  return std::make_unique<local_listener>(*std::move(acceptor), std::move(path));
}

result<std::unique_ptr<listener>> listen_tcp(const asio::any_io_executor& executor,
                                             const endpoint& at, admission admits) {
  const tcp::endpoint wanted(at.address, at.port);
  tcp::acceptor acceptor(executor);
  error_code failed;
  acceptor.open(wanted.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed && at.address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), failed);
  // Those it accepts inherit this: answers are small, and each is waited for.
  if (!failed) acceptor.set_option(tcp::no_delay(true), failed);
  if (!failed) acceptor.bind(wanted, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return failed;
  const tcp::endpoint bound = acceptor.local_endpoint(failed);
  if (failed) return failed;
  return std::make_unique<tcp_listener>(std::move(acceptor),
                                        endpoint{bound.address(), bound.port()}, std::move(admits));
}

result<std::unique_ptr<listener>> listen_local(const asio::any_io_executor& executor,
                                               std::string path, const file_access& access) {
  if (path.empty()) return asio::error::invalid_argument;
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return asio::error::name_too_long;
  const local::endpoint at(path);
  remove_if_dead(executor, at);
  local::acceptor acceptor(executor);
  error_code failed;
  acceptor.open(at.protocol(), failed);
  if (!failed) acceptor.bind(at, failed);
  if (failed) return failed;
  auto made = std::make_unique<local_listener>(std::move(acceptor), std::move(path));
  made->own_the_file();
  // Nobody can connect before listen(): the file never takes connections with other permissions.
  constexpr auto as_it_is = static_cast<unsigned>(-1);
  const bool given = access.owner || access.group;
  if ((given && ::lchown(at.path().c_str(), access.owner.value_or(as_it_is),
                         access.group.value_or(as_it_is)) != 0) ||
      ::chmod(at.path().c_str(), static_cast<mode_t>(access.mode)) != 0) {
    return error_code(errno, boost::system::system_category());
  }
  made->listen(failed);
  if (failed) return failed;
  return made;
}

}  // namespace cbv::net
