#include "cbv/counting/ranking.hpp"

#include <gtest/gtest.h>

namespace cbv {
namespace {

TEST(Ranking, WhatIsInBothIsAddedUp) {
  const ranking one{{"a", 5, 0}, {"b", 3, 1}};
  const ranking other{{"b", 4, 0}, {"c", 1, 0}};
  EXPECT_EQ(merge(one, other, 10, 10), (ranking{{"b", 7, 1}, {"a", 5, 0}, {"c", 1, 0}}));
}

TEST(Ranking, WhatAFullOneLeftOutMayHaveBeenMetAsOftenAsItsLast) {
  const ranking full{{"a", 9, 0}, {"b", 4, 2}};
  const ranking other{{"c", 3, 0}};
  EXPECT_EQ(merge(full, other, 10, 2), (ranking{{"a", 9, 0}, {"c", 7, 4}, {"b", 4, 2}}));
  EXPECT_EQ(merge(full, full, 10, 2), (ranking{{"a", 18, 0}, {"b", 8, 4}}));
}

TEST(Ranking, OnlyTheFirstAreKept) {
  const ranking one{{"a", 5, 0}, {"b", 3, 0}, {"c", 3, 0}};
  EXPECT_EQ(merge(one, {}, 2, 10), (ranking{{"a", 5, 0}, {"b", 3, 0}}));
}

}  // namespace
}  // namespace cbv
