#include "cbv/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace cbv::utf8 {
namespace {

using namespace std::string_literals;

struct character_case {
  std::string bytes;
  std::size_t length;
};

TEST(Utf8, TellsTheLengthOfTheFirstCharacter) {
  const std::vector<character_case> cases{
      {"", 0},
      {"a", 1},
      {"\0"s, 1},
      {"\x7f", 1},
      {"ab", 1},
      // Two octets: U+0080 to U+07FF.
      {"\xc2\x80", 2},
      {"\xdf\xbf", 2},
      {"\xc2\x80\x80", 2},
      {"\x80", 0},  // a continuation first
      {"\xbf\x80", 0},
      {"\xc0\x80", 0},  // overlong
      {"\xc1\xbf", 0},
      {"\xc2", 0},  // cut short
      {"\xc2\x7f", 0},
      {"\xc2\xc0", 0},
      // Three: U+0800 to U+FFFF without the surrogates.
      {"\xe0\xa0\x80", 3},
      {"\xe0\x9f\xbf", 0},  // overlong
      {"\xed\x9f\xbf", 3},
      {"\xed\xa0\x80", 0},  // U+D800
      {"\xed\xbf\xbf", 0},  // U+DFFF
      {"\xee\x80\x80", 3},
      {"\xef\xbf\xbf", 3},
      {"\xe1\x80", 0},
      {"\xe1\x80 ", 0},
      {"\xe1 \x80", 0},
      // Four: U+10000 to U+10FFFF.
      {"\xf0\x90\x80\x80", 4},
      {"\xf0\x8f\xbf\xbf", 0},  // overlong
      {"\xf4\x8f\xbf\xbf", 4},
      {"\xf4\x90\x80\x80", 0},  // U+110000
      {"\xf5\x80\x80\x80", 0},
      {"\xf0\x90\x80", 0},
      {"\xf0\x90\x80 ", 0},
      {"\xf8\x88\x80\x80\x80", 0},
      {"\xfe", 0},
      {"\xff", 0},
  };
  for (const auto& [bytes, length] : cases) {
    EXPECT_EQ(character_length(bytes), length) << testing::PrintToString(bytes);
  }
}

TEST(Utf8, IsValidThroughout) {
  EXPECT_TRUE(is_valid(""));
  EXPECT_TRUE(is_valid("grüße 用户 💩"));
  EXPECT_TRUE(is_valid("\0"s));
  EXPECT_FALSE(is_valid("gr\xfc\xdf"));
  EXPECT_FALSE(is_valid("ü\x80"));
  EXPECT_FALSE(is_valid("ü\xc3"));
}

TEST(Utf8, TruncatesBetweenCharacters) {
  const std::string_view text = "aü用💩";  // 1 + 2 + 3 + 4 octets
  const std::vector<std::size_t> kept{0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t octets_max = 0; octets_max < kept.size(); ++octets_max) {
    EXPECT_EQ(truncate(text, octets_max), text.substr(0, kept[octets_max])) << octets_max;
  }
}

}  // namespace
}  // namespace cbv::utf8
