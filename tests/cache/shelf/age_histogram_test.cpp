#include "cache/shelf/age_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/cache/sample.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

TEST(AgeHistogramTest, CutsAtTheOldestExpiredFirst) {
  age_histogram ages(noon);
  ages.add({true, noon - 10s});
  ages.add({true, noon - 20s});
  ages.add({true, noon - 30s});
  ages.add({false, noon - 5s});
  ages.add({false, noon - 6s});
  EXPECT_EQ(ages.size(), 5u);
  struct row {
    std::uint64_t most;
    leaving_order cut;
  };
  const std::vector<row> table{
      {1, {false, noon - 6s}}, {2, {false, noon - 5s}}, {3, {true, noon - 30s}},
      {4, {true, noon - 20s}}, {5, {true, noon - 10s}}, {6, {true, wall_time::max()}},
  };
  for (const auto& [most, cut] : table) EXPECT_EQ(ages.cut(most), cut) << most;
}

TEST(AgeHistogramTest, UncountsTheFirstToLeave) {
  age_histogram ages(noon);
  for (const auto age : {10s, 20s, 20s}) ages.add({true, noon - age});
  ages.add({false, noon - 5s});
  ages.take(2);
  EXPECT_EQ(ages.size(), 2u);
  EXPECT_EQ(ages.cut(1), (leaving_order{true, noon - 20s}));
  EXPECT_EQ(ages.cut(2), (leaving_order{true, noon - 10s}));
  ages.take(9);
  EXPECT_EQ(ages.size(), 0u);
}

TEST(AgeHistogramTest, KnowsNothingYoungerThanItsReference) {
  age_histogram ages(noon);
  ages.add({true, noon + 24h});
  EXPECT_EQ(ages.cut(1), (leaving_order{true, wall_time::max()}));
}

TEST(AgeHistogramTest, HoldsAnyTime) {
  age_histogram ages(noon);
  ages.add({true, wall_time{}});
  ages.add({true, noon - 400 * 365 * 24h});
  ages.add({false, noon + 400 * 365 * 24h});
  EXPECT_EQ(ages.size(), 3u);
  EXPECT_GE(ages.cut(3).learnt, wall_time{});
}

TEST(AgeHistogramTest, IsRightToThreeInAHundredForEveryAge) {
  for (std::int64_t age = 0; age < 400'000'000; age = age + 1 + age / 7) {
    age_histogram ages(noon);
    const wall_time learnt = noon - std::chrono::seconds{age};
    ages.add({true, learnt});
    const leaving_order cut = ages.cut(1);
    EXPECT_FALSE((cut < leaving_order{true, learnt})) << age << ": it is within its own cut";
    if (age == 0) continue;
    EXPECT_LE((cut.learnt - learnt).count(), age < 64 ? 0 : age / 32 + 1) << age;
  }
}

}  // namespace
}  // namespace cbv::cache
