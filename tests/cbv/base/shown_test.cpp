#include "cbv/base/shown.hpp"

#include <gtest/gtest.h>

namespace cbv {
namespace {

TEST(ShownTest, IsCutBehindAWholeCharacter) {
  const struct {
    const char* text;
    std::size_t octets_max;
    const char* shown;
  } cases[] = {
      {"", 3, ""},           {"abc", 3, "abc"},
      {"abcd", 3, "abc"},    {"a\nb", 6, "a\\x0ab"},
      {"a\nb", 5, "a\\x0a"}, {"a\nb", 4, "a"},
      {"a\\b", 3, "a\\\\"},  {"\xc3\xbc\xc3\xbc", 3, "\xc3\xbc"},
      {"\xc3\xbc", 1, ""},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(shown(one.text, one.octets_max), one.shown) << one.text << ' ' << one.octets_max;
  }
}

}  // namespace
}  // namespace cbv
