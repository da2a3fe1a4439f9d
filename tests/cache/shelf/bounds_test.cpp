#include "cache/shelf/bounds.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cbv::cache {
namespace {

constexpr std::uint64_t mib = 1 << 20;

TEST(BoundsTest, LeaveRoomInTheMapForWhatIsWrittenAnew) {
  struct row {
    std::uint64_t map;
    std::uint64_t in_use;
  };
  const std::vector<row> table{
      {16384 * mib, 14336 * mib}, {1024 * mib, 896 * mib}, {96 * mib, 48 * mib},
      {72 * mib, 24 * mib},       {3 * mib, 1 * mib},      {0, 0},
  };
  for (const auto& [map, in_use] : table) EXPECT_EQ(octets_for_map(map), in_use) << map;
}

TEST(BoundsTest, SayHowManyMustGo) {
  struct row {
    const char* what;
    std::uint64_t records;
    std::uint64_t octets;
    std::uint64_t excess;
  };
  const std::vector<row> table{
      {"empty", 0, 0, 0},
      {"at both bounds", 1000, 1000, 0},
      {"over the first", 1001, 0, 51},
      {"far over the first", 3000, 0, 2050},
      {"over the second", 800, 1001, 40},
      {"far over the second", 800, 2000, 440},
      {"over both", 1001, 1001, 51},
      {"few and large", 3, 1200, 1},
      {"none and large", 0, 5000, 0},
  };
  const bound_keeper keeper({1000, 1000});
  for (const auto& [what, records, octets, excess] : table) {
    EXPECT_EQ(keeper.excess(records, octets), excess) << what;
  }
}

TEST(BoundsTest, WaitForPagesToBecomeFree) {
  bound_keeper keeper({unbounded, 1000});
  EXPECT_GT(keeper.excess(100, 1100), 0u);
  keeper.kept(1100);
  EXPECT_EQ(keeper.excess(95, 1100), 0u);
  EXPECT_EQ(keeper.excess(95, 1105), 0u);
  EXPECT_GT(keeper.excess(95, 1106), 0u);
  keeper.note(1050);
  EXPECT_GT(keeper.excess(95, 1056), 0u) << "what has become free is not given away again";
  keeper.kept(900);
  EXPECT_EQ(keeper.excess(95, 1000), 0u);
  EXPECT_GT(keeper.excess(95, 1001), 0u);
}

TEST(BoundsTest, MakeRoomOnceWhenTheMapIsFull) {
  bound_keeper keeper({unbounded, 1000});
  keeper.map_is_full();
  EXPECT_EQ(keeper.excess(100, 10), 5u);
  keeper.kept(10);
  EXPECT_EQ(keeper.excess(100, 10), 0u);
  bound_keeper free({unbounded, unbounded});
  free.map_is_full();
  EXPECT_EQ(free.excess(100, 10), 0u);
}

TEST(BoundsTest, AreFarOverFromFiveInAHundredOn) {
  bound_keeper keeper({1000, 1000});
  EXPECT_FALSE(keeper.is_far_over(1050, 1050));
  EXPECT_TRUE(keeper.is_far_over(1051, 0));
  EXPECT_TRUE(keeper.is_far_over(0, 1051));
  keeper.kept(1100);
  EXPECT_FALSE(keeper.is_far_over(0, 1105));
  EXPECT_TRUE(keeper.is_far_over(0, 1106));
  EXPECT_FALSE(bound_keeper({unbounded, unbounded}).is_far_over(1ULL << 40U, 1ULL << 40U));
}

}  // namespace
}  // namespace cbv::cache
