#include "cbv/verifier/re_probe_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace cbv {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr wall_time noon{1'795'262'400s};

TEST(ReProbePlanTest, OnlyAGreylistIsBookedAndOnlyAnAnswerCancels) {
  struct row {
    reason why;
    re_probe_need need;
  };
  const std::vector<row> table{
      {reason::greylisted, re_probe_need::again},
      {reason::accepted, re_probe_need::none},
      {reason::catch_all, re_probe_need::none},
      {reason::mailbox_not_found, re_probe_need::none},
      {reason::null_mx, re_probe_need::none},
      {reason::mailbox_full, re_probe_need::none},
      {reason::prober_blocked, re_probe_need::none},
      {reason::relay_denied, re_probe_need::none},
      {reason::not_asked, re_probe_need::none},
      {reason::try_later, re_probe_need::unanswered},
      {reason::connect_failed, re_probe_need::unanswered},
      {reason::timed_out, re_probe_need::unanswered},
      {reason::connection_lost, re_probe_need::unanswered},
      {reason::dns_failure, re_probe_need::unanswered},
      {reason::busy, re_probe_need::unanswered},
  };
  for (const auto& [why, need] : table) {
    verdict made;
    made.status = status_of(why);
    made.reason = why;
    EXPECT_EQ(re_probe_need_after(made), need) << to_string(why);
  }
}

TEST(ReProbePlanTest, WaitsAsTheHostAsksOrElseAsTheListSays) {
  struct row {
    std::uint8_t tries;
    std::optional<std::chrono::seconds> retry_after;
    std::optional<std::chrono::seconds> wait;
  };
  const std::vector<row> table{
      {0, std::nullopt, 6min},
      {1, std::nullopt, 16min},
      {2, std::nullopt, 1h},
      {3, std::nullopt, std::nullopt},
      {255, std::nullopt, std::nullopt},
      {0, 300s, 305s},
      {2, 300s, 305s},
      {3, 300s, std::nullopt},
      {0, 25s, 30s},
      {0, 24s, 30s},
      {0, 26s, 31s},
      {0, 0s, 30s},
      {0, -1h, 30s},
      {0, 4h - 6s, 4h - 1s},
      {0, 4h - 5s, 4h},
      {0, 4h, 4h},
      {0, 365 * 24h, 4h},
      {0, std::chrono::seconds::max(), 4h},
  };
  for (const auto& [tries, retry_after, wait] : table) {
    EXPECT_EQ(re_probe_wait({}, tries, retry_after), wait)
        << int{tries} << " tries, asked for " << (retry_after ? retry_after->count() : -1);
  }
  re_probe_options none;
  none.retries.clear();
  EXPECT_EQ(re_probe_wait(none, 0, 300s), std::nullopt);
}

booking due_at(wall_time due, std::uint8_t tries = 0) {
  return {role::sender, *parse_mailbox("a@example.net"), due, tries};
}

std::vector<std::chrono::milliseconds> waits(std::vector<booking> booked, wall_time now,
                                             const re_probe_options& options = {}) {
  std::vector<std::chrono::milliseconds> all;
  for (const resumed_booking& one : resume(std::move(booked), options, now)) {
    all.push_back(one.wait);
  }
  return all;
}

TEST(ReProbePlanTest, ResumesWhatIsNotDueYetForWhatIsLeftOfItsWait) {
  EXPECT_THAT(waits({due_at(noon + 16min), due_at(noon + 1s)}, noon), ElementsAre(1s, 16min));
}

TEST(ReProbePlanTest, SpreadsTheOverdueOut) {
  EXPECT_THAT(waits({due_at(noon), due_at(noon - 1h), due_at(noon + 2h)}, noon),
              ElementsAre(1s, 2s, 2h));
  const auto many = waits(std::vector<booking>(10'000, due_at(noon - 1s)), noon);
  ASSERT_EQ(many.size(), 10'000U);
  EXPECT_EQ(many.front(), 60ms);
  EXPECT_EQ(many.back(), 10min);
}

TEST(ReProbePlanTest, LeavesAloneWhatNobodyWaitsForAnyMore) {
  EXPECT_THAT(waits({due_at(noon)}, noon + 24h - 1s), ElementsAre(1s));
  EXPECT_THAT(waits({due_at(noon)}, noon + 24h), IsEmpty());
  EXPECT_THAT(waits({due_at(noon, 2)}, noon), ElementsAre(1s));
  EXPECT_THAT(waits({due_at(noon, 3)}, noon), IsEmpty()) << "the last one was begun";
  re_probe_options none;
  none.retries.clear();
  EXPECT_THAT(waits({due_at(noon)}, noon, none), IsEmpty());
}

TEST(ReProbePlanTest, WaitsNoLongerThanCouldHaveBeenBookedWhenTheClockWasSetBack) {
  EXPECT_THAT(waits({due_at(noon + 6min)}, noon - 240h), ElementsAre(4h));
  re_probe_options longer;
  longer.retries = {5h};
  EXPECT_THAT(waits({due_at(noon + 6min)}, noon - 240h, longer), ElementsAre(5h));
}

}  // namespace
}  // namespace cbv
