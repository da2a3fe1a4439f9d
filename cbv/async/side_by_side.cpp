#include "cbv/async/side_by_side.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/cancellation_condition.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <exception>
#include <utility>

namespace cbv {
namespace {

auto spawned(const asio::any_io_executor& on, awaitable<void> part) {
  return asio::co_spawn(on, std::move(part), asio::deferred);
}

}  // namespace

awaitable<void> side_by_side(std::vector<awaitable<void>> parts) {
  if (parts.empty()) co_return;
  if (parts.size() == 1) co_return co_await std::move(parts.front());
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  std::vector<decltype(spawned(executor, std::move(parts.front())))> operations;
  operations.reserve(parts.size());
  for (awaitable<void>& part : parts) operations.push_back(spawned(executor, std::move(part)));
  auto group = asio::experimental::make_parallel_group(std::move(operations));
  const auto [order, thrown] =
      co_await group.async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
  for (const std::size_t part : order) {
    if (thrown[part]) std::rethrow_exception(thrown[part]);
  }
}

}  // namespace cbv
