#include "cbv/async/gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cbv/async/deadline.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class GateTest : public testing::Test {
 protected:
  // Goes in, stays for a while, and comes out.
  awaitable<void> visit(gate& through, std::string name, std::chrono::milliseconds stay) {
    auto inside = co_await through.enter();
    if (!inside) {
      events_.push_back(name + " refused");
      co_return;
    }
    events_.push_back(name + " in");
    most_ = std::max(most_, through.inside());
    co_await time_.sleep_until(time_.now() + stay);
    events_.push_back(name + " out");
  }

  void start(gate& through, const std::string& name, std::chrono::milliseconds stay) {
    asio::co_spawn(io_, visit(through, name, stay), asio::detached);
  }

  void run_for(std::chrono::milliseconds span) {
    sim::run_until(io_, time_, time_.now() + span, [] { return false; });
  }

  sim::sim_timer time_;
  asio::io_context io_;
  std::vector<std::string> events_;
  std::size_t most_ = 0;
};

TEST_F(GateTest, LetsThroughInOrderAndNoMoreThanItsNumber) {
  gate two(2);
  for (const char* name : {"a", "b", "c", "d"}) start(two, name, 10ms);
  run_for(1ms);
  EXPECT_EQ(two.inside(), 2U);
  EXPECT_EQ(two.waiting(), 2U);
  run_for(1s);
  EXPECT_THAT(events_,
              ElementsAre("a in", "b in", "a out", "b out", "c in", "d in", "c out", "d out"));
  EXPECT_EQ(most_, 2U);
  EXPECT_EQ(two.inside(), 0U);
  EXPECT_EQ(two.waiting(), 0U);
}

TEST_F(GateTest, IsUnusedUntilSomeoneIsAboutToEnterAndAfterTheLastHasLeft) {
  gate one(1);
  EXPECT_TRUE(one.is_unused());
  {
    auto entering = one.enter();
    EXPECT_FALSE(one.is_unused());
  }
  EXPECT_TRUE(one.is_unused());
  start(one, "a", 10ms);
  start(one, "b", 10ms);
  run_for(15ms);
  EXPECT_FALSE(one.is_unused());
  run_for(1s);
  EXPECT_TRUE(one.is_unused());
}

TEST_F(GateTest, RefusesAtOnceWhenTooManyWait) {
  gate one(1, 1);
  for (const char* name : {"a", "b", "c"}) start(one, name, 10ms);
  run_for(1ms);
  EXPECT_THAT(events_, ElementsAre("a in", "c refused"));
  run_for(1s);
  EXPECT_THAT(events_, ElementsAre("a in", "c refused", "a out", "b in", "b out"));
}

TEST_F(GateTest, NoOneOvertakesThoseWhoWait) {
  gate one(1);
  start(one, "a", 10ms);
  start(one, "b", 10ms);
  run_for(10ms);
  start(one, "c", 10ms);
  run_for(1s);
  EXPECT_THAT(events_, ElementsAre("a in", "a out", "b in", "b out", "c in", "c out"));
}

TEST_F(GateTest, ACancelledWaiterLeavesTheQueue) {
  gate one(1);
  start(one, "a", 10ms);
  asio::cancellation_signal signal;
  bool aborted = false;
  asio::co_spawn(io_, visit(one, "b", 10ms),
                 asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& thrown) {
                   aborted = thrown != nullptr;
                 }));
  start(one, "c", 10ms);
  run_for(1ms);
  EXPECT_EQ(one.waiting(), 2U);
  signal.emit(asio::cancellation_type::all);
  run_for(1ms);
  EXPECT_TRUE(aborted);
  EXPECT_EQ(one.waiting(), 1U);
  run_for(1s);
  EXPECT_THAT(events_, ElementsAre("a in", "a out", "c in", "c out"));
  EXPECT_EQ(one.inside(), 0U);
}

TEST_F(GateTest, ATurnThatComesWithTheCancellationIsNotLost) {
  gate one(1);
  std::optional<gate::pass> held;
  const auto take = [&]() -> awaitable<void> {
    auto inside = co_await one.enter();
    held = std::move(*inside);
  };
  asio::co_spawn(io_, take(), asio::detached);
  asio::cancellation_signal signal;
  asio::co_spawn(io_, visit(one, "b", 10ms),
                 asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr&) {}));
  run_for(1ms);
  held.reset();  // admits b, who has not woken yet
  signal.emit(asio::cancellation_type::all);
  run_for(1s);
  EXPECT_EQ(one.inside(), 0U);
  start(one, "c", 10ms);
  run_for(1s);
  EXPECT_THAT(events_.back(), "c out");
}

TEST_F(GateTest, WaitsNoLongerThanADeadline) {
  gate one(1);
  start(one, "a", 10s);
  std::optional<error_code> failed;
  const auto hurry = [&]() -> awaitable<void> {
    auto inside = co_await with_deadline(time_, time_.now() + 1s, one.enter());
    failed = inside ? error_code() : inside.error();
  };
  asio::co_spawn(io_, hurry(), asio::detached);
  run_for(2s);
  EXPECT_EQ(failed, error_code(errc::timed_out));
  EXPECT_EQ(one.waiting(), 0U);
  run_for(10s);
  EXPECT_EQ(one.inside(), 0U);
}

TEST_F(GateTest, EntersUntilADeadlineOfItsOwn) {
  gate one(1, 3);
  start(one, "a", 10ms);
  const auto hurry = [&](std::string name, time_point until) -> awaitable<void> {
    auto inside = co_await one.enter_until(time_, until);
    const auto why = inside ? std::string("in") : inside.error().message();
    events_.push_back(std::move(name) + ' ' + why);
  };
  asio::cancellation_signal signal;
  bool aborted = false;
  const time_point now = time_.now();
  asio::co_spawn(io_, hurry("late", now + 5ms), asio::detached);
  asio::co_spawn(io_, hurry("cancelled", now + 1h),
                 asio::bind_cancellation_slot(signal.slot(), [&](const std::exception_ptr& thrown) {
                   aborted = thrown != nullptr;
                 }));
  asio::co_spawn(io_, hurry("in time", now + 20ms), asio::detached);
  asio::co_spawn(io_, hurry("one too many", now + 20ms), asio::detached);
  run_for(1ms);
  EXPECT_EQ(one.waiting(), 3U);
  signal.emit(asio::cancellation_type::all);
  run_for(1s);
  EXPECT_TRUE(aborted);
  const auto message = [](errc why) { return error_code(why).message(); };
  EXPECT_THAT(events_, ElementsAre("a in", "one too many " + message(errc::over_limit),
                                   "late " + message(errc::timed_out), "a out", "in time in"));
  EXPECT_EQ(one.inside(), 0U);
  EXPECT_EQ(one.waiting(), 0U);
  EXPECT_TRUE(one.is_unused());
}

TEST_F(GateTest, IsDrainedWhenTheLastHasLeft) {
  gate one(1);
  start(one, "a", 10ms);
  start(one, "b", 10ms);
  const auto drain = [&]() -> awaitable<void> {
    co_await one.drained();
    events_.emplace_back("drained");
    co_await one.drained();
    events_.emplace_back("still drained");
  };
  asio::co_spawn(io_, drain(), asio::detached);
  run_for(1s);
  EXPECT_THAT(events_, ElementsAre("a in", "a out", "b in", "b out", "drained", "still drained"));
}

TEST_F(GateTest, PassesAndWaitersOutliveTheirGate) {
  auto one = std::make_unique<gate>(1);
  start(*one, "a", 10ms);
  std::optional<gate::pass> kept;
  const auto take = [&]() -> awaitable<void> {
    auto inside = co_await one->enter();
    kept = std::move(*inside);
  };
  asio::co_spawn(io_, take(), asio::detached);
  run_for(1ms);
  one.reset();
  run_for(1s);
  ASSERT_TRUE(kept);  // admitted by a, through a gate that is gone
  kept.reset();
}

TEST_F(GateTest, OpenedWiderItLetsThoseInWhoWait) {
  gate one(1, 2);
  for (const char* name : {"a", "b", "c", "d"}) start(one, name, 10ms);
  run_for(1ms);
  EXPECT_THAT(events_, ElementsAre("a in", "d refused"));
  one.change(2, 2);
  run_for(1ms);
  EXPECT_EQ(events_.back(), "b in");
  EXPECT_EQ(one.inside(), 2U);
  EXPECT_EQ(one.waiting(), 1U);
}

TEST_F(GateTest, MadeNarrowerItLetsNobodyInBeforeEnoughHaveLeft) {
  gate wide(3);
  start(wide, "a", 10ms);
  start(wide, "b", 20ms);
  start(wide, "c", 30ms);
  start(wide, "d", 10ms);
  run_for(1ms);
  wide.change(1, 1);
  start(wide, "e", 10ms);
  run_for(1s);
  EXPECT_THAT(events_, ElementsAre("a in", "b in", "c in", "e refused", "a out", "b out", "c out",
                                   "d in", "d out"));
  EXPECT_TRUE(wide.is_unused());
}

}  // namespace
}  // namespace cbv
