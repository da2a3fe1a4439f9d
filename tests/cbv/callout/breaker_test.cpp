#include "cbv/callout/breaker.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace cbv::callout {
namespace {

using namespace std::chrono_literals;

const time_point start{1000h};

TEST(Breaker, AdmitsEverythingUntilItIsOpened) {
  breaker host{breaker_options{}};
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(host.admits(start));
  EXPECT_EQ(host.closed_until(), time_point::min());
  EXPECT_TRUE(host.is_idle());
}

TEST(Breaker, AdmitsNothingForItsTimeThenOneTrial) {
  breaker host({5min, 1h});
  host.open(start);
  EXPECT_FALSE(host.is_idle());
  EXPECT_EQ(host.closed_until(), start + 5min);
  EXPECT_FALSE(host.admits(start));
  EXPECT_FALSE(host.admits(start + 5min - 1ms));
  EXPECT_TRUE(host.admits(start + 5min));
  EXPECT_FALSE(host.admits(start + 5min)) << "one trial at a time";
}

TEST(Breaker, DoublesWhileTheTroubleGoesOn) {
  breaker host({5min, 1h});
  time_point now = start;
  host.open(now);
  for (const auto span : {5min, 10min, 20min, 40min, 60min, 60min}) {
    EXPECT_EQ(host.closed_until() - now, span);
    now = host.closed_until();
    ASSERT_TRUE(host.admits(now));
    now += 3s;
    host.open(now);
  }
}

TEST(Breaker, IsOneTroubleHoweverManyDialoguesMeetIt) {
  breaker host({5min, 1h});
  host.open(start);
  host.open(start + 1s);
  host.open(start + 2min);
  EXPECT_EQ(host.closed_until(), start + 5min);
}

TEST(Breaker, IsLikeNewAfterSuccess) {
  breaker host({5min, 1h});
  host.open(start);
  ASSERT_TRUE(host.admits(start + 5min));
  host.open(start + 5min);
  ASSERT_TRUE(host.admits(start + 15min));
  host.succeeded();
  EXPECT_TRUE(host.is_idle());
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(host.admits(start + 15min));
  host.open(start + 16min);
  EXPECT_EQ(host.closed_until(), start + 21min);
}

TEST(Breaker, SaysWhatChanges) {
  breaker host({5min, 1h});
  EXPECT_FALSE(host.succeeded());
  EXPECT_EQ(host.open(start), 5min);
  EXPECT_EQ(host.open(start + 1min), std::nullopt) << "it is open";
  ASSERT_TRUE(host.admits(start + 5min));
  EXPECT_EQ(host.open(start + 5min), 10min);
  EXPECT_TRUE(host.succeeded());
  EXPECT_FALSE(host.succeeded());
}

TEST(Breaker, GoesOnWithWhatWasRemembered) {
  breaker host({5min, 1h});
  host.resume(3min, 20min, start);
  EXPECT_FALSE(host.admits(start + 3min - 1ms));
  EXPECT_FALSE(host.is_over(start + 3min - 1ms));
  EXPECT_TRUE(host.is_over(start + 3min));
  EXPECT_TRUE(host.admits(start + 3min));
  EXPECT_FALSE(host.admits(start + 3min)) << "one trial at a time";
  EXPECT_EQ(host.open(start + 3min), 40min);
}

// The settings were changed, or the record was written by others.
TEST(Breaker, GoesOnWithinItsOwnTimes) {
  struct row {
    const char* name;
    std::chrono::milliseconds left;
    std::chrono::milliseconds span;
    std::chrono::milliseconds open_for;
    std::chrono::milliseconds next;
  };
  const row rows[] = {
      {"over", -10h, 20min, 0min, 40min},
      {"longer than may be", 10h, 10h, 1h, 1h},
      {"more left than it was long", 30min, 10min, 10min, 20min},
      {"shorter than the first", 1min, 1min, 1min, 10min},
      {"no time at all", 0min, 0min, 0min, 10min},
      {"less than none", -1min, -1min, 0min, 10min},
  };
  for (const row& one : rows) {
    breaker host({5min, 1h});
    host.resume(one.left, one.span, start);
    const bool is_open = one.open_for > 0min;
    EXPECT_EQ(host.closed_until() > start, is_open) << one.name;
    EXPECT_TRUE(host.admits(start + one.open_for)) << one.name;
    EXPECT_EQ(host.open(start + one.open_for), one.next) << one.name;
  }
}

TEST(Breaker, LetsAnotherTrialThroughIfOneIsLost) {
  breaker host({5min, 1h});
  host.open(start);
  ASSERT_TRUE(host.admits(start + 5min));
  EXPECT_FALSE(host.admits(start + 10min - 1ms));
  EXPECT_TRUE(host.admits(start + 10min));
  host.open(start + 11min);
  EXPECT_EQ(host.closed_until(), start + 21min) << "a lost trial does not double";
}

TEST(Breaker, CountsATroubleThatComesWhenTheTimeIsOver) {
  breaker host({5min, 1h});
  host.open(start);
  host.open(start + 6min);
  EXPECT_EQ(host.closed_until(), start + 16min);
}

}  // namespace
}  // namespace cbv::callout
