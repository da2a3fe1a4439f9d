// What those who look after the cache ask, answered from a real one: in steps that end.
#include "api/cache_desk.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "api/cache_line.hpp"
#include "api/client.hpp"
#include "api/protocol.hpp"
#include "cache/records/host_record.hpp"
#include "cache/records/record.hpp"
#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::api {
namespace {

using cache::table;
using cache::sample::noon;
using nlohmann::json;
using namespace std::chrono_literals;

class CacheDeskTest : public testing::Test {
 protected:
  CacheDeskTest() {
    cache::shelf_options options;
    options.environment.directory = place_.path() / "cache";
    auto opened = cache::shelf::open(std::move(options), logger());
    if (!opened) throw std::runtime_error(opened.error().message);
    shelf_ = *std::move(opened);
  }

  void put(const std::string& address, const std::string& host = "mx1.example.org",
           const std::string& ip = "192.0.2.1", wall_time when = noon) {
    verdict v = cache::sample::refused();
    v.host = host;
    v.host_ip = ip;
    const auto key = cache::encode_key(role::recipient, cache::sample::address(address));
    const auto held = cache::sample::remembered_at(when, v, 3h, 24h);
    ASSERT_TRUE(
        shelf_->put(table::verdicts, key.octets(), cache::encode_record(key.octets(), held)));
  }

  /// The answer to a call; a fault is its detail, as {"fault": ...}.
  json ask(const std::string& method, const std::string& params) {
    const message one = read_message(
        R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}", {});
    const auto made = read_call(std::get<request>(one.entries.front()));
    if (const auto* bad = std::get_if<fault>(&made)) return {{"fault", bad->detail}};
    cache::catalogue all(*shelf_, nullptr);
    const auto answer = answer_cache_call(std::get<call>(made).of_cache, all, noon + 1min);
    if (const auto* bad = std::get_if<fault>(&answer)) return {{"fault", bad->detail}};
    const std::string& text = std::get<std::string>(answer);
    EXPECT_LT(text.size(), 65'000U);
    return json::parse(text);
  }

  /// The same call, with the cursor, until it has no next; the sum of one of its numbers.
  std::uint64_t ask_all(const std::string& method, json params, const std::string& number) {
    std::uint64_t sum = 0;
    for (calls_ = 1;; ++calls_) {
      const json step = ask(method, params.dump());
      sum += step.at(number).is_array() ? step.at(number).size()
                                        : step.at(number).get<std::uint64_t>();
      if (step.at("next").is_null()) return sum;
      if (calls_ > 10'000) throw std::runtime_error("it does not end");
      params["cursor"] = step.at("next");
    }
  }

  const temporary_folder place_;
  std::unique_ptr<cache::shelf> shelf_;
  int calls_ = 0;
};

TEST_F(CacheDeskTest, ParametersAreRefusedByName) {
  struct {
    std::string method;
    std::string params;
    std::string says;
  } const cases[] = {
      {"cache_get", "{}", "params: expected one of address, domain"},
      {"cache_get", R"({"address":"a@b","domain":"b"})", "params: expected one of address, domain"},
      {"cache_get", R"({"host":"b"})", "params.host: unknown parameter"},
      {"cache_get", R"({"address":"a@"})", "params.address: the domain is missing (octet 3)"},
      {"cache_forget", "{}", "params: expected one of address, domain, host"},
      {"cache_forget", R"({"address":"a@b","subdomains":true})",
       "params.subdomains: only with a domain"},
      {"cache_forget", R"({"address":"a@b","cursor":"verdicts/"})",
       "params.cursor: an address has none"},
      {"cache_forget", R"({"domain":"a_b"})",
       "params.domain: an underscore is not allowed in a mail domain (octet 2)"},
      {"cache_list", R"({"table":"meta"})",
       "params.table: expected verdicts, domains, bookings or hosts, got 'meta'"},
      {"cache_list", R"({"status":"bad"})",
       "params.status: expected deliverable, undeliverable or unknown, got 'bad'"},
      {"cache_list", R"({"limit":0})",
       "params.limit: expected a whole number from 1 to 1000, got 0"},
      {"cache_list", R"({"limit":1001})",
       "params.limit: expected a whole number from 1 to 1000, got 1001"},
      {"cache_list", R"({"cursor":"verdicts/0"})",
       "params.cursor: expected what `next` was, got 'verdicts/0'"},
      {"cache_list", R"({"cursor":"hosts/00"})", "params.cursor: it is of another table"},
      {"cache_list", R"({"table":"hosts","role":"sender"})", "params.role: hosts have none"},
      {"cache_list", R"({"table":"domains","status":"unknown"})",
       "params.status: only verdicts have one"},
      {"cache_list", R"({"older_s":-1})",
       "params.older_s: expected a whole number from 0 to 4294967295, got -1"},
      {"cache_import", R"({"lines":[]})", "params.lines: expected a string, got an array"},
      {"cache_stats", R"({"a":1})", "params.a: unknown parameter"},
      {"cache_verify", R"({"limit":1})", "params.limit: unknown parameter"},
      {"cache_compact", R"({"a":1})", "params.a: unknown parameter"},
  };
  for (const auto& [method, params, says] : cases) {
    EXPECT_EQ(ask(method, params).value("fault", ""), says) << method << ' ' << params;
  }
}

TEST_F(CacheDeskTest, ListsInStepsThatFitALine) {
  constexpr std::uint64_t many = 2'500;
  for (std::uint64_t i = 0; i < many; ++i) {
    put("u" + std::to_string(i) + "@example.org", i % 100 == 0 ? "mx2.example.org" : "mx1");
  }
  put("a@example.net");
  for (const bool flushed : {false, true}) {
    if (flushed) {
      ASSERT_TRUE(shelf_->flush());
    }
    EXPECT_EQ(ask_all("cache_list", json::object(), "records"), many + 1);
    EXPECT_EQ(ask_all("cache_list", {{"limit", 1000}}, "records"), many + 1);
    EXPECT_EQ(ask_all("cache_list", {{"domain", "example.org"}, {"limit", 70}}, "records"), many);
    EXPECT_EQ(ask_all("cache_list", {{"domain", "org"}}, "records"), 0U);
    EXPECT_EQ(ask_all("cache_list", {{"domain", "org"}, {"subdomains", true}}, "records"), many);
    EXPECT_EQ(ask_all("cache_list", {{"host", "MX2.example.org"}}, "records"), many / 100);
    EXPECT_EQ(ask_all("cache_list", {{"host", "192.0.2.1"}}, "records"), many + 1);
    EXPECT_EQ(ask_all("cache_list", {{"status", "deliverable"}}, "records"), 0U);
    EXPECT_GT(calls_, 1) << "a step looks at too many";
    EXPECT_EQ(ask_all("cache_list", {{"older_s", 60}}, "records"), many + 1);
    EXPECT_EQ(ask_all("cache_list", {{"older_s", 61}}, "records"), 0U);
    EXPECT_EQ(ask_all("cache_list", {{"newer_s", 59}}, "records"), 0U);
  }
}

TEST_F(CacheDeskTest, ForgetsInSteps) {
  constexpr std::uint64_t many = 2'500;
  for (std::uint64_t i = 0; i < many; ++i) put("u" + std::to_string(i) + "@example.org");
  put("a@mx.example.org", "mx2.example.org", "192.0.2.2");
  const auto key = cache::encode_host_key(boost::asio::ip::make_address("192.0.2.2"));
  const auto facts = cache::with_trouble({}, host_fault::refused, noon, "421", noon);
  ASSERT_TRUE(shelf_->put(table::hosts, key, cache::encode_host_record(key, facts)));

  const json gone = ask("cache_forget", R"({"host":"MX2.example.org"})");
  EXPECT_FALSE(gone.at("next").is_null());
  std::uint64_t verdicts = gone.at("verdicts");
  verdicts += ask_all("cache_forget", {{"host", "mx2.example.org"}}, "verdicts");
  EXPECT_EQ(verdicts, 1U);
  EXPECT_EQ(ask_all("cache_list", {{"table", "hosts"}}, "records"), 0U);

  EXPECT_EQ(ask_all("cache_forget", {{"domain", "example.org"}}, "verdicts"), many);
  EXPECT_GT(calls_, 1);
  EXPECT_EQ(ask_all("cache_list", json::object(), "records"), 0U);
}

TEST_F(CacheDeskTest, VerifyNamesWhatIsDamaged) {
  put("a@example.org");
  put("b@example.org");
  ASSERT_TRUE(shelf_->put(table::verdicts, "org.example", "x"));
  ASSERT_TRUE(shelf_->put(table::hosts, "abc", "x"));
  const json found = ask("cache_verify", "{}");
  EXPECT_EQ(found.at("looked_at"), 4);
  ASSERT_EQ(found.at("damaged").size(), 2U);
  EXPECT_EQ(found["damaged"][0]["name"], "key 6f72672e6578616d706c65");
  EXPECT_EQ(found["damaged"][1]["table"], "hosts");
  EXPECT_EQ(ask("cache_list", "{}").at("damaged"), 1);
}

TEST_F(CacheDeskTest, VerifyOfMuchThatIsDamagedFitsALine) {
  constexpr int many = 3'000;
  for (int i = 0; i < many; ++i) {
    ASSERT_TRUE(
        shelf_->put(table::verdicts, "key" + std::to_string(i) + std::string(200, 'k'), "x"));
  }
  EXPECT_EQ(ask_all("cache_verify", json::object(), "damaged"), static_cast<std::uint64_t>(many));
}

TEST_F(CacheDeskTest, ImportKeepsWhatIsNewer) {
  put("a@example.org", "mx1.example.org", "192.0.2.1", noon - 1h);
  const json older = ask("cache_list", "{}").at("records").at(0);
  put("a@example.org");
  const auto import = [&](bool overwrite) {
    return ask("cache_import", json{{"lines", older.dump()}, {"overwrite", overwrite}}.dump());
  };
  EXPECT_EQ(import(false).at("newer_kept"), 1);
  EXPECT_NE(ask("cache_list", "{}").at("records").at(0), older);
  EXPECT_EQ(import(true).at("written"), 1);
  EXPECT_EQ(ask("cache_list", "{}").at("records").at(0), older);
  EXPECT_EQ(import(false).at("same"), 1);
}

TEST_F(CacheDeskTest, ManyWrongLinesFitALine) {
  std::string lines;
  for (int i = 0; i < 5'000; ++i) lines += "nonsense\n";
  const json done = ask("cache_import", json{{"lines", lines}}.dump());
  EXPECT_EQ(done.at("refused"), 5'000);
  EXPECT_EQ(done.at("complaints").size(), 100U);
}

}  // namespace
}  // namespace cbv::api
