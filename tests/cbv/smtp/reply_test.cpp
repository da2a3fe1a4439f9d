#include "cbv/smtp/reply.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace cbv::smtp {
namespace {

using namespace std::string_literals;

// "550 5.1.1 [first line|second line]", or "!why" for an error.
std::string shown(const reply& said) {
  std::string text = std::to_string(said.code);
  if (said.enhanced) text += ' ' + to_string(*said.enhanced);
  text += " [";
  for (const std::string& line : said.lines) {
    if (&line != &said.lines.front()) text += '|';
    text += line;
  }
  return text + ']';
}

// All replies in `bytes`, fed in pieces, and how it ends: "+" if something is pending.
std::vector<std::string> read_all(std::string_view bytes, std::size_t piece,
                                  reply_limits limits = {}) {
  reply_parser parser(limits);
  std::vector<std::string> seen;
  while (!bytes.empty()) {
    parser.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (true) {
      const auto said = parser.next();
      if (!said) {
        seen.push_back('!' + said.error().message());
        EXPECT_EQ(parser.next().error(), said.error());
        parser.feed("250 ok\r\n");
        EXPECT_EQ(parser.next().error(), said.error());  // it stays in its error
        return seen;
      }
      if (!*said) break;
      seen.push_back(shown(**said));
    }
  }
  if (parser.has_pending()) seen.emplace_back("+");
  return seen;
}

struct row {
  std::string bytes;
  std::vector<std::string> replies;
};

std::ostream& operator<<(std::ostream& out, const row& one) {
  return out << testing::PrintToString(one.bytes.substr(0, 60));
}

class ReplyParser : public testing::TestWithParam<row> {};

TEST_P(ReplyParser, ReadsTheSameWhateverThePieces) {
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 64U, 1'000'000U}) {
    EXPECT_EQ(read_all(GetParam().bytes, piece), GetParam().replies)
        << GetParam().bytes << "in pieces of " << piece;
  }
}

const std::string malformed = "!not an SMTP reply";
const std::string too_long = "!line too long";
const std::string over_limit = "!over a limit";

INSTANTIATE_TEST_SUITE_P(
    Lines, ReplyParser,
    testing::Values(row{"", {}}, row{"250 ok\r\n", {"250 [ok]"}}, row{"250 ok\n", {"250 [ok]"}},
                    row{"250\r\n", {"250 []"}}, row{"250 \r\n", {"250 []"}},
                    row{"250\n", {"250 []"}}, row{"250-a\r\n250-b\r\n250 c\r\n", {"250 [a|b|c]"}},
                    row{"250-a\n250-\r\n250\r\n", {"250 [a||]"}},
                    row{"250 a\r\n550 b\r\n", {"250 [a]", "550 [b]"}},
                    row{"200 a\r\n599 b\r\n354 c\r\n", {"200 [a]", "599 [b]", "354 [c]"}},
                    row{"250  a \r\n", {"250 [ a ]"}}, row{"250 a\rb\r\n", {"250 [a\rb]"}},
                    row{"250 a\r\r\n", {"250 [a\r]"}},
                    row{"250 a\0b\xff\r\n"s, {"250 [a\0b\xff]"s}}, row{"250", {"+"}},
                    row{"250 ok\r", {"+"}}, row{"250-a\r\n", {"+"}},
                    row{"250 a\r\n2", {"250 [a]", "+"}}));

INSTANTIATE_TEST_SUITE_P(
    Malformed, ReplyParser,
    testing::Values(row{"\r\n", {malformed}}, row{"\n", {malformed}},
                    row{" 250 ok\r\n", {malformed}}, row{"25 ok\r\n", {malformed}},
                    row{"2500 ok\r\n", {malformed}}, row{"250_ok\r\n", {malformed}},
                    row{"250\tok\r\n", {malformed}}, row{"250\rok\r\n", {malformed}},
                    row{"100 a\r\n", {malformed}}, row{"199 a\r\n", {malformed}},
                    row{"600 a\r\n", {malformed}}, row{"000 a\r\n", {malformed}},
                    row{"ok\r\n", {malformed}}, row{"SSH-2.0-OpenSSH_9.2\r\n", {malformed}},
                    row{"HTTP/1.1 200 OK\r\n", {malformed}},
                    row{"\x15\x03\x03\x00\x02"s,
                        {malformed}},  // a TLS alert: no line end ever comes
                    row{"250-a\r\n251 b\r\n", {malformed}}, row{"250-a\r\n550 b\r\n", {malformed}},
                    row{"250-a\r\nb\r\n", {malformed}}, row{"250-a\r\n\r\n", {malformed}},
                    row{"220 a\r\nnoise\r\n", {"220 [a]", malformed}}));

INSTANTIATE_TEST_SUITE_P(
    EnhancedCodes, ReplyParser,
    testing::Values(
        row{"550 5.1.1 no such user\r\n", {"550 5.1.1 [no such user]"}},
        row{"550 5.1.1\r\n", {"550 5.1.1 []"}}, row{"550 5.1.1 \r\n", {"550 5.1.1 []"}},
        row{"550 5.1.1\tx\r\n", {"550 5.1.1 [x]"}}, row{"250 2.1.5 ok\r\n", {"250 2.1.5 [ok]"}},
        row{"450 4.2.0 later\r\n", {"450 4.2.0 [later]"}},
        row{"550 5.999.999 x\r\n", {"550 5.999.999 [x]"}},
        row{"550 5.1000.1 x\r\n", {"550 [5.1000.1 x]"}},
        row{"550 5.1.1000 x\r\n", {"550 [5.1.1000 x]"}},
        // On every line: it goes. On some: it is known, and stays in the text.
        row{"550-5.1.1 no\r\n550 5.1.1 user\r\n", {"550 5.1.1 [no|user]"}},
        row{"550-5.1.1 no\r\n550 user\r\n", {"550 5.1.1 [5.1.1 no|user]"}},
        row{"550-no\r\n550 5.1.1 user\r\n", {"550 [no|5.1.1 user]"}},
        // Two that differ are none.
        row{"550-5.1.1 no\r\n550 5.7.1 user\r\n", {"550 [5.1.1 no|5.7.1 user]"}},
        // The class is the reply's, or it is no enhanced code of this reply.
        row{"450 5.1.1 x\r\n", {"450 [5.1.1 x]"}}, row{"550 4.2.2 x\r\n", {"550 [4.2.2 x]"}},
        row{"354 3.1.1 x\r\n", {"354 [3.1.1 x]"}}, row{"250 5.1.1 x\r\n", {"250 [5.1.1 x]"}},
        // Numbers that only look like one.
        row{"550 5.1.1.2 is listed\r\n", {"550 [5.1.1.2 is listed]"}},
        row{"550 5.1.1: x\r\n", {"550 [5.1.1: x]"}}, row{"550 5.1. x\r\n", {"550 [5.1. x]"}},
        row{"550 5.1 x\r\n", {"550 [5.1 x]"}}, row{"550 5..1 x\r\n", {"550 [5..1 x]"}},
        row{"550 5.01.1 x\r\n", {"550 [5.01.1 x]"}}, row{"550 5.1.00 x\r\n", {"550 [5.1.00 x]"}},
        row{"550 55.1.1 x\r\n", {"550 [55.1.1 x]"}}, row{"550 #5.1.1 x\r\n", {"550 [#5.1.1 x]"}},
        row{"550  5.1.1 x\r\n", {"550 [ 5.1.1 x]"}}, row{"550 5.0.0 x\r\n", {"550 5.0.0 [x]"}}));

TEST(ReplyLimits, HoldForEveryPieceSize) {
  reply_limits small;
  small.line_octets_max = 10;
  small.lines_max = 3;
  small.reply_octets_max = 25;
  for (const row& asked : {
           row{"250 234567\r\n", {"250 [234567]"}},
           row{"250 234567\n", {"250 [234567]"}},
           row{"250 2345678\r\n", {too_long}},
           row{"250 2345678\n", {too_long}},
           row{"250 2345678 and so on, without an end", {too_long}},
           row{"x50 2345678 and so on", {malformed}},
           row{"250-\r\n250-\r\n250 \r\n", {"250 [||]"}},
           row{"250-\r\n250-\r\n250-\r\n250 \r\n", {over_limit}},
           row{"250-\r\n250-\r\n250-\r\n250-\r\n", {over_limit}},
           row{"250-23456\r\n250-23456\r\n250 345\r\n", {"250 [23456|23456|345]"}},
           row{"250-23456\r\n250-23456\r\n250 3456\r\n", {over_limit}},
           row{"250-23456\r\n250 345\r\n250-23456\r\n250 345\r\n",
               {"250 [23456|345]", "250 [23456|345]"}},
           row{"220 a\r\n250-23456\r\n250-23456\r\n250 3456\r\n", {"220 [a]", over_limit}},
       }) {
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
      EXPECT_EQ(read_all(asked.bytes, piece, small), asked.replies)
          << asked.bytes << "in pieces of " << piece;
    }
  }
}

TEST(ReplyParser, HoldsWhatItWasFedUntilItIsAsked) {
  reply_limits limits;
  reply_parser parser(limits);
  EXPECT_FALSE(parser.has_pending());
  parser.feed("250 a\r\n250 b\r\n");
  EXPECT_TRUE(parser.has_pending());
  ASSERT_TRUE(*parser.next());
  EXPECT_TRUE(parser.has_pending());
  ASSERT_TRUE(*parser.next());
  EXPECT_FALSE(parser.has_pending());
  EXPECT_FALSE(*parser.next());
}

TEST(ParseReply, TakesOneWholeReplyAndNothingElse) {
  for (const char* text : {"550 5.1.1 no", "550 5.1.1 no\r\n", "550-5.1.1 a\n550 5.1.1 b"}) {
    const auto said = parse_reply(text);
    ASSERT_TRUE(said) << text;
    EXPECT_EQ(said->code, 550);
    EXPECT_EQ(said->enhanced, (enhanced_status{5, 1, 1}));
  }
  for (const char* text :
       {"", "no such user", "250-more", "250 a\r\n250 b", "250 a\r\n\r\n", "150 x", "600 x"}) {
    EXPECT_EQ(parse_reply(text).error(), errc::reply_malformed) << text;
  }
  EXPECT_EQ(parse_reply(std::string(5000, '2')).error(), errc::reply_malformed);
  EXPECT_EQ(parse_reply("250 " + std::string(5000, '2')).error(), errc::line_too_long);
}

TEST(Reply, KnowsItsClassAndJoinsItsText) {
  EXPECT_TRUE(parse_reply("250 a")->is_positive());
  EXPECT_TRUE(parse_reply("354 a")->is_positive());
  EXPECT_TRUE(parse_reply("450 a")->is_transient());
  EXPECT_TRUE(parse_reply("550 a")->is_permanent());
  EXPECT_EQ(joined_text(*parse_reply("550-5.1.1 no such\n550 5.1.1 user")), "no such user");
  EXPECT_EQ(joined_text(*parse_reply("550")), "");
}

}  // namespace
}  // namespace cbv::smtp
