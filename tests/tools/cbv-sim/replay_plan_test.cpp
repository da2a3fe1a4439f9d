#include "tools/cbv-sim/replay_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace cbv::sim {
namespace {

using cells = std::array<std::uint64_t, replay_columns.size()>;

replay_month month_of(const cells& given) {
  replay_month made;
  made.line = 7;
  made.month = "2003-12";
  for (std::size_t i = 0; i < given.size(); ++i) made.*replay_columns[i].cell = given[i];
  return made;
}

// What the calls come to, as the table has it.
cells cells_of(const std::vector<replay_calls>& all) {
  replay_month sum;
  for (const replay_calls& each : all) {
    sum.calls += each.askers;
    sum.no_mx += each.implicit_mx ? each.askers : 0;
    sum.bad_connects += each.dead_hosts + (each.end == call_end::unreached ? 1 : 0);
    sum.sessions += each.end > call_end::unreached ? 1 : 0;
    sum.skips += each.end == call_end::skipped ? 1 : 0;
    sum.bad_domain += each.end == call_end::bad_domain ? 1 : 0;
    sum.welcome += each.end == call_end::welcome ? 1 : 0;
    sum.noop += each.end == call_end::noop ? 1 : 0;
    sum.helo += each.end == call_end::helo ? 1 : 0;
    sum.mail_from += each.end == call_end::mail_from ? 1 : 0;
    sum.rcpt_to += each.end == call_end::rcpt_to ? each.askers : 0;
  }
  cells counted{};
  for (std::size_t i = 0; i < counted.size(); ++i) counted[i] = sum.*replay_columns[i].cell;
  return counted;
}

TEST(ReplayPlanTest, ComesToTheNumbersOfTheMonth) {
  // calls skips bad_domain no_mx bad_connects sessions welcome noop helo mail_from rcpt_to
  const cells cases[] = {
      {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
      {6834, 4204, 323, 0, 583, 1981, 12, 0, 1, 129, 1060},
      {47782, 19615, 2808, 829, 6749, 20125, 350, 1012, 5, 885, 15374},
      {4972, 3864, 218, 103, 247, 843, 11, 49, 0, 25, 785},  // 870 refusals in 843 sessions
      {10, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0},
      {10, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0},
      {10, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0},   // five dead hosts for each
      {10, 0, 0, 10, 10, 0, 0, 0, 0, 0, 0},  // none with an MX
      {10, 0, 0, 0, 40, 10, 0, 0, 0, 0, 10},
      {10, 0, 0, 10, 0, 10, 2, 2, 2, 2, 2},
      {100, 0, 0, 0, 0, 2, 0, 0, 0, 0, 100},  // fifty to a session
      {101, 0, 0, 0, 0, 4, 1, 0, 0, 1, 99},
      {1000000, 999999, 0, 0, 0, 1, 1, 0, 0, 0, 0},
  };
  for (const cells& each : cases) {
    seeded_random chance(1);
    const auto planned = plan_month(month_of(each), chance);
    ASSERT_TRUE(planned) << to_string(planned.error(), "");
    EXPECT_EQ(cells_of(*planned), each);
    for (const replay_calls& calls : *planned) {
      EXPECT_LE(calls.dead_hosts, calls.implicit_mx || calls.askers > 1 ? 0 : dead_hosts_max);
      EXPECT_FALSE(calls.implicit_mx && calls.askers > 1);
    }
  }
}

TEST(ReplayPlanTest, MixesTheCalls) {
  seeded_random chance(1);
  const auto planned = plan_month(month_of({100, 50, 0, 0, 0, 50, 0, 0, 0, 0, 50}), chance);
  ASSERT_TRUE(planned);
  const auto skipped = [](const replay_calls& each) { return each.end == call_end::skipped; };
  const auto middle = planned->begin() + 50;
  const auto early = std::count_if(planned->begin(), middle, skipped);
  EXPECT_GT(early, 10);
  EXPECT_LT(early, 40);
}

TEST(ReplayPlanTest, IsTheSameForTheSameChance) {
  const auto ends = [](std::uint64_t seed) {
    seeded_random chance(seed);
    std::vector<call_end> all;
    for (const replay_calls& each :
         *plan_month(month_of({100, 50, 0, 0, 0, 50, 0, 0, 0, 0, 50}), chance)) {
      all.push_back(each.end);
    }
    return all;
  };
  EXPECT_EQ(ends(5), ends(5));
  EXPECT_NE(ends(5), ends(6));
}

struct impossible_month {
  cells given;
  std::string column;
  std::string what;
};

TEST(ReplayPlanTest, SaysWhatNoCallsCanComeTo) {
  const impossible_month cases[] = {
      {{9, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "skips", "expected at most 9, the calls, not 10"},
      {{10, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0},
       "bad_domain",
       "expected at most 5, the calls that are not skipped, not 6"},
      {{10, 2, 3, 0, 0, 6, 0, 0, 0, 0, 0},
       "sessions",
       "expected at most 5, the calls about domains that exist, not 6"},
      {{10, 0, 0, 0, 10, 0, 1, 0, 0, 0, 0}, "welcome", "expected at most 0, the sessions, not 1"},
      {{10, 0, 0, 0, 0, 10, 4, 7, 0, 0, 0},
       "noop",
       "expected at most 6, the sessions that were welcome, not 7"},
      {{10, 0, 0, 0, 0, 10, 4, 2, 5, 0, 0},
       "helo",
       "expected at most 4, the sessions that came to HELO, not 5"},
      {{10, 0, 0, 0, 0, 10, 4, 2, 1, 4, 0},
       "mail_from",
       "expected at most 3, the sessions that came to MAIL, not 4"},
      {{10, 0, 0, 0, 0, 10, 4, 0, 0, 0, 7},
       "rcpt_to",
       "expected at most 6, the calls that may have come to RCPT, not 7"},
      {{10, 0, 0, 0, 0, 4, 4, 0, 0, 0, 1},
       "rcpt_to",
       "expected at most 0, the refusals that the sessions have room for, not 1"},
      {{100, 0, 0, 0, 0, 1, 0, 0, 0, 0, 51},
       "rcpt_to",
       "expected at most 50, the refusals that the sessions have room for, not 51"},
      {{10, 0, 0, 0, 4, 5, 0, 0, 0, 0, 0},
       "bad_connects",
       "expected at least 5, the calls that came to no session, not 4"},
      {{10, 0, 0, 0, 46, 5, 0, 0, 0, 0, 0},
       "bad_connects",
       "expected at most 45, the failed connections that the calls have room for, not 46"},
      {{10, 0, 0, 9, 10, 5, 0, 0, 0, 0, 0},
       "bad_connects",
       "expected at most 9, the failed connections that the calls have room for, not 10"},
      {{10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0},
       "bad_connects",
       "expected at least 10, the calls that came to no session, not 1"},
      {{10, 5, 0, 6, 5, 0, 0, 0, 0, 0, 0},
       "no_mx",
       "expected at most 5, the calls that dial a host, not 6"},
      {{4, 0, 0, 3, 0, 2, 0, 0, 0, 0, 4}, "no_mx", "expected at most 0, the calls"},
  };
  for (const impossible_month& each : cases) {
    seeded_random chance(1);
    const auto planned = plan_month(month_of(each.given), chance);
    ASSERT_FALSE(planned) << each.what;
    EXPECT_EQ(planned.error().line, 7U);
    EXPECT_EQ(planned.error().column, each.column);
    EXPECT_EQ(planned.error().what.substr(0, each.what.size()), each.what);
  }
}

}  // namespace
}  // namespace cbv::sim
