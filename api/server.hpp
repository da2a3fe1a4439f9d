// Takes clients from listeners and serves them, within bounds.
#ifndef CBV_API_SERVER_HPP
#define CBV_API_SERVER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>

#include "api/backend.hpp"
#include "api/session.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/net/listener.hpp"

namespace cbv::api {

struct server_options {
  std::size_t clients_max = 1'000;              // connected at once; one more is told so and closed
  std::chrono::milliseconds accept_pause{100};  // before trying again, where none can be accepted
  std::chrono::milliseconds drain_timeout{5'000};  // for the calls in flight, when it stops
  session_options session;
};

/// Serves any number of listeners. Belongs to one thread. Destroyed after stop() has returned, or
/// when its executor will run nothing more. `behind` and `time` outlive it.
class server {
 public:
  server(backend& behind, timer& time, const server_options& options, const logger& log,
         const asio::any_io_executor& executor);

  /// Accepts clients from it until stop(). Names in the log are those of the listeners.
  void serve(std::unique_ptr<net::listener> from);

  /// Once. Listeners close; calls in flight are answered, for at most `drain_timeout`; then all
  /// clients are closed. Returns when nothing of the server runs any more.
  awaitable<void> stop();

  std::size_t clients() const noexcept { return clients_.size(); }

 private:
  awaitable<void> accept_from(net::listener& from);
  awaitable<void> serve_client(std::list<session>::iterator client);
  awaitable<void> turn_away(std::unique_ptr<net::stream> client);
  awaitable<result<void>> all_gone();
  bool may_warn(std::optional<time_point>& last) const;

  backend& behind_;
  timer& time_;
  const server_options options_;
  const logger log_;
  asio::any_io_executor executor_;
  std::list<std::unique_ptr<net::listener>> listeners_;
  std::list<session> clients_;
  task_group accepting_;
  task_group serving_;
  std::optional<time_point> warned_accept_;
  std::optional<time_point> warned_full_;
};

}  // namespace cbv::api

#endif
