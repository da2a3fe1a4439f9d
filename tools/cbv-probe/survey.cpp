#include "tools/cbv-probe/survey.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "tools/cbv-probe/options.hpp"

namespace cbv::probe {
namespace {

/// What the workers of one survey share; it outlives them, because the survey awaits them all.
struct shared_work {
  asker& from;
  const std::vector<request>& requests;
  const std::function<void(const finding&)>& on_finding;
  std::size_t next = 0;
  error_code failed{};
};

awaitable<void> work(shared_work& all) {
  while (all.next < all.requests.size() && !all.failed) {
    const request& one = all.requests[all.next++];
    request asked = one;
    const auto answer = co_await all.from.ask(std::move(asked));
    if (!answer) {
      all.failed = answer.error();
      co_return;
    }
    const auto found = parse_finding(*answer, one.role);
    if (!found) {
      all.failed = found.error();
      co_return;
    }
    all.on_finding(*found);
  }
}

}  // namespace

awaitable<result<void>> survey(asker& from, std::vector<request> requests, std::size_t jobs,
                               std::function<void(const finding&)> on_finding) {
  shared_work all{from, requests, on_finding};
  const auto executor = co_await asio::this_coro::executor;
  using worker = decltype(asio::co_spawn(executor, work(all), asio::deferred));
  std::vector<worker> workers;
  for (std::size_t i = 0; i < std::min(jobs, requests.size()); ++i) {
    workers.push_back(asio::co_spawn(executor, work(all), asio::deferred));
  }
  if (workers.empty()) co_return result<void>();
  auto group = asio::experimental::make_parallel_group(std::move(workers));
  const auto ended =
      co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  for (const std::exception_ptr& thrown : std::get<1>(ended)) {
    if (thrown) std::rethrow_exception(thrown);
  }
  if (all.failed) co_return all.failed;
  co_return result<void>();
}

void summary::add(const finding& found) {
  undeliverable_ |= found.status == status::undeliverable;
  unknown_ |= found.status == status::unknown;
}

int summary::exit_status() const {
  if (undeliverable_) return exit_undeliverable;
  return unknown_ ? exit_unknown : exit_deliverable;
}

}  // namespace cbv::probe
