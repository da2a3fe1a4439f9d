#include "cbv/async/timer.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "tests/sim/sim_timer.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;

TEST(SystemTimerTest, CallsWhenItIsTimeButNeverAtOnce) {
  asio::io_context io;
  system_timer time;
  int calls = 0;
  const auto call = [&calls] { ++calls; };
  const auto due = time.call_at(io.get_executor(), time.now() - 1s, call);
  const auto soon = time.call_at(io.get_executor(), time.now() + 1ms, call);
  EXPECT_EQ(calls, 0);
  io.run();
  EXPECT_EQ(calls, 2);
}

TEST(SystemTimerTest, DoesNotCallWhatWasTakenBackAlthoughItWasDue) {
  asio::io_context io;
  system_timer time;
  int calls = 0;
  std::unique_ptr<alarm> second;
  const auto first = time.call_at(io.get_executor(), time.now() - 2s, [&] {
    ++calls;
    second.reset();
  });
  second = time.call_at(io.get_executor(), time.now() - 1s, [&] { ++calls; });
  io.run();
  EXPECT_EQ(calls, 1);
}

TEST(SystemTimerTest, WaitsForNothingOnceAllIsTakenBack) {
  asio::io_context io;
  system_timer time;
  time.call_at(io.get_executor(), time.now() + 24h, [] { ADD_FAILURE(); }).reset();
  io.run();
}

TEST(SimTimerTest, CallsInTheOrderOfTimes) {
  asio::io_context io;
  sim::sim_timer time;
  std::string heard;
  const auto say = [&](char what) { return [&heard, what] { heard += what; }; };
  const auto start = time.now();
  const auto b = time.call_at(io.get_executor(), start + 2s, say('b'));
  const auto a = time.call_at(io.get_executor(), start + 1s, say('a'));
  const auto now = time.call_at(io.get_executor(), start, say('0'));
  auto gone = time.call_at(io.get_executor(), start + 1s, say('x'));
  EXPECT_EQ(heard, "");
  gone.reset();
  sim::run_until(io, time, start + 10s, [] { return false; });
  EXPECT_EQ(heard, "0ab");
  EXPECT_EQ(time.sleepers(), 0U);
}

}  // namespace
}  // namespace cbv
