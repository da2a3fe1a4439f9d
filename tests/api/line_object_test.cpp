#include "api/line_object.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::api {
namespace {

using kind = line_object::kind;

/// All members in their order, each with the object that it is in.
std::string all_of(const line_object& object) {
  std::string text;
  for (const auto& one : object.members()) {
    if (one.inside != line_object::outermost) {
      text += std::string(object.members()[one.inside].name) + '.';
    }
    text += std::string(one.name) + '=' + std::string(with_article(one.is));
    if (one.is == kind::text) text += " '" + std::string(one.text) + "'";
    if (one.is == kind::number) text += " " + std::string(one.text) + (one.is_whole ? "!" : "");
    if (one.is == kind::truth) text += one.truth ? " true" : " false";
    text += '\n';
  }
  return text;
}

TEST(LineObjectTest, HasAllMembersInTheirOrder) {
  line_object object;
  EXPECT_EQ(object.parse(R"( {"a":"x\u00fc\"","b":null,"c":{"a":true,"d":{"e":-7}},"f":false,)"
                         R"("g":[1,"\u0001",{"h":[]}],"i":1.50,"j":18446744073709551615,)"
                         R"("k":9223372036854775807} )"),
            "");
  EXPECT_EQ(all_of(object),
            "a=a string 'x\xc3\xbc\"'\n"
            "b=null\n"
            "c=an object\n"
            "c.a=a boolean true\n"
            "c.d=an object\n"
            "d.e=a number -7!\n"
            "f=a boolean false\n"
            "g=an array\n"
            "i=a number 1.50\n"
            "j=a number 18446744073709551615\n"
            "k=a number 9223372036854775807!\n");
  EXPECT_FALSE(object.has_control());
}

TEST(LineObjectTest, FindsMembersInAnyOrderAndMarksThem) {
  line_object object;
  ASSERT_EQ(object.parse(R"({"a":1,"b":{"a":2,"c":3},"c":4})"), "");
  const auto number_of = [&](std::size_t inside, std::string_view name) {
    const auto* one = object.find(inside, name);
    return one == nullptr ? 0 : one->number;
  };
  const std::size_t inner = object.place_of(*object.find(line_object::outermost, "b"));
  EXPECT_EQ(number_of(line_object::outermost, "c"), 4);
  EXPECT_EQ(number_of(line_object::outermost, "a"), 1);
  EXPECT_EQ(number_of(inner, "a"), 2);
  EXPECT_EQ(number_of(inner, "b"), 0);
  EXPECT_EQ(number_of(line_object::outermost, "d"), 0);
  for (const auto& one : object.members()) EXPECT_EQ(one.asked, one.number != 3) << one.name;
}

TEST(LineObjectTest, SaysWhatWasExpected) {
  struct {
    std::string line;
    std::string says;
  } const cases[] = {
      {"", "expected a JSON object, got something else"},
      {"nonsense", "expected a JSON object, got something else"},
      {"{", "expected a JSON object, got something else"},
      {"{}x", "expected a JSON object, got something else"},
      {"{\"a\":\"\xff\"}", "expected a JSON object, got something else"},
      {"[{}]", "expected a JSON object, got an array"},
      {"\"a\"", "expected a JSON object, got a string"},
      {"7", "expected a JSON object, got a number"},
      {"null", "expected a JSON object, got null"},
      {"true", "expected a JSON object, got a boolean"},
      {R"({"a":1,"b":{"a":1},"a":2})", "a: given twice"},
      {R"({"a":1,"b":{"c":1,"c":{}}})", "c: given twice"},
      {R"({"a":1,"b":{"c":1,"c":nonsense}})", "c: given twice"},
  };
  for (const auto& [line, says] : cases) {
    line_object object;
    EXPECT_EQ(object.parse(line), says) << line;
  }
}

TEST(LineObjectTest, HasABound) {
  for (const std::size_t many : {line_object::members_max, line_object::members_max + 1}) {
    std::string line = "{\"0\":0";
    for (std::size_t i = 1; i < many; ++i) line += ",\"" + std::to_string(i) + "\":0";
    line_object object;
    EXPECT_EQ(object.parse(line + "}").empty(), many == line_object::members_max);
  }
  line_object deep;
  EXPECT_NE(deep.parse(std::string(100'000, '[')), "");
  EXPECT_EQ(deep.parse("{\"a\":" + std::string(50'000, '[') + std::string(50'000, ']') + "}"), "");
  EXPECT_EQ(deep.members().size(), 1U);
}

TEST(LineObjectTest, SeesControlCharactersInTexts) {
  for (const auto* text : {"\\n", "\\u0000", "\\u007f"}) {
    line_object object;
    EXPECT_EQ(object.parse(std::string(R"({"a":{"b":"x)") + text + "\"}}"), "");
    EXPECT_TRUE(object.has_control()) << text;
  }
}

}  // namespace
}  // namespace cbv::api
