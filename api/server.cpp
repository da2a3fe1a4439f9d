#include "api/server.hpp"

#include <boost/asio/error.hpp>
#include <iterator>
#include <string>
#include <utility>

#include "api/json_rpc.hpp"
#include "cbv/async/deadline.hpp"

namespace cbv::api {
namespace {

constexpr std::chrono::seconds turn_away_timeout{1};
constexpr std::chrono::minutes warn_interval{1};

}  // namespace

std::string too_many_clients(std::size_t clients_max) {
  const fault why{fault_code::too_many_clients,
                  "more than " + std::to_string(clients_max) + " clients"};
  return render_fault("null", why) + '\n';
}

server::server(service offered, timer& time, const server_bounds& bounds, const logger& log,
               const asio::any_io_executor& executor)
    : offered_(std::move(offered)),
      time_(time),
      bounds_(bounds),
      log_(log),
      executor_(executor),
      accepting_(executor),
      serving_(executor) {}

server::server(backend& behind, timer& time, const server_options& options, const logger& log,
               const asio::any_io_executor& executor)
    : server(service{[this, &behind, with = options.session](std::unique_ptr<net::stream> client) {
                       return std::make_unique<session>(std::move(client), behind, time_, with,
                                                        log_, executor_);
                     },
                     too_many_clients(options.clients_max)},
             time, options, log, executor) {}

void server::change(service offered, const server_bounds& bounds) {
  offered_ = std::move(offered);
  bounds_ = bounds;
}

void server::serve(std::unique_ptr<net::listener> from) {
  listeners_.push_back(std::move(from));
  accepting_.spawn(accept_from(*listeners_.back()));
}

awaitable<void> server::stop() {
  accepting_.cancel();
  co_await accepting_.wait_until_empty();
  listeners_.clear();

  for (const auto& client : clients_) client->stop();
  const time_point deadline = time_.now() + bounds_.drain_timeout;
  auto gone = all_gone();
  const auto drained = co_await with_deadline(time_, deadline, std::move(gone));
  if (!drained) {
    log_.write(severity::warning, "clients_cut_off", {{"clients", clients_.size()}});
    for (const auto& client : clients_) client->abort();
  }
  co_await serving_.wait_until_empty();
}

awaitable<void> server::accept_from(net::listener& from) {
  while (true) {
    auto accepted = co_await from.accept();
    if (!accepted) {
      const error_code failed = accepted.error();
      // The client was gone before its turn came; the next may be there.
      if (failed == asio::error::connection_aborted) continue;
      // Out of descriptors, most likely. Asking again at once would only burn the processor.
      if (may_warn(warned_accept_)) {
        log_.write(severity::warning, "accept_failed",
                   {{"on", from.name()}, {"error", failed.message()}});
      }
      co_await time_.sleep_until(time_.now() + bounds_.accept_pause);
      continue;
    }
    if (clients_.size() >= bounds_.clients_max) {
      if (may_warn(warned_full_)) {
        log_.write(severity::warning, "client_turned_away",
                   {{"on", from.name()}, {"clients", clients_.size()}});
      }
      co_await turn_away(std::move(*accepted));
      continue;
    }
    clients_.push_back(offered_.begin(std::move(*accepted)));
    serving_.spawn(serve_client(std::prev(clients_.end())));
  }
}

awaitable<void> server::serve_client(session_list::iterator client) {
  const ending why = co_await (*client)->run();
  // A client that is not understood may come again at once, and again.
  const bool worth_a_warning =
      why == ending::client_too_slow ||
      ((why == ending::not_understood || why == ending::not_allowed) && may_warn(warned_client_));
  const severity level = worth_a_warning ? severity::warning : severity::debug;
  const std::string complaint = (*client)->complaint();
  if (complaint.empty()) {
    log_.write(level, "client_closed", {{"reason", to_string(why)}});
  } else {
    log_.write(level, "client_closed", {{"reason", to_string(why)}, {"detail", complaint}});
  }
  clients_.erase(client);
}

// What is written fits into the socket's buffer, so nobody else waits for this.
awaitable<void> server::turn_away(std::unique_ptr<net::stream> client) {
  if (offered_.turned_away.empty()) co_return;
  auto told = client->write(offered_.turned_away);
  const time_point deadline = time_.now() + turn_away_timeout;
  co_await with_deadline(time_, deadline, std::move(told));
}

awaitable<result<void>> server::all_gone() {
  co_await serving_.wait_until_empty();
  co_return result<void>();
}

bool server::may_warn(std::optional<time_point>& last) const {
  const time_point now = time_.now();
  if (last && now - *last < warn_interval) return false;
  last = now;
  return true;
}

}  // namespace cbv::api
