#include "cbv/base/ascii.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cbv::ascii {
namespace {

using namespace std::string_literals;

TEST(Ascii, KnowsItsClassesForEveryOctet) {
  const std::string digits = "0123456789";
  const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::string lower = "abcdefghijklmnopqrstuvwxyz";
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (int octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    const auto in = [c](const std::string& set) { return set.find(c) != std::string::npos; };
    EXPECT_EQ(is_digit(c), in(digits)) << octet;
    EXPECT_EQ(is_upper(c), in(upper)) << octet;
    EXPECT_EQ(is_alpha(c), in(letters)) << octet;
    EXPECT_EQ(is_alnum(c), in(digits) || in(letters)) << octet;
    EXPECT_EQ(to_lower(c), in(upper) ? lower[upper.find(c)] : c) << octet;
  }
}

TEST(Ascii, FoldsNothingPastZ) {
  EXPECT_EQ(to_lower("MiXeD 09@[`{ÄÖ"), "mixed 09@[`{ÄÖ");
  EXPECT_EQ(to_lower("A\0B"s), "a\0b"s);
  EXPECT_EQ(to_lower(""), "");
}

TEST(Ascii, ComparesWithoutCase) {
  EXPECT_TRUE(iequals("", ""));
  EXPECT_TRUE(iequals("EHLO", "ehlo"));
  EXPECT_FALSE(iequals("EHLO", "ehl"));
  EXPECT_FALSE(iequals("ehl", "EHLO"));
  EXPECT_FALSE(iequals("[", "{"));  // 0x20 apart, as a letter and its other case are
  EXPECT_FALSE(iequals("Ä", "ä"));
}

TEST(Ascii, FindsAPrefixWithoutCase) {
  EXPECT_TRUE(istarts_with("PIPELINING", "pipe"));
  EXPECT_TRUE(istarts_with("pipe", "PIPE"));
  EXPECT_TRUE(istarts_with("pipe", ""));
  EXPECT_FALSE(istarts_with("pip", "pipe"));
  EXPECT_FALSE(istarts_with("a pipe", "pipe"));
}

TEST(Ascii, FindsAPartWithoutCase) {
  EXPECT_TRUE(icontains("User UNKNOWN here", "unknown"));
  EXPECT_TRUE(icontains("unknown", "UNKNOWN"));
  EXPECT_TRUE(icontains("aab", "AB"));
  EXPECT_TRUE(icontains("x", ""));
  EXPECT_TRUE(icontains("", ""));
  EXPECT_FALSE(icontains("", "x"));
  EXPECT_FALSE(icontains("unknow", "unknown"));
}

TEST(Ascii, TrimsBlanksAtBothEnds) {
  EXPECT_EQ(trim(" \t\r\na b\n\r\t "), "a b");
  EXPECT_EQ(trim("ab"), "ab");
  EXPECT_EQ(trim(" \r\n"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\va\f"), "\va\f");
  EXPECT_EQ(trim("\0 "s), "\0"s);
}

TEST(Ascii, MakesOctetsPrintable) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ""},
      {"550 5.1.1 <ann@example.org>: no such user", "550 5.1.1 <ann@example.org>: no such user"},
      {" ~\"'", " ~\"'"},
      {"a\\b", "a\\\\b"},
      {"a\r\nb", "a\\x0d\\x0ab"},
      {"\0\t\x1b[31m\x7f"s, "\\x00\\x09\\x1b[31m\\x7f"},
      {"grüße 用户 💩", "grüße 用户 💩"},
      {"\u0080\u009f", "\\xc2\\x80\\xc2\\x9f"},  // C1 controls
      {"\u00a0", "\u00a0"},
      {"j\xf6rg", "j\\xf6rg"},
      {"a\xc3", "a\\xc3"},
      {"\xc0\x8a", "\\xc0\\x8a"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"\xe7\x94x", "\\xe7\\x94x"},
      {"\xff\xfe", "\\xff\\xfe"},
  };
  for (const auto& [octets, shown] : cases) EXPECT_EQ(printable(octets), shown);
}

TEST(Ascii, PrintableCannotBeForged) {
  // What an octet is shown as, written out by a far host, is shown with its backslash doubled.
  EXPECT_NE(printable("\n"), printable("\\x0a"));
  EXPECT_EQ(printable("\\x0a"), "\\\\x0a");
}

}  // namespace
}  // namespace cbv::ascii
