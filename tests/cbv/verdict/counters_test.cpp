#include "cbv/verdict/counters.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cbv {
namespace {

TEST(Counters, TheFunnelNamesEveryStepOnce) {
  role_counters counted;
  std::set<std::string_view> names;
  std::uint64_t value = 0;
  for (const funnel_step& step : funnel_steps) {
    EXPECT_TRUE(names.insert(step.name).second) << step.name;
    EXPECT_EQ(counted.*step.count, 0U) << step.name << " shares its counter with another step";
    counted.*step.count = ++value;
  }
  EXPECT_EQ(counted.calls, 1U);
  EXPECT_EQ(counted.deferred, funnel_steps.size());
}

TEST(Counters, AnAnswerIsCountedUnderItsStatusAndReasonOfItsRole) {
  counters counted;
  verdict given;
  given.status = status::undeliverable;
  given.reason = reason::mailbox_not_found;
  counted.of(role::recipient).count_answer(given);
  EXPECT_EQ(counted.recipient.of(status::undeliverable), 1U);
  EXPECT_EQ(counted.recipient.of(reason::mailbox_not_found), 1U);
  EXPECT_EQ(counted.recipient.of(status::unknown), 0U);
  EXPECT_EQ(counted.sender, role_counters{});
}

}  // namespace
}  // namespace cbv
