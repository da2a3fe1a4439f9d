// The clients of a server that one thread serves.
#ifndef CBV_API_ROOM_HPP
#define CBV_API_ROOM_HPP

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "api/client_session.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/net/stream.hpp"

namespace cbv::api {

/// What a server does for its clients, and where.
struct service {
  std::function<std::unique_ptr<client_session>(std::unique_ptr<net::stream>)> begin;
  std::string turned_away;  // what one client too many is told before it is closed; may be empty
};

/// Runs sessions on its executor's thread; the rest of it may be called on any other. Destroyed
/// after stop() has returned, or when its executor will run nothing more. `time`, `log` and what
/// the service refers to outlive it.
class room {
 public:
  room(service offered, timer& time, const logger& log, const asio::any_io_executor& executor);
  room(const room&) = delete;
  room& operator=(const room&) = delete;

  const asio::any_io_executor& executor() const noexcept { return executor_; }

  /// Clients that are in it, or on their way.
  std::size_t clients() const noexcept { return clients_.load(); }

  /// Serves one more, whose stream is for the room's executor.
  void take(std::unique_ptr<net::stream> client);

  /// From now on clients are served so; those that are there stay as they are.
  void change(service offered);

  /// Once, and then no client is taken any more. Calls in flight are answered, until `deadline`;
  /// then all clients are closed. Returns when no session runs.
  awaitable<void> stop(time_point deadline);

 private:
  using session_list = std::list<std::unique_ptr<client_session>>;

  void begin(std::unique_ptr<net::stream> client);
  awaitable<void> serve(session_list::iterator client);
  awaitable<void> end_all(time_point deadline);
  awaitable<result<void>> all_gone();

  service offered_;
  timer& time_;
  const logger& log_;
  const asio::any_io_executor executor_;
  std::atomic<std::size_t> clients_{0};
  session_list sessions_;
  task_group serving_;
  std::optional<time_point> warned_client_;
};

}  // namespace cbv::api

#endif
