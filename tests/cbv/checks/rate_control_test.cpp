#include "cbv/checks/rate_control.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::checks {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t seed = 17;

envelope from(const std::string& client) {
  envelope of;
  if (!client.empty()) of.client = boost::asio::ip::make_address(client);
  return of;
}

rate_options deferring() {
  rate_options with;
  with.unknown_recipients = {};
  with.clients_max = 1'000;
  with.over.if_failed = consequence::defer;
  return with;
}

class RateControlTest : public testing::Test {
 protected:
  /// How many of so many questions pass, one every `apart`.
  int passed(rate_control& control, int questions, time_point::duration apart,
             const std::string& client = "192.0.2.1") {
    int count = 0;
    for (int i = 0; i < questions; ++i, now_ += apart) {
      if (control.check(from(client), now_).outcome == outcome::pass) ++count;
    }
    return count;
  }

  time_point now_ = time_point(100h);
};

TEST_F(RateControlTest, LetsAMinutesWorthPassAtOnceAndThenTheRate) {
  rate_options with = deferring();
  with.questions.per_minute = 60;
  rate_control control(with, seed);
  EXPECT_EQ(passed(control, 100, 0s), 60);
  EXPECT_EQ(passed(control, 51, 100ms), 5) << "one a second flows in";
  now_ += 900ms;
  EXPECT_EQ(passed(control, 10, 1s), 10);
  now_ += 2min;
  EXPECT_EQ(passed(control, 100, 0s), 60);
}

TEST_F(RateControlTest, CountsTheHourBesideTheMinute) {
  rate_options with = deferring();
  with.questions = {60, 100};
  rate_control control(with, seed);
  EXPECT_EQ(passed(control, 60, 0s), 60);
  now_ += 2min;
  EXPECT_EQ(passed(control, 60, 0s), 43) << "three have flown in";
  now_ += 2h;
  EXPECT_EQ(passed(control, 60, 0s), 60);
}

TEST_F(RateControlTest, KnowsClientsByTheirNetworks) {
  struct row {
    const char* other;
    bool is_same;
  };
  rate_options with = deferring();
  with.questions.per_minute = 1;
  with.ipv4_prefix = 24;
  with.ipv6_prefix = 64;
  for (const row& one : {row{"192.0.2.200", true}, row{"192.0.3.1", false}}) {
    rate_control control(with, seed);
    EXPECT_EQ(passed(control, 1, 0s, "192.0.2.1"), 1);
    EXPECT_EQ(passed(control, 1, 0s, one.other), one.is_same ? 0 : 1) << one.other;
  }
  for (const row& one : {row{"2001:db8:0:1::2", true}, row{"2001:db8:0:2::1", false}}) {
    rate_control control(with, seed);
    EXPECT_EQ(passed(control, 1, 0s, "2001:db8:0:1::1"), 1);
    EXPECT_EQ(passed(control, 1, 0s, one.other), one.is_same ? 0 : 1) << one.other;
  }
}

TEST_F(RateControlTest, SaysWhoIsOverWhat) {
  rate_options with = deferring();
  with.questions.per_hour = 1;
  with.ipv4_prefix = 24;
  rate_control control(with, seed);
  EXPECT_EQ(control.check(from("192.0.2.1"), now_), (finding{outcome::pass, "within the limits"}));
  EXPECT_EQ(control.check(from("192.0.2.1"), now_),
            (finding{outcome::fail, "192.0.2.0/24: more than 1 questions an hour",
                     advice{action::defer, 450, "4.7.1", "Too many questions from your network"}}));
  EXPECT_EQ(control.check(from(""), now_).outcome, outcome::unknown);
}

TEST_F(RateControlTest, TakesItsWordsFromTheSettings) {
  rate_options with = deferring();
  with.questions.per_minute = 1;
  with.over = rule_form{{421, "4.7.0", "Slowly"}, consequence::reject};
  rate_control control(with, seed);
  passed(control, 1, 0s);
  EXPECT_EQ(control.check(from("192.0.2.1"), now_).decision,
            (advice{action::defer, 421, "4.7.0", "Slowly"}))
      << "being over a limit alone never rejects";
  with.over.if_failed = consequence::off;
  rate_control off(with, seed);
  EXPECT_EQ(passed(off, 1, 0s), 0);
  EXPECT_EQ(off.check(from("192.0.2.1"), now_).outcome, outcome::skip);
  with.over.if_failed = consequence::log;
  rate_control logging(with, seed);
  passed(logging, 1, 0s);
  const finding found = logging.check(from("192.0.2.1"), now_);
  EXPECT_EQ(found.outcome, outcome::fail);
  EXPECT_FALSE(found.decision);
}

TEST_F(RateControlTest, EndsADictionaryAttack) {
  rate_options with = deferring();
  with.unknown_recipients = {20, 100};
  rate_control control(with, seed);
  int reached = 0;
  // Ten a second for an hour.
  for (int i = 0; i < 36'000; ++i, now_ += 100ms) {
    const envelope asked = from("192.0.2.1");
    if (control.check(asked, now_).outcome != outcome::pass) continue;
    ++reached;  // the delivery server, and is not known there
    control.note(*asked.client, rate_event::unknown_recipient, now_);
  }
  EXPECT_GE(reached, 190);
  EXPECT_LE(reached, 201) << "a hundred at once, and those that flow in";
  EXPECT_EQ(passed(control, 10, 0s, "192.0.2.2"), 10) << "others are not meant";
  now_ += 1h;
  EXPECT_EQ(passed(control, 10, 0s), 10);
}

TEST_F(RateControlTest, CountsFailuresByThemselves) {
  rate_options with = deferring();
  with.failures.per_minute = 2;
  with.unknown_recipients.per_minute = 2;
  rate_control control(with, seed);
  const auto client = boost::asio::ip::make_address("192.0.2.1");
  control.note(client, rate_event::failure, now_);
  control.note(client, rate_event::unknown_recipient, now_);
  EXPECT_EQ(passed(control, 1, 0s), 1);
  control.note(client, rate_event::failure, now_);
  EXPECT_EQ(control.check(from("192.0.2.1"), now_).evidence,
            "192.0.2.1/32: more than 2 failures a minute");
  now_ += 30s;
  EXPECT_EQ(passed(control, 1, 0s), 1);
}

TEST_F(RateControlTest, RefusesWhoGoesOnIfAskedTo) {
  rate_options with = deferring();
  with.questions.per_minute = 1;
  with.refuse_after = 5;
  with.refused = reply_form{554, "5.7.0", "Enough"};
  rate_control control(with, seed);
  passed(control, 1, 0s);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(control.check(from("192.0.2.1"), now_).decision->action, action::defer) << i;
  }
  finding found;
  for (int i = 0; i < 50; ++i) {
    found = control.check(from("192.0.2.1"), now_);
    ASSERT_TRUE(found.decision);
    EXPECT_EQ(found.decision->action, i == 0 ? action::defer : action::reject) << i;
  }
  EXPECT_EQ(found.decision, (advice{action::reject, 554, "5.7.0", "Enough"}));
  EXPECT_EQ(found.evidence,
            "192.0.2.1/32: more than 1 questions a minute; over a limit more than 5 times an hour");
  now_ += 2h;
  EXPECT_EQ(passed(control, 1, 0s), 1) << "it is forgiven";
}

TEST_F(RateControlTest, NeverRefusesByItself) {
  rate_options with = deferring();
  with.questions.per_minute = 1;
  rate_control control(with, seed);
  for (int i = 0; i < 10'000; ++i) {
    const finding found = control.check(from("192.0.2.1"), now_);
    ASSERT_TRUE(!found.decision || found.decision->action == action::defer) << i;
  }
}

TEST_F(RateControlTest, KeepsTheWorstInAFullTable) {
  rate_options with = deferring();
  with.unknown_recipients.per_hour = 10;
  with.questions.per_hour = 1'000;
  with.clients_max = 64;
  rate_control control(with, seed);
  EXPECT_EQ(control.octets(), 0U) << "nothing is taken ahead";
  const auto worst = boost::asio::ip::make_address("192.0.2.1");
  for (int i = 0; i < 10; ++i) control.note(worst, rate_event::unknown_recipient, now_);
  // A flood of clients that ask once: there is room for 64.
  for (unsigned i = 0; i < 100'000; ++i) {
    envelope of;
    of.client = boost::asio::ip::address_v4(0xC6330000U + i);
    ASSERT_EQ(control.check(of, now_).outcome, outcome::pass);
  }
  EXPECT_EQ(control.check(from("192.0.2.1"), now_).outcome, outcome::fail);
  EXPECT_EQ(control.octets(), 64 * 48U);
}

TEST_F(RateControlTest, RemembersWhenLimitsChange) {
  rate_options with = deferring();
  with.questions.per_minute = 10;
  rate_control control(with, seed);
  EXPECT_EQ(passed(control, 10, 0s), 10);
  with.questions.per_minute = 12;
  control.change(with);
  EXPECT_EQ(passed(control, 10, 0s), 2);
  with.ipv4_prefix = 24;
  control.change(with);
  EXPECT_EQ(passed(control, 20, 0s), 12) << "other clients than before";
}

// Steps of a millisecond are less than a float near 100,000 can tell.
TEST_F(RateControlTest, DrainsInSmallStepsAsInLargeOnes) {
  rate_options with = deferring();
  with.questions.per_hour = 100'000;
  rate_control control(with, seed);
  EXPECT_EQ(passed(control, 100'000, 0s), 100'000);
  const int flown = passed(control, 36'000, 1ms);
  EXPECT_NEAR(flown, 1'000, 30);
}

}  // namespace
}  // namespace cbv::checks
