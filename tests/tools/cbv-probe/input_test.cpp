#include "tools/cbv-probe/input.hpp"

#include <gtest/gtest.h>

namespace cbv::probe {
namespace {

TEST(InputTest, TakesAnAddressALine) {
  const auto list = parse_list(
      "ann@example.net\r\n\n  bob@example.net \n# a comment\nno address\n<>", "f", role::sender);
  ASSERT_TRUE(list);
  EXPECT_EQ(*list, (std::vector<request>{{"ann@example.net", role::sender},
                                         {"bob@example.net", role::sender},
                                         {"no address", role::sender},
                                         {"<>", role::sender}}));
}

TEST(InputTest, TakesJsonLinesAndTheirRole) {
  const auto list = parse_list(R"({"address":"ann@example.net"}
{"role":"sender","address":"b\u00fcro@example.net","status":"unknown"})",
                               "f", role::recipient);
  ASSERT_TRUE(list);
  EXPECT_EQ(*list, (std::vector<request>{{"ann@example.net", role::recipient},
                                         {"b\xc3\xbcro@example.net", role::sender}}));
}

TEST(InputTest, SaysWhichLineIsWrong) {
  struct {
    std::string_view text;
    std::string_view says;
  } const cases[] = {
      {"ok@example.net\n{\"address\":", "f:2: expected an address or a JSON object"},
      {"{}", "f:1: expected an address or a JSON object"},
      {R"({"address":5})", "got no text under \"address\""},
      {R"({"address":"a@b","role":"both"})", R"(expected "sender" or "recipient" under "role")"},
      {R"({"address":"a@b","role":null})", R"(expected "sender" or "recipient" under "role")"},
  };
  for (const auto& each : cases) {
    const auto list = parse_list(each.text, "f", role::recipient);
    ASSERT_FALSE(list) << each.text;
    EXPECT_NE(list.error().what.find(each.says), std::string::npos) << list.error().what;
  }
}

TEST(InputTest, SaysWhyAFileCannotBeRead) {
  const auto missing = read_list("/nonexistent/list", role::recipient);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().what, "/nonexistent/list: No such file or directory");
  const auto folder = read_list("/", role::recipient);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().what, "/: Is a directory");
}

}  // namespace
}  // namespace cbv::probe
