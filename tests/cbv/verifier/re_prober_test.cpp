#include "cbv/verifier/re_prober.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cache/lmdb_store.hpp"
#include "tests/sim/memory_store.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tests/sim/test_world.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A clock whose wall time can be set; the rest is sim_timer's.
class settable_timer final : public timer {
 public:
  time_point now() const noexcept override { return under_.now(); }
  wall_time wall_now() const noexcept override { return under_.wall_now() + ahead_; }
  awaitable<void> sleep_until(time_point when) override { return under_.sleep_until(when); }
  std::unique_ptr<alarm> call_at(const asio::any_io_executor& executor, time_point when,
                                 std::function<void()> what) override {
    return under_.call_at(executor, when, std::move(what));
  }

  void set_wall_clock(std::chrono::seconds ahead) { ahead_ = ahead; }
  sim::sim_timer& under() noexcept { return under_; }

 private:
  sim::sim_timer under_;
  std::chrono::seconds ahead_{};
};

verdict made_of(reason why) {
  verdict made;
  made.status = status_of(why);
  made.reason = why;
  return made;
}

/// A re-prober whose callouts last 10 s and end as the test says.
class ReProberTest : public testing::Test {
 protected:
  re_prober& prober() {
    if (!prober_) {
      prober_ = std::make_unique<re_prober>(
          io_.get_executor(), time_, *book_, log_, options_,
          [this](role side, mailbox about) { return call_out(side, std::move(about)); });
    }
    return *prober_;
  }

  awaitable<void> call_out(role side, mailbox about) {
    begun_.push_back(std::to_string(elapsed().count()) + "s " + to_string(about));
    ++inside_;
    inside_most_ = std::max(inside_most_, inside_);
    co_await time_.sleep_until(time_.now() + 10s);
    --inside_;
    if (failure_) throw std::runtime_error("the callout failed");
    if (outcome_) prober_->note(side, about, made_of(*outcome_), {});
  }

  std::chrono::seconds elapsed() const {
    return std::chrono::floor<std::chrono::seconds>(time_.now() - started_);
  }

  void pass(std::chrono::milliseconds span) {
    sim::run_until(io_, time_.under(), time_.now() + span, [] { return false; });
  }

  void greylisted(const std::string& address, std::optional<std::chrono::seconds> after = {}) {
    prober().note(role::sender, *parse_mailbox(address), made_of(reason::greylisted), after);
  }

  void restart() {
    prober_->stop();
    pass(0ms);
    prober_.reset();
    prober();
  }

  sim::memory_store memory_;
  booking_book* book_ = &memory_;
  settable_timer time_;
  asio::io_context io_{1};
  std::vector<std::string> lines_;
  logger log_{severity::info, [this](severity level, std::string_view line) {
                lines_.push_back(std::string(to_string(level)) + ' ' + std::string(line));
              }};
  re_probe_options options_;
  std::optional<reason> outcome_ = reason::greylisted;
  bool failure_ = false;
  const time_point started_ = time_.now();
  std::vector<std::string> begun_;
  std::size_t inside_ = 0;
  std::size_t inside_most_ = 0;
  std::unique_ptr<re_prober> prober_;
};

TEST_F(ReProberTest, AsksAgainAsTheListSaysThenGivesUp) {
  greylisted("Ann@example.net");
  pass(24h);
  EXPECT_THAT(begun_, ElementsAre("360s Ann@example.net", "1330s Ann@example.net",
                                  "4940s Ann@example.net"));
  EXPECT_EQ(prober().booked(), 0U);
  EXPECT_THAT(memory_.booked(), IsEmpty());
  EXPECT_THAT(lines_,
              ElementsAre("info re_probes_given_up role=sender mailbox=Ann@example.net tries=3"));
  EXPECT_FALSE(prober().is_asleep());
}

TEST_F(ReProberTest, AsksAgainWhenTheHostSaid) {
  greylisted("ann@example.net", 300s);
  greylisted("bob@example.net", 1s);
  outcome_ = reason::accepted;
  pass(1h);
  EXPECT_THAT(begun_, ElementsAre("30s bob@example.net", "305s ann@example.net"));
  EXPECT_EQ(prober().booked(), 0U);
}

TEST_F(ReProberTest, AnEarlierBookingIsNotMissed) {
  greylisted("ann@example.net", 1h);
  pass(1s);
  greylisted("bob@example.net", 60s);
  pass(70s);
  EXPECT_THAT(begun_, ElementsAre("66s bob@example.net"));
}

TEST_F(ReProberTest, BooksNothingForAnyOtherOutcome) {
  for (const reason why : {reason::accepted, reason::mailbox_not_found, reason::timed_out,
                           reason::try_later, reason::busy, reason::prober_blocked}) {
    prober().note(role::sender, *parse_mailbox("ann@example.net"), made_of(why), 300s);
  }
  EXPECT_EQ(prober().booked(), 0U);
  EXPECT_THAT(memory_.booked(), IsEmpty());
}

TEST_F(ReProberTest, AnAnswerInBetweenCancels) {
  for (const reason why :
       {reason::accepted, reason::mailbox_not_found, reason::prober_blocked, reason::not_asked}) {
    greylisted("ann@example.net");
    EXPECT_EQ(prober().booked(), 1U);
    prober().note(role::recipient, *parse_mailbox("ann@example.net"), made_of(why), {});
    EXPECT_EQ(prober().booked(), 1U) << "another role";
    prober().note(role::sender, *parse_mailbox("ANN@example.net"), made_of(why), {});
    EXPECT_EQ(prober().booked(), 0U) << to_string(why);
    EXPECT_THAT(memory_.booked(), IsEmpty());
  }
  pass(24h);
  EXPECT_THAT(begun_, IsEmpty());
}

TEST_F(ReProberTest, AGreylistInBetweenMovesTheBooking) {
  greylisted("ann@example.net");
  pass(5min);
  greylisted("ANN@example.net");
  outcome_ = reason::accepted;
  EXPECT_EQ(prober().booked(), 1U);
  pass(1h);
  EXPECT_THAT(begun_, ElementsAre("660s ANN@example.net")) << "as it was received last";
}

TEST_F(ReProberTest, AFailureInBetweenChangesNothing) {
  greylisted("ann@example.net");
  pass(5min);
  prober().note(role::sender, *parse_mailbox("ann@example.net"), made_of(reason::timed_out), {});
  outcome_ = reason::accepted;
  pass(1h);
  EXPECT_THAT(begun_, ElementsAre("360s ann@example.net"));
}

TEST_F(ReProberTest, AReProbeThatComesToNothingIsTheNextOnesTurn) {
  for (const bool throws : {false, true}) {
    begun_.clear();
    failure_ = throws;
    outcome_.reset();
    const auto at = elapsed();
    greylisted("ann@example.net");
    pass(24h);
    EXPECT_THAT(begun_, SizeIs(3)) << at.count();
    EXPECT_EQ(prober().booked(), 0U);
    EXPECT_THAT(memory_.booked(), IsEmpty());
  }
}

TEST_F(ReProberTest, BooksNoMoreThanTheBookTakes) {
  memory_.bound_bookings(2);
  for (const char* name : {"a", "b", "c", "d"}) greylisted(std::string(name) + "@example.net");
  EXPECT_EQ(prober().booked(), 2U);
  EXPECT_THAT(lines_, ElementsAre("warning re_probe_not_booked role=sender mailbox=c@example.net "
                                  "booked=2"))
      << "once a minute";
  outcome_ = reason::accepted;
  pass(1h);
  EXPECT_THAT(begun_, SizeIs(2));
}

TEST_F(ReProberTest, BeginsNoMoreAtOnceThanItMay) {
  options_.at_once = 3;
  outcome_ = reason::accepted;
  for (int i = 0; i < 10; ++i) greylisted(std::to_string(i) + "@example.net");
  pass(6min);
  EXPECT_EQ(prober().under_way(), 3U);
  pass(1min);
  EXPECT_THAT(begun_, SizeIs(10));
  EXPECT_EQ(inside_most_, 3U);
  EXPECT_EQ(prober().booked(), 0U);
}

TEST_F(ReProberTest, StopsWithoutBeginningMoreAndKeepsWhatIsBooked) {
  greylisted("ann@example.net");
  greylisted("bob@example.net", 10min);
  pass(6min + 1s);
  EXPECT_EQ(prober().under_way(), 1U);
  bool ended = false;
  prober().stop();
  asio::co_spawn(io_, prober().ended(), [&ended](const std::exception_ptr&) { ended = true; });
  pass(5s);
  EXPECT_FALSE(ended) << "one is under way";
  pass(5s);
  EXPECT_TRUE(ended);
  pass(24h);
  EXPECT_THAT(begun_, ElementsAre("360s ann@example.net"));
  EXPECT_THAT(memory_.booked(), SizeIs(2));
}

TEST_F(ReProberTest, StopsAtOnceWhenNothingIsBooked) {
  bool ended = false;
  prober().stop();
  asio::co_spawn(io_, prober().ended(), [&ended](const std::exception_ptr&) { ended = true; });
  pass(0ms);
  EXPECT_TRUE(ended);
}

TEST_F(ReProberTest, AWallClockThatJumpsDoesNoHarm) {
  outcome_ = reason::accepted;
  for (const auto jump : {std::chrono::seconds(-240h), std::chrono::seconds(240h)}) {
    begun_.clear();
    time_.set_wall_clock(0s);
    const auto at = elapsed();
    greylisted("ann@example.net");
    pass(1min);
    time_.set_wall_clock(jump);
    pass(5min - 1s);
    EXPECT_THAT(begun_, IsEmpty());
    pass(1s);
    EXPECT_THAT(begun_, ElementsAre(std::to_string(at.count() + 360) + "s ann@example.net"));
    pass(1h);
  }
}

TEST_F(ReProberTest, TakesUpWhatWasBookedBeforeARestart) {
  greylisted("ann@example.net");
  greylisted("bob@example.net", 2h);
  pass(3min);
  restart();
  EXPECT_EQ(prober().booked(), 2U);
  outcome_ = reason::accepted;
  pass(24h);
  EXPECT_THAT(begun_, ElementsAre("360s ann@example.net", "7205s bob@example.net"));
}

TEST_F(ReProberTest, ARestartInTheMidstOfAReProbeDoesNotRepeatIt) {
  greylisted("ann@example.net");
  pass(6min + 1s);
  ASSERT_THAT(begun_, SizeIs(1));
  outcome_.reset();
  prober().stop();
  pass(1min);
  prober_.reset();
  prober();
  outcome_ = reason::accepted;
  pass(24h);
  EXPECT_THAT(begun_, ElementsAre("360s ann@example.net", "1320s ann@example.net"));
}

TEST_F(ReProberTest, SpreadsOutWhatIsOverdueAtTheStart) {
  for (int i = 0; i < 100; ++i) greylisted(std::to_string(i) + "@example.net");
  prober().stop();
  pass(1h);
  prober_.reset();
  outcome_ = reason::accepted;
  prober();
  pass(500ms);
  EXPECT_THAT(begun_, IsEmpty());
  pass(50s);
  EXPECT_THAT(begun_, SizeIs(50));
  pass(1min);
  EXPECT_THAT(begun_, SizeIs(100));
}

TEST_F(ReProberTest, ForgetsWhatIsTooOldAtTheStart) {
  greylisted("ann@example.net");
  prober().stop();
  pass(25h);
  prober_.reset();
  EXPECT_EQ(prober().booked(), 0U);
  EXPECT_THAT(memory_.booked(), IsEmpty());
}

TEST_F(ReProberTest, TakesUpWhatOthersHaveBooked) {
  greylisted("ann@example.net");
  const auto brought = [this](const std::string& address, std::chrono::seconds wait,
                              std::uint8_t tries = 0) {
    booking one{role::sender, *parse_mailbox(address), time_.wall_now() + wait, tries};
    memory_.book(one);
    return one;
  };
  outcome_ = reason::accepted;
  prober().take_up({brought("bob@example.net", 2min), brought("old@example.net", -25h),
                    brought("ann@example.net", 4min), brought("over@example.net", -1h),
                    brought("often@example.net", 1min, 3)});
  EXPECT_EQ(prober().booked(), 3U);
  EXPECT_THAT(memory_.booked(), SizeIs(3)) << "what is not wanted is not kept";
  pass(24h);
  EXPECT_THAT(begun_,
              ElementsAre("1s over@example.net", "120s bob@example.net", "240s ann@example.net"));
  EXPECT_THAT(memory_.booked(), IsEmpty());
}

TEST_F(ReProberTest, WhatIsBroughtDoesNotDoubleAReProbeThatIsUnderWay) {
  greylisted("ann@example.net");
  pass(6min + 1s);
  ASSERT_THAT(begun_, SizeIs(1));
  for (const auto age : {1h, 25h}) {
    const booking again{role::sender, *parse_mailbox("ann@example.net"), time_.wall_now() - age, 0};
    memory_.book(again);
    prober().take_up({again});
    ASSERT_THAT(memory_.booked(), SizeIs(1));
    EXPECT_EQ(memory_.booked().front().tries, 1) << "the one that is under way knows better";
  }
  outcome_ = reason::accepted;
  pass(24h);
  EXPECT_THAT(begun_, ElementsAre("360s ann@example.net"));
}

// Over a real file

TEST_F(ReProberTest, IsKeptInTheCacheOverARestart) {
  const temporary_folder place;
  cache::lmdb_store_options options;
  options.environment.directory = place.inside("cache");
  auto opened = cache::lmdb_store::open(options, {});
  ASSERT_TRUE(opened);
  auto store = *std::move(opened);
  book_ = &store->bookings();
  greylisted("Ann@example.net");
  pass(2min);

  prober().stop();
  pass(0ms);
  prober_.reset();
  store.reset();
  pass(1min);
  opened = cache::lmdb_store::open(options, {});
  ASSERT_TRUE(opened);
  store = *std::move(opened);
  book_ = &store->bookings();
  EXPECT_EQ(prober().booked(), 1U);
  outcome_ = reason::accepted;
  pass(3min - 1s);
  EXPECT_THAT(begun_, IsEmpty());
  pass(1min);
  EXPECT_THAT(begun_, ElementsAre("360s Ann@example.net"));
  EXPECT_THAT(store->bookings().booked(), IsEmpty());
  prober_.reset();
}

// In the verifier

constexpr std::string_view greylisting_world =
    "zone\n"
    "  example.net. MX 10 mx1.example.net.\n"
    "  mx1.example.net. A 192.0.2.25\n"
    "  slow.example. MX 10 mx.slow.example.\n"
    "  mx.slow.example. A 192.0.2.26\n"
    "host 192.0.2.25 mx1.example.net\n"
    "  mailbox ann@example.net u{0-99}@example.net\n"
    "  greylist 5m \"450 4.2.0 Greylisted\"\n"
    "host 192.0.2.26 mx.slow.example\n"
    "  catch-all slow.example\n"
    "  tarpit 10s\n";

class ReProbesTest : public testing::Test {
 protected:
  sim::test_world& world() {
    if (!world_) {
      world_ = std::make_unique<sim::test_world>(sim::read_world(greylisting_world), options_);
    }
    return *world_;
  }

  sim::test_world_options options_;
  std::unique_ptr<sim::test_world> world_;
};

TEST_F(ReProbesTest, TheNextQuestionFindsTheTrueVerdict) {
  EXPECT_EQ(world().ask("ann@example.net").reason, reason::greylisted);
  world().pass(4min);
  const verdict meanwhile = world().ask("ann@example.net");
  EXPECT_EQ(meanwhile.reason, reason::greylisted);
  EXPECT_EQ(meanwhile.source, source::cache);
  EXPECT_EQ(world().net().connects(), 1U);
  world().pass(3min);
  EXPECT_EQ(world().net().connects(), 2U);
  const verdict found = world().ask("ann@example.net");
  EXPECT_EQ(found.status, status::deliverable);
  EXPECT_EQ(found.source, source::cache);
  EXPECT_EQ(world().net().connects(), 2U);
  EXPECT_EQ(world().verifier().counted().recipient.calls, 3U) << "a re-probe is no question";
}

TEST_F(ReProbesTest, AQuestionJoinsAReProbeThatIsUnderWay) {
  options_.net.latency = 200ms;
  world().ask("ann@example.net");
  world().pass(6min + 100ms);
  EXPECT_EQ(world().verifier().callouts_under_way(), 1U);
  const verdict found = world().ask("ann@example.net");
  EXPECT_EQ(found.status, status::deliverable);
  EXPECT_EQ(found.source, source::callout);
  EXPECT_EQ(world().net().connects(), 2U);
}

TEST_F(ReProbesTest, AReProbeWaitsAtTheGatesLikeAnyone) {
  options_.verifier.callouts_max = 1;
  options_.verifier.waiting_callouts_max = 0;
  world().ask("ann@example.net");
  world().pass(6min - 5s);
  query slow;
  slow.address = "ann@slow.example";
  world().start(slow, [](const verdict&) {});
  world().pass(10s);
  EXPECT_EQ(world().net().connects(), 2U) << "there is no room";
  EXPECT_EQ(world().verifier().re_probes()->booked(), 1U) << "so it is for the next one";
  world().pass(17min);
  EXPECT_EQ(world().net().connects(), 3U);
  EXPECT_EQ(world().ask("ann@example.net").source, source::cache);
}

TEST_F(ReProbesTest, AVerifierThatStopsBeginsNone) {
  for (int i = 0; i < 10; ++i) world().ask("u" + std::to_string(i) + "@example.net");
  const std::size_t dialled = world().net().connects();
  EXPECT_TRUE(world().stop(world().time().now() + 1s));
  world().pass(24h);
  EXPECT_EQ(world().net().connects(), dialled);
  EXPECT_THAT(world().memory().booked(), SizeIs(10));
}

TEST_F(ReProbesTest, MayBeGivenUpWithReProbesBookedAndUnderWay) {
  world().ask("ann@example.net");
  world().pass(3min);
  world().ask("u1@example.net");
  world().pass(3min + 10ms);
  world_.reset();
}

}  // namespace
}  // namespace cbv
