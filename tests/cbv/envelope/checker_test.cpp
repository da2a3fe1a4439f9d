#include "cbv/envelope/checker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/sim_timer.hpp"

namespace cbv::envelope {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

using milliseconds = std::chrono::milliseconds;

start start_of(check which) {
  switch (which) {
    case check::helo:
    case check::client_name:
    case check::dnsbl:
    case check::spf:
    case check::sender_domain:
      return start::side_by_side;
    case check::recipient:
    case check::sender_callback:
      return start::in_turn;
    default:
      return start::at_once;
  }
}

// A world in which each check can be told how long it takes and what it finds.
class EnvelopeCheckerTest : public testing::Test {
 protected:
  struct script {
    milliseconds takes{0};
    bool fails = false;                     // and decides: reject, in its own words
    bool throws = false;                    // a bug
    std::optional<checks::outcome> says{};  // with the decision to reject
  };

  EnvelopeCheckerTest() {
    for (const check one : all_checks()) {
      if (one != check::skips) on_.push_back(one);
    }
    asked_.about.client = boost::asio::ip::make_address("198.51.100.7");
    asked_.about.sender = "joe@elsewhere.example";
    asked_.about.recipient = "bob@b.example";
  }

  checks::finding found_by(check which) {
    const script& by = scripts_[which];
    if (by.throws) throw std::runtime_error("a bug");
    if (!by.fails && !by.says) return {checks::outcome::pass, "good"};
    const checks::rule_form rule{{550, "5.7.1", "No: " + std::string(to_string(which))},
                                 checks::consequence::reject};
    checks::finding found = checks::failed("bad", rule, {});
    found.outcome = by.says.value_or(found.outcome);
    return found;
  }

  awaitable<step_result> ask(check which) {
    struct running {
      std::vector<check>& cancelled;
      check which;
      bool ended = false;
      ~running() {
        if (!ended) cancelled.push_back(which);
      }
    } here{cancelled_, which};
    started_.push_back(which);
    const milliseconds takes = scripts_[which].takes;
    if (takes > 0ms) co_await time_.sleep_until(time_.now() + takes);
    here.ended = true;
    step_result made{found_by(which)};
    co_return made;
  }

  std::vector<step> steps() {
    std::vector<step> all;
    for (const check which : on_) {
      step one;
      one.which = which;
      one.when = start_of(which);
      if (one.when == start::at_once) {
        one.at_once = [this, which](const situation&) {
          started_.push_back(which);
          return step_result{found_by(which)};
        };
      } else {
        one.ask = [this, which](const situation&, time_point) { return ask(which); };
      }
      one.afterwards = [this](const situation&, const judgement& made) {
        told_.push_back(made.id);
      };
      all.push_back(std::move(one));
    }
    return all;
  }

  judgement judge() {
    std::optional<judgement> made;
    checker one(time_, ids_, log_, options_, steps());
    const time_point before = time_.now();
    asio::co_spawn(io_, one.judge(asked_), [&](const std::exception_ptr& thrown, judgement told) {
      EXPECT_FALSE(thrown);
      made = std::move(told);
    });
    EXPECT_TRUE(sim::run_until(io_, time_, time_.now() + 1h, [&] { return made.has_value(); }));
    took_ = time_.now() - before;
    io_.restart();
    io_.poll();  // what was cancelled ends
    EXPECT_EQ(time_.sleepers(), 0U) << "nothing goes on behind";
    return made.value_or(judgement{});
  }

  static std::string decided(const judgement& made) {
    return made.decided_by ? std::string(to_string(*made.decided_by)) : "none";
  }
  static std::vector<std::string> outcomes(const judgement& made) {
    std::vector<std::string> all;
    for (const check_made& one : made.made)
      all.push_back(std::string(to_string(one.which)) + ' ' + std::string(to_string(one.outcome)));
    return all;
  }

  asio::io_context io_{1};
  sim::sim_timer time_;
  decision_ids ids_{7};
  std::vector<std::string> logged_;
  logger log_{severity::info,
              [this](severity, std::string_view line) { logged_.emplace_back(line); }};
  checker_options options_;
  question asked_;
  std::map<check, script> scripts_;
  std::vector<check> on_;
  std::vector<check> started_;
  std::vector<check> cancelled_;
  std::vector<std::string> told_;
  time_point::duration took_{};
};

TEST_F(EnvelopeCheckerTest, WhereAllIsWellAllIsMadeAndTheEnvelopeIsAccepted) {
  const judgement made = judge();
  EXPECT_EQ(made.given.action, action::accept);
  EXPECT_EQ(made.decided_by, std::nullopt);
  EXPECT_EQ(made.made.size(), checks_count);
  EXPECT_FALSE(made.is_pending);
  EXPECT_TRUE(is_decision_id(made.id));
  EXPECT_EQ(told_.size(), on_.size()) << "each step is told what became of it";
}

// Everything fails: one decision at a time, as the checks are switched off one by one; and in
// whatever order they end.
TEST_F(EnvelopeCheckerTest, AWorldInWhichEverythingFailsShowsOneDecisionAtATime) {
  for (const bool first_is_slowest : {false, true}) {
    on_.clear();
    int turn = 0;
    for (const check one : all_checks()) {
      if (one == check::skips) continue;
      on_.push_back(one);
      ++turn;
      scripts_[one] = {.takes = milliseconds(first_is_slowest ? 200 - 10 * turn : 10 * turn),
                       .fails = true};
    }
    while (!on_.empty()) {
      const check first = on_.front();
      const judgement made = judge();
      EXPECT_EQ(made.decided_by, first);
      EXPECT_EQ(made.given.action, action::reject);
      EXPECT_EQ(made.given.text, "No: " + std::string(to_string(first)));
      ASSERT_EQ(made.made.size(), 2U) << "itself, and that no one is exempt";
      EXPECT_EQ(made.made.back().which, first);
      EXPECT_EQ(made.made.back().outcome, checks::outcome::fail);
      EXPECT_EQ(made.made.back().evidence, "bad");
      on_.erase(on_.begin());
    }
    EXPECT_EQ(decided(judge()), "none");
  }
}

TEST_F(EnvelopeCheckerTest, LookUpsRunSideBySideAndTheRecipientAfterThem) {
  for (const check one :
       {check::helo, check::client_name, check::dnsbl, check::spf, check::sender_domain})
    scripts_[one].takes = 300ms;
  scripts_[check::recipient].takes = 70ms;
  scripts_[check::sender_callback].takes = 7ms;
  const judgement made = judge();
  EXPECT_EQ(made.elapsed, 377ms);
  EXPECT_EQ(made.made.back().cost, 7ms);
  EXPECT_EQ(made.made.at(4).cost, 300ms);
}

TEST_F(EnvelopeCheckerTest, ADecisionCancelsWhatIsNoLongerNeeded) {
  scripts_[check::helo].takes = 100ms;
  scripts_[check::client_name] = {.takes = 50ms, .fails = true};
  scripts_[check::dnsbl].takes = 2s;
  scripts_[check::spf].takes = 40ms;
  const judgement made = judge();
  EXPECT_EQ(decided(made), "client_name");
  EXPECT_EQ(made.elapsed, 100ms) << "HELO stands before it";
  EXPECT_THAT(cancelled_, ElementsAre(check::dnsbl));
  EXPECT_THAT(outcomes(made), ElementsAre("skips pass", "rate pass", "syntax pass", "access pass",
                                          "helo pass", "client_name fail"));
  EXPECT_THAT(started_, testing::Not(testing::Contains(check::recipient)));
}

TEST_F(EnvelopeCheckerTest, WhatCostsNothingSparesTheLookUpsBehindIt) {
  scripts_[check::own_domain].fails = true;
  judge();
  EXPECT_THAT(started_, ElementsAre(check::rate, check::syntax, check::access, check::own_domain,
                                    check::helo, check::client_name, check::dnsbl));
  started_.clear();
  scripts_[check::rate].fails = true;
  judge();
  EXPECT_THAT(started_, ElementsAre(check::rate));
}

TEST_F(EnvelopeCheckerTest, ALookUpThatIsTooSlowIsUnknownAndRejectsNoOne) {
  options_.look_up_time = 800ms;
  scripts_[check::dnsbl] = {.takes = 10min, .fails = true};
  scripts_[check::spf] = {.takes = 10ms};
  const judgement made = judge();
  EXPECT_EQ(made.given.action, action::accept);
  EXPECT_EQ(made.elapsed, 800ms);
  EXPECT_TRUE(made.is_pending);
  EXPECT_THAT(cancelled_, ElementsAre(check::dnsbl));
  EXPECT_THAT(outcomes(made), testing::Contains("dnsbl unknown"));
  EXPECT_THAT(outcomes(made), testing::Contains("recipient pass"));
}

TEST_F(EnvelopeCheckerTest, LookUpsTakeAtMostHalfOfTheTime) {
  asked_.wait = 1s;
  scripts_[check::dnsbl].takes = 10min;
  scripts_[check::recipient].takes = 400ms;
  const judgement made = judge();
  EXPECT_EQ(made.elapsed, 900ms);
  EXPECT_EQ(made.given.action, action::accept);
}

TEST_F(EnvelopeCheckerTest, WithoutTimeWhatIsKnownAtOnceIsSaid) {
  asked_.wait = 0ms;
  scripts_[check::dnsbl].takes = 10min;
  scripts_[check::spf].fails = true;
  const judgement made = judge();
  EXPECT_EQ(made.elapsed, 0ms);
  EXPECT_EQ(decided(made), "spf");
}

TEST_F(EnvelopeCheckerTest, AStepThatFailsIsUnknownAndLogged) {
  scripts_[check::access].throws = true;
  scripts_[check::spf].throws = true;
  scripts_[check::recipient].throws = true;
  const judgement made = judge();
  EXPECT_EQ(made.given.action, action::accept);
  EXPECT_THAT(outcomes(made), testing::IsSupersetOf({"access unknown", "spf unknown",
                                                     "recipient unknown", "sender_callback pass"}));
  EXPECT_THAT(logged_, ElementsAre("check_failed check=access error=\"a bug\"",
                                   "check_failed check=spf error=\"a bug\"",
                                   "check_failed check=recipient error=\"a bug\""));
}

TEST_F(EnvelopeCheckerTest, NothingIsRefusedThatWasNotProved) {
  for (const check one : on_) {
    for (const auto said :
         {checks::outcome::unknown, checks::outcome::skip, checks::outcome::pass}) {
      scripts_.clear();
      scripts_[one].says = said;
      const judgement made = judge();
      EXPECT_EQ(made.meant.action, action::accept) << to_string(one) << ' ' << to_string(said);
      EXPECT_EQ(made.decided_by, std::nullopt);
    }
  }
}

TEST_F(EnvelopeCheckerTest, ObservingItAcceptsAndSaysWhatItWouldHaveSaid) {
  options_.observe = true;
  options_.id_in_text = true;
  scripts_[check::spf].fails = true;
  const judgement made = judge();
  EXPECT_EQ(made.given.action, action::accept);
  EXPECT_EQ(made.given.code, 250);
  EXPECT_EQ(made.meant.action, action::reject);
  EXPECT_EQ(made.meant.text, "No: spf (id " + made.id + ")");
  EXPECT_EQ(decided(made), "spf");
}

TEST_F(EnvelopeCheckerTest, WhoIsExemptIsSparedAndItIsSaidWhy) {
  asked_.about.authenticated = true;
  for (const check one : on_) scripts_[one].fails = true;
  scripts_[check::syntax].fails = false;
  const judgement made = judge();
  EXPECT_EQ(decided(made), "recipient");
  EXPECT_THAT(started_, ElementsAre(check::syntax, check::recipient));
  EXPECT_THAT(outcomes(made),
              ElementsAre("skips skip", "rate skip", "syntax pass", "access skip", "helo skip",
                          "client_name skip", "dnsbl skip", "own_domain skip", "spf skip",
                          "sender_domain skip", "recipient fail"));
  EXPECT_EQ(made.made.at(4).evidence, "the client has authenticated");
}

TEST_F(EnvelopeCheckerTest, CancelledItEndsWithAllItsLookUps) {
  scripts_[check::dnsbl].takes = 10min;
  scripts_[check::spf].takes = 10min;
  asked_.wait = 1h;
  options_.look_up_time = 1h;
  checker one(time_, ids_, log_, options_, steps());
  asio::cancellation_signal stop;
  bool ended = false;
  asio::co_spawn(io_, one.judge(asked_),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](const std::exception_ptr& thrown, const judgement&) {
                       ended = true;
                       EXPECT_TRUE(thrown);
                     }));
  sim::run_until(io_, time_, time_.now() + 1s, [] { return false; });
  EXPECT_FALSE(ended);
  stop.emit(asio::cancellation_type::terminal);
  sim::run_until(io_, time_, time_.now() + 1s, [] { return false; });
  EXPECT_TRUE(ended);
  EXPECT_THAT(cancelled_, testing::UnorderedElementsAre(check::dnsbl, check::spf));
  EXPECT_EQ(time_.sleepers(), 0U);
}

}  // namespace
}  // namespace cbv::envelope
