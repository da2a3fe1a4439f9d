#include "tools/cbvd/setting.hpp"

#include <gtest/gtest.h>

namespace cbv::cbvd {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

setting_value text_value(std::string text) {
  return {std::move(text), "a text"};
}

TEST(SettingTest, HoldsATimeToItsRange) {
  milliseconds target = 5s;
  const setting limit = time_setting("limit", target, 1s, 1min);
  EXPECT_EQ(limit.read(text_value("999ms")), "got \"999ms\"");
  EXPECT_EQ(limit.read(text_value("61s")), "got \"61s\"");
  EXPECT_EQ(target, 5s);
  EXPECT_EQ(limit.read(text_value("1m")), std::nullopt);
  EXPECT_EQ(target, 1min);
  EXPECT_EQ(limit.shown(), "\"1m\"");
  EXPECT_EQ(limit.expected, "a time from \"1s\" to \"1m\"");
}

TEST(SettingTest, RefusesAFractionOfASecondWhereSecondsAreKept) {
  std::chrono::seconds target = 5s;
  const setting limit = time_setting("limit", target, 1s, 60s);
  EXPECT_EQ(limit.read(text_value("1500ms")), "got \"1500ms\"");
  EXPECT_EQ(limit.read(text_value("2000ms")), std::nullopt);
  EXPECT_EQ(target, 2s);
}

TEST(SettingTest, HoldsANumberToItsRangeAndType) {
  std::uint16_t port = 25;
  const setting number = number_setting<std::uint16_t>("port", port, 1, 65535);
  const auto whole = [](std::int64_t value) { return setting_value{value, "a whole number"}; };
  EXPECT_EQ(number.read(whole(0)), "got 0");
  EXPECT_EQ(number.read(whole(65536)), "got 65536");
  EXPECT_EQ(number.read(whole(-1)), "got -1");
  EXPECT_EQ(number.read(text_value("25")), "got a text");
  EXPECT_EQ(number.read(whole(65535)), std::nullopt);
  EXPECT_EQ(port, 65535);
}

TEST(SettingTest, TakesOneOfTheWordsOnly) {
  int target = 1;
  const setting word = choice_setting<int>("family", target, {{"any", 1}, {"ipv4", 2}});
  EXPECT_EQ(word.expected, "one of \"any\", \"ipv4\"");
  EXPECT_EQ(word.read(text_value("ipv5")), "got \"ipv5\"");
  EXPECT_EQ(word.read(text_value("ipv4")), std::nullopt);
  EXPECT_EQ(target, 2);
  EXPECT_EQ(word.shown(), "\"ipv4\"");
}

TEST(SettingTest, ChecksEveryTextOfAList) {
  std::vector<std::string> target{"kept"};
  const text_form<std::string> no_dots{[](std::string_view text) -> parsed<std::string> {
                                         const std::size_t dot = text.find('.');
                                         if (dot == std::string_view::npos)
                                           return std::string(text);
                                         return syntax_error{"it has a dot", dot + 1};
                                       },
                                       [](const std::string& text) { return text; }};
  const setting list = list_setting("names", target, "a name", no_dots);
  const auto texts = [](std::vector<std::string> value) {
    return setting_value{std::move(value), "a list of texts"};
  };
  EXPECT_EQ(list.read(texts({"a", "b.c"})), "got \"b.c\": it has a dot (octet 2)");
  EXPECT_EQ(target, std::vector<std::string>{"kept"});
  EXPECT_EQ(list.read(texts({"a", "b"})), std::nullopt);
  EXPECT_EQ(list.shown(), "[\"a\", \"b\"]");
}

TEST(SettingTest, QuotesAsTomlDoes) {
  EXPECT_EQ(toml_text("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000a\"");
}

}  // namespace
}  // namespace cbv::cbvd
