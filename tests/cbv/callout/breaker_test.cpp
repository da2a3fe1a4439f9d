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
