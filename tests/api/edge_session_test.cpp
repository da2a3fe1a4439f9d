#include "api/edge_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "api/policy_protocol.hpp"
#include "api/socketmap_protocol.hpp"
#include "tests/api/client_session_test.hpp"

namespace cbv::api {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string rcpt(std::string_view sender, std::string_view recipient,
                 std::string_view instance = "1") {
  return "request=smtpd_access_policy\nprotocol_state=RCPT\nsender=" + std::string(sender) +
         "\nrecipient=" + std::string(recipient) + "\ninstance=" + std::string(instance) + "\n\n";
}

std::string look_up(std::string_view address) {
  const std::string text = "recipient " + std::string(address);
  return std::to_string(text.size()) + ":" + text + ",";
}

constexpr auto dunno = "action=DUNNO\n\n";

verdict verdict_of(status what, reason why) {
  verdict made;
  made.status = what;
  made.reason = why;
  return made;
}

class EdgeSessionTest : public client_session_test<edge_session, edge_session_options> {
 protected:
  void start_policy() { begin(std::make_unique<policy_protocol>(policy_options{})); }
  void start_socketmap() { begin(std::make_unique<socketmap_protocol>(socketmap_options{})); }

  std::vector<std::string> asked() {
    std::vector<std::string> all;
    for (const query& one : backend_.questions)
      all.push_back(std::string(to_string(one.role)) + ' ' + one.address);
    backend_.questions.clear();
    return all;
  }
};

TEST_F(EdgeSessionTest, AnswersOneRequestAfterTheOther) {
  backend_.verdicts["zed@b.example"] = verdict_of(status::undeliverable, reason::mailbox_not_found);
  start_policy();
  EXPECT_EQ(client_->received(), "") << "nothing is said unasked";
  EXPECT_EQ(say(rcpt("ann@a.example", "bob@b.example")), dunno);
  EXPECT_EQ(say(rcpt("ann@a.example", "zed@b.example", "2")),
            "action=550 5.1.1 mailbox not found\n\n");
  EXPECT_FALSE(ended_);
  EXPECT_THAT(logged_, ElementsAre(HasSubstr("edge_advised protocol=policy_service role=recipient "
                                             "mailbox=zed@b.example")));
}

TEST_F(EdgeSessionTest, CountsWhatItSaysAndWhyAndWhoDidWrong) {
  const verdict bad = verdict_of(status::undeliverable, reason::mailbox_not_found);
  backend_.verdicts["zed@b.example"] = bad;
  backend_.verdicts["nobody@a.example"] = bad;
  const auto from = [](std::string request) {
    return request.insert(request.size() - 1, "client_address=192.0.2.1\n");
  };
  start_policy();
  say(from(rcpt("ann@a.example", "bob@b.example", "1")));
  say(from(rcpt("ann@a.example", "zed@b.example", "1")));     // ann is known from before
  say(from(rcpt("nobody@a.example", "zed@b.example", "2")));  // one envelope: the client once
  counters expected;
  using word = action;
  expected.sender.of(word::accept) = expected.sender.of(word::reject) = 1;
  expected.recipient.of(word::accept) = 1;
  expected.recipient.of(word::reject) = 2;
  const auto at = [](envelope::check one) { return envelope::index_of(one) + 1; };
  expected.decisions[0][0] = 1;
  expected.decisions[at(envelope::check::recipient)][1] = 1;
  expected.decisions[at(envelope::check::sender_callback)][1] = 1;
  EXPECT_EQ(backend_.given.sums, expected);
  EXPECT_EQ(backend_.given.take_rankings().clients, (ranking{{"192.0.2.1", 2, 0}}));
}

TEST_F(EdgeSessionTest, WhatIsOnlyObservedIsCountedAsItIsGiven) {
  backend_.verdicts["zed@b.example"] = verdict_of(status::undeliverable, reason::mailbox_not_found);
  options_.advice.observe = true;
  start_socketmap();
  say(look_up("zed@b.example"));
  counters expected;
  expected.recipient.of(action::accept) = 1;
  expected.decisions[envelope::index_of(envelope::check::recipient) + 1][0] = 1;
  EXPECT_EQ(backend_.given.sums, expected);
}

TEST_F(EdgeSessionTest, AJudgementIsCountedOnce) {
  begin(std::make_unique<policy_protocol>(policy_options{{}, true, true, true}));
  backend_.judgement.given = {action::reject, 554, "5.7.1", "Client refused (id 1)"};
  backend_.judgement.decided_by = envelope::check::dnsbl;
  backend_.judgement.recipient = verdict_of(status::undeliverable, reason::mailbox_not_found);
  std::string request = rcpt("ann@a.example", "bob@b.example");
  say(request.insert(request.size() - 1, "client_address=2001:db8::1\n"));
  counters expected;
  expected.decisions[envelope::index_of(envelope::check::dnsbl) + 1][1] = 1;
  EXPECT_EQ(backend_.given.sums, expected);
  EXPECT_EQ(backend_.given.take_rankings().clients, (ranking{{"2001:db8::/64", 1, 0}}));
}

TEST_F(EdgeSessionTest, AWholeEnvelopeIsJudgedAsOne) {
  begin(std::make_unique<policy_protocol>(policy_options{{}, true, true, true}));
  EXPECT_EQ(say(rcpt("ann@a.example", "bob@b.example")), dunno);
  backend_.judgement.given = {action::reject, 554, "5.7.1", "Client refused (id 1)"};
  EXPECT_EQ(say(rcpt("ann@a.example", "bob@b.example")),
            "action=554 5.7.1 Client refused (id 1)\n\n");
  backend_.judgement.given = {action::defer, 450, "4.7.1", "Too much"};
  EXPECT_EQ(say(rcpt("", "zed@b.example")), "action=DEFER_IF_PERMIT 4.7.1 Too much\n\n");
  EXPECT_THAT(asked(), IsEmpty());
  ASSERT_THAT(backend_.envelopes, SizeIs(3));
  EXPECT_EQ(backend_.envelopes[2].about.recipient, "zed@b.example");
  EXPECT_EQ(backend_.envelopes[2].wait, options_.wait);
}

TEST_F(EdgeSessionTest, AnEnvelopeThatCannotBeJudgedIsNotRejected) {
  begin(std::make_unique<policy_protocol>(policy_options{{}, true, true, true}));
  EXPECT_EQ(say(rcpt("ann@a.example", "throw@b.example")), "");
  EXPECT_EQ(ended_, ending::our_failure);
  EXPECT_THAT(logged_, ElementsAre("call_failed error=\"a bug\""));
}

TEST_F(EdgeSessionTest, AnEnvelopeThatTakesTooLongIsNotRejected) {
  begin(std::make_unique<policy_protocol>(policy_options{{}, true, true, true}));
  EXPECT_EQ(say(rcpt("ann@a.example", "3600000@b.example")), "");
  pass(30s);
  EXPECT_EQ(ended_, ending::our_failure);
  EXPECT_THAT(logged_, ElementsAre("call_failed error=\"not answered in time\""));
}

TEST_F(EdgeSessionTest, TheStricterAdviceCounts) {
  backend_.verdicts["gone@a.example"] =
      verdict_of(status::undeliverable, reason::mailbox_not_found);
  backend_.verdicts["late@b.example"] = verdict_of(status::unknown, reason::greylisted);
  start_policy();
  EXPECT_THAT(say(rcpt("gone@a.example", "late@b.example")), HasSubstr("action=550 5.1.8 Sender"));
  EXPECT_THAT(say(rcpt("ann@a.example", "late@b.example", "2")),
              HasSubstr("action=DEFER_IF_PERMIT 4.7.1 greylisted"));
}

TEST_F(EdgeSessionTest, ASenderIsAskedAboutOnceForAMessage) {
  backend_.verdicts["gone@a.example"] =
      verdict_of(status::undeliverable, reason::mailbox_not_found);
  start_policy();
  EXPECT_THAT(say(rcpt("gone@a.example", "b@b.example")), HasSubstr("5.1.8"));
  EXPECT_THAT(say(rcpt("gone@a.example", "c@b.example")), HasSubstr("5.1.8"));
  EXPECT_THAT(asked(), ElementsAre("sender gone@a.example", "recipient b@b.example",
                                   "recipient c@b.example"));
  EXPECT_THAT(say(rcpt("gone@a.example", "b@b.example", "2")), HasSubstr("5.1.8"));
  EXPECT_THAT(asked(), ElementsAre("sender gone@a.example", "recipient b@b.example"));
  EXPECT_EQ(say(rcpt("ann@a.example", "b@b.example", "2")), dunno) << "another sender";
  EXPECT_THAT(asked(), ElementsAre("sender ann@a.example", "recipient b@b.example"));
  EXPECT_EQ(say(rcpt("ann@a.example", "b@b.example", "")), dunno);
  EXPECT_EQ(say(rcpt("ann@a.example", "b@b.example", "")), dunno) << "no instance";
  EXPECT_THAT(asked(), SizeIs(4));
}

TEST_F(EdgeSessionTest, ASenderThatWasStillAskedForIsAskedAboutAgain) {
  backend_.verdicts["slow@a.example"] = verdict_of(status::unknown, reason::pending);
  start_policy();
  EXPECT_EQ(say(rcpt("slow@a.example", "b@b.example")), dunno);
  EXPECT_EQ(say(rcpt("slow@a.example", "c@b.example")), dunno);
  EXPECT_THAT(asked(), SizeIs(4));
}

TEST_F(EdgeSessionTest, BothSidesAreAskedAboutAtTheSameTime) {
  start_policy();
  EXPECT_EQ(say(rcpt("300@a.example", "400@b.example")), "");
  EXPECT_EQ(backend_.in_flight, 2U);
  pass(400ms);
  EXPECT_EQ(client_->take_received(), dunno);
}

TEST_F(EdgeSessionTest, AQuestionMayTakeAsLongAsTheSettingsSay) {
  options_.wait = 7s;
  start_policy();
  EXPECT_EQ(say(rcpt("", "b@b.example")), dunno);
  ASSERT_EQ(backend_.questions.size(), 1U);
  EXPECT_EQ(backend_.questions[0].wait, 7s);
}

TEST_F(EdgeSessionTest, PipelinedRequestsAreAnsweredInTheirOrder) {
  backend_.verdicts["zed@b.example"] = verdict_of(status::undeliverable, reason::mailbox_not_found);
  start_policy();
  EXPECT_EQ(say(rcpt("", "300@b.example") + rcpt("", "zed@b.example")), "");
  EXPECT_EQ(backend_.in_flight, 1U);
  pass(300ms);
  EXPECT_EQ(client_->take_received(),
            dunno + std::string("action=550 5.1.1 mailbox not found\n\n"));
}

TEST_F(EdgeSessionTest, ABugOfTheBackendIsNoRejection) {
  backend_.fails = true;
  start_policy();
  EXPECT_EQ(say(rcpt("ann@a.example", "b@b.example")), "");
  EXPECT_EQ(ended_, ending::our_failure);
  EXPECT_TRUE(client_->closed());
  EXPECT_THAT(logged_, ElementsAre("call_failed error=\"a bug\""));
}

TEST_F(EdgeSessionTest, ABugOfTheBackendIsATemporaryErrorOfTheMap) {
  backend_.fails = true;
  start_socketmap();
  EXPECT_EQ(say(look_up("b@b.example")), "24:TEMP the question failed,");
  EXPECT_FALSE(ended_);
  backend_.fails = false;
  EXPECT_EQ(say(look_up("b@b.example")), "8:OK DUNNO,");
}

TEST_F(EdgeSessionTest, ABackendThatIsLateIsNotWaitedFor) {
  options_.wait = 2s;
  start_socketmap();
  EXPECT_EQ(say(look_up("60000@b.example")), "");
  pass(3s);
  EXPECT_EQ(client_->take_received(), "25:TIMEOUT no answer in time,");
  EXPECT_EQ(backend_.in_flight, 0U);
  EXPECT_THAT(logged_, ElementsAre("call_failed error=\"not answered in time\""));
}

TEST_F(EdgeSessionTest, AClientThatIsNotUnderstoodIsClosedWithoutAWord) {
  start_policy();
  EXPECT_EQ(say("EHLO client.example\n"), "");
  EXPECT_EQ(ended_, ending::not_understood);
  EXPECT_TRUE(client_->closed());
  EXPECT_THAT(session_->complaint(), HasSubstr("policy_service: expected name=value"));
}

TEST_F(EdgeSessionTest, AnIdleClientIsClosedInTheEnd) {
  options_.idle_timeout = 1h;
  start_socketmap();
  pass(1h - 1s);
  EXPECT_EQ(say(look_up("b@b.example")), "8:OK DUNNO,");
  pass(1h - 1s);
  EXPECT_FALSE(ended_) << "Sendmail does not try again";
  pass(2s);
  EXPECT_EQ(ended_, ending::idle);
}

TEST_F(EdgeSessionTest, AClientThatNeverFinishesARequestIsIdle) {
  options_.idle_timeout = 10min;
  start_policy();
  client_->send("request=");
  for (int i = 0; i < 700 && !ended_; ++i) {
    client_->send("x");
    pass(1s);
  }
  EXPECT_EQ(ended_, ending::idle);
  EXPECT_EQ(client_->received(), "");
}

TEST_F(EdgeSessionTest, AClientThatDoesNotReadIsNotReadAndThenClosed) {
  start_policy();
  client_->read_at_most(0);
  for (int i = 0; i < 1'000; ++i) client_->send(rcpt("", "b@b.example"));
  settle();
  EXPECT_GT(client_->unread(), 0U);
  EXPECT_EQ(backend_.questions.size(), 1U);
  pass(options_.write_timeout + 1s);
  EXPECT_EQ(ended_, ending::client_too_slow);
}

TEST_F(EdgeSessionTest, TheEndOfInputEndsItHalfARequestAndAll) {
  start_policy();
  client_->send("request=smtpd_access_policy\nprotocol_state=RCPT\n");
  client_->end();
  settle();
  EXPECT_EQ(ended_, ending::client_done);
  EXPECT_EQ(client_->received(), "");
}

TEST_F(EdgeSessionTest, StoppedItAnswersTheRequestInFlightAndCloses) {
  start_policy();
  EXPECT_EQ(say(rcpt("", "500@b.example") + rcpt("", "b@b.example")), "");
  session_->stop();
  pass(1s);
  EXPECT_EQ(client_->take_received(), dunno);
  EXPECT_EQ(ended_, ending::stopped);
  EXPECT_TRUE(client_->closed());
}

TEST_F(EdgeSessionTest, StoppedWithoutARequestItClosesAtOnce) {
  start_policy();
  session_->stop();
  settle();
  EXPECT_EQ(ended_, ending::stopped);
  EXPECT_EQ(client_->received(), "");
}

TEST_F(EdgeSessionTest, AbortedItEndsAtOnceWithQuestionsOpen) {
  start_policy();
  EXPECT_EQ(say(rcpt("900@a.example", "900@b.example")), "");
  session_->abort();
  settle();
  EXPECT_EQ(ended_, ending::stopped);
  EXPECT_EQ(client_->received(), "");
  EXPECT_THAT(logged_, IsEmpty());
}

TEST_F(EdgeSessionTest, ObservingItAcceptsAndLogsWhatItWouldHaveSaid) {
  options_.advice.observe = true;
  backend_.verdicts["zed@b.example"] = verdict_of(status::undeliverable, reason::mailbox_not_found);
  start_policy();
  EXPECT_EQ(say(rcpt("", "zed@b.example")), dunno);
  EXPECT_THAT(logged_, ElementsAre(HasSubstr("action=accept enforced=reject")));
}

}  // namespace
}  // namespace cbv::api
