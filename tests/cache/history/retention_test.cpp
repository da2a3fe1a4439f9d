#include "cache/history/retention.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;

/// "2026-11-21" or "2026-11-21T12".
wall_time at(const std::string& text) {
  const auto number = [&text](std::size_t from, std::size_t octets) {
    return std::stoi(text.substr(from, octets));
  };
  const wall_time midnight =
      sys_days(year(number(0, 4)) / month(static_cast<unsigned>(number(5, 2))) /
               day(static_cast<unsigned>(number(8, 2))));
  return text.size() > 10 ? midnight + std::chrono::hours(number(11, 2)) : midnight;
}

// At noon of 2026-11-21, when all has been thrown away that goes.
const wall_time now = at("2026-11-21T12") + 34min;
const kept_from kept = kept_at(now, {});

TEST(RetentionTest, KeepsWholeDaysOfHoursAndWholeMonthsOfDays) {
  EXPECT_EQ(kept.hours, at("2026-09-22"));
  EXPECT_EQ(kept.days, at("2024-11-01"));
  EXPECT_EQ(kept_at(at("2028-03-01"), {}).days, at("2026-03-01")) << "over a leap day";
  EXPECT_EQ(kept_at(at("1970-01-05"), {}), kept_from{}) << "nothing is older";
}

TEST(RetentionTest, WhatHasGoneDoesNotComeBackWithTheClock) {
  EXPECT_EQ(kept_at(at("2020-01-01"), kept), kept);
}

TEST(RetentionTest, AQuestionIsWidenedToWhatIsKept) {
  struct row {
    const char* what;
    std::optional<std::string> from;
    std::optional<std::string> to;
    std::optional<span> by;
    const char* is_from;
    const char* is_to;
  };
  const std::vector<row> table{
      {"since counting began", {}, {}, {}, "2024-03-01", "2026-11-21T13"},
      {"hours", "2026-11-20T03", "2026-11-20T05", {}, "2026-11-20T03", "2026-11-20T05"},
      {"of hours only days are left",
       "2026-09-21T03",
       "2026-09-21T05",
       {},
       "2026-09-21",
       "2026-09-22"},
      {"from a day to an hour",
       "2026-09-21T03",
       "2026-09-22T05",
       {},
       "2026-09-21",
       "2026-09-22T05"},
      {"of days only months are left", "2024-10-30", "2024-10-31", {}, "2024-10-01", "2024-11-01"},
      {"beyond now", "2026-11-21T11", "2027-01-01", {}, "2026-11-21T11", "2026-11-21T13"},
      {"all beyond now", "2027-01-01", "2027-02-01", {}, "2027-01-01", "2027-01-01"},
      {"the wrong way round", "2026-11-20", "2026-11-19", {}, "2026-11-20", "2026-11-20"},
      {"by hour", "2026-11-20T03", {}, span::hour, "2026-11-20T03", "2026-11-21T13"},
      {"by day", "2026-11-19T03", "2026-11-20T05", span::day, "2026-11-19", "2026-11-21"},
      {"by month", "2026-02-28", {}, span::month, "2026-02-01", "2026-12-01"},
      {"by hour, all", {}, {}, span::hour, "2026-09-22", "2026-11-21T13"},
      {"by day, all", {}, {}, span::day, "2024-11-01", "2026-11-22"},
      {"by month, all", {}, {}, span::month, "2024-03-01", "2026-12-01"},
      {"before counting began", "2003-11-01", "2003-12-01", span::month, "2003-11-01",
       "2003-12-01"},
  };
  for (const row& one : table) {
    history_question asked;
    if (one.from) asked.from = at(*one.from);
    if (one.to) asked.to = at(*one.to);
    asked.by = one.by;
    const stretch time = covered_by(asked, now, at("2024-03-05T07"), kept);
    EXPECT_EQ(time.from, at(one.is_from)) << one.what;
    EXPECT_EQ(time.to, at(one.is_to)) << one.what;
  }
}

TEST(RetentionTest, PartsOfAnHourAreWidened) {
  const stretch time = covered_by({now - 2h, now - 1h, {}}, now, {}, kept);
  EXPECT_EQ(time, (stretch{at("2026-11-21T10"), at("2026-11-21T12")}));
}

TEST(RetentionTest, OfTooManyPeriodsTheLatestAreTold) {
  const kept_from all{};
  const auto hours = covered_by({at("2026-01-01"), {}, span::hour}, now, {}, all);
  EXPECT_EQ(hours, (stretch{at("2026-11-21T13") - 2000h, at("2026-11-21T13")}));
  const auto days = covered_by({at("2000-01-01"), {}, span::day}, now, {}, all);
  EXPECT_EQ(periods_in(days, span::day).size(), longest_history);
  const auto months = covered_by({wall_time{}, {}, span::month}, wall_time::max(), {}, all);
  EXPECT_LT(periods_in(months, span::month).size(), longest_history);
}

TEST(RetentionTest, NothingWasEverCounted) {
  const stretch time = covered_by({}, now, {}, {});
  EXPECT_EQ(time, (stretch{at("2026-11-21T12"), at("2026-11-21T13")}));
}

TEST(RetentionTest, AStretchIsMadeOfTheFewestPeriods) {
  const auto text = [](const std::vector<period>& all) {
    std::string said;
    for (const period& one : all) said += to_string(one.of).front();
    return said;
  };
  const auto of = [&](const std::string& from, const std::string& to) {
    return text(made_of({at(from), at(to)}, kept));
  };
  EXPECT_EQ(of("2026-11-21", "2026-11-21"), "");
  EXPECT_EQ(of("2026-11-21", "2026-11-21T03"), "hhh");
  EXPECT_EQ(of("2026-11-20T22", "2026-11-22T01"), "hhdh");
  EXPECT_EQ(of("2026-01-31", "2026-03-02"), "dmd");
  EXPECT_EQ(of("2024-11-01", "2024-12-01"), "m");
  EXPECT_EQ(of("2024-02-01", "2024-03-01"), "m") << "a leap day";
  EXPECT_EQ(of("2025-12-30", "2027-01-01"), "dd" + std::string(12, 'm'));
}

TEST(RetentionTest, PeriodsFollowEachOther) {
  const auto days = periods_in({at("2024-02-28"), at("2024-03-02")}, span::day);
  ASSERT_EQ(days.size(), 3U);
  EXPECT_EQ(days[1].from, at("2024-02-29"));
  const auto months = periods_in({at("2026-11-01"), at("2027-02-01")}, span::month);
  ASSERT_EQ(months.size(), 3U);
  EXPECT_EQ(months[1].from, at("2026-12-01"));
  EXPECT_EQ(months[1].to(), at("2027-01-01"));
}

}  // namespace
}  // namespace cbv::cache
