#include "api/room.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <iterator>
#include <utility>

#include "cbv/async/deadline.hpp"

namespace cbv::api {
namespace {

constexpr std::chrono::minutes warn_interval{1};

}  // namespace

room::room(service offered, timer& time, const logger& log, const asio::any_io_executor& executor)
    : offered_(std::move(offered)),
      time_(time),
      log_(log),
      executor_(executor),
      serving_(executor) {}

void room::take(std::unique_ptr<net::stream> client) {
  ++clients_;
  asio::dispatch(executor_,
                 [this, client = std::move(client)]() mutable { begin(std::move(client)); });
}

void room::change(service offered) {
  asio::dispatch(executor_,
                 [this, offered = std::move(offered)]() mutable { offered_ = std::move(offered); });
}

awaitable<void> room::stop(time_point deadline) {
  auto ending = end_all(deadline);
  co_await asio::co_spawn(executor_, std::move(ending), asio::use_awaitable);
}

void room::begin(std::unique_ptr<net::stream> client) {
  sessions_.push_back(offered_.begin(std::move(client)));
  serving_.spawn(serve(std::prev(sessions_.end())));
}

awaitable<void> room::serve(session_list::iterator client) {
  const ending why = co_await (*client)->run();
  // A client that is not understood may come again at once, and again.
  const bool is_rude = why == ending::not_understood || why == ending::not_allowed;
  const time_point now = time_.now();
  const bool may_warn = !warned_client_ || now - *warned_client_ >= warn_interval;
  if (is_rude && may_warn) warned_client_ = now;
  const bool worth_a_warning = why == ending::client_too_slow || (is_rude && may_warn);
  const severity level = worth_a_warning ? severity::warning : severity::debug;
  const std::string complaint = (*client)->complaint();
  if (complaint.empty()) {
    log_.write(level, "client_closed", {{"reason", to_string(why)}});
  } else {
    log_.write(level, "client_closed", {{"reason", to_string(why)}, {"detail", complaint}});
  }
  sessions_.erase(client);
  --clients_;
}

awaitable<void> room::end_all(time_point deadline) {
  for (const auto& client : sessions_) client->stop();
  auto gone = all_gone();
  const auto drained = co_await with_deadline(time_, deadline, std::move(gone));
  if (!drained) {
    log_.write(severity::warning, "clients_cut_off", {{"clients", sessions_.size()}});
    for (const auto& client : sessions_) client->abort();
  }
  co_await serving_.wait_until_empty();
}

awaitable<result<void>> room::all_gone() {
  co_await serving_.wait_until_empty();
  co_return result<void>();
}

}  // namespace cbv::api
