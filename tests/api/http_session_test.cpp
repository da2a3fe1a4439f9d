#include "api/http_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/page/document.hpp"
#include "tests/api/client_session_test.hpp"

namespace cbv::api {
namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string get(std::string_view path, std::string_view header = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(header) +
         "\r\n";
}

std::string post(std::string_view body, std::string_view header = "") {
  return "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
         std::string(header) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

std::string question(int id, std::string_view address) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
         R"(,"method":"verify_recipient","params":{"address":")" + std::string(address) + "\"}}";
}

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

class HttpSessionTest : public client_session_test<http_session, http_session_options> {
 protected:
  void start() { begin(); }
};

TEST_F(HttpSessionTest, TheStatisticsAreOfTheTimeThatIsAskedFor) {
  start();
  const json shown = json::parse(body_of(say(get("/stats?from=2026-11-20&by=day"))));
  EXPECT_EQ(shown["by"], "day");
  ASSERT_EQ(backend_.periods_asked.size(), 1U);
  EXPECT_EQ(backend_.periods_asked[0].by, span::day);
  EXPECT_TRUE(backend_.periods_asked[0].from);
  for (const char* query : {"since=2026", "from=x", "by=day&by=day", "from=%"})
    EXPECT_THAT(say(get(std::string("/stats?") + query)), StartsWith("HTTP/1.1 400 ")) << query;
  EXPECT_EQ(body_of(say(get("/stats?since=2026"))), "Bad Request: since: unknown parameter\n");
  EXPECT_EQ(backend_.periods_asked.size(), 1U);
}

TEST_F(HttpSessionTest, TooManyPeriodsAreRefusedWhereverTheyBegin) {
  start();
  EXPECT_THAT(say(get("/stats?from=1970-01-02&by=day")), HasSubstr("400 Bad Request"));
  EXPECT_TRUE(backend_.periods_asked.empty());
  backend_.past.periods.resize(longest_history + 1);
  EXPECT_THAT(body_of(say(get("/stats?by=hour"))), HasSubstr("are more than 2000, expected "));
}

TEST_F(HttpSessionTest, ManyLongAnswersAreNotHeldForOneBatch) {
  backend_.past.periods.resize(longest_history);
  start();
  std::string batch = R"({"jsonrpc":"2.0","id":1,"method":"stats","params":{"by":"hour"}})";
  for (int i = 2; i < 10; ++i)
    batch += R"(,{"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"stats"})";
  const json answers = json::parse(body_of(say(post('[' + batch + ']'))));
  ASSERT_EQ(answers.size(), 9U);
  EXPECT_EQ(answers[0]["result"]["periods"].size(), longest_history);
  for (std::size_t i = 1; i < answers.size(); ++i)
    EXPECT_EQ(answers[i]["error"]["code"], -32002) << answers[i];
  EXPECT_EQ(backend_.periods_asked.size(), 1U);
}

TEST_F(HttpSessionTest, GivesItsPagesOnOneConnection) {
  backend_.counted.sender.calls = 7;
  backend_.past.sum.sender.calls = 8;
  start();
  EXPECT_EQ(client_->received(), "") << "nothing is said unasked";
  const std::string alive = say(get("/healthz"));
  EXPECT_THAT(alive, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(alive, HasSubstr(" GMT\r\nContent-Type: text/plain; charset=utf-8\r\n"
                               "Content-Length: 6\r\nCache-Control: no-store\r\n"));
  EXPECT_THAT(alive, EndsWith("\r\n\r\nalive\n"));
  EXPECT_THAT(say(get("/metrics")), HasSubstr("cbv_calls_total{role=\"sender\"} 7\n"));
  EXPECT_EQ(json::parse(body_of(say(get("/stats"))))["sender"]["calls"], 8);
  EXPECT_EQ(body_of(say(get("/"))), page_document()) << "whole, though it is large";
  EXPECT_THAT(say(get("/nowhere")), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(say(get("/rpc")), AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: POST\r\n")));
  EXPECT_THAT(say(get("/healthz")), StartsWith("HTTP/1.1 200 "));
  EXPECT_FALSE(ended_);
}

TEST_F(HttpSessionTest, HeadHasNoBodyAndSaysHowLongItWouldBe) {
  start();
  const std::string head = say("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 6\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
  EXPECT_THAT(say(get("/healthz")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpSessionTest, AnswersPipelinedRequestsInTheirOrder) {
  start();
  client_->send(post(question(1, "500@x.example")) + get("/healthz") +
                post(question(2, "100@x.example")));
  pass(499ms);
  EXPECT_EQ(client_->received(), "") << "what is quick waits for what is slow before it";
  pass(1s);
  const std::string all = client_->take_received();
  const auto first = all.find(R"("id":1)");
  const auto second = all.find("alive");
  const auto third = all.find(R"("id":2)");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos);
}

TEST_F(HttpSessionTest, CarriesJsonRpc) {
  start();
  const std::string one = say(post(question(1, "ann@x.example")));
  EXPECT_THAT(one, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_EQ(json::parse(body_of(one))["result"]["status"], "deliverable");

  const std::string written_over_lines =
      "[\r\n " + question(2, "a@x.example") + ",\n\n" + question(3, "b@x.example") + "\n]\n";
  const json both = json::parse(body_of(say(post(written_over_lines))));
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0]["id"], 2);
  EXPECT_EQ(both[1]["id"], 3);

  EXPECT_EQ(json::parse(body_of(say(post("nonsense"))))["error"]["code"], -32700);
  EXPECT_EQ(json::parse(body_of(say(post(""))))["error"]["code"], -32700);
  EXPECT_EQ(json::parse(body_of(say(post("[]"))))["error"]["code"], -32600);
  EXPECT_EQ(json::parse(body_of(
                say(post(question(4, "c@x") + "\n" + question(5, "d@x")))))["error"]["code"],
            -32700)
      << "one message a request";
}

TEST_F(HttpSessionTest, TheCallsOfABatchAreCarriedOutAtOnce) {
  start();
  client_->send(
      post('[' + question(1, "900@x.example") + ',' + question(2, "1000@x.example") + ']'));
  pass(999ms);
  EXPECT_EQ(client_->received(), "");
  EXPECT_EQ(backend_.in_flight, 1U);
  pass(2ms);
  EXPECT_EQ(json::parse(body_of(client_->received())).size(), 2U);
}

TEST_F(HttpSessionTest, NotificationsAreCarriedOutAndHaveNoContent) {
  start();
  const std::string said = say(
      post(R"({"jsonrpc":"2.0","method":"verify_sender","params":{"address":"ann@x.example"}})"));
  EXPECT_THAT(said, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(said, Not(HasSubstr("\r\nContent-")));
  EXPECT_THAT(said, EndsWith("\r\n\r\n"));
  EXPECT_EQ(backend_.questions.size(), 1U);
  EXPECT_THAT(say(get("/healthz")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpSessionTest, AFaultOfOursIsAnErrorOfTheCall) {
  start();
  const std::string said = say(post(question(1, "throw@x.example")));
  EXPECT_THAT(said, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(json::parse(body_of(said))["error"]["code"], -32603);
  EXPECT_THAT(logged_, ElementsAre(HasSubstr("call_failed")));
}

TEST_F(HttpSessionTest, WhatDoesNotSayThatItIsJsonIsNotRead) {
  start();
  const std::string form =
      "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
      "Content-Length: 2\r\n\r\n{}";
  EXPECT_THAT(say(form), AllOf(StartsWith("HTTP/1.1 415 "), HasSubstr("application/json")));
  EXPECT_THAT(say(get("/healthz")), StartsWith("HTTP/1.1 200 ")) << "its body was read over";
}

TEST_F(HttpSessionTest, AClientThatAwaitsItIsToldToGoOn) {
  start();
  const std::string whole = post(question(1, "ann@x.example"), "Expect: 100-continue\r\n");
  const std::size_t head = whole.find("\r\n\r\n") + 4;
  EXPECT_EQ(say(whole.substr(0, head)), http_continue);
  EXPECT_EQ(say(whole.substr(head, 5)), "") << "once";
  EXPECT_THAT(say(whole.substr(head + 5)), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(say(whole.substr(0, head)), http_continue) << "and for the next request again";
  EXPECT_THAT(say(whole.substr(head)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(say(whole), StartsWith("HTTP/1.1 200 ")) << "it did not wait";
}

TEST_F(HttpSessionTest, AClientThatAwaitsItIsToldBeforeItSendsInVain) {
  start();
  EXPECT_THAT(say("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                  "Content-Length: 1000\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("Connection: close\r\n")));
  pass(1s);
  EXPECT_EQ(ended_, ending::client_done);
}

TEST_F(HttpSessionTest, WhatIsNotUnderstoodIsAnsweredThenClosed) {
  start();
  EXPECT_THAT(say("nonsense\n" + get("/healthz")),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("Connection: close\r\n")));
  EXPECT_FALSE(client_->closed()) << "what is still sent is read, or the answer might be lost";
  say("more of it");
  EXPECT_EQ(client_->unread(), 0U);
  pass(1s);
  EXPECT_TRUE(client_->closed());
  EXPECT_EQ(ended_, ending::not_understood);
  EXPECT_EQ(session_->complaint(), "http: Bad Request: a line does not end in CRLF");
}

TEST_F(HttpSessionTest, TooMuchIsRefusedBeforeItIsRead) {
  options_.limits.body_octets_max = 1'000;
  start();
  EXPECT_THAT(say("POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpSessionTest, ABodyMayBeLongerThanALine) {
  start();
  const std::string said = say(post(question(1, std::string(70'000, 'x') + "@x.example")));
  EXPECT_EQ(json::parse(body_of(said))["id"], 1);
  EXPECT_TRUE(json::parse(body_of(said)).contains("result"));
}

TEST_F(HttpSessionTest, HttpOneZeroIsClosedUnlessItAsksOtherwise) {
  start();
  EXPECT_THAT(say("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
              HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_FALSE(ended_);
  EXPECT_THAT(say("GET /healthz HTTP/1.0\r\n\r\n"), HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(ended_, ending::client_done);
}

TEST_F(HttpSessionTest, ClosesAfterTheRequestThatSaysSo) {
  start();
  EXPECT_THAT(say(get("/healthz", "Connection: close\r\n") + get("/stats")),
              AllOf(HasSubstr("Connection: close\r\n"), EndsWith("alive\n")));
  EXPECT_EQ(ended_, ending::client_done);
}

TEST_F(HttpSessionTest, AnswersAClientThatHalfCloses) {
  start();
  client_->send(post(question(1, "300@x.example")));
  client_->end();
  pass(400ms);
  EXPECT_THAT(client_->received(), HasSubstr(R"("id":1)"));
  EXPECT_EQ(ended_, ending::client_done);
}

TEST_F(HttpSessionTest, AnIdleClientIsClosedWithoutAWord) {
  start();
  say(get("/healthz"));
  say("\r\n");
  pass(options_.idle_timeout - 1ms);
  EXPECT_FALSE(ended_);
  pass(1ms);
  EXPECT_EQ(client_->received(), "");
  EXPECT_EQ(ended_, ending::idle);
}

TEST_F(HttpSessionTest, ASlowWriterIsBounded) {
  start();
  const std::string request = get("/healthz");
  for (int i = 0; i < 15; ++i) {
    client_->send(request.substr(static_cast<std::size_t>(i), 1));
    pass(2s);
  }
  EXPECT_THAT(client_->received(), StartsWith("HTTP/1.1 408 "));
  pass(1s);
  EXPECT_EQ(ended_, ending::client_too_slow);
}

TEST_F(HttpSessionTest, ASlowReaderIsBounded) {
  start();
  client_->read_at_most(10);
  say(get("/metrics"));
  pass(options_.write_timeout);
  EXPECT_EQ(ended_, ending::client_too_slow);
}

TEST_F(HttpSessionTest, StoppedItAnswersWhatIsInFlightThenCloses) {
  start();
  client_->send(post(question(1, "1000@x.example")) + get("/healthz"));
  pass(10ms);
  session_->stop();
  pass(1s);
  EXPECT_THAT(client_->received(),
              AllOf(HasSubstr(R"("id":1)"), HasSubstr("Connection: close\r\n")));
  EXPECT_THAT(client_->received(), Not(HasSubstr("alive")));
  EXPECT_EQ(ended_, ending::stopped);
}

TEST_F(HttpSessionTest, StoppedItClosesTheQuietAtOnce) {
  start();
  say(get("/healthz"));
  session_->stop();
  pass(0ms);
  EXPECT_TRUE(client_->closed());
}

TEST_F(HttpSessionTest, WhereATokenIsWantedItIsWithEachRequest) {
  options_.rules.token = "secret";
  start();
  EXPECT_THAT(say(get("/readyz")), StartsWith("HTTP/1.1 200 ")) << "who looks after it needs none";
  for (const char* path : {"/metrics", "/stats", "/nowhere"}) {
    EXPECT_THAT(say(get(path)),
                AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("WWW-Authenticate: Bearer\r\n")))
        << path;
  }
  EXPECT_THAT(say(post(question(1, "ann@x.example"))), StartsWith("HTTP/1.1 401 "));
  EXPECT_TRUE(backend_.questions.empty());
  EXPECT_THAT(say(post(question(1, "ann@x.example"), "Authorization: bearer secret\r\n")),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(say(get("/stats")), StartsWith("HTTP/1.1 401 ")) << "each request";
  EXPECT_FALSE(ended_);
  EXPECT_THAT(say(get("/stats", "Authorization: Bearer secre\r\n")),
              AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("Connection: close\r\n")));
  EXPECT_EQ(ended_, ending::not_allowed);
  EXPECT_EQ(session_->complaint(), "not the token");
}

TEST_F(HttpSessionTest, ABrowserThatWasLedHereGetsNothing) {
  options_.hosts = name_list({*name_pattern::parse("cbv.example.org")});
  start();
  EXPECT_THAT(say("GET /stats HTTP/1.1\r\nHost: strange.example:8029\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 421 "), HasSubstr("strange.example")));
  EXPECT_TRUE(backend_.periods_asked.empty());
  EXPECT_THAT(say("GET /metrics HTTP/1.1\r\nHost: scraped.example\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "))
      << "it tells of no address";
  EXPECT_THAT(say("GET /stats HTTP/1.1\r\nHost: CBV.example.org:80\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpSessionTest, BehindTlsANameIsNoSurprise) {
  options_.takes_any_host = true;
  start();
  EXPECT_THAT(say("GET /stats HTTP/1.1\r\nHost: cbv.example.org\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpSessionTest, OnlyTheMethodsOfTheListenerMayBeCalled) {
  options_.rules.methods = {method::version};
  start();
  EXPECT_THAT(say(post(question(1, "ann@x.example"))), HasSubstr("-32005"));
  EXPECT_THAT(say(post(R"({"jsonrpc":"2.0","id":1,"method":"version"})")), HasSubstr("\"result\""));
}

TEST_F(HttpSessionTest, ALostConnectionEndsIt) {
  start();
  client_->send("GET /heal");
  pass(0ms);
  client_->vanish();
  pass(0ms);
  EXPECT_EQ(ended_, ending::connection_lost);
}

}  // namespace
}  // namespace cbv::api
