#include "cbv/counting/period.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>

namespace cbv {
namespace {

using namespace std::chrono_literals;

wall_time at(int year, unsigned month, unsigned day, std::chrono::seconds of_day = {}) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) /
                               std::chrono::day(day)) +
         of_day;
}

TEST(Period, BeginsAndEndsWhereTheCalendarSays) {
  struct sample {
    span of;
    wall_time time;
    wall_time begin;
    wall_time end;
  };
  const std::array samples{
      sample{span::hour, at(2026, 11, 21, 13h + 59min + 59s), at(2026, 11, 21, 13h),
             at(2026, 11, 21, 14h)},
      sample{span::hour, at(2026, 12, 31, 23h), at(2026, 12, 31, 23h), at(2027, 1, 1)},
      sample{span::day, at(2028, 2, 28, 12h), at(2028, 2, 28), at(2028, 2, 29)},
      sample{span::month, at(2028, 2, 29, 23h), at(2028, 2, 1), at(2028, 3, 1)},
      sample{span::month, at(2026, 12, 1), at(2026, 12, 1), at(2027, 1, 1)},
      sample{span::month, at(1969, 12, 31, 1s), at(1969, 12, 1), at(1970, 1, 1)},
  };
  for (const sample& each : samples) {
    EXPECT_EQ(begin_of(each.of, each.time), each.begin) << to_string(each.of);
    EXPECT_EQ(end_of(each.of, each.time), each.end) << to_string(each.of);
    EXPECT_TRUE(is_begin_of(each.of, each.begin));
    EXPECT_FALSE(is_begin_of(each.of, each.begin + 1s));
  }
}

TEST(Period, NamesAreReadBack) {
  for (const span each : {span::hour, span::day, span::month})
    EXPECT_EQ(span_from_name(to_string(each)), each);
  EXPECT_EQ(span_from_name("week"), std::nullopt);
}

}  // namespace
}  // namespace cbv
