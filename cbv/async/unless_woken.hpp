// Waiting for one thing, unless another happens first.
#ifndef CBV_ASYNC_UNLESS_WOKEN_HPP
#define CBV_ASYNC_UNLESS_WOKEN_HPP

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/cancellation_condition.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "cbv/async/deadline.hpp"
#include "cbv/base/result.hpp"

namespace cbv {

/// Runs `operation` until `wake` returns, and cancels it then; nothing if it had not ended by then.
/// An outcome that comes at the same time is never lost. A cancelled caller cancels both and sees
/// asio::error::operation_aborted thrown. Both must honour cancellation.
template <class T>
awaitable<result<std::optional<T>>> unless_woken(awaitable<void> wake,
                                                 awaitable<result<T>> operation) {
  std::optional<result<T>> outcome;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto both = asio::experimental::make_parallel_group(
      asio::co_spawn(executor, detail::keep_outcome(std::move(operation), outcome), asio::deferred),
      asio::co_spawn(executor, std::move(wake), asio::deferred));
  const auto [order, operation_threw, wake_threw] =
      co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (outcome && outcome->has_error()) co_return outcome->error();
  if (outcome) co_return std::optional<T>(*std::move(*outcome));
  const bool was_woken = order[0] == 1 && !wake_threw;
  if (was_woken) co_return std::optional<T>();
  std::rethrow_exception(operation_threw);
}

}  // namespace cbv

#endif
