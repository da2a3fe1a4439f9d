#include "cbv/checks/text_table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::checks {
namespace {

std::uint8_t kind_of(std::uint32_t number) {
  return static_cast<std::uint8_t>(number % 3);
}

TEST(TextTableTest, FindsNothingWhileEmpty) {
  const text_table table;
  EXPECT_FALSE(table.find(0, ""));
  EXPECT_FALSE(table.find(0, "a"));
}

TEST(TextTableTest, TellsKindsApartAndKeepsTheFirst) {
  text_table table;
  EXPECT_TRUE(table.add(1, "a", 7));
  EXPECT_TRUE(table.add(2, "a", 8));
  EXPECT_TRUE(table.add(1, "", 9));
  EXPECT_FALSE(table.add(1, "a", 10)) << "it is there already";
  EXPECT_EQ(table.find(1, "a"), 7U);
  EXPECT_EQ(table.find(2, "a"), 8U);
  EXPECT_EQ(table.find(1, ""), 9U);
  EXPECT_FALSE(table.find(2, ""));
  EXPECT_FALSE(table.find(3, "a"));
  EXPECT_FALSE(table.find(1, "ab"));
  EXPECT_EQ(table.size(), 3U);
}

TEST(TextTableTest, FindsAllOfManyAndNoOther) {
  constexpr std::uint32_t many = 20'000;
  text_table table;
  for (std::uint32_t i = 0; i < many; ++i) ASSERT_TRUE(table.add(kind_of(i), std::to_string(i), i));
  table.shrink();
  for (std::uint32_t i = 0; i < many; ++i) {
    ASSERT_EQ(table.find(kind_of(i), std::to_string(i)), i);
    ASSERT_FALSE(table.find(kind_of(i + 1), std::to_string(i)));
    ASSERT_FALSE(table.find(kind_of(i), std::to_string(i + many)));
  }
  EXPECT_LT(table.octets(), many * 40U);
}

TEST(TextTableTest, HasALimitForATextAlone) {
  text_table table;
  EXPECT_TRUE(table.add(0, std::string(65'535, 'a'), 1));
  EXPECT_FALSE(table.has_room_for(std::string(65'536, 'a')));
  EXPECT_FALSE(table.add(0, std::string(65'536, 'a'), 2));
  EXPECT_EQ(table.find(0, std::string(65'535, 'a')), 1U);
}

}  // namespace
}  // namespace cbv::checks
