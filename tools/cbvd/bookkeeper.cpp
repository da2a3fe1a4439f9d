#include "tools/cbvd/bookkeeper.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "cbv/counting/period.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds gather_every = 1s;
constexpr std::chrono::seconds rank_every{10};
constexpr std::chrono::minutes look_after_every{1};  // the history's clock, and what is too old

/// Runs on the thread of the disk, after what was handed over before.
awaitable<history_answer> read_of(asio::any_io_executor disk, cache::history_store& store,
                                  history_question asked, wall_time now) {
  co_await asio::post(disk, asio::use_awaitable);
  co_return store.read(asked, now);
}

}  // namespace

bookkeeper::bookkeeper(const asio::any_io_executor& owner, const asio::any_io_executor& disk,
                       timer& time, cache::history_store& store, counting_sources from,
                       std::function<std::chrono::nanoseconds()> into_second)
    : owner_(owner),
      disk_(disk),
      time_(time),
      store_(store),
      from_(std::move(from)),
      into_second_(std::move(into_second)),
      desk_(std::make_shared<desk>(owner)),
      gathered_(owner),
      began_(time.wall_now()),
      ranked_(time.now()),
      looked_after_(time.now() - look_after_every) {}

awaitable<void> bookkeeper::keep() {
  while (true) {
    co_await time_.sleep_until(time_.now() + gather_every - into_second_());
    co_await gathered();
    // While the disk is slow, what is counted waits here, by hours.
    if (desk_->jobs == 0) hand_over();
  }
}

awaitable<history_answer> bookkeeper::look_back(history_question asked) {
  rankings_wanted_ = true;
  co_await gathered();
  hand_over();
  auto reading = read_of(disk_, store_, asked, time_.wall_now());
  co_return co_await asio::co_spawn(disk_, std::move(reading), asio::use_awaitable);
}

awaitable<void> bookkeeper::close() {
  rankings_wanted_ = true;
  co_await gathered();
  hand_over();
  while (desk_->jobs > 0) co_await desk_->changed.wait();
}

/// Returns when a gathering has ended that began after this was called: what was counted before is
/// in it.
awaitable<void> bookkeeper::gathered() {
  const std::uint64_t wanted = begun_ + 1;
  while (ended_ < wanted) {
    if (begun_ == ended_) begin_to_gather();
    co_await gathered_.wait();
  }
}

/// On its own, so that no asker's cancellation ends it in the middle.
void bookkeeper::begin_to_gather() {
  ++begun_;
  asio::co_spawn(owner_, gather(), [this](const std::exception_ptr& thrown) {
    ended_ = begun_;
    gathered_.notify();
    if (thrown) std::rethrow_exception(thrown);
  });
}

awaitable<void> bookkeeper::gather() {
  const wall_time began = std::exchange(began_, time_.wall_now());
  const bool with_rankings = are_rankings_due(began);
  rankings met;
  if (with_rankings) {
    rankings_wanted_ = false;
    ranked_ = time_.now();
    met = co_await from_.take_rankings();
  }
  const counters now = co_await from_.count();
  counters more = now;
  more -= std::exchange(before_, now);
  if (more == counters{} && cache::is_empty(met)) co_return;
  part& hour = waiting_[begin_of(span::hour, began)];
  hour.counted += more;
  hour.met.add(met, from_.full);
}

/// Also when an hour has ended, for they belong to that.
bool bookkeeper::are_rankings_due(wall_time began) const {
  return rankings_wanted_ || time_.now() >= ranked_ + rank_every ||
         begin_of(span::hour, began) != begin_of(span::hour, began_);
}

void bookkeeper::hand_over() {
  const time_point now = time_.now();
  const bool looks_after = now >= looked_after_ + look_after_every;
  if (waiting_.empty() && !store_.is_behind() && !looks_after) return;
  if (looks_after) looked_after_ = now;
  ++desk_->jobs;
  asio::post(disk_, [&store = store_, parts = std::exchange(waiting_, {}), wall = time_.wall_now(),
                     now, owner = owner_, desk = desk_] {
    for (const auto& [hour, one] : parts) {
      [[maybe_unused]] const auto added =
          store.add(hour, one.counted, one.met.lists(), one.met.full());
    }
    store.look_after(wall, now);
    asio::post(owner, [desk] {
      --desk->jobs;
      desk->changed.notify();
    });
  });
}

}  // namespace cbv::cbvd
