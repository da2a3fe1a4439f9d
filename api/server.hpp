// Takes clients from listeners and serves them, within bounds.
#ifndef CBV_API_SERVER_HPP
#define CBV_API_SERVER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/backend.hpp"
#include "api/room.hpp"
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

/// One thread's part of a server.
struct seat {
  service offered;
  asio::any_io_executor executor;
};

/// Serves any number of listeners. Belongs to one thread, but may have its clients served on
/// others. Destroyed after stop() has returned, or when none of its executors will run anything
/// more. `time`, `log` and what the services refer to outlive it.
class server {
 public:
  /// Accepts on `executor`. Clients are spread over the seats, of which there is at least one.
  server(std::vector<seat> seats, timer& time, const server_bounds& bounds, const logger& log,
         const asio::any_io_executor& executor);

  /// With all clients on `executor`.
  server(service offered, timer& time, const server_bounds& bounds, const logger& log,
         const asio::any_io_executor& executor);

  /// Serves JSON-RPC (PROTOCOL.md). `behind` outlives it.
  server(backend& behind, timer& time, const server_options& options, const logger& log,
         const asio::any_io_executor& executor);
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// From now on clients are served so; those that are there stay as they are. As many as there are
  /// seats, in their order.
  void change(std::vector<service> offered, const server_bounds& bounds);
  void change(service offered, const server_bounds& bounds);

  /// Accepts clients from it until stop(). Names in the log are those of the listeners.
  void serve(std::unique_ptr<net::listener> from);

  /// Once. Listeners close; calls in flight are answered, for at most `drain_timeout`; then all
  /// clients are closed. Returns when nothing of the server runs any more.
  awaitable<void> stop();

  std::size_t clients() const noexcept;

 private:
  awaitable<void> accept_from(net::listener& from);
  room& emptiest_room();
  bool may_warn(std::optional<time_point>& last) const;

  timer& time_;
  server_bounds bounds_;
  const logger& log_;
  std::string turned_away_;
  std::list<std::unique_ptr<net::listener>> listeners_;
  std::list<room> rooms_;
  task_group accepting_;
  std::optional<time_point> warned_accept_;
  std::optional<time_point> warned_full_;
};

}  // namespace cbv::api

#endif
