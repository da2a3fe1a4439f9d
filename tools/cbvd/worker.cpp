#include "tools/cbvd/worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace cbv::cbvd {
namespace {

awaitable<counters> read_of(const tally& counted) {
  co_return counted.sums;
}

awaitable<rankings> take_of(tally& counted) {
  co_return counted.take_rankings();
}

}  // namespace

std::optional<verdict> worker::away::verify_at_once(const query& asked) {
  return home_.known_.verify_at_once(asked);
}

awaitable<verdict> worker::away::verify(query asked) {
  auto there = home_.behind_.verify(std::move(asked));
  co_return co_await asio::co_spawn(home_.owner_, std::move(there), asio::use_awaitable);
}

awaitable<envelope::judgement> worker::away::check(envelope::question asked) {
  auto there = home_.behind_.check(std::move(asked));
  co_return co_await asio::co_spawn(home_.owner_, std::move(there), asio::use_awaitable);
}

awaitable<api::cache_answer> worker::away::look_after_cache(api::cache_call asked) {
  auto there = home_.behind_.look_after_cache(std::move(asked));
  co_return co_await asio::co_spawn(home_.owner_, std::move(there), asio::use_awaitable);
}

awaitable<api::reload_report> worker::away::reload() {
  auto there = home_.behind_.reload();
  co_return co_await asio::co_spawn(home_.owner_, std::move(there), asio::use_awaitable);
}

awaitable<history_answer> worker::away::look_back(history_question asked) {
  auto there = home_.behind_.look_back(asked);
  co_return co_await asio::co_spawn(home_.owner_, std::move(there), asio::use_awaitable);
}

awaitable<counters> worker::away::count() {
  auto there = home_.behind_.count();
  co_return co_await asio::co_spawn(home_.owner_, std::move(there), asio::use_awaitable);
}

awaitable<api::health_facts> worker::away::health() {
  auto there = home_.behind_.health();
  co_return co_await asio::co_spawn(home_.owner_, std::move(there), asio::use_awaitable);
}

worker::worker(asio::any_io_executor owner, api::backend& behind, verdict_store& memory,
               timer& time, known_addresses known)
    : owner_(std::move(owner)),
      behind_(behind),
      known_(memory, time, counted_, std::move(known)),
      backend_(*this),
      staying_(context_.get_executor()) {}

worker::~worker() {
  end();
}

void worker::begin() {
  thread_ = std::thread([this] {
    try {
      context_.run();
    } catch (...) {
      asio::post(owner_, [thrown = std::current_exception()] { std::rethrow_exception(thrown); });
    }
  });
}

awaitable<counters> worker::counted() {
  auto there = read_of(counted_);
  co_return co_await asio::co_spawn(executor(), std::move(there), asio::use_awaitable);
}

awaitable<rankings> worker::take_rankings() {
  auto there = take_of(counted_);
  co_return co_await asio::co_spawn(executor(), std::move(there), asio::use_awaitable);
}

void worker::change(known_addresses known) {
  asio::post(context_,
             [this, known = std::move(known)]() mutable { known_.change(std::move(known)); });
}

void worker::end() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace cbv::cbvd
