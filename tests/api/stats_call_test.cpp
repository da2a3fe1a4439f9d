#include "api/stats_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "api/protocol.hpp"
#include "api/verdict_json.hpp"

namespace cbv::api {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

wall_time at(const char* text) {
  const auto read = parse_rfc3339(text);
  EXPECT_TRUE(read) << text;
  return read.value_or(wall_time{});
}

std::string shown(const std::optional<wall_time>& time) {
  return time ? rfc3339(*time) : "-";
}

// "FROM TO BY" as they were understood, or what is wrong.
std::string asked_by(const std::string& query) {
  const auto read = read_stats_query(query);
  if (const auto* wrong = std::get_if<wrong_parameter>(&read)) return *wrong;
  const auto& made = std::get<history_question>(read);
  return shown(made.from) + ' ' + shown(made.to) + ' ' +
         (made.by ? std::string(to_string(*made.by)) : "-");
}

std::string asked_with(const std::string& params) {
  const message read =
      read_message(R"({"jsonrpc":"2.0","id":1,"method":"stats","params":)" + params + "}", {});
  const auto made = read_call(std::get<request>(read.entries.front()));
  if (const auto* bad = std::get_if<fault>(&made)) return bad->detail;
  const history_question& asked = std::get<call>(made).of_past;
  return shown(asked.from) + ' ' + shown(asked.to) + ' ' +
         (asked.by ? std::string(to_string(*asked.by)) : "-");
}

TEST(StatsCall, TakesMonthsDatesAndTimes) {
  struct row {
    const char* query;
    const char* expected;
  };
  for (const auto& [query, expected] : std::vector<row>{
           {"", "- - -"},
           {"by=total", "- - -"},
           {"by=hour", "- - hour"},
           {"by=day&&", "- - day"},
           {"from=2026-11&to=2026-11&by=month", "2026-11-01T00:00:00Z 2026-12-01T00:00:00Z month"},
           {"from=2026-12&to=2026-12", "2026-12-01T00:00:00Z 2027-01-01T00:00:00Z -"},
           {"to=2024-02-29", "- 2024-03-01T00:00:00Z -"},
           {"from=2026-11-21&to=2026-11-21", "2026-11-21T00:00:00Z 2026-11-22T00:00:00Z -"},
           {"from=2026-11-21T10:00:00Z&to=2026-11-21T11:30:05Z",
            "2026-11-21T10:00:00Z 2026-11-21T11:30:05Z -"},
           {"from=2026-11-21t10:00:00z", "2026-11-21T10:00:00Z - -"},
           {"from=2026-11-21%2010:00:00%5a", "2026-11-21T10:00:00Z - -"},
           {"from=2026-11-21T00:30:00+02:00", "2026-11-20T22:30:00Z - -"},
           {"from=2026-11-21T00:30:00%2B02:00", "2026-11-20T22:30:00Z - -"},
           {"from=2026-12-31T23:30:00-05:45", "2027-01-01T05:15:00Z - -"},
           {"from=2026-11-21T10:00:00-00:00", "2026-11-21T10:00:00Z - -"},
           {"from=2026-11-21T10:00:00.999Z&to=2026-11-21T11:00:00.25Z",
            "2026-11-21T10:00:00Z 2026-11-21T11:00:01Z -"},
           {"to=2026-11-21T11:00:00.000Z", "- 2026-11-21T11:00:00Z -"},
           {"from=1970-01-02", "1970-01-02T00:00:00Z - -"},
       }) {
    EXPECT_EQ(asked_by(query), expected) << query;
  }
}

TEST(StatsCall, SaysByNameWhatItDoesNotTake) {
  const std::string time =
      "expected a time such as 2026-11-21T10:00:00Z, a date such as 2026-11-21 or a month such as "
      "2026-11, got ";
  struct row {
    const char* query;
    std::string expected;
  };
  for (const auto& [query, expected] : std::vector<row>{
           {"from=", "from: " + time + "\"\""},
           {"from=yesterday", "from: " + time + "\"yesterday\""},
           {"to=2026-13", "to: " + time + "\"2026-13\""},
           {"to=2026-11-31", "to: " + time + "\"2026-11-31\""},
           {"to=2026-1-1", "to: " + time + "\"2026-1-1\""},
           {"from=2026-11-21T24:00:00Z", "from: " + time + "\"2026-11-21T24:00:00Z\""},
           {"from=2026-11-21T10:00:00", "from: " + time + "\"2026-11-21T10:00:00\""},
           {"from=2026-11-21T10:00:00.Z", "from: " + time + "\"2026-11-21T10:00:00.Z\""},
           {"from=2026-11-21T10:00:00+2:00", "from: " + time + "\"2026-11-21T10:00:00+2:00\""},
           {"from=2026-11-21T10:00:00+24:00", "from: " + time + "\"2026-11-21T10:00:00+24:00\""},
           {"from=2026-11-21T10:00:00+0200", "from: " + time + "\"2026-11-21T10:00:00+0200\""},
           {"from=a%0D%0Ab%ff", "from: " + time + R"("a\x0d\x0ab\xff")"},
           {"to=2016-12-31T23:59:60Z",
            "to: expected a time that is no leap second, got \"2016-12-31T23:59:60Z\""},
           {"from=1969-12-31", "from: expected a time from 1970 to 9999, got \"1969-12-31\""},
           {"from=1970-01-01T00:00:00%2B01:00",
            "from: expected a time from 1970 to 9999, got \"1970-01-01T00:00:00+01:00\""},
           {"to=9999-12-31T23:59:59-01:00",
            "to: expected a time from 1970 to 9999, got \"9999-12-31T23:59:59-01:00\""},
           {"by=week", "by: expected hour, day, month or total, got \"week\""},
           {"by=Hour", "by: expected hour, day, month or total, got \"Hour\""},
           {"by=day&by=day", "by: given twice"},
           {"By=day", "By: unknown parameter"},
           {"=x", ": unknown parameter"},
           {"x%00=1", "x\\x00: unknown parameter"},
           {"from=2026-12&to=2026-11",
            "from: expected a time before `to`, got 2026-12-01T00:00:00Z and "
            "2026-12-01T00:00:00Z"},
           {"from=2026-12-02&to=2026-11",
            "from: expected a time before `to`, got 2026-12-02T00:00:00Z and "
            "2026-12-01T00:00:00Z"},
           {"from=%4", "expected two hex digits behind each %, got \"from=%4\""},
           {"%g1=2", "expected two hex digits behind each %, got \"%g1=2\""},
           {"from=%+1", "expected two hex digits behind each %, got \"from=%+1\""},
       }) {
    EXPECT_EQ(asked_by(query), expected) << query;
  }
}

TEST(StatsCall, IsTheSameInARequest) {
  EXPECT_EQ(asked_with("{}"), "- - -");
  EXPECT_EQ(asked_with(R"({"from":"2026-11","to":"2026-11-21T10:00:00+02:00","by":"day"})"),
            "2026-11-01T00:00:00Z 2026-11-21T08:00:00Z day");
  EXPECT_THAT(asked_with(R"({"from":"soon"})"),
              StartsWith("params.from: expected a time such as 2026-11-21T10:00:00Z, a date"));
  EXPECT_THAT(asked_with(R"({"from":"soon"})"), HasSubstr(R"(, got "soon")"));
  EXPECT_EQ(asked_with(R"({"from":5})"), "params.from: expected a string, got 5");
  EXPECT_EQ(asked_with(R"({"from":"2026-11","from":"2026-11"})"), "params.from: given twice");
  EXPECT_EQ(asked_with(R"({"until":"2026-11"})"), "params.until: unknown parameter");
  EXPECT_THAT(asked_with(R"({"from":"2026-12","to":"2026-11"})"),
              StartsWith("params.from: expected a time before"));
}

TEST(StatsCall, AMonthMayBeTheLastOne) {
  EXPECT_EQ(asked_by("from=9999-12&to=9999-12").substr(0, 20), "9999-12-01T00:00:00Z");
}

TEST(StatsCall, SaysWhatFitsWhereThereWouldBeTooManyPeriods) {
  const wall_time now = at("2026-11-21T10:30:00Z");
  const auto refusal = [now](const char* from, const char* to, std::optional<span> by) {
    history_question asked{{}, {}, by};
    if (*to != '\0') asked.to = at(to);
    return why_too_long(asked, at(from), now);
  };
  EXPECT_EQ(refusal("2026-08-30T03:00:00Z", "", span::hour), "") << "2,000 hours";
  EXPECT_EQ(refusal("2026-08-30T02:59:59Z", "", span::hour),
            "by: 2001 of one hour each are more than 2000, expected day");
  EXPECT_EQ(refusal("2016-01-01T00:00:00Z", "", span::hour),
            "by: 95459 of one hour each are more than 2000, expected month");
  EXPECT_EQ(refusal("2021-06-01T00:00:00Z", "", span::day), "");
  EXPECT_EQ(refusal("2021-05-31T00:00:00Z", "", span::day),
            "by: 2001 of one day each are more than 2000, expected month");
  EXPECT_EQ(refusal("1970-01-01T00:00:00Z", "", span::month), "");
  EXPECT_EQ(refusal("1970-01-01T00:00:00Z", "", std::nullopt), "");
  EXPECT_EQ(refusal("2026-11-21T00:00:00Z", "9999-12-31T00:00:00Z", span::hour), "")
      << "what is to come is not shown";
  EXPECT_EQ(refusal("2030-01-01T00:00:00Z", "", span::hour), "") << "nor what begins later";
  EXPECT_EQ(refusal("2016-01-01T00:00:00Z", "2016-01-02T00:00:00Z", span::hour), "");
}

}  // namespace
}  // namespace cbv::api
