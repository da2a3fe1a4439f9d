#include "api/protocol.hpp"
#include "api/verdict_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "api/answer.hpp"

namespace cbv::api {
namespace {

using json = nlohmann::ordered_json;
using namespace std::chrono_literals;

std::variant<call, fault> read(std::string_view method, std::string_view params) {
  const message one = read_message(R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) +
                                       R"(","params":)" + std::string(params) + "}",
                                   {});
  const auto* made = std::get_if<request>(&one.entries.front());
  if (made == nullptr) return std::get<refused>(one.entries.front()).why;
  return read_call(*made);
}

call read_good(std::string_view method, std::string_view params) {
  const auto read_one = read(method, params);
  const auto* bad = std::get_if<fault>(&read_one);
  EXPECT_EQ(bad, nullptr) << params << ": " << bad->detail;
  return bad == nullptr ? std::get<call>(read_one) : call();
}

TEST(Protocol, ReadsAQuestion) {
  const call plain = read_good("verify_sender", R"({"address":"bob@example.org"})");
  EXPECT_EQ(plain.method, method::verify_sender);
  EXPECT_EQ(plain.asked.role, role::sender);
  EXPECT_EQ(plain.asked.address, "bob@example.org");
  EXPECT_EQ(plain.asked.wait, 5s);
  EXPECT_FALSE(plain.asked.fresh);
  EXPECT_FALSE(plain.asked.cached_only);

  const call full = read_good(
      "verify_recipient",
      R"({"cached_only":true,"fresh":true,"wait_ms":0,"helo":"h.example","client_ip":"192.0.2.1",)"
      R"("address":"a\u0000b"})");
  EXPECT_EQ(full.asked.role, role::recipient);
  EXPECT_EQ(full.asked.address, std::string("a\0b", 3));
  EXPECT_EQ(full.asked.client_ip, "192.0.2.1");
  EXPECT_EQ(full.asked.helo, "h.example");
  EXPECT_EQ(full.asked.wait, 0ms);
  EXPECT_TRUE(full.asked.fresh);
  EXPECT_TRUE(full.asked.cached_only);
}

TEST(Protocol, TakesAWholeNumberHoweverItIsWritten) {
  for (const auto* number : {"600000", "6e5", "600000.0", "6.0E+5"}) {
    const call made =
        read_good("verify_sender", R"({"address":"a","wait_ms":)" + std::string(number) + "}");
    EXPECT_EQ(made.asked.wait, wait_max) << number;
  }
}

TEST(Protocol, ReadsTheMethodsThatTakeNothing) {
  for (const auto* params : {"{}", "[]"}) {
    EXPECT_EQ(read_good("stats", params).method, method::stats);
    EXPECT_EQ(read_good("health", params).method, method::health);
    EXPECT_EQ(read_good("version", params).method, method::version);
  }
}

struct bad_case {
  std::string_view method;
  std::string_view params;
  fault_code code;
  std::string_view detail;
};

TEST(Protocol, NamesWhatIsWrong) {
  using enum fault_code;
  const std::string long_name(100, 'n');
  const std::string long_params = R"({")" + long_name + R"(":1})";
  const std::string shortened = "params." + std::string(64, 'n') + "...: unknown parameter";
  for (const auto& [method, params, code, detail] : std::vector<bad_case>{
           {"verify", "{}", method_not_found, "verify"},
           {"", "{}", method_not_found, ""},
           {"Stats", "{}", method_not_found, "Stats"},
           {"verify_sender", "{}", invalid_params, "params.address: missing"},
           {"verify_sender", R"(["a@example.org"])", invalid_params,
            "params: expected an object, got an array"},
           {"verify_sender", R"({"address":1})", invalid_params,
            "params.address: expected a string, got 1"},
           {"verify_sender", R"({"address":null})", invalid_params,
            "params.address: expected a string, got null"},
           {"verify_sender", R"({"address":["a"]})", invalid_params,
            "params.address: expected a string, got an array"},
           {"verify_sender", R"({"address":"a","address":"b"})", invalid_params,
            "params.address: given twice"},
           {"verify_sender", R"({"address":"a","wait_ms":"5"})", invalid_params,
            "params.wait_ms: expected a whole number from 0 to 600000, got a string"},
           {"verify_sender", R"({"address":"a","wait_ms":-1})", invalid_params,
            "params.wait_ms: expected a whole number from 0 to 600000, got -1"},
           {"verify_sender", R"({"address":"a","wait_ms":600001})", invalid_params,
            "params.wait_ms: expected a whole number from 0 to 600000, got 600001"},
           {"verify_sender", R"({"address":"a","wait_ms":0.5})", invalid_params,
            "params.wait_ms: expected a whole number from 0 to 600000, got 0.5"},
           {"verify_sender", R"({"address":"a","wait_ms":1e300})", invalid_params,
            "params.wait_ms: expected a whole number from 0 to 600000, got 1e300"},
           {"verify_sender", R"({"address":"a","fresh":1})", invalid_params,
            "params.fresh: expected true or false, got 1"},
           {"verify_sender", R"({"address":"a","helo":false})", invalid_params,
            "params.helo: expected a string, got a boolean"},
           {"verify_sender", R"({"address":"a","wait":5})", invalid_params,
            "params.wait: unknown parameter"},
           {"stats", R"({"per":"day"})", invalid_params, "params.per: unknown parameter"},
           {"stats", R"([1])", invalid_params, "params: expected an object, got an array"},
           {"stats", long_params, invalid_params, shortened},
       }) {
    SCOPED_TRACE(std::string(method) + " " + std::string(params));
    const auto outcome = read(method, params);
    const auto* bad = std::get_if<fault>(&outcome);
    ASSERT_NE(bad, nullptr);
    EXPECT_EQ(static_cast<int>(bad->code), static_cast<int>(code));
    EXPECT_EQ(bad->detail, detail);
  }
}

constexpr wall_time noon{std::chrono::seconds(1'795'262'400)};

verdict refused_mailbox() {
  verdict found;
  found.status = status::undeliverable;
  found.reason = reason::mailbox_not_found;
  found.stage = stage::rcpt;
  found.source = source::callout;
  found.host = "mx1.example.org";
  found.host_ip = "192.0.2.1";
  found.reply = far_reply{550, "5.1.1", "no such user"};
  found.checked_at = noon;
  found.refresh_at = noon + 3h;
  found.expires_at = noon + 24h;
  found.elapsed = 84ms;
  return found;
}

TEST(Protocol, WritesAVerdictAsTheDesignShowsIt) {
  const verdict found = refused_mailbox();
  EXPECT_EQ(
      render_verdict("bob@example.org", found, advise(found, role::recipient, {})),
      R"({"address":"bob@example.org","status":"undeliverable","reason":"mailbox_not_found",)"
      R"("stage":"rcpt","source":"callout","catch_all":null,"host":"mx1.example.org",)"
      R"("host_ip":"192.0.2.1","tls":null,"reply":{"code":550,"enhanced":"5.1.1","text":"no such user"},)"
      R"("detail":null,"checked_at":"2026-11-21T12:00:00Z",)"
      R"("refresh_at":"2026-11-21T15:00:00Z","expires_at":"2026-11-22T12:00:00Z",)"
      R"("elapsed_ms":84,"advice":{"action":"reject","code":550,"enhanced":"5.1.1",)"
      R"("text":"Recipient address rejected: mailbox not found"}})");
}

TEST(Protocol, WritesNullForWhatIsNotThere) {
  const verdict found;
  const json shown = json::parse(render_verdict("", found, advise(found, role::sender, {})));
  for (const auto* name : {"catch_all", "host", "host_ip", "tls", "reply", "detail", "checked_at",
                           "refresh_at", "expires_at"}) {
    EXPECT_TRUE(shown.at(name).is_null()) << name;
  }
  EXPECT_EQ(shown["address"], "");
  verdict with_reply = found;
  with_reply.reply = far_reply{250, "", "ok"};
  with_reply.catch_all = catch_all::yes;
  const json more = json::parse(render_verdict("", with_reply, {}));
  EXPECT_TRUE(more["reply"]["enhanced"].is_null());
  EXPECT_EQ(more["catch_all"], true);
  with_reply.catch_all = catch_all::no;
  EXPECT_EQ(json::parse(render_verdict("", with_reply, {}))["catch_all"], false);
}

TEST(Protocol, TellsHowTheDialogueWasProtected) {
  verdict found = refused_mailbox();
  found.tls = tls_facts{"TLSv1.3", true};
  const std::string shown = render_verdict("a", found, {});
  EXPECT_NE(shown.find(R"("tls":{"protocol":"TLSv1.3","verified":true},)"), std::string::npos);
  EXPECT_EQ(read_answer(shown), (answer{"a", found, {}}));
  found.tls->verified = false;
  EXPECT_EQ(read_answer(render_verdict("a", found, {})), (answer{"a", found, {}}));
}

TEST(Protocol, AnAnswerFromBeforeTlsWasToldIsRead) {
  std::string older = render_verdict("a", refused_mailbox(), {});
  const std::string member = R"("tls":null,)";
  older.erase(older.find(member), member.size());
  EXPECT_EQ(read_answer(older), (answer{"a", refused_mailbox(), {}}));
}

TEST(Protocol, TextThatIsNotUtf8NeverBreaksTheOutput) {
  verdict found = refused_mailbox();
  found.reply->text = "caf\xe9 \xff\n\"";
  found.detail = "\x80";
  found.host = std::string("\0\r\n", 3);
  const std::string shown = render_verdict("\xc3", found, {});
  EXPECT_EQ(shown.find('\n'), std::string::npos);
  EXPECT_EQ(json::parse(shown)["reply"]["text"], "caf\xef\xbf\xbd \xef\xbf\xbd\n\"");
}

TEST(Protocol, AnAnswerIsReadBackAsItWasWritten) {
  verdict found = refused_mailbox();
  const advice given = advise(found, role::recipient, {});
  const auto read_back = read_answer(render_verdict("bob@example.org", found, given));
  ASSERT_TRUE(read_back);
  EXPECT_EQ(*read_back, (answer{"bob@example.org", found, given}));

  const verdict nothing;
  const auto empty = read_answer(render_verdict("", nothing, advice()));
  ASSERT_TRUE(empty);
  EXPECT_EQ(*empty, (answer{"", nothing, advice()}));

  found.catch_all = catch_all::yes;
  found.detail = "\"";
  EXPECT_EQ(read_answer(render_verdict("a", found, given)), (answer{"a", found, given}));
}

TEST(Protocol, AnAnswerThatIsNoneIsNotRead) {
  const std::string good = render_verdict("a", refused_mailbox(), advice());
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"{", ""},
           {R"("status":"undeliverable")", R"("status":"perhaps")"},
           {R"("reason":"mailbox_not_found",)", ""},
           {R"("code":550)", R"("code":"550")"},
           {R"("elapsed_ms":84)", R"("elapsed_ms":8.4)"},
           {"2026-11-21T12", "2026-13-21T12"},
           {"2026-11-21T12", "2026-11-21 12"},
           {R"("action":"accept")", R"("action":"bounce")"},
           {R"("tls":null)", R"("tls":{"protocol":"TLSv1.3"})"},
           {R"("tls":null)", R"("tls":"TLSv1.3")"},
       }) {
    std::string bad = good;
    const std::size_t at = bad.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    bad.replace(at, from.size(), to);
    EXPECT_FALSE(read_answer(bad)) << from << " -> " << to;
  }
  for (const auto* text : {"", "null", "[]", "7", "{}"}) EXPECT_FALSE(read_answer(text)) << text;
}

TEST(Protocol, HealthTellsWhatIsWrong) {
  EXPECT_EQ(render_health({true, "", 5s, 8, 7, false, 500, 2000, true}),
            R"({"status":"ok","store":"ok","store_detail":null,"writes":8,"writes_committed":7,)"
            R"("history_detail":null,"calls":0,"calls_committed":0,)"
            R"("callouts":500,"callouts_waiting":2000,"overloaded":true,"uptime_s":5})");
  EXPECT_EQ(
      render_health({false, "disk full", 0s}),
      R"({"status":"degraded","store":"failed","store_detail":"disk full",)"
      R"("writes":0,"writes_committed":0,"history_detail":null,"calls":0,"calls_committed":0,)"
      R"("callouts":0,"callouts_waiting":0,"overloaded":false,"uptime_s":0})");
  health_facts unkept;
  unkept.history_detail = "no room";
  unkept.calls = 9;
  unkept.calls_committed = 4;
  EXPECT_THAT(render_health(unkept),
              testing::HasSubstr(R"("history_detail":"no room","calls":9,"calls_committed":4,)"));
}

TEST(Protocol, WritesTimesInUtc) {
  EXPECT_EQ(rfc3339(wall_time{}), "");
  EXPECT_EQ(rfc3339(wall_time{-1s}), "");
  EXPECT_EQ(rfc3339(wall_time{1s}), "1970-01-01T00:00:01Z");
  EXPECT_EQ(rfc3339(wall_time{951'782'400s}), "2000-02-29T00:00:00Z");
  EXPECT_EQ(rfc3339(wall_time{253'402'300'799s}), "9999-12-31T23:59:59Z");
  EXPECT_EQ(rfc3339(wall_time::max()), "9999-12-31T23:59:59Z");
}

}  // namespace
}  // namespace cbv::api
