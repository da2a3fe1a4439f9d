#include "api/server.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <string>
#include <utility>

#include "api/json_rpc.hpp"
#include "cbv/async/side_by_side.hpp"

namespace cbv::api {
namespace {

constexpr std::chrono::minutes warn_interval{1};

}  // namespace

std::string too_many_clients(std::size_t clients_max) {
  const fault why{fault_code::too_many_clients,
                  "more than " + std::to_string(clients_max) + " clients"};
  return render_fault("null", why) + '\n';
}

server::server(std::vector<seat> seats, timer& time, const server_bounds& bounds, const logger& log,
               const asio::any_io_executor& executor)
    : time_(time),
      bounds_(bounds),
      log_(log),
      turned_away_(seats.front().offered.turned_away),
      accepting_(executor) {
  for (seat& each : seats) rooms_.emplace_back(std::move(each.offered), time, log, each.executor);
}

server::server(service offered, timer& time, const server_bounds& bounds, const logger& log,
               const asio::any_io_executor& executor)
    : server(std::vector{seat{std::move(offered), executor}}, time, bounds, log, executor) {}

server::server(backend& behind, timer& time, const server_options& options, const logger& log,
               const asio::any_io_executor& executor)
    : server(service{[&behind, &time, &log, executor,
                      with = options.session](std::unique_ptr<net::stream> client) {
                       return std::make_unique<session>(std::move(client), behind, time, with, log,
                                                        executor);
                     },
                     too_many_clients(options.clients_max)},
             time, options, log, executor) {}

void server::change(std::vector<service> offered, const server_bounds& bounds) {
  bounds_ = bounds;
  turned_away_ = offered.front().turned_away;
  auto next = offered.begin();
  for (room& each : rooms_) each.change(std::move(*next++));
}

void server::change(service offered, const server_bounds& bounds) {
  change(std::vector{std::move(offered)}, bounds);
}

void server::serve(std::unique_ptr<net::listener> from) {
  listeners_.push_back(std::move(from));
  accepting_.spawn(accept_from(*listeners_.back()));
}

awaitable<void> server::stop() {
  accepting_.cancel();
  co_await accepting_.wait_until_empty();
  listeners_.clear();

  const time_point deadline = time_.now() + bounds_.drain_timeout;
  std::vector<awaitable<void>> ending;
  for (room& each : rooms_) ending.push_back(each.stop(deadline));
  co_await side_by_side(std::move(ending));
}

std::size_t server::clients() const noexcept {
  std::size_t all = 0;
  for (const room& each : rooms_) all += each.clients();
  return all;
}

room& server::emptiest_room() {
  const auto has_less = [](const room& a, const room& b) { return a.clients() < b.clients(); };
  return *std::min_element(rooms_.begin(), rooms_.end(), has_less);
}

awaitable<void> server::accept_from(net::listener& from) {
  while (true) {
    room& where = emptiest_room();
    auto accepted = co_await from.accept(where.executor());
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
    if (const std::size_t there = clients(); there >= bounds_.clients_max) {
      if (may_warn(warned_full_)) {
        log_.write(severity::warning, "client_turned_away",
                   {{"on", from.name()}, {"clients", there}});
      }
      // It fits into the socket's buffer.
      (*accepted)->write_now(turned_away_);
      continue;
    }
    where.take(*std::move(accepted));
  }
}

bool server::may_warn(std::optional<time_point>& last) const {
  const time_point now = time_.now();
  if (last && now - *last < warn_interval) return false;
  last = now;
  return true;
}

}  // namespace cbv::api
