#include "cbv/base/amount.hpp"

#include <gtest/gtest.h>

namespace cbv {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

TEST(AmountTest, ReadsAndShowsTimes) {
  struct {
    std::string_view text;
    milliseconds time;
  } const cases[] = {{"0ms", 0ms}, {"1500ms", 1500ms}, {"90s", 90s},
                     {"5m", 5min}, {"36h", 36h},       {"7d", 168h}};
  for (const auto& each : cases) {
    EXPECT_EQ(parse_time(each.text), each.time) << each.text;
    EXPECT_EQ(time_text(each.time), each.text);
  }
}

TEST(AmountTest, RefusesWhatIsNoTime) {
  for (const std::string_view text :
       {"", "5", "s", "-1s", "1.5s", "5 s", "5S", "5s ", "1w", "106751991168d"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(AmountTest, ReadsAndShowsSizes) {
  EXPECT_EQ(parse_size("64MiB"), 64ULL << 20U);
  EXPECT_EQ(size_text(64ULL << 20U), "64MiB");
  EXPECT_EQ(size_text(1000), "1000B");
  EXPECT_EQ(parse_size("64MB"), std::nullopt);
  EXPECT_EQ(parse_size("9999999999TiB"), std::nullopt);
}

}  // namespace
}  // namespace cbv
