#include "tools/cbv-sim/smtp_server.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <chrono>
#include <exception>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/net/endpoint.hpp"
#include "cbv/net/socket_stream.hpp"
#include "tools/cbv-sim/serve.hpp"

namespace cbv::sim {
namespace {

using tcp = asio::ip::tcp;

// A port that is free on the first address may be taken on another; then the next is tried.
constexpr int port_attempts_max = 50;

// How long to wait when the process has no descriptor left for a connection.
constexpr std::chrono::milliseconds accept_pause{50};

void throw_if(error_code failed, const tcp::endpoint& at) {
  if (!failed) return;
  const net::endpoint shown{at.address(), at.port()};
  throw boost::system::system_error(failed, "cannot listen on " + net::to_string(shown));
}

// Closes without a word, so that the client sees a reset.
void reset(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

// A socket filter that takes nothing: whoever connects gets no answer, as from a host that is gone.
void make_deaf(tcp::acceptor& acceptor, const tcp::endpoint& at) {
  sock_filter drop_all{};
  drop_all.code = BPF_RET | BPF_K;
  const sock_fprog program{1, &drop_all};
  if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &program,
                   sizeof(program)) != 0) {
    throw_if(error_code(errno, boost::system::system_category()), at);
  }
}

// Without the right to do so the listener is reachable from outside, and closes what comes from
// there.
void bind_to_loopback_device(tcp::acceptor& acceptor) {
  constexpr std::string_view device = "lo";
  ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_BINDTODEVICE, device.data(),
               static_cast<socklen_t>(device.size()));
}

// A program that ends at a signal leaves no socket behind, but one that crashed does; listen_local
// takes its place.
void throw_if(error_code failed, const std::string& path) {
  if (failed) throw boost::system::system_error(failed, "cannot listen on " + path);
}

awaitable<void> converse(std::unique_ptr<net::stream> client, std::unique_ptr<session> machine,
                         timer& time) {
  co_await sim::serve(*client, *machine, time);
}

}  // namespace

smtp_server::smtp_server(asio::any_io_executor executor, internet& net, timer& time,
                         const smtp_server_options& options)
    : executor_(std::move(executor)),
      net_(net),
      time_(time),
      options_(options),
      port_(options.port) {
  for (const host& each : net_.described().hosts) {
    if (each.path.empty() && !each.first.is_loopback()) {
      throw std::invalid_argument("line " + std::to_string(each.line) + ": expected a host in " +
                                  "127.0.0.0/8 or ::1, not " + each.first.to_string());
    }
  }
  for (int attempt = 1; !try_listening(attempt); ++attempt) {
  }
  for (tcp::acceptor& each : acceptors_) {
    asio::co_spawn(executor_, accept_on(each), asio::detached);
  }
  listen_locally();
}

// True once all hosts listen on one port. False: the port that was chosen is taken elsewhere.
bool smtp_server::try_listening(int attempt) {
  try {
    listen_everywhere();
    return true;
  } catch (const boost::system::system_error& problem) {
    const bool may_retry = options_.port == 0 && attempt < port_attempts_max &&
                           problem.code() == asio::error::address_in_use;
    if (!may_retry) throw;
  }
  acceptors_.clear();
  deaf_.clear();
  port_ = 0;
  return false;
}

bool smtp_server::needs_wildcard() const {
  const std::vector<host>& hosts = net_.described().hosts;
  const std::size_t addresses =
      std::accumulate(hosts.begin(), hosts.end(), std::size_t{0},
                      [](std::size_t before, const host& each) { return before + each.size; });
  return addresses > options_.own_listeners_max;
}

void smtp_server::listen_everywhere() {
  const bool has_wildcard = needs_wildcard();
  if (has_wildcard) listen_on_wildcard();
  for (const host& each : net_.described().hosts) {
    const bool is_deaf = each.reach == reachability::unreachable;
    const bool is_served = has_wildcard && each.first.is_v4() && !is_deaf;
    if (each.reach == reachability::dead || is_served || !each.path.empty()) continue;
    if (each.is_range) {
      listen_on_range(each);
    } else {
      listen_on(each.first, is_deaf);
    }
  }
  // Nobody listens, and yet there has to be a port at which connections are refused.
  if (port_ == 0) listen_on(asio::ip::address_v4::loopback(), true);
}

void smtp_server::listen_on_range(const host& all) {
  for (std::uint32_t number = 0; number < all.size; ++number) {
    const asio::ip::address_v4 address(all.first.to_v4().to_uint() + number);
    if (net_.described().single_hosts.contains(address)) continue;
    listen_on(address, false);
  }
}

void smtp_server::listen_on(const asio::ip::address& address, bool is_deaf) {
  tcp::acceptor& acceptor = (is_deaf ? deaf_ : acceptors_).emplace_back(executor_);
  const tcp::endpoint at(address, port_);
  open(acceptor, at);
  if (is_deaf) make_deaf(acceptor, at);
}

void smtp_server::listen_on_wildcard() {
  open(acceptors_.emplace_back(executor_), tcp::endpoint(tcp::v4(), port_));
  bind_to_loopback_device(acceptors_.back());
}

void smtp_server::open(tcp::acceptor& acceptor, const tcp::endpoint& at) {
  error_code failed;
  acceptor.open(at.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed && at.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), failed);
  if (!failed) acceptor.bind(at, failed);
  if (!failed) acceptor.listen(options_.backlog, failed);
  throw_if(failed, at);
  port_ = acceptor.local_endpoint().port();
}

awaitable<void> smtp_server::accept_on(tcp::acceptor& acceptor) {
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  while (acceptor.is_open()) {
    auto [failed, socket] = co_await acceptor.async_accept(as_result);
    if (failed == asio::error::operation_aborted) co_return;
    if (failed) {
      co_await time_.sleep_until(time_.now() + accept_pause);
    } else {
      take(std::move(socket));
    }
  }
}

void smtp_server::take(tcp::socket socket) {
  error_code failed;
  const tcp::endpoint local = socket.local_endpoint(failed);
  if (failed) return;
  const tcp::endpoint client = socket.remote_endpoint(failed);
  if (failed) return;
  if (!local.address().is_loopback() || connections_ >= options_.connections_max) {
    return reset(socket);
  }
  auto machine = net_.connect(local.address(), client.address(), time_.now());
  if (machine == nullptr) return reset(socket);

  socket.set_option(tcp::no_delay(true), failed);
  serve(net::make_socket_stream(asio::generic::stream_protocol::socket(std::move(socket))),
        std::move(machine));
}

void smtp_server::listen_locally() {
  for (const auto& [path, place] : net_.described().local_hosts) {
    if (net_.described().hosts[place].reach != reachability::open) continue;
    auto at = net::listen_local(executor_, path);
    if (!at) throw_if(at.error(), path);
    local_.push_back(*std::move(at));
    asio::co_spawn(executor_, accept_on(*local_.back(), path), asio::detached);
  }
}

awaitable<void> smtp_server::accept_on(net::listener& at, std::string path) {
  while (true) {
    auto client = co_await at.accept();
    if (client) {
      auto machine = net_.connect_local(path, time_.now());
      if (machine != nullptr && connections_ < options_.connections_max) {
        serve(*std::move(client), std::move(machine));
      }
    } else if (client.error() == asio::error::operation_aborted) {
      co_return;
    } else {
      co_await time_.sleep_until(time_.now() + accept_pause);
    }
  }
}

void smtp_server::serve(std::unique_ptr<net::stream> client, std::unique_ptr<session> machine) {
  ++connections_;
  asio::co_spawn(executor_, converse(std::move(client), std::move(machine), time_),
                 [this](const std::exception_ptr&) { --connections_; });
}

}  // namespace cbv::sim
