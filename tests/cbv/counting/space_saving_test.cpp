#include "cbv/counting/space_saving.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace cbv {
namespace {

using truth = std::map<std::string, std::uint64_t>;

// What is promised of every list, whatever was met.
void check_promises(const space_saving& kept, const truth& met) {
  const ranking all = kept.ranked_now();
  ASSERT_EQ(all.size(), kept.size());
  std::uint64_t total = 0;
  std::uint64_t sum = 0;
  for (const auto& [name, times] : met) total += times;
  truth listed;
  for (const ranked& one : all) {
    EXPECT_TRUE(listed.emplace(one.name, one.count).second) << one.name << " is listed twice";
    const auto found = met.find(one.name);
    ASSERT_NE(found, met.end()) << one.name << " was never met";
    EXPECT_LE(found->second, one.count) << one.name;
    EXPECT_GE(found->second, one.count - one.error) << one.name;
    EXPECT_LE(one.error, total / kept.capacity()) << one.name;
    sum += one.count;
  }
  EXPECT_EQ(sum, total) << "each meeting is in one count";
  for (const auto& [name, times] : met) {
    if (times <= total / kept.capacity()) continue;
    EXPECT_TRUE(listed.contains(name)) << name << " was met " << times << " times of " << total;
  }
  for (std::size_t i = 1; i < all.size(); ++i) {
    const bool is_in_order = all[i - 1].count > all[i].count ||
                             (all[i - 1].count == all[i].count && all[i - 1].name < all[i].name);
    EXPECT_TRUE(is_in_order) << all[i - 1].name << " before " << all[i].name;
  }
}

TEST(SpaceSaving, IsExactWhileThereIsRoom) {
  space_saving kept(4);
  EXPECT_TRUE(kept.ranked_now().empty());
  for (const char* name : {"b", "a", "c", "b", "d", "c", "b"}) kept.add(name);
  const ranking expected{{"b", 3, 0}, {"c", 2, 0}, {"a", 1, 0}, {"d", 1, 0}};
  EXPECT_EQ(kept.ranked_now(), expected);
}

TEST(SpaceSaving, ANewNameTakesThePlaceOfOneThatWasMetLeast) {
  space_saving kept(2);
  for (const char* name : {"a", "a", "b", "c"}) kept.add(name);
  const ranking expected{{"a", 2, 0}, {"c", 2, 1}};
  EXPECT_EQ(kept.ranked_now(), expected);
}

TEST(SpaceSaving, BeginsAnewWhenItIsCleared) {
  space_saving kept(3);
  for (int round = 0; round < 5; ++round) {
    for (const char* name : {"a", "b", "c", "d", "e", "a"}) kept.add(name);
    EXPECT_EQ(kept.size(), 3U);
    kept.clear();
    EXPECT_TRUE(kept.ranked_now().empty());
    kept.add("z");
    EXPECT_EQ(kept.ranked_now(), (ranking{{"z", 1, 0}}));
    kept.clear();
  }
}

TEST(SpaceSaving, LongNamesThatBeginAlikeAreTwo) {
  space_saving kept(4, 8);
  for (const char* name : {"12345678", "123456789", "12345678x", "123456789", "1234567"})
    kept.add(name);
  const ranking all = kept.ranked_now();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0], (ranked{"12345678", 2, 0}));
  EXPECT_EQ(all[1], (ranked{"1234567", 1, 0}));
}

TEST(SpaceSaving, KeepsItsPromisesOnSkewedStreams) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 chance(seed);
    const std::size_t capacity = 1 + chance() % 60;
    const std::size_t names = 1 + chance() % 400;
    const double skew = static_cast<double>(chance() % 25) / 10.0;
    std::vector<double> weights;
    for (std::size_t i = 1; i <= names; ++i)
      weights.push_back(1.0 / std::pow(static_cast<double>(i), skew));
    std::discrete_distribution<std::size_t> draw(weights.begin(), weights.end());
    space_saving kept(capacity);
    truth met;
    for (std::size_t i = 0; i < 5'000; ++i) {
      const std::string name = "name" + std::to_string(draw(chance));
      kept.add(name);
      ++met[name];
      if (i % 997 == 0) check_promises(kept, met);
    }
    SCOPED_TRACE("seed " + std::to_string(seed));
    check_promises(kept, met);
    kept.clear();
    kept.add("other");
    EXPECT_EQ(kept.ranked_now(), (ranking{{"other", 1, 0}}));
  }
}

}  // namespace
}  // namespace cbv
