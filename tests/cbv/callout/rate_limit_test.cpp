#include "cbv/callout/rate_limit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

namespace cbv::callout {
namespace {

using namespace std::chrono_literals;

const time_point start{1000h};

TEST(RateLimit, AllowsSoManyInAMinute) {
  rate_limit limit(3);
  EXPECT_TRUE(limit.take(start));
  EXPECT_TRUE(limit.take(start + 10s));
  EXPECT_TRUE(limit.take(start + 20s));
  EXPECT_FALSE(limit.has_room(start + 20s));
  EXPECT_FALSE(limit.take(start + 59s));
  EXPECT_EQ(limit.next_room(start + 59s), start + 60s);
  EXPECT_TRUE(limit.take(start + 60s)) << "the first one is a minute old";
  EXPECT_FALSE(limit.take(start + 69s));
  EXPECT_EQ(limit.next_room(start + 69s), start + 70s);
  EXPECT_TRUE(limit.take(start + 70s));
}

TEST(RateLimit, HasRoomNowIfItHasRoom) {
  rate_limit limit(1);
  EXPECT_EQ(limit.next_room(start), start);
  EXPECT_TRUE(limit.take(start));
  EXPECT_EQ(limit.next_room(start + 2min), start + 2min);
}

TEST(RateLimit, OfNoneAllowsNone) {
  rate_limit limit(0);
  EXPECT_FALSE(limit.take(start));
  limit.note(start);
  EXPECT_FALSE(limit.take(start + 1h));
  EXPECT_EQ(limit.next_room(start), time_point::max());
}

TEST(RateLimit, CountsWhatHappenedAnyway) {
  rate_limit limit(2);
  for (const auto at : {0s, 1s, 30s, 40s}) limit.note(start + at);
  EXPECT_EQ(limit.next_room(start + 41s), start + 90s) << "two since 30 s";
}

TEST(RateLimit, RefusalsDoNotProlongTheWait) {
  rate_limit limit(1);
  ASSERT_TRUE(limit.take(start));
  for (auto at = 1s; at < 60s; at += 1s) EXPECT_FALSE(limit.take(start + at));
  EXPECT_TRUE(limit.take(start + 60s));
}

TEST(RateLimit, IsIdleWhenAMinuteIsOver) {
  rate_limit limit(2);
  EXPECT_TRUE(limit.is_idle(start));
  for (const auto at : {0s, 1s, 61s}) ASSERT_TRUE(limit.take(start + at));
  EXPECT_FALSE(limit.is_idle(start + 121s - 1ms));
  EXPECT_TRUE(limit.is_idle(start + 121s));
}

TEST(RateLimit, HoldsForEveryMinuteWhereverItBegins) {
  std::mt19937 chance(20261121);
  for (const std::size_t most : {1U, 2U, 7U, 60U}) {
    rate_limit limit(most);
    std::vector<time_point> taken;
    time_point now = start;
    for (int i = 0; i < 5'000; ++i) {
      now += std::chrono::milliseconds(chance() % (60'000 / most));
      const bool room = limit.has_room(now);
      const auto of_this_minute =
          std::count_if(taken.begin(), taken.end(), [&](time_point at) { return at + 60s > now; });
      EXPECT_EQ(room, static_cast<std::size_t>(of_this_minute) < most);
      EXPECT_EQ(limit.take(now), room);
      if (room) taken.push_back(now);
    }
  }
}

}  // namespace
}  // namespace cbv::callout
