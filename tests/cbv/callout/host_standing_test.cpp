// How we stand with one address: what may be done, and for how long not.
#include "cbv/callout/host_standing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace cbv::callout {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const time_point start{1h};

class HostStandingTest : public testing::Test {
 protected:
  HostStandingTest() { limits_.connections_max = 2; }

  host_standing make() const { return {"192.0.2.25:25", limits_, {5min, 1h}, {1min, 10min}}; }

  // What keeps a connection from being made, for people; "" if it is made.
  static std::string begin(host_standing& at, time_point now) {
    const auto in_the_way = at.begin_connection(now);
    if (!in_the_way) return {};
    return in_the_way->outcome ? in_the_way->outcome->detail : in_the_way->why;
  }

  host_limits limits_;
};

TEST_F(HostStandingTest, CountsConnectionsUntilTheyAreClosed) {
  host_standing at = make();
  EXPECT_EQ(begin(at, start), "");
  EXPECT_TRUE(at.has_room(start));
  EXPECT_TRUE(at.begin_session(start));
  EXPECT_FALSE(at.has_room(start));
  EXPECT_THAT(begin(at, start), HasSubstr("no more connections to 192.0.2.25:25"));
  EXPECT_EQ(at.why_not_ask(start), std::nullopt) << "one may wait";
  at.connection_ended();
  EXPECT_EQ(begin(at, start), "");
}

TEST_F(HostStandingTest, CountsNewSessionsWhicheverWayTheyBegin) {
  limits_.sessions_per_minute = 2;
  host_standing at = make();
  EXPECT_EQ(begin(at, start), "");
  EXPECT_TRUE(at.begin_session(start));
  at.connection_ended();
  at.connection_ended();
  EXPECT_FALSE(at.begin_session(start));
  EXPECT_THAT(begin(at, start), HasSubstr("no more new sessions"));
  EXPECT_EQ(begin(at, start + 1min), "");
}

TEST_F(HostStandingTest, CountsWhatMayBeRefused) {
  limits_.refusals_per_minute = 2;
  host_standing at = make();
  at.question_said();
  EXPECT_EQ(at.refusals_left(start), 1U);
  at.question_said();
  EXPECT_EQ(at.refusals_left(start), 0U);
  EXPECT_FALSE(at.has_refused_enough(start)) << "nothing is refused yet";
  at.question_answered(false, start);
  EXPECT_EQ(at.refusals_left(start), 1U);
  at.question_answered(true, start);
  at.question_said();
  at.question_answered(true, start);
  EXPECT_TRUE(at.has_refused_enough(start));
  EXPECT_EQ(at.why_not_ask(start), at.too_many_refusals());
  EXPECT_EQ(begin(at, start), at.too_many_refusals());
  EXPECT_FALSE(at.has_refused_enough(start + 1min));
}

TEST_F(HostStandingTest, IsLeftAloneWhenItHasRefusedUs) {
  host_standing at = make();
  at.refused_us("421 go away", start);
  EXPECT_EQ(at.why_not_ask(start), "192.0.2.25:25 is left alone for a while; it said: 421 go away");
  EXPECT_EQ(begin(at, start), at.why_left_alone());
  EXPECT_EQ(at.why_not_ask(start + 5min), std::nullopt) << "the trial";
  EXPECT_NE(at.why_not_ask(start + 5min), std::nullopt) << "one only";
  at.took_a_question();
  EXPECT_EQ(at.why_not_ask(start + 5min), std::nullopt);
}

TEST_F(HostStandingTest, TellsWhyItCouldNotBeReached) {
  host_standing at = make();
  EXPECT_EQ(begin(at, start), "");
  smtp::probe_outcome refused;
  refused.detail = "connection refused";
  refused.first_of_connection = true;
  at.connection_ended();
  at.not_reached(refused, start);
  const auto in_the_way = at.begin_connection(start);
  ASSERT_TRUE(in_the_way && in_the_way->outcome);
  EXPECT_EQ(in_the_way->outcome->detail, "connection refused (not long ago: not tried again yet)");
  EXPECT_FALSE(in_the_way->outcome->first_of_connection);
  EXPECT_EQ(begin(at, start + 1min), "");
  at.reached();
  EXPECT_EQ(begin(at, start + 1min), "");
}

TEST_F(HostStandingTest, SaysForHowLongItIsLeftAlone) {
  host_standing at = make();
  EXPECT_FALSE(at.reached());
  EXPECT_FALSE(at.took_a_question());
  EXPECT_EQ(at.not_reached({}, start), 1min);
  EXPECT_EQ(at.not_reached({}, start + 30s), std::nullopt);
  EXPECT_EQ(at.refused_us("421", start), 5min);
  EXPECT_EQ(at.refused_us("421", start), std::nullopt);
  EXPECT_TRUE(at.reached());
  EXPECT_FALSE(at.reached());
  EXPECT_TRUE(at.took_a_question());
  EXPECT_FALSE(at.took_a_question());
}

TEST_F(HostStandingTest, GoesOnWithTheTroublesThatAreRemembered) {
  const wall_time today{1'800'000'000s};
  host_facts known;
  known.unreachable = host_trouble{today - 9min, today - 1min, today + 1min, 2, "no route"};
  known.refused = host_trouble{today - 20min, today - 16min, today + 4min, 3, "421 go away"};
  host_standing at = make();
  at.resume(known, start, today);
  EXPECT_TRUE(at.has_trouble(host_fault::unreachable));
  EXPECT_TRUE(at.has_trouble(host_fault::refused));
  const auto in_the_way = at.begin_connection(start + 59s);
  ASSERT_TRUE(in_the_way && in_the_way->outcome);
  EXPECT_EQ(in_the_way->outcome->end, smtp::probe_end::connect_failed);
  EXPECT_EQ(in_the_way->outcome->detail, "no route (not long ago: not tried again yet)");
  EXPECT_FALSE(in_the_way->outcome->first_of_connection);
  EXPECT_EQ(begin(at, start + 1min), at.why_left_alone());
  EXPECT_EQ(at.why_left_alone(), "192.0.2.25:25 is left alone for a while; it said: 421 go away");
  EXPECT_EQ(at.not_reached({}, start + 1min), 4min);
  EXPECT_EQ(at.why_not_ask(start + 4min), std::nullopt) << "the trial";
  EXPECT_EQ(at.refused_us("421", start + 4min), 40min);
}

TEST_F(HostStandingTest, TheOneTroubleIsNotTheOther) {
  const wall_time today{1'800'000'000s};
  host_facts known;
  known.refused = host_trouble{today, today, today + 5min, 1, "421"};
  host_standing at = make();
  at.resume({}, start, today);
  EXPECT_TRUE(at.is_idle(start));
  at.resume(known, start, today);
  EXPECT_FALSE(at.has_trouble(host_fault::unreachable));
  at.forget(host_fault::unreachable);
  EXPECT_TRUE(at.has_trouble(host_fault::refused));
  at.forget(host_fault::refused);
  EXPECT_FALSE(at.has_trouble(host_fault::refused));
  EXPECT_EQ(begin(at, start), "");
}

TEST_F(HostStandingTest, OneConnectionMustDoWhereAnotherWasRefused) {
  host_standing at = make();
  EXPECT_EQ(begin(at, start), "");
  at.refused_another_connection(start);
  EXPECT_FALSE(at.has_room(start + 4min));
  EXPECT_TRUE(at.has_room(start + 5min));
}

TEST_F(HostStandingTest, IsAskedInClearForAnHourAfterTlsFailed) {
  host_standing at = make();
  EXPECT_FALSE(at.is_asked_in_clear(start));
  at.tls_failed(start);
  EXPECT_TRUE(at.is_asked_in_clear(start + 59min));
  EXPECT_FALSE(at.is_asked_in_clear(start + 1h));
}

TEST_F(HostStandingTest, IsIdleOnceNothingIsRemembered) {
  host_standing at = make();
  EXPECT_TRUE(at.is_idle(start));
  EXPECT_EQ(begin(at, start), "");
  EXPECT_FALSE(at.is_idle(start + 1h)) << "a connection is open";
  at.connection_ended();
  EXPECT_FALSE(at.is_idle(start)) << "it counts for this minute";
  EXPECT_TRUE(at.is_idle(start + 1min));
  at.refused_another_connection(start);
  EXPECT_FALSE(at.is_idle(start + 1min));
  EXPECT_TRUE(at.is_idle(start + 5min));
  at.tls_failed(start);
  EXPECT_FALSE(at.is_idle(start + 5min));
  EXPECT_TRUE(at.is_idle(start + 1h));
  at.refused_us("421", start);
  EXPECT_FALSE(at.is_idle(start + 2h)) << "the next time is twice as long";
  EXPECT_FALSE(at.is_idle(start + 5min - 1ms, true));
  EXPECT_TRUE(at.is_idle(start + 2h, true)) << "which is remembered";
}

}  // namespace
}  // namespace cbv::callout
