#include "cbv/counting/counters.hpp"

#include <gtest/gtest.h>

#include <set>

#include "cbv/counting/cells.hpp"

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

TEST(Counters, EveryNumberHasACellOfItsOwn) {
  counters counted;
  std::set<cell_number> numbers;
  std::size_t cells = 0;
  for_each_cell(counted, [&](cell_number number, std::uint64_t& value) {
    EXPECT_TRUE(numbers.insert(number).second) << number;
    EXPECT_EQ(value, 0U) << number << " shares its counter with another cell";
    value = ++cells;
  });
  EXPECT_EQ(cells * sizeof(std::uint64_t), sizeof(counters)) << "a counter has no cell";
}

TEST(Counters, AreAddedAndTakenAwayCellByCell) {
  counters one;
  counters other;
  std::uint64_t next = 0;
  for_each_cell(one, [&](cell_number, std::uint64_t& value) { value = ++next; });
  for_each_cell(other, [&](cell_number, std::uint64_t& value) { value = 7 * ++next; });
  counters sum = one;
  sum += other;
  EXPECT_EQ(sum.sender.calls, one.sender.calls + other.sender.calls);
  EXPECT_EQ(sum.callouts.sum(), one.callouts.sum() + other.callouts.sum());
  sum -= other;
  EXPECT_EQ(sum, one);
}

}  // namespace
}  // namespace cbv
