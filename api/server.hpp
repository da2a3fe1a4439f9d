// Takes clients from listeners and serves them, within bounds.
#ifndef CBV_API_SERVER_HPP
#define CBV_API_SERVER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "api/backend.hpp"
#include "api/client_session.hpp"
#include "api/session.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/net/listener.hpp"

namespace cbv::api {

struct server_bounds {
  std::size_t clients_max = 1'000;              // connected at once; one more is closed
  std::chrono::milliseconds accept_pause{100};  // before trying again, where none can be accepted
  std::chrono::milliseconds drain_timeout{5'000};  // for the calls in flight, when it stops
};

/// Of a server of JSON-RPC.
struct server_options : server_bounds {
  session_options session;
};

/// What one client of JSON-RPC too many is told.
std::string too_many_clients(std::size_t clients_max);

/// What a server does for its clients.
struct service {
  std::function<std::unique_ptr<client_session>(std::unique_ptr<net::stream>)> begin;
  std::string turned_away;  // what one client too many is told before it is closed; may be empty
};

/// Serves any number of listeners. Belongs to one thread. Destroyed after stop() has returned, or
/// when its executor will run nothing more. `time`, `log` and
/// what the service refers to outlive it.
class server {
 public:
  server(service offered, timer& time, const server_bounds& bounds, const logger& log,
         const asio::any_io_executor& executor);

  /// Serves JSON-RPC (PROTOCOL.md). `behind` outlives it.
  server(backend& behind, timer& time, const server_options& options, const logger& log,
         const asio::any_io_executor& executor);
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// From now on clients are served so; those that are there stay as they are.
  void change(service offered, const server_bounds& bounds);

  /// Accepts clients from it until stop(). Names in the log are those of the listeners.
  void serve(std::unique_ptr<net::listener> from);

  /// Once. Listeners close; calls in flight are answered, for at most `drain_timeout`; then all
  /// clients are closed. Returns when nothing of the server runs any more.
  awaitable<void> stop();

  std::size_t clients() const noexcept { return clients_.size(); }

 private:
  using session_list = std::list<std::unique_ptr<client_session>>;

  awaitable<void> accept_from(net::listener& from);
  awaitable<void> serve_client(session_list::iterator client);
  awaitable<void> turn_away(std::unique_ptr<net::stream> client);
  awaitable<result<void>> all_gone();
  bool may_warn(std::optional<time_point>& last) const;

  service offered_;
  timer& time_;
  server_bounds bounds_;
  const logger& log_;
  asio::any_io_executor executor_;
  std::list<std::unique_ptr<net::listener>> listeners_;
  session_list clients_;
  task_group accepting_;
  task_group serving_;
  std::optional<time_point> warned_accept_;
  std::optional<time_point> warned_full_;
  std::optional<time_point> warned_client_;
};

}  // namespace cbv::api

#endif
