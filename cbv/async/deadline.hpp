// with_deadline: every wait has one.
//
// `op || timer` waits for the first success, so an operation that throws would wait for the timer
// (chriskohlhoff/asio#900). Our operations return result<T> and throw only when cancelled.
#ifndef CBV_ASYNC_DEADLINE_HPP
#define CBV_ASYNC_DEADLINE_HPP

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <utility>

#include "cbv/async/timer.hpp"
#include "cbv/base/result.hpp"

namespace cbv {

/// Runs `operation` until `deadline`; then cancels it and returns errc::timed_out. A cancelled
/// caller cancels the operation and sees asio::error::operation_aborted thrown. `operation` must
/// honour cancellation.
template <class T>
awaitable<result<T>> with_deadline(timer& time, time_point deadline,
                                   awaitable<result<T>> operation) {
  using namespace asio::experimental::awaitable_operators;
  auto first = co_await (std::move(operation) || time.sleep_until(deadline));
  if (first.index() == 1) co_return errc::timed_out;
  co_return std::get<0>(std::move(first));
}

}  // namespace cbv

#endif
