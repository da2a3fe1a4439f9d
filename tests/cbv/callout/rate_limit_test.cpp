#include "cbv/callout/rate_limit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
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

TEST(RateLimit, ChangedItStillCountsWhatWas) {
  for (const std::size_t before : {1U, 2U, 3U, 5U}) {
    for (const std::size_t after : {0U, 1U, 2U, 3U, 4U, 9U}) {
      SCOPED_TRACE(std::to_string(before) + " to " + std::to_string(after));
      rate_limit limit(before);
      for (const auto at : {0s, 10s, 20s, 30s}) limit.note(start + at);
      limit.change(after);
      const std::size_t counted = std::min<std::size_t>({before, after, 4});
      EXPECT_EQ(limit.room(start + 40s), after - counted);
      // The latest are kept, and leave in their order.
      for (std::size_t gone = 0; gone < counted; ++gone) {
        const auto at = start + 90s - 10s * static_cast<int>(counted - 1 - gone);
        EXPECT_EQ(limit.room(at - 1ms), after - counted + gone);
        EXPECT_EQ(limit.room(at), after - counted + gone + 1);
      }
      std::size_t taken = 0;
      while (limit.take(start + 10min)) ++taken;
      EXPECT_EQ(taken, after);
      EXPECT_FALSE(limit.take(start + 11min - 1ms));
      EXPECT_EQ(limit.take(start + 11min), after > 0);
    }
  }
}

}  // namespace
}  // namespace cbv::callout
