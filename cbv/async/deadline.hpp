// with_deadline: every wait has one.
//
// Not `op || timer` of Boost.Asio: that waits for the first success, so an operation that throws
// waits for the timer (chriskohlhoff/asio#900), and it throws multiple_exceptions when cancelled.
#ifndef CBV_ASYNC_DEADLINE_HPP
#define CBV_ASYNC_DEADLINE_HPP

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/cancellation_condition.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "cbv/async/timer.hpp"
#include "cbv/base/result.hpp"

namespace cbv {

namespace detail {

// `into` is in the frame of with_deadline, which waits for this to end.
template <class T>
awaitable<void> keep_outcome(awaitable<result<T>> operation, std::optional<result<T>>& into) {
  into.emplace(co_await std::move(operation));
}

}  // namespace detail

/// Runs `operation` until `deadline`; then cancels it and returns errc::timed_out once it has
/// ended. A cancelled caller cancels the operation and sees asio::error::operation_aborted thrown;
/// what else the operation throws is thrown at once. `operation` must honour cancellation.
template <class T>
awaitable<result<T>> with_deadline(timer& time, time_point deadline,
                                   awaitable<result<T>> operation) {
  std::optional<result<T>> outcome;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto both = asio::experimental::make_parallel_group(
      asio::co_spawn(executor, detail::keep_outcome(std::move(operation), outcome), asio::deferred),
      asio::co_spawn(executor, time.sleep_until(deadline), asio::deferred));
  const auto [order, operation_threw, timer_threw] =
      co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  const bool timer_was_first = order[0] == 1;
  if (timer_was_first && !timer_threw) co_return errc::timed_out;  // else it was cancelled with us
  if (operation_threw) std::rethrow_exception(operation_threw);
  co_return *std::move(outcome);
}

}  // namespace cbv

#endif
