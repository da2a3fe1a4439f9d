#include "cbv/async/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <utility>

namespace cbv {
namespace {

// Lets pass what is no cancellation.
void rethrow_bug(const std::exception_ptr& thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& cancelled) {
    if (cancelled.code() != asio::error::operation_aborted) throw;
  }
}

}  // namespace

void task_group::spawn(awaitable<void> task) {
  start(running_.emplace(running_.end()), std::move(task));
}

void task_group::spawn_until(timer& time, time_point deadline, awaitable<void> task) {
  const auto mine = running_.emplace(running_.end());
  mine->at_deadline = time.call_at(executor_, deadline, [mine] {
    mine->stop.emit(asio::cancellation_type::terminal);  // mine may be gone behind this
  });
  start(mine, std::move(task));
}

void task_group::start(std::list<running>::iterator mine, awaitable<void> task) {
  auto ended = [this, mine](const std::exception_ptr& thrown) {
    running_.erase(mine);
    if (running_.empty()) ended_.notify();
    rethrow_bug(thrown);
  };
  asio::co_spawn(executor_, std::move(task),
                 asio::bind_cancellation_slot(mine->stop.slot(), std::move(ended)));
}

void task_group::cancel() {
  for (auto at = running_.begin(); at != running_.end();) {
    (at++)->stop.emit(asio::cancellation_type::terminal);
  }
}

awaitable<void> task_group::wait_until_empty() {
  while (!running_.empty()) co_await ended_.wait();
}

}  // namespace cbv
