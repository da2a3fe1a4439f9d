// What the request reader takes for JSON: the grammar of RFC 8259, rule by rule, and where it ends.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "api/json_rpc.hpp"

namespace cbv::api {
namespace {

using namespace std::string_view_literals;

bool is_json(std::string_view text) {
  const message read = read_message(text, {});
  EXPECT_GE(read.entries.size(), 1U);
  const auto* const bad = std::get_if<refused>(&read.entries.front());
  return bad == nullptr || bad->why.code != fault_code::parse_error;
}

// Values, in every place where a value may stand.
std::vector<std::string> placed(std::string_view value) {
  const std::string text(value);
  return {text,
          " \t\r\n" + text + " \t\r\n",
          '[' + text + ']',
          "[0, " + text + " ,0]",
          "{\"a\":" + text + '}',
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"a":)" + text + "}}",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":[)" + text + "]}",
          R"({"jsonrpc":"2.0","id":1,"method":"m","other":)" + text + '}'};
}

TEST(JsonGrammar, Values) {
  for (const std::string_view value : {
           "null"sv,
           "true"sv,
           "false"sv,
           "[]"sv,
           "{}"sv,
           "[[]]"sv,
           "[{}]"sv,
           R"({"":{}})"sv,
           // Section 6.
           "0"sv,
           "-0"sv,
           "7"sv,
           "-7"sv,
           "10"sv,
           "0.5"sv,
           "-0.5"sv,
           "1.0"sv,
           "1.50"sv,
           "1e3"sv,
           "1E3"sv,
           "1e+3"sv,
           "1e-3"sv,
           "1.5e03"sv,
           "0e0"sv,
           "0e+1"sv,
           "-0e-0"sv,
           "18446744073709551615"sv,
           "18446744073709551616"sv,
           "-9223372036854775808"sv,
           "-9223372036854775809"sv,
           "123456789012345678901234567890"sv,
           "1e308"sv,
           "1e-400"sv,
           // Section 7.
           R"("")"sv,
           R"("a")"sv,
           R"(" ")"sv,
           R"("\"\\\/\b\f\n\r\t")"sv,
           R"("\u0000")"sv,
           R"("\u00e9\u00E9")"sv,
           R"("\ud83d\ude00")"sv,
           R"("\uD83D\uDE00")"sv,
           R"("\uffff")"sv,
           R"("'")"sv,
           R"("/")"sv,
           "\"\x7f\""sv,
           "\"\xc2\x80\""sv,
           "\"\xc3\xa9\""sv,
           "\"\xdf\xbf\""sv,
           "\"\xe0\xa0\x80\""sv,
           "\"\xed\x9f\xbf\""sv,
           "\"\xee\x80\x80\""sv,
           "\"\xef\xbf\xbf\""sv,
           "\"\xf0\x90\x80\x80\""sv,
           "\"\xf4\x8f\xbf\xbf\""sv,
           // Sections 4 and 5.
           R"({"a":1,"a":2})"sv,
           R"({"a" : 1 , "b" : [ 1 , 2 ] })"sv,
           R"({"\u0061":1})"sv,
       }) {
    for (const std::string& text : placed(value)) EXPECT_TRUE(is_json(text)) << text;
  }
}

TEST(JsonGrammar, WhatIsNoValue) {
  for (const std::string_view value : {
           ""sv,
           " "sv,
           "nul"sv,
           "nulL"sv,
           "NULL"sv,
           "True"sv,
           "undefined"sv,
           "None"sv,
           "a"sv,
           "NaN"sv,
           "Infinity"sv,
           "-Infinity"sv,
           "'a'"sv,
           "`a`"sv,
           "/"sv,
           "// a"sv,
           "/**/"sv,
           "0 // a"sv,
           "/* a */ 0"sv,
           "#"sv,
           "="sv,
           "\\"sv,
           "\\u0041"sv,
           // Section 6.
           "-"sv,
           "+"sv,
           "+1"sv,
           "--1"sv,
           "- 1"sv,
           "01"sv,
           "-01"sv,
           "00"sv,
           "1."sv,
           ".1"sv,
           "-.1"sv,
           "1.e1"sv,
           "1e"sv,
           "1E"sv,
           "1e+"sv,
           "1e-"sv,
           "1e1.5"sv,
           "1.2.3"sv,
           "1_000"sv,
           "0x1"sv,
           "0b1"sv,
           "0o7"sv,
           "1f"sv,
           "1e999"sv,
           "-1e999"sv,
           "1 2"sv,
           "1,"sv,
           "\xef\xbc\x91"sv,
           // Section 7.
           "\""sv,
           R"("\")"sv,
           R"("\a")"sv,
           R"("\x41")"sv,
           R"("\0")"sv,
           R"("\U0041")"sv,
           R"("\u")"sv,
           R"("\u1")"sv,
           R"("\u12")"sv,
           R"("\u123")"sv,
           R"("\u123g")"sv,
           R"("\u+123")"sv,
           R"("\ud800")"sv,
           R"("\udbff\u0041")"sv,
           R"("\udbff\n")"sv,
           R"("\ud800\ud800")"sv,
           R"("\udc00")"sv,
           R"("\ude00\ud83d")"sv,
           R"("\ud83d\ude0")"sv,
           "\"\n\""sv,
           "\"\r\""sv,
           "\"\t\""sv,
           "\"\x01\""sv,
           "\"\x1f\""sv,
           "\"\0\""sv,
           "\"\x80\""sv,
           "\"\xbf\""sv,
           "\"\xc3\""sv,
           "\"\xc3(\""sv,
           "\"\xc0\x80\""sv,
           "\"\xc1\xbf\""sv,
           "\"\xe0\x80\x80\""sv,
           "\"\xe0\x9f\xbf\""sv,
           "\"\xe2\x82\""sv,
           "\"\xed\xa0\x80\""sv,
           "\"\xed\xbf\xbf\""sv,
           "\"\xf0\x80\x80\x80\""sv,
           "\"\xf0\x8f\xbf\xbf\""sv,
           "\"\xf4\x90\x80\x80\""sv,
           "\"\xf5\x80\x80\x80\""sv,
           "\"\xf0\x9f\x98\""sv,
           "\"\xfe\""sv,
           "\"\xff\""sv,
           // Sections 4 and 5.
           "["sv,
           "]"sv,
           "[["sv,
           "[]]"sv,
           "[,]"sv,
           "[1,]"sv,
           "[,1]"sv,
           "[1,,2]"sv,
           "[1 2]"sv,
           "[1:2]"sv,
           "[1;2]"sv,
           "[}"sv,
           "["sv,
           "{"sv,
           "}"sv,
           "{{}}"sv,
           "{]"sv,
           "{a:1}"sv,
           "{1:1}"sv,
           "{'a':1}"sv,
           R"({"a"})"sv,
           R"({"a":})"sv,
           R"({"a" 1})"sv,
           R"({"a",1})"sv,
           R"({"a"=1})"sv,
           R"({"a"::1})"sv,
           R"({"a":1,})"sv,
           R"({,"a":1})"sv,
           R"({"a":1,,"b":2})"sv,
           R"({"a":1 "b":2})"sv,
           R"({"a":1;"b":2})"sv,
           R"({null:1})"sv,
           R"({[]:1})"sv,
           R"({"a":1}})"sv,
           R"({"a":[1})"sv,
           R"({"a":{"b":1})"sv,
           R"("a":1)"sv,
           // Section 2: other white space, and what is not text.
           "\v0"sv,
           "\f0"sv,
           "\xc2\xa0"
           "0"sv,
           "\xe2\x80\xa8"
           "0"sv,
           "\xe2\x81\xa0"sv,
           "\0"sv,
           "0\0"sv,
           "\x7f"sv,
           "\xff"sv,
           "\xc3\xa9"sv,
       }) {
    const auto texts = placed(value);
    EXPECT_FALSE(is_json(value)) << value;
    if (value.find_first_not_of(' ') == std::string_view::npos) continue;  // "[ ]" is an array
    for (const std::string& text : placed(value)) EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(JsonGrammar, AByteOrderMarkIsNoWhiteSpace) {
  // RFC 8259 section 8.1: it is not to be sent, and may be ignored. It is at the very beginning.
  EXPECT_FALSE(is_json("{}\xef\xbb\xbf"));
  EXPECT_FALSE(
      is_json("[\xef\xbb\xbf"
              "0]"));
  EXPECT_FALSE(is_json("\xef\xbb\xbf"));
  EXPECT_FALSE(is_json("\xff\xfe{\0}\0"sv));
  EXPECT_FALSE(is_json("\0{\0}"sv));
}

TEST(JsonGrammar, WhatIsCutShortIsNone) {
  const std::string_view whole =
      R"({"jsonrpc":"2.0","id":1.5e3,"method":"m","params":{"a":[true,null,"\ud83d\ude00"]}})";
  EXPECT_TRUE(is_json(whole));
  for (std::size_t octets = 0; octets < whole.size(); ++octets)
    EXPECT_FALSE(is_json(whole.substr(0, octets))) << octets;
}

TEST(JsonGrammar, WhateverStandsInPlaceOfOneOctetDoesNoHarm) {
  const std::string_view whole =
      R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"a":[1,"\u00e9"]}})";
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int octet = 0; octet < 256; ++octet) {
      std::string text(whole);
      text[at] = static_cast<char>(octet);
      is_json(text);
    }
  }
}

}  // namespace
}  // namespace cbv::api
