#include "cbv/verdict/remote_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/base/ascii.hpp"
#include "cbv/verdict/enhanced_code.hpp"

namespace cbv {
namespace {

std::string of(const std::string& text, int code = 550) {
  return remote_text(far_reply{code, "5.1.1", text});
}

TEST(RemoteTextTest, IsWhatTheHostSaidWithoutCodesInPlainText) {
  struct row {
    std::string said;
    std::string passed_on;
  };
  const std::vector<row> rows{
      {"no such user", "no such user"},
      {"", ""},
      {"   ", ""},
      {"5.1.1 no such user 5.1.1 here", "no such user here"},
      {"550 5.1.1 relayed: 550-5.1.1 no", "relayed: no"},
      {"(#5.1.1) <a@b.example>: User unknown; rejecting", "a@b.example : User unknown; rejecting"},
      {"250 messages, 5.5 MB, 192.0.2.1, 5.1.1.1", "250 messages, 5.5 MB, 192.0.2.1, 5.1.1.1"},
      {R"(say "quotas" \\ 100% $sender ${eval:1} `id` {x} [y] a|b ^c)",
       "say quotas 100 sender eval:1 id x y a b c"},
      {R"(no\x0d\x0aaction=OK\x0a\x0a)", "no action=OK"},
      {R"(cut \x0)", "cut x0"},
      {"two\r\nlines\tand\x01\x7f more", "two lines and more"},
      {"Bo\u00eete pleine \u4f60\u597d", "Bo?te pleine ??"},
      {"%1 %s %n <CBVTMPF>", "1 s n CBVTMPF"},
  };
  for (const row& each : rows) EXPECT_EQ(of(each.said), each.passed_on) << each.said;
  EXPECT_EQ(of("451 try 550 later", 451), "try 550 later");
}

TEST(RemoteTextTest, IsNoLongerThanItMayBe) {
  EXPECT_EQ(of(std::string(reply_text_octets_max, 'x')), std::string(200, 'x'));
  const std::string words = std::string(199, 'x') + " and so on";
  EXPECT_EQ(of(words), std::string(199, 'x')) << "no blank at the end";
}

TEST(RemoteTextTest, WhateverIsSaidItIsPlainText) {
  std::mt19937 chance(7);
  for (int round = 0; round < 2'000; ++round) {
    std::string said(chance() % (reply_text_octets_max + 1), ' ');
    for (char& octet : said) octet = static_cast<char>(chance() % 256);
    const std::string passed_on = of(said);
    EXPECT_LE(passed_on.size(), remote_text_octets_max);
    EXPECT_EQ(passed_on, ascii::printable(passed_on));
    const bool is_plain = std::none_of(passed_on.begin(), passed_on.end(), [](char octet) {
      return octet < ' ' || octet > '~' ||
             std::string_view("\"\\$%^`|<>(){}[]").find(octet) != std::string_view::npos;
    });
    EXPECT_TRUE(is_plain) << passed_on;
  }
}

TEST(EnhancedCodeTest, HasThreePartsOfDigits) {
  for (const auto* text : {"5.1.1", "2.0.0", "4.123.999"}) EXPECT_TRUE(is_enhanced_code(text));
  for (const auto* text : {"", "5", "5.1", "5.1.", "5..1", "5.1.1.1", "5.1.1000", "55.1.1", "5.1.x",
                           " 5.1.1", "5.1.1 "})
    EXPECT_FALSE(is_enhanced_code(text)) << text;
}

}  // namespace
}  // namespace cbv
