#include "cache/history/history_key.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/cache/sample.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

TEST(HistoryKeyTest, IsAsTheFormatHasIt) {
  EXPECT_EQ(history_key(span::hour, noon + 59min), std::string("\x01\x6b\x01\x87\xc0", 5));
  EXPECT_EQ(history_key(span::day, noon), std::string("\x02\x6b\x00\xdf\x00", 5));
  EXPECT_EQ(history_key(span::month, noon), std::string("\x03\x6a\xe6\x81\x00", 5));
}

TEST(HistoryKeyTest, IsReadBack) {
  for (const span of : {span::hour, span::day, span::month}) {
    for (const wall_time at : {wall_time{}, noon, wall_time{4'294'967'295s}}) {
      const auto read = parse_history_key(history_key(of, at));
      ASSERT_TRUE(read);
      EXPECT_EQ(*read, (period{of, begin_of(of, countable(at))}));
    }
  }
}

TEST(HistoryKeyTest, IsInTheOrderOfTime) {
  std::vector<std::string> keys;
  for (const span of : {span::hour, span::day, span::month}) {
    for (const auto later : {0h, 24h * 40, 24h * 365 * 30}) {
      keys.push_back(history_key(of, noon + later));
    }
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST(HistoryKeyTest, IsRefusedIfItIsNone) {
  const std::vector<std::string> none{
      "",
      "format",
      std::string("\x01\x6b\x01\x87", 4),
      std::string("\x00\x6b\x01\x87\xc0", 5),
      std::string("\x04\x6b\x01\x87\xc0", 5),
      std::string("\x01\x6b\x01\x87\xc1", 5),  // no whole hour
      std::string("\x02\x6b\x01\x87\xc0", 5),  // no whole day
      std::string("\x03\x6b\x00\xdf\x00", 5),  // not the first of a month
      std::string("\x01\xff\xff\xff\xf0", 5),  // in an hour that does not end in time
  };
  for (const std::string& key : none) EXPECT_FALSE(parse_history_key(key)) << key;
}

TEST(HistoryKeyTest, TimesThatNoKeyCanHaveBecomeTheNearest) {
  EXPECT_EQ(countable(wall_time{-1s}), wall_time{});
  EXPECT_EQ(countable(noon), noon);
  const wall_time last = countable(wall_time{5'000'000'000s});
  EXPECT_EQ(last, countable(wall_time::max()));
  EXPECT_EQ(last, wall_time(std::chrono::sys_days(std::chrono::year(2106) / 1 / 31)) + 24h - 1s);
}

}  // namespace
}  // namespace cbv::cache
