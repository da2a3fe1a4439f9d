// with_deadline: every wait has one.
//
// Not `op || timer` of Boost.Asio: that waits for the first success, so an operation that throws
// waits for the timer (chriskohlhoff/asio#900), it throws multiple_exceptions when cancelled, and
// each wait that ends in time costs the throwing of an exception in the timer's coroutine.
#ifndef CBV_ASYNC_DEADLINE_HPP
#define CBV_ASYNC_DEADLINE_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>
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

struct timed_ending {
  std::exception_ptr thrown;
  bool is_late = false;  // the deadline came first, and the operation was cancelled
};

// Runs `operation`, and cancels it at `deadline` or when the caller is cancelled.
awaitable<timed_ending> run_until(const asio::any_io_executor& executor, timer& time,
                                  time_point deadline, awaitable<void> operation);

}  // namespace detail

/// Runs `operation` until `deadline`; then cancels it and returns errc::timed_out once it has
/// ended. A cancelled caller cancels the operation and sees asio::error::operation_aborted thrown;
/// what else the operation throws is thrown at once. `operation` must honour cancellation.
template <class T>
awaitable<result<T>> with_deadline(timer& time, time_point deadline,
                                   awaitable<result<T>> operation) {
  std::optional<result<T>> outcome;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto running = detail::run_until(executor, time, deadline,
                                   detail::keep_outcome(std::move(operation), outcome));
  const detail::timed_ending ending = co_await std::move(running);
  if (ending.is_late) co_return errc::timed_out;
  if (ending.thrown) std::rethrow_exception(ending.thrown);
  co_return *std::move(outcome);
}

}  // namespace cbv

#endif
