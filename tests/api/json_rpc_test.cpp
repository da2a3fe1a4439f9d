#include "api/json_rpc.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "api/json_writer.hpp"
#include "cbv/base/file.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::api {
namespace {

using json = nlohmann::ordered_json;
namespace fs = std::filesystem;

const fs::path conformance = fs::path(CBV_SOURCE_DIR) / "../shared/conformance";

message read(std::string_view text) {
  return read_message(text, {});
}

request read_request(std::string_view text) {
  message one = read(text);
  EXPECT_EQ(one.entries.size(), 1U) << text;
  EXPECT_FALSE(one.batch) << text;
  auto* made = std::get_if<request>(&one.entries.front());
  EXPECT_NE(made, nullptr) << text;
  return made == nullptr ? request() : *made;
}

refused read_refused(std::string_view text) {
  message one = read(text);
  EXPECT_EQ(one.entries.size(), 1U) << text;
  auto* bad = std::get_if<refused>(&one.entries.front());
  EXPECT_NE(bad, nullptr) << text;
  return bad == nullptr ? refused() : *bad;
}

TEST(JsonRpc, ReadsARequest) {
  const request made = read_request(
      R"( {"params":{"a":"x\u00e9","b":-7,"c":true,"d":null,"e":[1,{"a":2}],"f":{"g":[3]},"h":1.50},)"
      R"("method":"m","id":3,"jsonrpc":"2.0","extra":{"id":4}} )");
  EXPECT_EQ(made.id, "3");
  EXPECT_EQ(made.method, "m");
  EXPECT_FALSE(made.by_position);
  std::string shown;
  for (const json_member& each : made.params) {
    shown += each.name + "=" + std::string(to_string(each.value.is)) + ":" + each.value.text +
             (each.value.truth ? "true" : "") + " ";
  }
  EXPECT_EQ(shown,
            "a=a string:x\u00e9 b=a number:-7 c=a boolean:true d=null: e=an array: f=an object: "
            "h=a number:1.50 ");
}

TEST(JsonRpc, ReadsParametersByPosition) {
  const request made =
      read_request(R"({"jsonrpc":"2.0","id":1,"method":"m","params":[1,{"name":2},"x",[3]]})");
  EXPECT_TRUE(made.by_position);
  ASSERT_EQ(made.params.size(), 4U);
  for (const json_member& each : made.params) EXPECT_EQ(each.name, "");
  EXPECT_EQ(made.params[2].value.text, "x");
}

struct id_case {
  std::string_view sent;
  std::string_view kept;
};

TEST(JsonRpc, KeepsIdsAsTheyWereSent) {
  for (const auto& [sent, kept] : std::vector<id_case>{
           {R"("abc")", R"("abc")"},
           {R"("")", R"("")"},
           {R"("a\"b\\c\n\u0000\u0041")", R"("a\"b\\c\u000a\u0000A")"},
           {"0", "0"},
           {"-1", "-1"},
           {"18446744073709551615", "18446744073709551615"},
           {"-9223372036854775808", "-9223372036854775808"},
           {"123456789012345678901234567890", "123456789012345678901234567890"},
           {"1.50", "1.50"},
           {"1e3", "1e3"},
           {"0.1", "0.1"},
           {"null", "null"},
       }) {
    const request made =
        read_request(R"({"jsonrpc":"2.0","method":"m","id":)" + std::string(sent) + "}");
    EXPECT_EQ(made.id, kept);
    EXPECT_FALSE(made.is_notification()) << sent;
  }
  EXPECT_TRUE(read_request(R"({"jsonrpc":"2.0","method":"m"})").is_notification());
}

struct bad_case {
  std::string_view text;
  fault_code code;
  std::string_view id;
  std::string_view detail;
};

TEST(JsonRpc, SaysWhatIsWrong) {
  using enum fault_code;
  using namespace std::string_view_literals;
  for (const auto& [text, code, id, detail] : std::vector<bad_case>{
           {"", parse_error, "null", "not JSON at octet 1"},
           {"{", parse_error, "null", "not JSON at octet 2"},
           {"nonsense", parse_error, "null", "not JSON at octet 2"},
           {R"({"jsonrpc":"2.0","id":1,"method":"m"}})", parse_error, "null",
            "not JSON at octet 38"},
           {R"({"jsonrpc":"2.0","id":1,"method":"m"} {})", parse_error, "null",
            "not JSON at octet 39"},
           {R"({'jsonrpc':"2.0"})", parse_error, "null", "not JSON at octet 2"},
           {R"({"jsonrpc":"2.0",})", parse_error, "null", "not JSON at octet 18"},
           {R"({"id":01})", parse_error, "null", "not JSON at octet 8"},
           {R"({"id":NaN})", parse_error, "null", "not JSON at octet 7"},
           {R"({"id":1e999})", parse_error, "null", "not JSON at octet 11"},
           {"{} // a comment", parse_error, "null", "not JSON at octet 4"},
           {"{\"a\":\"\xff\"}", parse_error, "null", "not JSON at octet 7"},
           {"{\"a\":\"\xc0\x80\"}", parse_error, "null", "not JSON at octet 7"},
           {"{\"a\":\"\xed\xa0\x80\"}", parse_error, "null", "not JSON at octet 8"},
           {R"({"a":"\ud800"})", parse_error, "null", "not JSON at octet 13"},
           {R"({"a":"\udc00\ud800"})", parse_error, "null", "not JSON at octet 12"},
           {"{\"a\":\"\n\"}", parse_error, "null", "not JSON at octet 7"},
           {"{}\0{}"sv, parse_error, "null", "not JSON at octet 3"},
           {"\0"sv, parse_error, "null", "not JSON at octet 1"},

           {"1", invalid_request, "null", "expected an object, got a number"},
           {"null", invalid_request, "null", "expected an object, got null"},
           {R"("m")", invalid_request, "null", "expected an object, got a string"},
           {"[]", invalid_request, "null", "an empty batch"},
           {"{}", invalid_request, "null", "jsonrpc: missing"},
           {R"({"jsonrpc":"2.0","id":1})", invalid_request, "1", "method: missing"},
           {R"({"jsonrpc":"1.0","id":"a","method":"m"})", invalid_request, R"("a")",
            R"(jsonrpc: expected "2.0")"},
           {R"({"jsonrpc":2.0,"id":1,"method":"m"})", invalid_request, "1",
            R"(jsonrpc: expected "2.0")"},
           {R"({"jsonrpc":"2.0","id":1,"method":["m"]})", invalid_request, "1",
            "method: expected a string, got an array"},
           {R"({"jsonrpc":"2.0","id":1,"method":"m","params":"x"})", invalid_request, "1",
            "params: expected an object or an array, got a string"},
           {R"({"jsonrpc":"2.0","id":1,"method":"m","params":null})", invalid_request, "1",
            "params: expected an object or an array, got null"},
           {R"({"jsonrpc":"2.0","id":true,"method":"m"})", invalid_request, "null",
            "id: expected a string, a number or null, got a boolean"},
           {R"({"jsonrpc":"2.0","id":[1],"method":"m"})", invalid_request, "null",
            "id: expected a string, a number or null, got an array"},
           {R"({"jsonrpc":"2.0","id":1,"id":1,"method":"m"})", invalid_request, "null",
            "id: given twice"},
           {R"({"jsonrpc":"2.0","id":1,"method":"m","method":"n"})", invalid_request, "1",
            "method: given twice"},
           {R"({"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"m"})", invalid_request, "1",
            "jsonrpc: given twice"},
           {R"({"jsonrpc":"2.0","id":1,"method":"m","params":{},"params":{}})", invalid_request,
            "1", "params: given twice"},
           {R"({"jsonrpc":"2.0","id":1,"method":"m","params":[],"params":1})", invalid_request, "1",
            "params: given twice"},
       }) {
    SCOPED_TRACE(text);
    const refused bad = read_refused(text);
    EXPECT_EQ(static_cast<int>(bad.why.code), static_cast<int>(code));
    EXPECT_EQ(bad.id, id);
    EXPECT_EQ(bad.why.detail, detail);
  }
}

TEST(JsonRpc, BoundsTheDepth) {
  const auto nested = [](std::size_t levels) {
    return R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"a":)" + std::string(levels, '[') +
           std::string(levels, ']') + "}}";
  };
  EXPECT_EQ(read_request(nested(30)).id, "1");
  const refused bad = read_refused(nested(31));
  EXPECT_EQ(bad.why.code, fault_code::parse_error);
  EXPECT_EQ(bad.why.detail, "nested deeper than 32 levels");
  EXPECT_EQ(read_refused(std::string(60'000, '[')).why.detail, "nested deeper than 32 levels");
}

TEST(JsonRpc, BoundsABatch) {
  std::string batch = "[1";
  for (int i = 1; i < 1'000; ++i) batch += ",1";
  EXPECT_EQ(read(batch + "]").entries.size(), 1'000U);
  const message over = read(batch + ",1]");
  ASSERT_EQ(over.entries.size(), 1U);
  EXPECT_FALSE(over.batch);
  EXPECT_EQ(std::get<refused>(over.entries.front()).why.code, fault_code::too_many_requests);
}

TEST(JsonRpc, ReadsABatchRequestByRequest) {
  const message batch = read(R"([{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1}},)"
                             R"([{"jsonrpc":"2.0","id":9,"method":"m"}],)"
                             R"({"jsonrpc":"2.0","id":2,"method":1},)"
                             R"({"jsonrpc":"2.0","id":3,"method":"n"}])");
  EXPECT_TRUE(batch.batch);
  ASSERT_EQ(batch.entries.size(), 4U);
  EXPECT_EQ(std::get<request>(batch.entries[0]).params.size(), 1U);
  EXPECT_EQ(std::get<refused>(batch.entries[1]).why.detail, "expected an object, got an array");
  EXPECT_EQ(std::get<refused>(batch.entries[2]).id, "2");
  EXPECT_EQ(std::get<request>(batch.entries[3]).method, "n");
  EXPECT_EQ(std::get<request>(batch.entries[3]).params.size(), 0U);
}

// The methods of the specification's examples, as far as their answers are shown.
json example_result(const request& asked) {
  std::vector<int> numbers;
  for (const json_member& each : asked.params)
    numbers.push_back(std::atoi(each.value.text.c_str()));
  if (asked.method == "subtract" && asked.by_position) return numbers.at(0) - numbers.at(1);
  if (asked.method == "subtract") {
    const bool minuend_first = asked.params.at(0).name == "minuend";
    return minuend_first ? numbers.at(0) - numbers.at(1) : numbers.at(1) - numbers.at(0);
  }
  if (asked.method == "sum") {
    int sum = 0;
    for (const int number : numbers) sum += number;
    return sum;
  }
  if (asked.method == "get_data") return json::array({"hello", 5});
  return {};
}

json example_answer(const std::string& text) {
  json responses = json::array();
  const message asked = read(text);
  for (const auto& entry : asked.entries) {
    std::string response;
    if (const auto* bad = std::get_if<refused>(&entry)) {
      response = render_fault(bad->id, bad->why);
    } else {
      const request& made = std::get<request>(entry);
      if (made.is_notification()) continue;
      const json result = example_result(made);
      response = result.is_null() ? render_fault(made.id, {fault_code::method_not_found, {}})
                                  : render_result(made.id, result.dump());
    }
    json parsed = json::parse(response);
    if (parsed.contains("error")) parsed["error"].erase("data");  // ours to add
    responses.push_back(parsed);
  }
  if (responses.empty()) return nullptr;
  return asked.batch ? responses : responses[0];
}

TEST(JsonRpc, AnswersTheExamplesOfTheSpecification) {
  const auto text = read_file(conformance / "jsonrpc/spec-examples.json");
  if (!text) GTEST_SKIP() << "no examples in " << conformance << ": " << text.error().message();
  const json examples = json::parse(*text);
  EXPECT_EQ(examples.size(), 15U);
  for (const json& example : examples) {
    SCOPED_TRACE(example["id"].get<std::string>());
    const json expected = example["response"].is_null()
                              ? json(nullptr)
                              : json::parse(example["response"].get<std::string>());
    // Compared without regard to the order of members.
    EXPECT_EQ(nlohmann::json(example_answer(example["request"])), nlohmann::json(expected));
  }
}

TEST(JsonRpc, ReadsJsonAsJsonTestSuiteWantsIt) {
  const fs::path archive = conformance / "json/JSONTestSuite-1ef36fa.tar.gz";
  if (!fs::exists(archive)) GTEST_SKIP() << "no " << archive;
  const temporary_folder unpacked;
  const std::string command =
      "tar -xzf '" + archive.string() + "' -C '" + unpacked.path().string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;

  std::size_t must = 0;
  std::size_t must_not = 0;
  std::size_t may = 0;
  for (const auto& entry : fs::directory_iterator(unpacked.path() / "test_parsing")) {
    const std::string name = entry.path().filename();
    SCOPED_TRACE(name);
    const auto text = read_file(entry.path());
    ASSERT_TRUE(text);
    const message outcome = read(*text);
    ASSERT_GE(outcome.entries.size(), 1U);
    const auto* bad = std::get_if<refused>(&outcome.entries.front());
    const bool accepted = bad == nullptr || bad->why.code != fault_code::parse_error;
    if (name.starts_with("y_")) {
      ++must;
      EXPECT_TRUE(accepted) << bad->why.detail;
    } else if (name.starts_with("n_")) {
      ++must_not;
      EXPECT_FALSE(accepted);
    } else {
      ++may;
    }
  }
  EXPECT_EQ(must, 95U);
  EXPECT_EQ(must_not, 188U);
  EXPECT_EQ(may, 35U);
}

TEST(JsonWriter, WritesWellFormedTextWhateverTheOctets) {
  std::string octets;
  for (int octet = 0; octet < 256; ++octet) octets += static_cast<char>(octet);
  octets += "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82";
  std::string out;
  json_writer writer(out);
  writer.begin_object();
  writer.key(octets);
  writer.text(octets);
  writer.key("empty");
  writer.begin_array();
  writer.begin_object();
  writer.end_object();
  writer.null();
  writer.number(-5);
  writer.boolean(true);
  writer.end_array();
  writer.end_object();
  EXPECT_EQ(out.find('\n'), std::string::npos);
  const json parsed = json::parse(out);
  EXPECT_EQ(parsed["empty"].dump(), "[{},null,-5,true]");
  const std::string shown = parsed.begin().value().get<std::string>();
  EXPECT_NE(shown.find("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 "), std::string::npos);
  EXPECT_EQ(shown.find_first_of("\xff\xfe"), std::string::npos);
  EXPECT_NE(shown.find("\xef\xbf\xbd"), std::string::npos);
}

}  // namespace
}  // namespace cbv::api
