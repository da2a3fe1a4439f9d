// How much a verifier takes on at once, and how it stops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cbv/verifier/verifier_world.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Limits

TEST_F(VerifierTest, BoundsTheCalloutsUnderWayAndThoseThatWait) {
  options_.verifier.callouts_max = 3;
  options_.verifier.waiting_callouts_max = 2;
  for (int i = 0; i < 8; ++i) start("u" + std::to_string(i) + "@example.net");
  world().pass(0ms);
  EXPECT_EQ(world().verifier().callouts_under_way(), 3U);
  EXPECT_EQ(world().verifier().callouts_waiting(), 2U);
  ASSERT_EQ(given_.size(), 3U) << "at once";
  for (const verdict& made : given_) {
    EXPECT_EQ(made.reason, reason::busy);
    EXPECT_EQ(made.source, source::policy);
  }
  world().pass(1s);
  EXPECT_EQ(given_.size(), 8U);
  EXPECT_EQ(counted().of(status::deliverable), 5U);
  EXPECT_EQ(world().memory().size(), 5U) << "busy is not remembered";
}

TEST_F(VerifierTest, AFloodOfMissesIsBusyAtOnceAndHitsAreAnsweredAllTheWhile) {
  constexpr std::size_t flood = 20'000;
  constexpr std::size_t held = 70;
  options_.verifier.callouts_max = 20;
  options_.verifier.waiting_callouts_max = held - 20;
  options_.callout.per_host.waiting_max = flood;
  options_.callout.per_host.connections_max = 20;
  ask("ann@example.net");
  world().pass(1min);  // the catch-all test behind it is done
  query hit;
  hit.address = "ann@example.net";
  for (std::size_t i = 0; i < flood; ++i) {
    start("u" + std::to_string(i) + "@slow.example", 1h);
    if (i % 100 != 99) continue;
    world().pass(0ms);
    const auto known = world().verifier().verify_at_once(hit);
    ASSERT_TRUE(known);
    ASSERT_EQ(known->status, status::deliverable);
    ASSERT_LE(world().verifier().callouts_under_way(), 20U);
    ASSERT_LE(world().verifier().callouts_waiting(), 50U);
    ASSERT_EQ(given_.size() + held, std::max(i + 1, held)) << "the others were answered at once";
  }
  EXPECT_TRUE(world().verifier().is_overloaded());
  for (const verdict& made : given_) {
    ASSERT_EQ(made.reason, reason::busy);
    ASSERT_EQ(made.elapsed, 0ms);
  }
  world().pass(2h);
  EXPECT_EQ(given_.size(), flood) << "those that were held have been answered, too";
  EXPECT_FALSE(world().verifier().is_overloaded());
  EXPECT_EQ(world().verifier().callouts_under_way(), 0U);
  EXPECT_LE(world().memory().size(), 1 + held) << "busy is not remembered";
  EXPECT_EQ(ask("u7@example.net").status, status::deliverable);
}

TEST_F(VerifierTest, JoiningIsNotBounded) {
  options_.verifier.callouts_max = 1;
  options_.verifier.waiting_callouts_max = 0;
  for (int i = 0; i < 100; ++i) start("ann@example.net");
  world().pass(1s);
  EXPECT_EQ(counted().of(status::deliverable), 100U);
  EXPECT_EQ(world().net().connects(), 1U);
}

// Stopping

TEST_F(VerifierTest, StopsAtOnceWhenNothingIsUnderWay) {
  ask("ann@example.net");
  world().pass(1s);
  stop(10s);
  world().pass(0ms);
  EXPECT_TRUE(stopped_);
}

TEST_F(VerifierTest, StopsWhenTheLastCalloutHasEnded) {
  start("ann@slow.example", 1min);
  start("bob@slow.example", 1min);
  world().pass(1s);
  stop(1h);
  world().pass(1s);
  EXPECT_FALSE(stopped_);
  EXPECT_EQ(ask("ann@example.net").reason, reason::busy) << "no callout is started any more";
  world().pass(2min);
  EXPECT_TRUE(stopped_);
  ASSERT_EQ(given_.size(), 2U);
  for (const verdict& made : given_) EXPECT_EQ(made.status, status::deliverable);
  EXPECT_EQ(ask("ann@slow.example").source, source::cache) << "memory answers to the end";
}

TEST_F(VerifierTest, CutsOffWhatHasNotEndedInTime) {
  options_.verifier.callouts_max = 2;
  for (int i = 0; i < 4; ++i) start("u" + std::to_string(i) + "@slow.example", 1min);
  world().pass(1s);
  stop(5s);
  world().pass(4s);
  EXPECT_FALSE(stopped_);
  EXPECT_THAT(given_, IsEmpty());
  world().pass(1s);
  EXPECT_TRUE(stopped_);
  ASSERT_EQ(given_.size(), 4U) << "who waits is answered all the same";
  for (const verdict& made : given_) {
    EXPECT_EQ(made.status, status::unknown);
    EXPECT_EQ(made.reason, reason::busy);
  }
  EXPECT_TRUE(world().settle());
  EXPECT_EQ(world().memory().size(), 0U);
  for (const std::string& line : world().log()) EXPECT_THAT(line, Not(HasSubstr("error")));
}

TEST_F(VerifierTest, MayBeGivenUpWithCalloutsUnderWay) {
  start("ann@slow.example", 1min);
  start("ann@example.net");
  world().pass(20ms);
  world_.reset();  // as a test ends that has failed: nothing may be touched that is gone
}

}  // namespace
}  // namespace cbv
