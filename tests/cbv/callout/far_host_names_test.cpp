// One address that is known by several names, where certificates have to name the host: its limits
// are those of the address, and a session is of use for one name only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/cbv/callout/far_hosts_world.hpp"

namespace cbv::callout {
namespace {

using smtp::probe_end;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string mailboxes = "  mailbox u{0-99}@example.net\n";
const std::string host =
    "host 192.0.2.25 mx1.example.net\n  tls on name=*.example.net\n" + mailboxes;
const std::string slow_host = host + "  tarpit 100ms\n";

const char* const first = "mx1.example.net";
const char* const second = "mx2.example.net";
const char* const third = "mx3.example.net";

class FarHostNamesTest : public FarHostsTest {
 protected:
  FarHostNamesTest() { how_.plan.tls = smtp::tls_policy::verify; }

  void start_at(const char* name, const std::string& local,
                const std::vector<std::string>& addresses = {here}) {
    host_name_ = name;
    start(local, addresses);
  }

  const told& ask_at(const char* name, const std::string& local) {
    host_name_ = name;
    return ask(local);
  }
};

TEST_F(FarHostNamesTest, ASessionIsOfUseForOneName) {
  describe(host);
  EXPECT_EQ(ask_at(first, "u0").code(), 250);
  EXPECT_EQ(ask_at(second, "u1").code(), 250);
  EXPECT_EQ(connects(), 2U);
  EXPECT_EQ(ask_at(second, "u2").code(), 250);
  EXPECT_EQ(ask_at(first, "u3").code(), 250);
  EXPECT_EQ(connects(), 2U) << "both are at rest, and are taken again";
  for (const auto& [local, one] : told_) EXPECT_TRUE(one.last().tls->verified) << local;
}

// Where any certificate will do one session serves all names.
TEST_F(FarHostNamesTest, WithoutVerifySessionsAreShared) {
  how_.plan.tls = smtp::tls_policy::need;
  describe(host);
  EXPECT_TRUE(ask_at(first, "u0").last().tls->verified);
  EXPECT_FALSE(ask_at(second, "u1").last().tls->verified) << "it was not looked at for this name";
  EXPECT_EQ(connects(), 1U);
}

TEST_F(FarHostNamesTest, AllNamesTogetherHaveSoManyConnections) {
  for (const std::size_t most : {1U, 2U}) {
    told_.clear();
    how_.limits.connections_max = most;
    describe(slow_host);
    for (int i = 0; i < 30; ++i) {
      constexpr std::array names{first, second, third};
      start_at(names[static_cast<std::size_t>(i) % names.size()], "u" + std::to_string(i));
    }
    pass(1h);
    ASSERT_EQ(told_.size(), 30U);
    for (const auto& [local, one] : told_) {
      EXPECT_EQ(one.code(), 250) << local << ' ' << one.answer.why;
      EXPECT_TRUE(one.last().tls && one.last().tls->verified) << local;
    }
    EXPECT_EQ(net_->open_max_at_one(), most);
    EXPECT_LE(connects(), 4U) << "a session asks all that wait for its name";
    EXPECT_EQ(seen().faults, 0U);
  }
}

// Nobody waits until a session that is of no use has rested long enough.
TEST_F(FarHostNamesTest, ASessionAtRestMakesRoomForAnotherName) {
  how_.limits.connections_max = 1;
  how_.limits.idle = 1min;
  describe(host);
  ask_at(first, "u0");
  pass(1s);
  const told other = ask_at(second, "u1");
  EXPECT_EQ(other.code(), 250);
  EXPECT_LT(other.at, 3s);
  EXPECT_EQ(seen().quits, 1U);
  EXPECT_EQ(net_->open_max_at_one(), 1U);
}

TEST_F(FarHostNamesTest, ASessionThatComesToRestMakesRoomForAnotherName) {
  how_.limits.connections_max = 1;
  how_.limits.idle = 1min;
  describe(slow_host);
  start_at(first, "u0");
  pass(500ms);
  start_at(second, "u1");
  pass(5s);
  EXPECT_THAT(order_, ElementsAre("u0", "u1"));
  EXPECT_EQ(told_.at("u1").code(), 250);
}

// A name that is always asked for does not keep the others out.
TEST_F(FarHostNamesTest, NoNameWaitsLongerThanASessionLasts) {
  how_.limits.connections_max = 1;
  how_.limits.rcpts_per_session = 3;
  describe(slow_host + "  pipelining off\n");
  for (int i = 0; i < 4; ++i) start_at(first, "u" + std::to_string(i));
  start_at(second, "u50");
  for (int i = 4; i < 20; ++i) start_at(first, "u" + std::to_string(i));
  pass(1h);
  EXPECT_EQ(told_.size(), 21U);
  EXPECT_EQ(held_back(), 0U);
  const auto other = std::find(order_.begin(), order_.end(), "u50");
  EXPECT_LE(other - order_.begin(), 6) << "two sessions with three each came before it";
}

TEST_F(FarHostNamesTest, NewSessionsAreCountedForAllNames) {
  how_.limits.sessions_per_minute = 2;
  describe(host);
  EXPECT_EQ(ask_at(first, "u0").code(), 250);
  EXPECT_EQ(ask_at(second, "u1").code(), 250);
  const told last = ask_at(third, "u2");
  EXPECT_TRUE(last.answer.held_back);
  EXPECT_EQ(connects(), 2U);
}

TEST_F(FarHostNamesTest, RefusalsAreCountedForAllNames) {
  how_.limits.refusals_per_minute = 5;
  describe(slow_host);
  for (int i = 0; i < 10; ++i) {
    start_at(first, "nobody" + std::to_string(i));
    start_at(second, "nobody" + std::to_string(50 + i));
  }
  pass(50s);
  EXPECT_EQ(told_.size(), 20U);
  EXPECT_EQ(held_back(), 15U);
  EXPECT_EQ(seen().recipients_refused, 5U);
}

// While one name's questions may all be refused another's wait; then they are asked.
TEST_F(FarHostNamesTest, WhoWaitsForRoomIsAskedOnceOthersWereAccepted) {
  how_.limits.refusals_per_minute = 1;
  describe(slow_host + "  delay rcpt 1s\n");
  for (int i = 0; i < 3; ++i) {
    start_at(first, "u" + std::to_string(i));
    start_at(second, "u" + std::to_string(50 + i));
  }
  pass(40s);
  EXPECT_EQ(told_.size(), 6U);
  for (const auto& [local, one] : told_) EXPECT_EQ(one.code(), 250) << local;
}

TEST_F(FarHostNamesTest, IsLeftAloneUnderAllNames) {
  describe(host + "  refuse rcpt eve@example.net \"421 4.7.0 too many errors\"\n");
  EXPECT_EQ(ask_at(first, "eve").code(), 421);
  const told next = ask_at(second, "u0");
  EXPECT_TRUE(next.answer.held_back);
  EXPECT_THAT(next.answer.why, HasSubstr("it said: 421"));
  EXPECT_EQ(connects(), 1U);
  pass(5min);
  EXPECT_EQ(ask_at(second, "u0").code(), 250);
  EXPECT_EQ(ask_at(first, "u1").code(), 250);
}

TEST_F(FarHostNamesTest, ThatItIsNotThereIsKnownUnderAllNames) {
  describe("host 192.0.2.25\n  dead\n");
  ask_at(first, "u0");
  EXPECT_THAT(ask_at(second, "u1").last().detail, HasSubstr("not long ago"));
  EXPECT_EQ(connects(), 1U);
}

// What is wrong with the certificate for one name says nothing of the others.
TEST_F(FarHostNamesTest, ACertificateIsWrongForOneName) {
  for (const std::size_t most : {1U, 2U}) {
    told_.clear();
    how_.limits.connections_max = most;
    describe("host 192.0.2.25 mx1.example.net\n  tls on\n  tarpit 100ms\n" + mailboxes);
    for (int i = 0; i < 6; ++i) {
      start_at(first, "u" + std::to_string(i));
      start_at(second, "u" + std::to_string(50 + i));
    }
    pass(10min);
    ASSERT_EQ(told_.size(), 12U);
    for (const auto& [local, one] : told_) {
      ASSERT_FALSE(one.answer.attempts.empty()) << local << ' ' << one.answer.why;
      if (local.size() == 2) {
        EXPECT_EQ(one.code(), 250) << local;
      } else {
        EXPECT_EQ(one.last().end, probe_end::tls_failed) << local;
      }
    }
    EXPECT_LE(net_->open_max_at_one(), most);
    EXPECT_LE(connects(), 3U);
  }
}

// Of those who are still waiting when their time is over, who was being connected to is told so.
TEST_F(FarHostNamesTest, ALateQuestionIsToldWhereItsNameStands) {
  how_.limits.connections_max = 1;
  describe(host + "  silent greeting\n");
  host_name_ = first;
  start("u0", {here}, 5s);
  pass(1s);
  host_name_ = second;
  start("u1", {here}, 4s);
  pass(10s);
  EXPECT_EQ(told_.at("u0").last().end, probe_end::timed_out);
  EXPECT_TRUE(told_.at("u1").answer.held_back) << "nobody has connected for it";
  EXPECT_TRUE(told_.at("u1").answer.attempts.empty());
}

}  // namespace
}  // namespace cbv::callout
