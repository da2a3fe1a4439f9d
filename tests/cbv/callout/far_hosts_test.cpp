// All far hosts: the race for a host's addresses, who joins it, time that is over, and the end.
#include "cbv/callout/far_hosts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/cancellation_type.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/cbv/callout/far_hosts_world.hpp"

namespace cbv::callout {
namespace {

using smtp::probe_end;
using testing::HasSubstr;

const std::string mailboxes = "  mailbox u{0-99}@example.net\n";
const std::string host = "host 192.0.2.25 mx1.example.net\n" + mailboxes;
const std::string slow_host = host + "  tarpit 100ms\n";
const std::string black_hole_v6 = "host 2001:db8::25\n  unreachable\n";
const std::vector<std::string> both{here_v6, here};

// --- the race

// 250 ms, and then two ways each for the connection, the greeting, EHLO, MAIL and RCPT.
TEST_F(FarHostsTest, ABlackHoleCostsAQuarterOfASecond) {
  describe(host + black_hole_v6);
  const told one = ask("u0", both);
  EXPECT_EQ(one.code(), 250);
  EXPECT_EQ(one.answer.attempts.size(), 1U) << "who was given up is no attempt";
  EXPECT_EQ(one.answer.attempts[0].host_ip, here);
  EXPECT_GE(one.at, 250ms);
  EXPECT_LE(one.at, 300ms);
  pass(0ms);
  EXPECT_EQ(net_->open(), 1U) << "the loser is closed";
  // And it is not held against it: it is dialled again.
  const told alone = ask("u1", {here_v6});
  EXPECT_EQ(alone.last().detail, "no connection in time");
  EXPECT_EQ(connects(), 3U);
}

TEST_F(FarHostsTest, ARefusalStartsTheNextAtOnce) {
  describe(host + "host 2001:db8::25\n  dead\n");
  const told one = ask("u0", both);
  EXPECT_EQ(one.code(), 250);
  EXPECT_LT(one.at, 250ms);
  ASSERT_EQ(one.answer.attempts.size(), 2U);
  EXPECT_EQ(one.answer.attempts[0].host_ip, here_v6);
  EXPECT_EQ(one.answer.attempts[0].outcome.end, probe_end::connect_failed);
  EXPECT_EQ(connects(), 2U);
}

TEST_F(FarHostsTest, TheFirstThatAnswersInTimeIsTheOnlyOneDialled) {
  describe(host + "host 2001:db8::25 mx1.example.net\n" + mailboxes);
  const told one = ask("u0", both);
  EXPECT_EQ(one.answer.attempts[0].host_ip, here_v6);
  EXPECT_EQ(connects(), 1U);
}

TEST_F(FarHostsTest, ALateWinnerIsClosed) {
  lines_.latency = 200ms;
  describe(host + "host 2001:db8::25 mx1.example.net\n" + mailboxes);
  const told one = ask("u0", both);
  EXPECT_EQ(one.answer.attempts.size(), 1U);
  EXPECT_EQ(one.answer.attempts[0].host_ip, here_v6);
  EXPECT_EQ(connects(), 2U);
  EXPECT_EQ(net_->open(), 1U);
}

TEST_F(FarHostsTest, WhereNoneAnswersAllAreTold) {
  describe("host 192.0.2.25\n  unreachable\n" + black_hole_v6);
  const told one = ask("u0", both);
  EXPECT_EQ(one.answer.attempts.size(), 2U);
  EXPECT_FALSE(one.answer.held_back);
  EXPECT_EQ(one.at, 10'250ms);
  EXPECT_EQ(net_->open(), 0U);
}

TEST_F(FarHostsTest, QuestionsJoinARaceThatRuns) {
  how_.limits.connections_max = 1;
  describe(host + black_hole_v6);
  for (const char* local : {"u0", "u1"}) start(local, both);
  pass(100ms);
  start("u2", both);
  pass(10s);
  EXPECT_EQ(connects(), 2U);
  int counted = 0;
  for (const char* local : {"u0", "u1", "u2"}) {
    EXPECT_EQ(told_.at(local).code(), 250) << local;
    for (const auto& made : told_.at(local).answer.attempts) {
      counted += made.outcome.first_of_connection ? 1 : 0;
    }
  }
  EXPECT_EQ(counted, 1) << "one session, counted once";
}

TEST_F(FarHostsTest, WhatTheWinnerThenSaysIsForAllOfThem) {
  how_.limits.connections_max = 1;
  describe(host + "  refuse greeting \"554 no service\"\n" + black_hole_v6);
  for (const char* local : {"u0", "u1", "u2"}) start(local, both);
  pass(10s);
  EXPECT_EQ(connects(), 2U);
  for (const char* local : {"u0", "u1", "u2"}) {
    EXPECT_EQ(told_.at(local).code(), 554);
    EXPECT_EQ(told_.at(local).last().at, stage::greeting);
  }
}

TEST_F(FarHostsTest, AnAddressInUseIsTakenBeforeOneThatHasToBeDialled) {
  describe(host + black_hole_v6);
  ask("u0");
  EXPECT_EQ(ask("u1", both).code(), 250);
  EXPECT_EQ(connects(), 1U);
}

TEST_F(FarHostsTest, AnAddressThatIsLeftAloneIsPassedOver) {
  describe(host + "host 2001:db8::25 mx1.example.net\n  refuse greeting \"421 busy\"\n");
  EXPECT_EQ(ask("u0", {here_v6}).code(), 421);
  const told one = ask("u1", both);
  EXPECT_EQ(one.code(), 250);
  EXPECT_FALSE(one.answer.held_back);
}

TEST_F(FarHostsTest, MannersDoNotShareSessions) {
  describe(host);
  ask("u0");
  how_.name = "route";
  manner_ = std::make_shared<const manner>(how_);
  ask("u1");
  EXPECT_EQ(connects(), 2U);
}

TEST_F(FarHostsTest, AsksOverUnixSockets) {
  how_.plan.lmtp = true;
  describe("host unix:/run/lmtp mx1.example.net\n  lmtp\n" + mailboxes);
  const told one = ask("u0", {"/run/lmtp"});
  EXPECT_EQ(one.code(), 250);
  EXPECT_EQ(one.answer.attempts[0].host_ip, "/run/lmtp");
  EXPECT_EQ(ask("u1", {"/run/lmtp"}).code(), 250);
  EXPECT_EQ(net_->counts_at("/run/lmtp").connections, 1U);
}

TEST_F(FarHostsTest, WritesDownWhatIsSaidOfTheQuestion) {
  describe(host + black_hole_v6);
  heard_ = std::make_shared<smtp::transcript>();
  ask("u0", both);
  const std::string said = to_string(*heard_);
  for (const char* part :
       {"-- connecting to [2001:db8::25]:25\n", "-- connecting to 192.0.2.25:25\n",
        "-- connected\n", "S: 220 mx1.example.net", "C: RCPT TO:<u0@example.net>"}) {
    EXPECT_THAT(said, HasSubstr(part));
  }
}

// --- time that is over

TEST_F(FarHostsTest, ALateQuestionIsToldWhereItStands) {
  struct row {
    const char* temper;
    stage at;
  };
  for (const row& one : {row{"unreachable", stage::connect},
                         row{"silent greeting", stage::greeting}, row{"silent ehlo", stage::ehlo},
                         row{"silent mail", stage::mail}, row{"delay rcpt 1m", stage::rcpt}}) {
    describe(host + "  " + one.temper + "\n");
    const told late = ask("u0", {here}, 5s);
    EXPECT_EQ(late.at, 5s) << one.temper;
    ASSERT_EQ(late.answer.attempts.size(), 1U) << one.temper;
    EXPECT_EQ(late.last().end, probe_end::timed_out);
    EXPECT_EQ(late.last().at, one.at) << one.temper;
    EXPECT_FALSE(late.answer.held_back);
  }
}

// Who waits behind others has not been asked: that is our doing, not the host's.
TEST_F(FarHostsTest, ALateQuestionThatOnlyWaitedIsHeldBack) {
  how_.limits.connections_max = 1;
  describe(host + "  pipelining off\n  delay rcpt 20s\n");
  start("u0", {here}, 1min);
  pass(1s);
  const told late = ask("u1", {here}, 5s);
  EXPECT_TRUE(late.answer.held_back);
  EXPECT_TRUE(late.answer.attempts.empty());
  EXPECT_THAT(late.answer.why, HasSubstr("left no time"));
  pass(1min);
  EXPECT_EQ(told_.at("u0").code(), 250);
  EXPECT_EQ(seen().recipients_accepted, 1U) << "nobody waits for u1, so it is not asked";
}

TEST_F(FarHostsTest, ACancelledQuestionIsNotAsked) {
  how_.limits.connections_max = 1;
  describe(slow_host + "  pipelining off\n");
  for (const char* local : {"u0", "u1", "u2"}) start(local);
  pass(300ms);
  cancel_["u1"].emit(asio::cancellation_type::terminal);
  pass(0ms);
  EXPECT_EQ(order_, std::vector<std::string>{"u1"});
  EXPECT_FALSE(told_.contains("u1"));
  pass(1min);
  EXPECT_EQ(told_.at("u0").code(), 250);
  EXPECT_EQ(told_.at("u2").code(), 250);
  EXPECT_EQ(seen().recipients_accepted, 2U);
}

// One whose turn it is goes on behind it, and the session stays good for the others.
TEST_F(FarHostsTest, ACancelledQuestionLeavesTheSessionAsItIs) {
  describe(slow_host);
  start("u0");
  pass(450ms);
  cancel_["u0"].emit(asio::cancellation_type::terminal);
  pass(2s);
  EXPECT_EQ(seen().recipients_accepted, 1U);
  EXPECT_EQ(ask("u1").code(), 250);
  EXPECT_EQ(connects(), 1U);
  EXPECT_EQ(seen().faults, 0U);
}

TEST_F(FarHostsTest, ARaceGoesOnWithoutTheQuestionThatBeganIt) {
  describe(host + black_hole_v6);
  start("u0", both);
  start("u1", both);
  pass(100ms);
  cancel_["u0"].emit(asio::cancellation_type::terminal);
  pass(10s);
  EXPECT_EQ(told_.at("u1").code(), 250);
  EXPECT_EQ(seen().recipients_accepted, 1U);
}

// --- the end

TEST_F(FarHostsTest, StopsAtOnceWhenNothingIsOpen) {
  describe(host);
  EXPECT_EQ(stop(10s), 0ms);
  EXPECT_TRUE(ask("u0").answer.held_back);
  EXPECT_EQ(connects(), 0U);
}

TEST_F(FarHostsTest, StopsSessionsAtRestWithQuit) {
  describe(host);
  ask("u0");
  pass(100ms);
  EXPECT_LT(stop(10s), 1s);
  EXPECT_EQ(seen().quits, 1U);
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(FarHostsTest, StopsOthersOnceTheyHaveTheirAnswers) {
  how_.limits.connections_max = 1;
  describe(slow_host + "  pipelining off\n  delay rcpt 2s\n");
  start("u0");
  start("u1");
  pass(1s);
  EXPECT_LT(stop(10s), 4s);
  EXPECT_EQ(told_.at("u0").code(), 250);
  EXPECT_TRUE(told_.at("u1").answer.held_back) << "who waits is not asked any more";
  EXPECT_EQ(seen().quits, 1U);
  EXPECT_EQ(net_->open(), 0U);
}

// They are told at once, and the connection is not used any more.
TEST_F(FarHostsTest, WhoWaitsForAConnectionIsToldOfAStop) {
  lines_.latency = 1s;
  describe(slow_host);
  start("u0");
  pass(500ms);
  EXPECT_LT(stop(10s), 2s);
  ASSERT_TRUE(told_.contains("u0"));
  EXPECT_EQ(told_.at("u0").at, 500ms);
  EXPECT_TRUE(told_.at("u0").answer.held_back);
  EXPECT_EQ(seen().sessions, 0U);
  EXPECT_EQ(net_->open(), 0U);
}

TEST_F(FarHostsTest, StopsAtItsDeadlineWhateverIsUnderWay) {
  for (const char* temper : {"unreachable", "silent greeting", "silent ehlo", "silent rcpt",
                             "silent quit", "delay handshake 1h"}) {
    for (const std::vector<std::string>& addresses : {std::vector<std::string>{here}, both}) {
      told_.clear();
      order_.clear();
      how_.plan.tls = smtp::tls_policy::may;
      describe(std::string(host).append("  tls on\n  ").append(temper).append("\n") +
               black_hole_v6);
      for (const char* local : {"u0", "u1", "u2"}) start(local, addresses);
      pass(1s);
      EXPECT_LE(stop(3s), 3s) << temper;
      EXPECT_EQ(order_.size(), 3U) << temper;
      EXPECT_EQ(net_->open(), 0U) << temper;
      hosts_.reset();  // nothing of it runs any more
      pass(1min);
      net_.reset();
    }
  }
}

// --- another manner

TEST_F(FarHostsTest, ALaterEditionsLimitsHoldFromTheNextQuestionOn) {
  how_.limits.connections_max = 1;
  describe(slow_host);
  start_many(4);
  pass(1s);
  EXPECT_EQ(net_->open(), 1U);
  how_.limits.connections_max = 3;
  how_.edition = 1;
  manner_ = std::make_shared<const manner>(how_);
  for (const char* local : {"u10", "u11", "u12", "u13"}) start(local);
  pass(1s);
  EXPECT_EQ(net_->open(), 3U);
  pass(1min);
  EXPECT_EQ(told_.size(), 8U);
  for (const auto& [local, one] : told_) EXPECT_EQ(one.code(), 250) << local;
  EXPECT_EQ(connects(), 3U) << "the session that was there is used on";
}

TEST_F(FarHostsTest, WhoComesWithAnEarlierEditionIsAskedByTheLatest) {
  describe(slow_host);
  const auto earlier = manner_;
  how_.limits.connections_max = 1;
  how_.edition = 1;
  manner_ = std::make_shared<const manner>(how_);
  ask("u0");
  manner_ = earlier;
  start_many(6);
  pass(1min);
  EXPECT_EQ(net_->open_max_at_one(), 1U);
}

TEST_F(FarHostsTest, SessionsOfAnotherPlanAskNothingMore) {
  how_.limits.idle = 1h;
  options_.sessions.limits.quit = 0ms;
  describe(slow_host);
  start_many(2);
  pass(300ms);
  ASSERT_EQ(told_.size(), 0U);
  ASSERT_EQ(connects(), 2U);
  how_.plan.helo_name = "other.example.net";
  how_.edition = 1;
  manner_ = std::make_shared<const manner>(how_);
  heard_ = std::make_shared<smtp::transcript>();
  EXPECT_EQ(ask("u2").code(), 250);
  EXPECT_THAT(to_string(*heard_), HasSubstr("C: EHLO other.example.net"));
  EXPECT_EQ(told_.at("u0").code(), 250) << "what was under way is answered";
  EXPECT_EQ(told_.at("u1").code(), 250);
  EXPECT_EQ(connects(), 3U);
  EXPECT_EQ(net_->open_max_at_one(), 2U) << "the limit holds for old and new together";
  pass(1s);
  EXPECT_EQ(net_->open(), 1U);
}

TEST_F(FarHostsTest, ARestingSessionOfAnotherPlanLeaves) {
  how_.limits.idle = 1h;
  how_.limits.connections_max = 1;
  describe(host);
  EXPECT_EQ(ask("u0").code(), 250);
  pass(1s);
  EXPECT_EQ(net_->open(), 1U);
  how_.plan.helo_name = "other.example.net";
  how_.edition = 1;
  manner_ = std::make_shared<const manner>(how_);
  heard_ = std::make_shared<smtp::transcript>();
  EXPECT_EQ(ask("u1").code(), 250);
  EXPECT_THAT(to_string(*heard_), HasSubstr("C: EHLO other.example.net"));
  EXPECT_EQ(net_->open_max_at_one(), 1U);
}

TEST_F(FarHostsTest, FewerSessionsMayRestFromNowOn) {
  how_.limits.idle = 1h;
  describe(slow_host);
  start_many(2);
  pass(1min);
  EXPECT_EQ(net_->open(), 2U);
  options_.resting_max = 0;
  hosts_->change(options_);
  EXPECT_EQ(ask("u5").code(), 250);
  pass(1min);
  EXPECT_EQ(net_->open(), 0U);
}

}  // namespace
}  // namespace cbv::callout
