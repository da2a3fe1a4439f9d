#include "api/session.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/api/client_session_test.hpp"

namespace cbv::api {
namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

std::string ask(std::string_view id, std::string_view address, std::string_view more = "") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) +
         R"(,"method":"verify_recipient","params":{"address":")" + std::string(address) + "\"" +
         std::string(more) + "}}";
}

class SessionTest : public client_session_test<session, session_options> {
 protected:
  SessionTest() : client_session_test(severity::notice) {}
  void start() { begin(); }

  bool run_to_the_end(std::chrono::milliseconds limit = 1h) {
    return sim::run_until(io_, time_, time_.now() + limit, [this] { return ended_.has_value(); });
  }

  // The lines received since this was asked last, each as JSON.
  std::vector<json> received() {
    std::vector<json> lines;
    std::string text = client_->take_received();
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      EXPECT_NE(end, std::string::npos) << text;
      if (end == std::string::npos) break;
      lines.push_back(json::parse(text.substr(0, end)));
      text.erase(0, end + 1);
    }
    return lines;
  }
  std::string received_ids() {
    std::string ids;
    for (const json& line : received()) ids += line.at("id").dump() + " ";
    return ids;
  }
  std::vector<int> received_codes() {
    std::vector<int> codes;
    for (const json& line : received()) codes.push_back(line.at("error").at("code"));
    return codes;
  }
};

TEST_F(SessionTest, AnswersAQuestion) {
  start();
  client_->send(ask("1", "bob@example.org", R"(,"wait_ms":700,"fresh":true)") + "\n");
  settle();
  const auto lines = received();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["id"], 1);
  EXPECT_EQ(lines[0]["result"]["status"], "deliverable");
  EXPECT_EQ(lines[0]["result"]["address"], "bob@example.org");
  ASSERT_EQ(backend_.questions.size(), 1U);
  EXPECT_EQ(backend_.questions[0].wait, 700ms);
  EXPECT_TRUE(backend_.questions[0].fresh);
  EXPECT_FALSE(ended_) << "the connection stays open";
}

TEST_F(SessionTest, WhatIsAdvisedIsCountedAndWhoseClientDidWrong) {
  verdict bad;
  bad.status = status::undeliverable;
  bad.reason = reason::mailbox_not_found;
  backend_.verdicts["zed@example.org"] = bad;
  backend_.judgement.given.action = action::reject;
  backend_.judgement.decided_by = envelope::check::rate;
  start();
  client_->send(ask("1", "known@example.org") + "\n" +
                ask("2", "zed@example.org", R"(,"client_ip":"192.0.2.9")") + "\n" +
                R"({"jsonrpc":"2.0","id":3,"method":"check","params":{"client_ip":"192.0.2.9",)"
                R"("sender":"ann@a.example","recipient":"bob@b.example"}})"
                "\n");
  settle();
  EXPECT_EQ(received().size(), 3U);
  counters expected;
  expected.recipient.of(action::accept) = expected.recipient.of(action::reject) = 1;
  expected.decisions[envelope::index_of(envelope::check::rate) + 1][1] = 1;
  EXPECT_EQ(backend_.given.sums, expected);
  EXPECT_EQ(backend_.given.take_rankings().clients, (ranking{{"192.0.2.9", 2, 0}}));
}

TEST_F(SessionTest, WhatIsKnownIsAnsweredBeforeWhatHasToWait) {
  start();
  client_->send(ask("1", "100@x") + "\n" + ask("2", "known@x") + "\n" + ask("3", "known@y") + "\n");
  settle();
  const auto lines = received();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["id"], 2);
  EXPECT_EQ(lines[0]["result"]["address"], "known@x");
  EXPECT_EQ(lines[0]["result"]["source"], "cache");
  EXPECT_EQ(lines[1]["id"], 3);
  EXPECT_EQ(backend_.known_questions.size(), 2U);
  pass(1s);
  EXPECT_EQ(received_ids(), "1 ");
}

TEST_F(SessionTest, WhatIsKnownIsAnsweredInWhateverFormItIsAsked) {
  start();
  client_->send("[" + ask("1", "known@x") + "," + ask("2", "100@x") + "]\n" +
                ask("\"\\u0061\"", "k\\u006eown@x") + "\n");
  settle();
  auto lines = received();
  ASSERT_EQ(lines.size(), 1U) << "the batch is not complete";
  EXPECT_EQ(lines[0]["id"], "a");
  pass(1s);
  lines = received();
  ASSERT_EQ(lines.size(), 1U);
  ASSERT_EQ(lines[0].size(), 2U);
  EXPECT_EQ(lines[0][0]["id"], 1);
  EXPECT_EQ(lines[0][1]["id"], 2);
}

TEST_F(SessionTest, WhatIsKnownIsAnsweredBeyondTheLimitInFlight) {
  options_.limits.in_flight_max = 1;
  start();
  client_->send(ask("1", "100@x") + "\n" + ask("2", "100@x") + "\n" + ask("3", "known@x") + "\n");
  settle();
  const auto lines = received();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["error"]["code"], -32002);
  EXPECT_EQ(lines[1]["result"]["status"], "deliverable");
}

TEST_F(SessionTest, WhatIsKnownIsToldToThoseOnlyWhoMayAsk) {
  options_.rules.token = "secret";
  options_.rules.methods = {method::verify_sender, method::authenticate};
  start();
  std::string as_sender = ask("1", "known@x");
  as_sender.replace(as_sender.find("recipient"), 9, "sender");
  client_->send(as_sender + "\n");
  settle();
  EXPECT_EQ(received_codes().size(), 1U) << "before the token";
  client_->send(R"({"jsonrpc":"2.0","id":2,"method":"authenticate","params":{"token":"secret"}})"
                "\n" +
                as_sender + "\n" + ask("3", "known@x") + "\n");
  settle();
  const auto lines = received();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1]["result"]["status"], "deliverable");
  EXPECT_TRUE(lines[2].contains("error")) << "not one of the methods";
  EXPECT_EQ(backend_.known_questions.size(), 1U);
}

TEST_F(SessionTest, WhatCannotBeToldAtOnceIsAskedInTheOrdinaryWay) {
  backend_.fails = true;
  start();
  client_->send(ask("1", "known@x") + "\n");
  settle();
  EXPECT_EQ(received_codes(), std::vector<int>{-32603});
  EXPECT_EQ(backend_.questions.size(), 1U);
}

TEST_F(SessionTest, AClientThatReadsSlowlyGetsEveryOctet) {
  start();
  client_->read_at_most(100);
  std::string asked;
  for (int id = 0; id < 50; ++id) asked += ask(std::to_string(id), "known@x") + "\n";
  client_->send(asked);
  settle();
  EXPECT_EQ(client_->received().size(), 100U);
  client_->read_at_most(1'000'000);
  client_->end();
  ASSERT_TRUE(run_to_the_end());
  const auto lines = received();
  ASSERT_EQ(lines.size(), 50U);
  for (int id = 0; id < 50; ++id) EXPECT_EQ(lines[static_cast<std::size_t>(id)]["id"], id);
}

TEST_F(SessionTest, AnswersInTheOrderInWhichTheyFinish) {
  start();
  client_->send(ask("1", "300@x") + "\n" + ask("2", "100@x") + "\r\n" + ask("3", "200@x") + "\n" +
                ask("4", "now@x") + "\n");
  settle();
  EXPECT_EQ(received_ids(), "4 ");
  pass(1s);
  EXPECT_EQ(received_ids(), "2 3 1 ");
}

TEST_F(SessionTest, OctetByOctetIsTheSameAsAllAtOnce) {
  start();
  const std::string text = ask("1", "a@x") + "\r\n\n \t\r\n" + ask("2", "b@x") + "\n";
  for (const char octet : text) {
    client_->send(std::string_view(&octet, 1));
    settle();
  }
  EXPECT_EQ(received_ids(), "1 2 ");
}

TEST_F(SessionTest, ANotificationIsDoneAndNotAnswered) {
  start();
  client_->send(R"({"jsonrpc":"2.0","method":"verify_sender","params":{"address":"a@x"}})"
                "\n"
                R"({"jsonrpc":"2.0","method":"nonsense"})"
                "\n"
                R"({"jsonrpc":"2.0","method":"stats","params":{"by":1}})"
                "\n");
  settle();
  EXPECT_EQ(client_->received(), "");
  EXPECT_EQ(backend_.questions.size(), 1U);
}

TEST_F(SessionTest, ABatchIsAnsweredInOneLineWhenAllOfItIsDone) {
  start();
  client_->send("[" + ask("1", "300@x") + R"(,{"jsonrpc":"2.0","method":"health"},7,)" +
                ask("2", "100@x") +
                R"(,{"jsonrpc":"2.0","id":3,"method":"version"}])"
                "\n");
  pass(200ms);
  EXPECT_EQ(client_->received(), "");
  pass(200ms);
  const auto lines = received();
  ASSERT_EQ(lines.size(), 1U);
  std::string ids;
  for (const json& each : lines[0]) ids += each.at("id").dump() + " ";
  EXPECT_EQ(ids, "null 3 2 1 ");
}

TEST_F(SessionTest, AWrongTokenIsAnsweredThenTheConnectionIsClosed) {
  options_.rules.token = "secret";
  start();
  const std::string wrong =
      R"({"jsonrpc":"2.0","id":1,"method":"authenticate","params":{"token":"x"}})"
      "\n";
  client_->send(ask("0", "a@x") + "\n");
  settle();
  EXPECT_FALSE(ended_);
  client_->send(wrong + ask("2", "a@x") + "\n");
  settle();
  EXPECT_EQ(received_codes(), (std::vector<int>{-32004, -32004, -32004}));
  EXPECT_EQ(ended_, ending::not_allowed);
  EXPECT_EQ(session_->complaint(), "not the token");
  EXPECT_TRUE(client_->closed());
  EXPECT_TRUE(backend_.questions.empty());
}

TEST_F(SessionTest, ABatchOfNotificationsIsNotAnswered) {
  start();
  client_->send(R"([{"jsonrpc":"2.0","method":"health"},{"jsonrpc":"2.0","method":"x"}])"
                "\n");
  settle();
  EXPECT_EQ(client_->received(), "");
}

TEST_F(SessionTest, MalformedInputIsAnsweredAndTheConnectionStays) {
  start();
  client_->send("nonsense\n[]\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\"}\n\xff\xfe\n");
  settle();
  EXPECT_EQ(received_codes(), (std::vector<int>{-32700, -32600, -32601, -32700}));
  client_->send(ask("1", "a@x") + "\n");
  settle();
  EXPECT_EQ(received_ids(), "1 ");
}

TEST_F(SessionTest, EndOfInputEndsALineAndTheAnswersAreStillSent) {
  start();
  client_->send(ask("1", "500@x") + "\n" + ask("2", "100@x"));
  client_->end();
  ASSERT_TRUE(run_to_the_end(10s));
  EXPECT_EQ(received_ids(), "2 1 ");
  EXPECT_EQ(ended_, ending::client_done);
  EXPECT_TRUE(client_->closed());
}

TEST_F(SessionTest, ATooLongLineIsSkippedAndTheConnectionStays) {
  start();
  const std::size_t most = options_.limits.line_octets_max;
  const auto line_of = [](std::size_t octets) {
    const std::string head = ask("1", "");
    std::string line = head;
    line.insert(line.size() - 3, octets - head.size(), 'a');
    return line;
  };
  client_->send(line_of(most) + "\n" + line_of(most) + "\r\n");
  settle();
  EXPECT_EQ(received_ids(), "1 1 ");
  client_->send(line_of(most + 1) + "\n" + ask("2", "a@x") + "\n");
  settle();
  EXPECT_EQ(received_ids(), "null 2 ");
  client_->send(std::string(10 * most, 'x'));
  settle();
  EXPECT_EQ(received_codes(), (std::vector<int>{-32001})) << "once, and before the line ends";
  client_->send("\n" + ask("3", "a@x") + "\n");
  settle();
  EXPECT_EQ(received_ids(), "3 ");
}

TEST_F(SessionTest, OneMoreThanMayBeInFlightIsRefused) {
  start();
  for (int i = 1; i <= 1'001; ++i) client_->send(ask(std::to_string(i), "900@x") + "\n");
  settle();
  const auto lines = received();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["id"], 1'001);
  EXPECT_EQ(lines[0]["error"]["code"], -32002);
  EXPECT_EQ(backend_.in_flight, 1'000U);
  pass(1s);
  EXPECT_EQ(received().size(), 1'000U);
  client_->send(ask("1", "a@x") + "\n");
  settle();
  EXPECT_EQ(received_ids(), "1 ") << "there is room again";
}

TEST_F(SessionTest, TheRestOfABatchOverTheLimitIsRefusedWithinIt) {
  options_.limits.in_flight_max = 2;
  start();
  client_->send("[" + ask("1", "1@x") + "," + ask("2", "1@x") + "," + ask("3", "1@x") + "]\n");
  pass(1s);
  const auto lines = received();
  ASSERT_EQ(lines.size(), 1U);
  ASSERT_EQ(lines[0].size(), 3U);
  EXPECT_EQ(lines[0][0]["error"]["code"], -32002);
}

TEST_F(SessionTest, FromAfarTheSettingsAreNotReadAgain) {
  start();
  client_->send(R"({"jsonrpc":"2.0","id":1,"method":"reload"})"
                "\n");
  settle();
  EXPECT_EQ(received_codes(), std::vector<int>{-32005});
  EXPECT_EQ(backend_.reloads, 0U);
}

TEST_F(SessionTest, TheSettingsAreReadAgainForWhoMay) {
  const std::string reload = R"({"jsonrpc":"2.0","id":1,"method":"reload"})"
                             "\n";
  options_.rules.methods = {method::reload};
  start();
  backend_.reloaded.needs_a_restart = {"listen.tcp"};
  client_->send(reload);
  settle();
  EXPECT_EQ(received().at(0)["result"]["needs_a_restart"], json::array({"listen.tcp"}));
  backend_.reloaded.wrong = {"x:1:2: a", "x:3:4: b"};
  client_->send(reload);
  settle();
  const json error = received().at(0)["error"];
  EXPECT_EQ(error["code"], -32006);
  EXPECT_EQ(error["data"], "x:1:2: a\nx:3:4: b");
  backend_.reloaded.wrong.assign(1'000, "x:1:2: a");
  client_->send(reload);
  settle();
  EXPECT_LT(received().at(0)["error"]["data"].get<std::string>().size(), 300U);
  EXPECT_EQ(backend_.reloads, 3U);
}

TEST_F(SessionTest, ABugOfTheBackendIsAnInternalErrorAndIsLogged) {
  start();
  client_->send(ask("1", "throw@x") + "\n");
  settle();
  EXPECT_EQ(received_codes(), (std::vector<int>{-32603}));
  EXPECT_EQ(logged_, (std::vector<std::string>{"call_failed error=\"a bug\""}));
}

TEST_F(SessionTest, ABackendThatIsLateIsNotWaitedFor) {
  start();
  client_->send(ask("1", "60000@x", R"(,"wait_ms":2000)") + "\n");
  pass(2s);
  EXPECT_EQ(client_->received(), "");
  pass(1s);
  EXPECT_EQ(received_codes(), (std::vector<int>{-32603}));
  EXPECT_EQ(backend_.in_flight, 0U);
  EXPECT_EQ(logged_, (std::vector<std::string>{"call_failed error=\"not answered in time\""}));
}

TEST_F(SessionTest, AnIdleClientIsClosed) {
  start();
  pass(options_.idle_timeout - 1s);
  EXPECT_FALSE(ended_);
  client_->send(ask("1", "a@x") + "\n");
  pass(options_.idle_timeout - 1s);
  EXPECT_FALSE(ended_);
  pass(2s);
  EXPECT_EQ(ended_, ending::idle);
  EXPECT_TRUE(client_->closed());
}

TEST_F(SessionTest, AClientThatNeverFinishesALineIsIdle) {
  start();
  for (int i = 0; i < 700 && !ended_; ++i) {
    client_->send("x");
    pass(1s);
  }
  EXPECT_EQ(ended_, ending::idle);
}

TEST_F(SessionTest, AClientThatWaitsForAnAnswerIsNotIdle) {
  options_.idle_timeout = 100ms;
  start();
  client_->send(ask("1", "60000@x") + "\n");
  pass(61s);
  EXPECT_EQ(received_ids(), "1 ");
  EXPECT_EQ(ended_, ending::idle) << "afterwards it is";
}

TEST_F(SessionTest, AClientThatDoesNotReadIsNotReadAndThenClosed) {
  options_.output_octets_max = 10'000;
  start();
  client_->read_at_most(0);
  for (int i = 0; i < 10'000; ++i) client_->send(ask("1", "a@x") + "\n");
  settle();
  const std::size_t unread = client_->unread();
  EXPECT_GT(unread, 0U) << "reading stopped";
  pass(options_.write_timeout - 1s);
  EXPECT_EQ(client_->unread(), unread);
  EXPECT_FALSE(ended_);
  ASSERT_TRUE(run_to_the_end(options_.write_timeout + 1s));
  EXPECT_EQ(ended_, ending::client_too_slow);
}

TEST_F(SessionTest, AClientThatIsGoneCancelsItsQuestions) {
  start();
  client_->send(ask("1", "60000@x") + "\n" + ask("2", "60000@x") + "\n");
  settle();
  EXPECT_EQ(backend_.in_flight, 2U);
  client_->vanish();
  settle();
  EXPECT_EQ(ended_, ending::connection_lost);
  EXPECT_EQ(backend_.in_flight, 0U);
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(SessionTest, StoppedItAnswersWhatIsInFlightAndTakesNothingNew) {
  start();
  client_->send(ask("1", "500@x") + "\n");
  settle();
  session_->stop();
  client_->send(ask("2", "a@x") + "\n");
  ASSERT_TRUE(run_to_the_end(10s));
  EXPECT_EQ(received_ids(), "1 ");
  EXPECT_EQ(ended_, ending::stopped);
  EXPECT_TRUE(client_->closed());
}

TEST_F(SessionTest, AbortedItEndsAtOnceWithQuestionsOpen) {
  start();
  client_->send(ask("1", "500@x") + "\n");
  settle();
  session_->abort();
  settle();
  EXPECT_EQ(ended_, ending::stopped);
  EXPECT_EQ(client_->received(), "");
  EXPECT_EQ(backend_.in_flight, 0U);
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(SessionTest, ObservingItAdvisesToAccept) {
  options_.advice.observe = true;
  verdict found;
  found.status = status::undeliverable;
  found.reason = reason::mailbox_not_found;
  backend_.verdicts["a@x"] = found;
  start();
  client_->send(ask("1", "a@x") + "\n");
  settle();
  const auto lines = received();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["result"]["status"], "undeliverable");
  EXPECT_EQ(lines[0]["result"]["advice"]["action"], "accept");
}

}  // namespace
}  // namespace cbv::api
