#include "tools/cbvctl/progress.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace cbv::ctl {
namespace {

TEST(ProgressTest, TheBarGrowsWithWhatIsDone) {
  const struct {
    std::uint64_t done;
    std::uint64_t total;
    const char* percent;
    std::size_t places;
  } cases[] = {{0, 400, "]   0 %  7 records", 0},
               {100, 400, "]  25 %  7 records", 1},
               {399, 400, "]  99 %  7 records", 3},
               {400, 400, "] 100 %  7 records", 4},
               {500, 400, "] 100 %  7 records", 4}};
  const std::string full = bar_text(1, 1, 7);
  const std::size_t quarter = (full.find(']') - 1) / 4;
  for (const auto& one : cases) {
    const std::string bar = bar_text(one.done, one.total, 7);
    EXPECT_EQ(bar.find(']'), full.find(']')) << bar;
    EXPECT_EQ(bar.substr(bar.find(']')), one.percent);
    const auto filled = static_cast<std::size_t>(std::count(bar.begin(), bar.end(), '#'));
    EXPECT_EQ(filled / quarter, one.places) << bar;
  }
}

TEST(ProgressTest, WithoutATotalItOnlyCounts) {
  EXPECT_EQ(bar_text(12, 0, 345), "345 records");
}

}  // namespace
}  // namespace cbv::ctl
