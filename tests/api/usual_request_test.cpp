#include "api/usual_request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/api/as_read_in_general.hpp"

namespace cbv::api {
namespace {

using namespace std::chrono_literals;

TEST(UsualRequestTest, ReadsWhatNearlyEveryClientSends) {
  std::string_view id;
  query asked;
  ASSERT_TRUE(read_usual_request(
      R"({"jsonrpc":"2.0","id":17,"method":"verify_recipient","params":{"address":"bob@example.org"}})",
      id, asked));
  query expected;
  expected.address = "bob@example.org";
  EXPECT_EQ(id, "17");
  EXPECT_EQ(asked, expected);
}

TEST(UsualRequestTest, ReadsEveryParameterInAnyOrder) {
  std::string_view id;
  query asked;
  ASSERT_TRUE(read_usual_request(
      R"( { "params" : {"cached_only": true, "fresh" :false, "wait_ms":1500, "helo":"a.example", )"
      R"("client_ip":"192.0.2.1","address":"<>"} ,"method":"verify_sender","id":"q/1","jsonrpc":"2.0"} )",
      id, asked));
  query expected;
  expected.address = "<>";
  expected.role = role::sender;
  expected.client_ip = "192.0.2.1";
  expected.helo = "a.example";
  expected.wait = 1500ms;
  expected.cached_only = true;
  EXPECT_EQ(id, "\"q/1\"");
  EXPECT_EQ(asked, expected);
}

TEST(UsualRequestTest, NothingOfTheRequestBeforeIsLeft) {
  std::string_view id;
  query asked;
  asked.client_ip = "192.0.2.1";
  asked.helo = "before.example";
  asked.wait = 1ms;
  asked.fresh = true;
  asked.cached_only = true;
  ASSERT_TRUE(read_usual_request(
      R"({"jsonrpc":"2.0","id":1,"method":"verify_recipient","params":{"address":"a@b.example"}})",
      id, asked));
  query expected;
  expected.address = "a@b.example";
  EXPECT_EQ(asked, expected);
}

// One thing each that is not usual, in a request that otherwise is.
const std::vector<std::string> unusual{
    R"()",
    R"({})",
    R"([{"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b"}}])",
    R"({"jsonrpc":"2.0","method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":null,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":-1,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":01,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":1.5,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":1e3,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":9999999999999999999,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":1,"id":1,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"1.0","id":1,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":2.0,"id":1,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"id":1,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":1,"method":"health"})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender"})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":["a@b"]})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b","address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":1}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b","more":1}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b","wait_ms":600001}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b","wait_ms":-1}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b","wait_ms":1e3}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b","fresh":1}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b","fresh":truely}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"\u0061@b"}})",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"verify_sender\",\"params\":{\"address\":\"\xc3\xa4@"
    "b\"}}",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"verify_sender\",\"params\":{\"address\":\"a\t@b\"}"
    "}",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b"},"more":1})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b"}} 1)",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b"})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b")",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b"},})",
    R"({"jsonrpc":"2.0" "id":1,"method":"verify_sender","params":{"address":"a@b"}})",
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b",}})",
    R"({,"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"a@b"}})",
};

TEST(UsualRequestTest, LeavesTheRestToTheGeneralReader) {
  std::string_view id;
  query asked;
  for (const std::string& line : unusual) {
    EXPECT_FALSE(read_usual_request(line, id, asked)) << line;
  }
}

// Every octet of a usual request put in place of every other, left out, and doubled.
TEST(UsualRequestTest, MeansWhatTheGeneralReaderSays) {
  const std::string line =
      R"({"jsonrpc":"2.0", "id":17,"method":"verify_sender","params":{"address":"b@c.d",)"
      R"("client_ip":"1","helo":"x","wait_ms":20,"fresh":true}})";
  ASSERT_TRUE(as_read_in_general(line));
  const std::string octets = line + "\t\\\x7f\x01\xc3-+.eE[]\n";
  for (std::size_t at = 0; at < line.size(); ++at) {
    EXPECT_TRUE(as_read_in_general(line.substr(0, at) + line.substr(at + 1))) << at;
    EXPECT_TRUE(as_read_in_general(line.substr(0, at))) << at;
    for (const char other : octets) {
      std::string changed = line;
      changed[at] = other;
      EXPECT_TRUE(as_read_in_general(changed)) << changed;
      EXPECT_TRUE(as_read_in_general(line.substr(0, at) + other + line.substr(at))) << changed;
    }
  }
}

}  // namespace
}  // namespace cbv::api
