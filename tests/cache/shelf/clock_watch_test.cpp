#include "cache/shelf/clock_watch.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/cache/sample.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

struct reading {
  std::chrono::seconds wall;  // after noon
  std::chrono::seconds at;
};

TEST(ClockWatchTest, TrustsAClockThatHasRunEvenlyForAnHour) {
  struct row {
    const char* what;
    std::vector<reading> readings;
    bool trusted;
  };
  const auto year = 365 * 24h;
  const std::vector<row> table{
      {"never read", {}, false},
      {"read once", {{0s, 0s}}, false},
      {"nearly an hour", {{0s, 0s}, {1h - 1s, 1h - 1s}}, false},
      {"an hour", {{0s, 0s}, {1h, 1h}}, true},
      {"a little uneven", {{0s, 0s}, {30min, 34min}, {70min, 70min}}, true},
      {"slow drift for days", {{0s, 0s}, {24h, 24h + 4min}, {48h, 48h + 8min}}, true},
      {"forward", {{0s, 0s}, {2h, 2h}, {2h + year, 2h + 1s}}, false},
      {"forward, nearly an hour ago",
       {{0s, 0s}, {2h, 2h}, {2h + year, 2h}, {3h - 1s + year, 3h - 1s}},
       false},
      {"forward, an hour ago", {{0s, 0s}, {2h, 2h}, {2h + year, 2h}, {3h + year, 3h}}, true},
      {"forward and back", {{0s, 0s}, {2h, 2h}, {2h + year, 2h}, {3h - 1s, 3h - 1s}}, false},
      {"back", {{0s, 0s}, {2h, 2h}, {1h, 2h}}, false},
      {"back, an hour ago", {{0s, 0s}, {2h, 2h}, {1h, 2h}, {2h, 3h}}, true},
      {"before any of this was written", {{-year, 0s}, {-year + 2h, 2h}}, false},
      {"before 1970", {{-57 * year, 0s}, {-57 * year + 2h, 2h}}, false},
      {"past 2106", {{80 * year, 0s}, {80 * year + 2h, 2h}}, false},
  };
  for (const auto& [what, readings, trusted] : table) {
    clock_watch watch(1h);
    for (const auto& [wall, at] : readings) watch.note(noon + wall, time_point{} + at);
    EXPECT_EQ(watch.is_trusted(), trusted) << what;
  }
}

}  // namespace
}  // namespace cbv::cache
