#include "api/json_pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cbv::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(JsonPiecesTest, AMemberIsFoundByItsNameAtTheTopOnly) {
  const char* object =
      R"( { "a" : {"id":1,"t":"}]\"\\"} , "id":7,"list":[{"next":1},"],"],"next":null,"e":"" } )";
  EXPECT_EQ(member_of(object, "id"), "7");
  EXPECT_EQ(member_of(object, "a"), R"({"id":1,"t":"}]\"\\"})");
  EXPECT_EQ(member_of(object, "list"), R"([{"next":1},"],"])");
  EXPECT_EQ(member_of(object, "next"), "null");
  EXPECT_EQ(member_of(object, "e"), "\"\"");
  EXPECT_EQ(member_of(object, "t"), "");
}

TEST(JsonPiecesTest, ItemsAreCutAsTheyStand) {
  EXPECT_THAT(items_of(R"([{"a":[1,2]}, "x,]" ,3,[] ])"),
              ElementsAre(R"({"a":[1,2]})", R"("x,]")", "3", "[]"));
  EXPECT_THAT(items_of("[ ]"), IsEmpty());
}

TEST(JsonPiecesTest, IsNotUpsetByWhatIsNotWellFormed) {
  for (const char* text : {"", "{", "[", "5", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"\\",
                           "[\"\\", "[{", "{}}", "]", "[,,", "{\"a\":1,"}) {
    member_of(text, "b");
    items_of(text);
  }
  EXPECT_EQ(member_of("[]", "a"), "");
}

}  // namespace
}  // namespace cbv::api
