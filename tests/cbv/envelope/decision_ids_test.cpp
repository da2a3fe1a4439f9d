#include "cbv/envelope/decision_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "cbv/envelope/check.hpp"
#include "cbv/envelope/wording.hpp"

namespace cbv::envelope {
namespace {

wall_time at(std::int64_t seconds) {
  return wall_time(std::chrono::seconds(seconds));
}

TEST(DecisionIdsTest, TheyAreShortInOrderAndNoTwoAlike) {
  decision_ids ids(0xFFFFFFFFFFFFFFFFU);
  std::vector<std::string> taken;
  for (std::int64_t second = 1'763'740'800; second < 1'763'740'900; ++second) {
    for (int i = 0; i < 1'000; ++i) taken.push_back(ids.take(at(second)));
  }
  EXPECT_TRUE(std::is_sorted(taken.begin(), taken.end()));
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), taken.size());
  for (const std::string& one : taken) ASSERT_TRUE(is_decision_id(one)) << one;
}

TEST(DecisionIdsTest, ItsShape) {
  EXPECT_TRUE(is_decision_id("1ki2d0g7vvvv"));
  EXPECT_FALSE(is_decision_id("1ki2d0g7vvv"));
  EXPECT_FALSE(is_decision_id("1ki2d0g7vvvw"));
  EXPECT_FALSE(is_decision_id("ann@b.exampl"));
}

TEST(EnvelopeWordingTest, ATextCarriesTheId) {
  advice said{action::reject, 550, "5.7.1", "No (see %{id}, %{id})"};
  carry_id(said, "abc", true);
  EXPECT_EQ(said.text, "No (see abc, abc)");
  said.text = "No";
  carry_id(said, "abc", false);
  EXPECT_EQ(said.text, "No");
  carry_id(said, "abc", true);
  EXPECT_EQ(said.text, "No (id abc)");
  advice good = accepted();
  carry_id(good, "abc", true);
  EXPECT_EQ(good, accepted());
}

TEST(EnvelopeCheckTest, EachHasAName) {
  for (const check one : all_checks()) {
    EXPECT_FALSE(to_string(one).empty());
    EXPECT_EQ(check_from_name(to_string(one)), one);
  }
  EXPECT_EQ(check_from_name("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace cbv::envelope
