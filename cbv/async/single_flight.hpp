// One execution however many ask.
#ifndef CBV_ASYNC_SINGLE_FLIGHT_HPP
#define CBV_ASYNC_SINGLE_FLIGHT_HPP

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "cbv/async/event.hpp"

namespace cbv {

/// Joins equal questions: while one with a key is under way, others with that key wait for its
/// value. What was started runs on its own, so that no asker's cancellation or deadline ends it.
/// Belongs to one thread. V is copied to each asker.
///
/// Whoever bounds what is started must do so in `start`: it has to end, by a deadline of its own.
/// To stop: let no more be asked, then drain(), after cancel() if there is no time to wait. The
/// destructor cancels; the flights then end without touching the single_flight, but what they
/// themselves refer to must live until they have ended.
template <class V>
class single_flight {
 public:
  single_flight() = default;
  single_flight(const single_flight&) = delete;
  single_flight& operator=(const single_flight&) = delete;
  ~single_flight() { cancel(); }

  /// The value of the flight of `key`, which is started with `start` if there is none. Rethrows
  /// what the flight threw; otherwise throws only when the asker is cancelled, which leaves the
  /// flight as it is.
  awaitable<V> run(std::string key, std::function<awaitable<V>()> start) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const std::shared_ptr<flight> joined = join(executor, std::move(key), std::move(start));
    co_await joined->landed.wait();  // *this may be gone when we wake
    if (joined->failure) std::rethrow_exception(joined->failure);
    co_return *joined->value;
  }

  /// The same, or nothing if it has not landed by `deadline`; the flight goes on.
  awaitable<std::optional<V>> run_until(timer& time, time_point deadline, std::string key,
                                        std::function<awaitable<V>()> start) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const std::shared_ptr<flight> joined = join(executor, std::move(key), std::move(start));
    const bool has_landed = co_await joined->landed.wait_until(time, deadline);
    if (!has_landed) co_return std::nullopt;
    if (joined->failure) std::rethrow_exception(joined->failure);
    co_return joined->value;
  }

  /// Starts the flight of `key` on `executor` unless there is one, and waits for nothing. What it
  /// throws is lost if no one joins it.
  void begin(const asio::any_io_executor& executor, std::string key,
             std::function<awaitable<V>()> start) {
    join(executor, std::move(key), std::move(start));
  }

  bool is_in_flight(const std::string& key) const { return flights_->by_key.contains(key); }
  std::size_t in_flight() const noexcept { return flights_->by_key.size(); }

  /// Cancels all that is under way; who waits for it sees asio::error::operation_aborted thrown.
  void cancel() {
    const auto copy = flights_->by_key;  // a flight may end, and leave the table, within emit
    for (const auto& [key, one] : copy) one->stop.emit(asio::cancellation_type::terminal);
  }

  /// Returns once nothing is under way.
  awaitable<void> drain() {
    const std::shared_ptr<table> all = flights_;
    while (!all->by_key.empty()) {
      const std::shared_ptr<flight> one = all->by_key.begin()->second;
      co_await one->landed.wait();
    }
  }

 private:
  struct flight {
    event landed;
    std::optional<V> value;  // once landed, this or `failure`
    std::exception_ptr failure;
    asio::cancellation_signal stop;
  };
  struct table {
    std::unordered_map<std::string, std::shared_ptr<flight>> by_key;
  };

  std::shared_ptr<flight> join(const asio::any_io_executor& executor, std::string key,
                               std::function<awaitable<V>()> start) {
    if (const auto found = flights_->by_key.find(key); found != flights_->by_key.end()) {
      return found->second;
    }
    auto mine = std::make_shared<flight>();
    flights_->by_key.emplace(key, mine);
    try {
      launch(executor, flights_, key, mine, std::move(start));
    } catch (...) {  // out of memory: no one would ever land it
      flights_->by_key.erase(key);
      throw;
    }
    return mine;
  }

  static awaitable<void> fly(std::shared_ptr<table> all, std::string key,
                             std::shared_ptr<flight> mine, std::function<awaitable<V>()> start) {
    try {
      awaitable<V> work = start();
      mine->value.emplace(co_await std::move(work));
    } catch (...) {
      mine->failure = std::current_exception();
    }
    all->by_key.erase(key);
    mine->landed.set();
  }

  static void launch(const asio::any_io_executor& executor, std::shared_ptr<table> all,
                     std::string key, std::shared_ptr<flight> mine,
                     std::function<awaitable<V>()> start) {
    const auto stop = mine->stop.slot();
    // The handler keeps the flight, and with it the signal, until the coroutine has ended.
    auto ended = [mine](const std::exception_ptr&) {};
    asio::co_spawn(executor, fly(std::move(all), std::move(key), std::move(mine), std::move(start)),
                   asio::bind_cancellation_slot(stop, std::move(ended)));
  }

  // Shared with flights and askers, until the last of them has ended.
  std::shared_ptr<table> flights_ = std::make_shared<table>();
};

}  // namespace cbv

#endif
