#include "tools/cbv-sim/reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cbv::sim {
namespace {

using std::chrono::milliseconds;

std::vector<std::string> words_of(std::string_view raw) {
  std::vector<std::string> words;
  for (const field& each : text_line{1, false, raw}.fields()) words.push_back(each.text);
  return words;
}

TEST(ReaderTest, SplitsLines) {
  const auto lines = split_lines("one\r\n\n  # only a comment\n\ttwo # three\nlast");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].raw, "one");
  EXPECT_FALSE(lines[0].indented);
  EXPECT_EQ(lines[1].number, 4U);
  EXPECT_TRUE(lines[1].indented);
  EXPECT_EQ(lines[1].raw, "two # three");
  EXPECT_EQ(lines[2].number, 5U);
}

TEST(ReaderTest, SplitsWords) {
  using texts = std::vector<std::string>;
  EXPECT_EQ(words_of("a  b\tc#d # e"), (texts{"a", "b", "c#d"}));
  EXPECT_EQ(words_of(R"(a "b # c" "")"), (texts{"a", "b # c", ""}));
  EXPECT_EQ(words_of(R"("\"\\\n\r\t\x41\xff")"), (texts{"\"\\\n\r\tA\xff"}));
  for (const char* const bad : {"\"a", "\"a\"b", "\"\\x4\"", "\"\\q\"", "\"\\"}) {
    EXPECT_THROW(words_of(bad), complaint) << bad;
  }
}

TEST(ReaderTest, ReadsTimes) {
  EXPECT_EQ(read_duration("0s"), milliseconds(0));
  EXPECT_EQ(read_duration("1500ms"), milliseconds(1500));
  EXPECT_EQ(read_duration("2m"), milliseconds(120'000));
  EXPECT_EQ(read_duration("365d"), milliseconds(31'536'000'000));
  for (const char* const bad :
       {"", "5", "s", "-1s", "1.5s", "5 s", "366d", "99999999999999999999s"}) {
    EXPECT_THROW(read_duration(bad), complaint) << bad;
  }
  EXPECT_EQ(read_ttl("300"), 300U);
  EXPECT_EQ(read_ttl("1h"), 3600U);
  EXPECT_THROW(read_ttl("2147483648"), complaint);
}

}  // namespace
}  // namespace cbv::sim
