// One address: its queue, its sessions, its limits, and when it is left alone.
#include "cbv/callout/far_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/cbv/callout/far_hosts_world.hpp"

namespace cbv::callout {
namespace {

using smtp::probe_end;
using testing::ElementsAre;
using testing::HasSubstr;

using FarHostTest = FarHostsTest;

/// A way on which no second connection is made while one is open.
class one_at_once final : public net::dialer {
 public:
  explicit one_at_once(sim::sim_net& over) : over_(over) {}

  awaitable<result<std::unique_ptr<net::stream>>> connect(net::endpoint to) override {
    if (over_.open() > 0) {
      ++refused;
      return refuse();
    }
    return over_.connect(std::move(to));
  }

  int refused = 0;

 private:
  static awaitable<result<std::unique_ptr<net::stream>>> refuse() {
    co_return error_code(asio::error::connection_refused);
  }

  sim::sim_net& over_;
};

// It has the mailboxes u0 to u99, and takes its time for each reply.
const std::string host = "host 192.0.2.25 mx1.example.net\n  mailbox u{0-99}@example.net\n";
const std::string slow_host = host + "  tarpit 100ms\n";

// --- connections, and the queue

TEST_F(FarHostTest, HasTwoConnectionsAtMostAlsoWhileTheySayGoodbye) {
  how_.limits.rcpts_per_session = 1;
  describe(slow_host + "  silent quit\n");
  start_many(20);
  pass(1h);
  EXPECT_EQ(told_.size(), 20U);
  EXPECT_EQ(held_back(), 0U);
  EXPECT_EQ(net_->open_max_at_one(), 2U);
  EXPECT_EQ(connects(), 20U);
  for (const auto& [local, one] : told_) EXPECT_EQ(one.code(), 250) << local;
}

TEST_F(FarHostTest, AsksFirstComeFirstServed) {
  how_.limits.connections_max = 1;
  for (const char* pipelining : {"  pipelining on\n", "  pipelining off\n"}) {
    order_.clear();
    describe(slow_host + pipelining);
    std::vector<std::string> expected;
    for (int i = 0; i < 30; ++i) expected.push_back("u" + std::to_string(i));
    start_many(30);
    pass(1h);
    EXPECT_EQ(order_, expected);
    EXPECT_EQ(connects(), 2U) << "20 and 10";
    EXPECT_EQ(seen().faults, 0U);
  }
}

TEST_F(FarHostTest, MakesNoConnectionForWhatASessionAtRestCanAsk) {
  describe(host);
  ask("u0");
  EXPECT_EQ(ask("u1").code(), 250);
  EXPECT_EQ(ask("nobody").code(), 550);
  pass(2s);
  EXPECT_EQ(ask("u2").code(), 250);
  EXPECT_EQ(connects(), 1U);
  EXPECT_EQ(seen().sessions, 1U);
  pass(2'900ms);
  EXPECT_EQ(seen().quits, 0U);
  pass(500ms);
  EXPECT_EQ(seen().quits, 1U);
  EXPECT_EQ(net_->open(), 0U);
  EXPECT_EQ(ask("u3").code(), 250);
  EXPECT_EQ(connects(), 2U);
}

TEST_F(FarHostTest, WithoutRestEveryQuestionHasItsConnection) {
  how_.limits.idle = 0ms;
  describe(host);
  for (const char* local : {"u0", "u1", "u2"}) EXPECT_EQ(ask(local).code(), 250);
  pass(1s);
  EXPECT_EQ(connects(), 3U);
  EXPECT_EQ(seen().quits, 3U);
}

TEST_F(FarHostTest, AFreshSessionIsTakenBeforeTheHostHasHadEnough) {
  how_.limits.connections_max = 1;
  describe(host + "  refusal-limit 4\n");
  start_many(12, "nobody");
  pass(1h);
  for (const auto& [local, one] : told_) EXPECT_EQ(one.code(), 550) << local;
  EXPECT_EQ(connects(), 3U);
  EXPECT_EQ(seen().recipients_refused, 12U);
}

TEST_F(FarHostTest, OfTheSessionsAtRestTheOldestLeavesWhenThereAreTooMany) {
  options_.resting_max = 1;
  describe(host + "host 192.0.2.26 mx2.example.net\n  mailbox u{0-99}@example.net\n");
  ask("u0");
  pass(100ms);
  EXPECT_EQ(seen().quits, 0U);
  ask("u1", {"192.0.2.26"});
  pass(100ms);
  EXPECT_EQ(seen().quits, 1U);
  EXPECT_EQ(seen("192.0.2.26").quits, 0U);
  EXPECT_EQ(net_->open(), 1U);
}

// --- limits

TEST_F(FarHostTest, OpensSoManySessionsAMinute) {
  how_.limits.sessions_per_minute = 2;
  how_.limits.rcpts_per_session = 1;
  describe(host);
  EXPECT_EQ(ask("u0").code(), 250);
  EXPECT_EQ(ask("u1").code(), 250);
  const told third = ask("u2");
  EXPECT_TRUE(third.answer.held_back);
  EXPECT_TRUE(third.answer.attempts.empty());
  EXPECT_THAT(third.answer.why, HasSubstr("no more new sessions"));
  EXPECT_EQ(connects(), 2U);
  pass(1min);
  EXPECT_EQ(ask("u2").code(), 250);
}

// Those who wait in its queue, too.
TEST_F(FarHostTest, HoldsBackThoseForWhomNoSessionMayBeOpened) {
  how_.limits.sessions_per_minute = 2;
  how_.limits.rcpts_per_session = 1;
  describe(slow_host);
  start_many(5);
  pass(50s);
  EXPECT_EQ(told_.size(), 5U);
  EXPECT_EQ(held_back(), 3U);
  EXPECT_EQ(connects(), 2U);
}

// Whatever is under way may be refused, so that the limit holds for groups as well.
TEST_F(FarHostTest, LetsNoMoreBeRefusedInAMinuteThanItMay) {
  how_.limits.refusals_per_minute = 5;
  describe(slow_host);
  start_many(20, "nobody");
  pass(50s);
  EXPECT_EQ(told_.size(), 20U);
  EXPECT_EQ(held_back(), 15U);
  EXPECT_EQ(seen().recipients_refused, 5U);
  const std::uint64_t so_far = connects();
  const told later = ask("nobody100");
  EXPECT_TRUE(later.answer.held_back);
  EXPECT_THAT(later.answer.why, HasSubstr("refused enough recipients"));
  EXPECT_EQ(connects(), so_far) << "and no connection is made only to say nothing";
  pass(1min);
  EXPECT_EQ(ask("nobody101").code(), 550);
}

// What was said to a host and never answered may have been refused: it counts.
TEST_F(FarHostTest, CountsWhatMayHaveBeenRefused) {
  how_.limits.refusals_per_minute = 6;
  how_.limits.connections_max = 1;
  describe(host + "  drop before rcpt 2\n");
  start_many(12, "nobody");
  pass(50s);
  EXPECT_EQ(told_.size(), 12U);
  EXPECT_LE(connects(), 2U) << "four said in the first session, and two in the second";
  EXPECT_LE(seen().recipients_refused, 6U);
}

// Accepted recipients are no refusals: nobody waits for them.
TEST_F(FarHostTest, AsksOnWhileNothingIsRefused) {
  how_.limits.refusals_per_minute = 1;
  how_.limits.connections_max = 1;
  describe(host);
  start_many(10);
  pass(2s);
  EXPECT_EQ(told_.size(), 10U) << "none waits until the session has rested";
  EXPECT_EQ(held_back(), 0U);
  EXPECT_EQ(connects(), 1U);
}

TEST_F(FarHostTest, LetsSoManyWait) {
  how_.limits.waiting_max = 3;
  how_.limits.connections_max = 1;
  describe(slow_host + "  pipelining off\n");
  start("u0");
  pass(1s);
  for (int i = 1; i <= 5; ++i) start("u" + std::to_string(i));
  pass(0ms);
  EXPECT_EQ(held_back(), 2U);
  EXPECT_THAT(order_, ElementsAre("u0", "u4", "u5"));
  EXPECT_THAT(told_.at("u4").answer.why, HasSubstr("too many wait"));
  pass(1min);
  EXPECT_EQ(told_.size(), 6U);
  EXPECT_EQ(held_back(), 2U);
}

TEST_F(FarHostTest, LetsSoManyWaitForAConnection) {
  how_.limits.waiting_max = 3;
  describe(slow_host);
  start_many(5);
  pass(0ms);
  EXPECT_EQ(held_back(), 2U);
}

// --- left alone

TEST_F(FarHostTest, IsLeftAloneAfter421) {
  describe(host + "  refuse rcpt eve@example.net \"421 4.7.0 too many errors\"\n");
  EXPECT_EQ(ask("eve").code(), 421);
  told next = ask("u0");
  EXPECT_TRUE(next.answer.held_back);
  EXPECT_THAT(next.answer.why, HasSubstr("it said: 421"));
  EXPECT_EQ(connects(), 1U);
  pass(5min);
  // The trial fails: left alone for twice as long.
  EXPECT_EQ(ask("eve").code(), 421);
  pass(9min);
  EXPECT_TRUE(ask("u0").answer.held_back);
  EXPECT_EQ(connects(), 2U);
  pass(1min);
  // The next one is taken: all is as before.
  EXPECT_EQ(ask("u0").code(), 250);
  EXPECT_EQ(ask("u1").code(), 250);
  // In a session that has served others 421 is about the session, and the question is not asked
  // again before the time is over.
  EXPECT_TRUE(ask("eve").answer.held_back);
  pass(5min);
  EXPECT_EQ(ask("u1").code(), 250);
}

TEST_F(FarHostTest, IsLeftAloneAfterARefusalOfUs) {
  for (const char* refusal :
       {"greeting \"554 5.7.1 you are blocked\"", "ehlo \"554 5.7.1 you are blocked\"",
        "greeting \"421 too busy\"", "mail \"550 5.7.1 you are blocked\"",
        "rcpt \"550 5.7.1 you are blocked\""}) {
    told_.clear();
    describe(host + "  refuse " + refusal + "\n");
    start_many(3);
    pass(10s);
    EXPECT_EQ(told_.size(), 3U) << refusal;
    EXPECT_GT(told_.at("u0").code(), 400) << "it is told what the host said: " << refusal;
    const std::uint64_t so_far = connects();
    EXPECT_TRUE(ask("u3").answer.held_back) << refusal;
    EXPECT_EQ(connects(), so_far);
    pass(5min);
    EXPECT_GT(ask("u4").code(), 400) << refusal;
    EXPECT_EQ(connects(), so_far + 1);
  }
}

// All who wait for a session that does not come about are told why.
TEST_F(FarHostTest, ARefusalBeforeAnythingIsAskedIsToldToAllWhoWait) {
  for (const char* refusal :
       {"greeting \"554 no service\"", "ehlo \"550 no\"", "greeting \"421 too busy\""}) {
    told_.clear();
    describe(host + "  refuse " + refusal + "\n");
    start_many(3);
    pass(1min);
    EXPECT_LE(connects(), 2U) << refusal;
    std::uint64_t counted = 0;
    for (const auto& [local, one] : told_) {
      EXPECT_FALSE(one.answer.held_back) << refusal;
      EXPECT_GT(one.code(), 400) << refusal;
      counted += one.last().first_of_connection ? 1 : 0;
    }
    EXPECT_EQ(told_.size(), 3U);
    EXPECT_GE(counted, 1U) << refusal;
    EXPECT_LE(counted, connects()) << "no connection is counted twice: " << refusal;
  }
}

TEST_F(FarHostTest, ARefusalOfSomethingElseIsNoReasonToLeaveItAlone) {
  describe(host + "  refuse rcpt eve@example.net \"550 5.1.1 no such user\"\n" +
           "  refuse rcpt joe@example.net \"451 4.7.1 greylisted\"\n" +
           "  refuse rcpt kim@example.net \"554 5.7.1 relay access denied\"\n");
  for (const char* local : {"eve", "joe", "kim"}) {
    EXPECT_GT(ask(local).code(), 400);
    EXPECT_EQ(ask("u0").code(), 250);
  }
}

// A host that ends an idle session has not had enough of us.
TEST_F(FarHostTest, AFarewellAtRestIsNoTrouble) {
  describe(host + "  idle 1s\n");
  EXPECT_EQ(ask("u0").code(), 250);
  pass(2s);
  EXPECT_EQ(net_->open(), 0U);
  EXPECT_EQ(ask("u1").code(), 250);
  EXPECT_EQ(connects(), 2U);
}

TEST_F(FarHostTest, AHostThatIsNotThereIsNotDialledForEveryQuestion) {
  describe("host 192.0.2.25\n  dead\n");
  told first = ask("u0");
  ASSERT_EQ(first.answer.attempts.size(), 1U);
  EXPECT_EQ(first.last().end, probe_end::connect_failed);
  EXPECT_TRUE(first.last().first_of_connection);
  told second = ask("u1");
  ASSERT_EQ(second.answer.attempts.size(), 1U) << "why nothing came of it is known";
  EXPECT_THAT(second.last().detail, HasSubstr("not long ago"));
  EXPECT_FALSE(second.last().first_of_connection);
  EXPECT_EQ(connects(), 1U);
  pass(1min);
  ask("u2");
  EXPECT_EQ(connects(), 2U);
  pass(1min);
  ask("u3");
  EXPECT_EQ(connects(), 2U) << "two minutes by now";
  pass(1min);
  ask("u4");
  EXPECT_EQ(connects(), 3U);
}

// Only one connection at once is taken: the others are not tried again and again.
TEST_F(FarHostTest, MakesDoWithTheConnectionsThatItGets) {
  describe(slow_host + "  connection-limit 1\n");
  start_many(30);
  pass(4min);
  EXPECT_EQ(told_.size(), 30U);
  EXPECT_EQ(held_back(), 0U);
  for (const auto& [local, one] : told_) EXPECT_EQ(one.code(), 250) << local;
  EXPECT_LE(connects(), 4U);
}

TEST_F(FarHostTest, MakesDoWhereASecondConnectionCannotBeMade) {
  describe(slow_host);
  one_at_once dials(*net_);
  hosts_ = make_hosts(dials);
  start_many(30);
  pass(4min);
  EXPECT_EQ(told_.size(), 30U);
  for (const auto& [local, one] : told_) EXPECT_EQ(one.code(), 250) << local;
  EXPECT_LE(dials.refused, 2);
}

// Two connections at once, and neither comes to anything: no third one is made.
TEST_F(FarHostTest, DoesNotTryAgainWhatAllConnectionsMeet) {
  how_.plan.tls = smtp::tls_policy::need;
  for (const char* trouble :
       {"refuse ehlo \"550 no\"", "refuse greeting \"554 no\"", "noise greeting", "drop ehlo"}) {
    told_.clear();
    lines_.jitter = 50ms;  // so that one fails before the other
    describe(host + "  " + trouble + "\n");
    start_many(10);
    pass(50s);
    EXPECT_EQ(told_.size(), 10U) << trouble;
    EXPECT_EQ(connects(), 2U) << trouble;
  }
}

// --- sessions that end before a question's turn

TEST_F(FarHostTest, AsksThoseWhoWaitInANewSession) {
  how_.limits.connections_max = 1;
  describe(host + "  drop after rcpt 2\n");
  start_many(4);
  pass(1min);
  for (const auto& [local, one] : told_) {
    EXPECT_EQ(one.code(), 250) << local;
    EXPECT_EQ(one.answer.attempts.size(), 1U);
  }
  EXPECT_EQ(order_, (std::vector<std::string>{"u0", "u1", "u2", "u3"}));
  EXPECT_EQ(connects(), 2U);
}

// One answer a session is enough to go on.
TEST_F(FarHostTest, AsksOneAfterTheOtherWhereEachSessionAnswersOne) {
  how_.limits.connections_max = 1;
  describe(host + "  drop after rcpt 1\n");
  start_many(8);
  pass(1min);
  ASSERT_EQ(told_.size(), 8U);
  for (const auto& [local, one] : told_) EXPECT_EQ(one.code(), 250) << local;
  EXPECT_EQ(connects(), 8U);
}

// A session that ends without an answer to anyone is tried three times.
TEST_F(FarHostTest, AsksInThreeSessionsAtMost) {
  how_.limits.connections_max = 1;
  describe(host + "  drop before rcpt\n");
  start_many(4);
  pass(1min);
  ASSERT_EQ(told_.size(), 4U);
  for (const auto& [local, one] : told_) {
    EXPECT_EQ(one.last().end, probe_end::connection_lost) << local;
  }
  EXPECT_EQ(told_.at("u2").last().detail, "connection closed");
  EXPECT_THAT(told_.at("u3").last().detail, HasSubstr("one session after the other"));
  EXPECT_EQ(connects(), 3U);
}

TEST_F(FarHostTest, ASessionThatCannotBeResetServesOne) {
  how_.limits.connections_max = 1;
  for (const char* pipelining : {"  pipelining on\n", "  pipelining off\n"}) {
    told_.clear();
    describe(host + "  refuse rset \"502 what?\"\n" + pipelining);
    start("u0");
    start("u1");
    pass(1min);
    EXPECT_EQ(told_.at("u0").code(), 250);
    EXPECT_EQ(told_.at("u1").code(), 250);
    EXPECT_EQ(connects(), 2U);
  }
}

// --- TLS

TEST_F(FarHostTest, AfterTlsFailedItIsAskedInClearForAnHour) {
  how_.plan.tls = smtp::tls_policy::may;
  for (const char* trouble : {"refuse handshake \"454 no\"", "noise handshake", "drop handshake"}) {
    told_.clear();
    describe(host + "  tls on\n  " + trouble + "\n");
    start_many(3);
    pass(1min);
    ASSERT_EQ(told_.size(), 3U) << trouble;
    for (const auto& [local, one] : told_) {
      EXPECT_EQ(one.code(), 250) << local << trouble;
      EXPECT_FALSE(one.last().tls);
    }
    const std::uint64_t so_far = connects();
    EXPECT_LE(so_far, 4U) << "two that failed, and two in clear";
    EXPECT_EQ(ask("u4").code(), 250);
    EXPECT_EQ(connects(), so_far + 1) << "TLS is not tried again: " << trouble;
    pass(1h);
    ask("u5");
    EXPECT_EQ(connects(), so_far + 3) << "and now it is: " << trouble;
  }
}

TEST_F(FarHostTest, WhereTlsIsNeededNothingIsAskedInClear) {
  how_.plan.tls = smtp::tls_policy::need;
  describe(host + "  tls on\n  noise handshake\n");
  start_many(2);
  pass(1min);
  for (const auto& [local, one] : told_) EXPECT_EQ(one.last().end, probe_end::tls_failed);
  EXPECT_EQ(connects(), 2U) << "and no more than were being made";
  EXPECT_EQ(seen().recipients_accepted, 0U);
  how_.plan.tls = smtp::tls_policy::verify;
  describe(host + "  tls on certificate=self-signed\n");
  EXPECT_EQ(ask("u3").last().end, probe_end::tls_failed);
}

TEST_F(FarHostTest, ResumesTlsSessions) {
  how_.plan.tls = smtp::tls_policy::may;
  how_.limits.idle = 0ms;
  describe(host + "  tls on\n");
  for (const char* local : {"u0", "u1", "u2"}) {
    const told& one = ask(local);
    EXPECT_EQ(one.code(), 250);
    ASSERT_TRUE(one.last().tls);
    EXPECT_TRUE(one.last().tls->verified);
    pass(1s);
  }
  EXPECT_EQ(seen().handshakes, 3U);
  EXPECT_EQ(seen().resumed, 2U);
}

}  // namespace
}  // namespace cbv::callout
