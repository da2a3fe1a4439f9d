// Many questions in random worlds with random faults. What must hold whatever happens:
//
// - every question gets exactly one verdict, by its deadline;
// - undeliverable and deliverable are said only where the world's truth says so;
// - no message is ever sent, no command is said out of turn, and no password in clear;
// - no address bears more than its limits: connections at once, sessions and refused recipients a
//   minute, recipients and refused ones a session;
// - each connection ends with QUIT, or it had failed, or lost a race before a word was said;
// - a held deliverable is not replaced by a failed callout;
// - the counters tell what happened, cell by cell, as the far side counts it (swarm_counts);
// - a stop ends by its deadline, and who waits is answered all the same;
// - nothing is left at the end, and nothing was logged as an error;
// - the same seed gives the same history.
//
// All that also while the manner in which hosts are asked changes.
//
// CBV_SWARM_SEED=N runs that seed, CBV_SWARM_SEEDS=M so many from there (from 1 if none is given):
// then all others are left out.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/callout/rate_limit.hpp"
#include "tests/sim/far_side_ledger.hpp"
#include "tests/sim/random_world.hpp"
#include "tests/sim/swarm_counts.hpp"
#include "tests/sim/swarm_record.hpp"
#include "tests/sim/test_world.hpp"

namespace cbv::sim {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t questions_a_world = 60;
constexpr std::uint64_t seeds_usual = 2'000;
constexpr std::uint64_t seeds_a_test = 50;
constexpr std::uint64_t seeds_for_all = 100;  // in so many worlds every verdict comes about

// So far a host's clock may be from ours: what is on its way.
constexpr milliseconds on_its_way{1'000};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class swarm {
 public:
  explicit swarm(std::uint64_t seed) : chance_(seed) {
    random_world_options size;
    size.hosts = 3 + below(12);
    size.domains = 4 + below(12);
    made_ = make_random_world(chance_, size);
    test_world_options options;
    options.seed = chance_();
    options.keep_dns_answers = below(2) == 0;
    draw_faults(options);
    draw_limits(options);
    draw_proofs(options.callout);
    draw_manners(options.callout);
    patience_ = std::chrono::seconds(30 + below(300));
    options.callout.patience = patience_;
    options.verifier.callouts_max = 5 + below(100);
    options.verifier.waiting_callouts_max = below(100);
    callout_ = options.callout;
    world_.emplace(
        read_world(made_.text), options, [this](const event& seen) { note(seen); }, &far_side_);
    world_->memory().watch([this](const auto& held, const verdict& arrived, const verdict& told) {
      check_memory(held, arrived, told);
    });
  }

  void run() {
    for (std::size_t i = 0; i < questions_a_world; ++i) {
      ask_something();
      if (below(20) == 0) {
        draw_manners(callout_);
        world_->callouts().change(callout_);
      }
      switch (below(4)) {
        case 0:
          world_->pass(milliseconds(below(100)));
          break;
        case 1:
          world_->pass(milliseconds(below(10'000)));
          break;
        default:
          break;
      }
      if (below(25) == 0) world_->pass(std::chrono::minutes(below(1'000)));
      if (below(100) == 0) world_->pass(std::chrono::hours(below(240)));
    }
    if (below(4) == 0) {
      stopped_ = true;
      const auto patience = std::chrono::seconds(below(20));
      EXPECT_TRUE(world_->stop(world_->time().now() + patience)) << "not stopped in time";
      EXPECT_EQ(world_->verifier().callouts_under_way(), 0U);
    }
    EXPECT_TRUE(world_->settle());
    check_end();
  }

  std::uint64_t hash() const noexcept { return history_.hash(); }
  std::uint64_t dials() { return world_->net().connects(); }
  const std::map<std::string, int>& verdicts() const noexcept { return verdicts_; }

 private:
  struct host_record {
    std::map<std::uint64_t, connection_record> connections;
    std::vector<time_point> beginnings;
    bool is_own = false;  // a route leads there
    bool is_odd = false;  // what it refuses may be lost on its way
  };

  template <class Number>
  Number below(Number n) {
    return static_cast<Number>(chance_() % static_cast<std::uint64_t>(n));
  }
  std::size_t below(int n) { return below(static_cast<std::size_t>(n)); }

  void draw_faults(test_world_options& to) {
    to.net.seed = chance_();
    to.dns.seed = chance_();
    to.net.jitter = milliseconds(below(3) * 20);
    to.net.split = below(2U) * 200U;
    if (below(3) == 0) return;  // a third of the worlds has no faults but those of its hosts
    to.net.refused = below(50U);
    to.net.black_hole = below(20U);
    to.net.reset = below(50U);
    to.net.reset_within = below(2U) * below(400U);
    to.net.garbage = below(2U) * below(40U);
    to.net.drip = below(2U) * below(40U);
    to.dns.server_failure = below(50U);
    to.dns.lost = below(20U);
    has_garbage_ = to.net.garbage > 0;
  }

  callout::host_limits draw_host_limits() {
    callout::host_limits some;
    some.connections_max = 1 + below(3);
    some.waiting_max = 1 + below(30);
    some.sessions_per_minute = 1 + below(30);
    some.refusals_per_minute = 1 + below(30);
    some.rcpts_per_session = 1 + below(20);
    some.refusals_per_session = 1 + below(4);
    some.idle = milliseconds(below(3) * 2'000);
    return some;
  }

  void draw_limits(test_world_options& to) {
    strangers_ = draw_host_limits();
    to.callout.per_host = strangers_;
    own_ = draw_host_limits();
    for (callout::route& by : made_.routes) {
      by.limits = own_;
      to.callout.routes.add(by);
    }
    to.callout.hosts.resting_max = 1 + below(10);
    to.callout.breaker.first = std::chrono::seconds(1 + below(300));
    to.callout.listing.hosts = 3 + below(20);
  }

  void draw_manners(callout::callout_options& to) {
    constexpr std::array tls{smtp::tls_policy::may,   smtp::tls_policy::may,
                             smtp::tls_policy::may,   smtp::tls_policy::may,
                             smtp::tls_policy::never, smtp::tls_policy::need,
                             smtp::tls_policy::verify};
    constexpr std::array tests{callout::catch_all_test::off, callout::catch_all_test::behind,
                               callout::catch_all_test::behind, callout::catch_all_test::wait};
    to.tls = tls[below(tls.size())];
    to.catch_all_test = tests[below(tests.size())];
    to.noop = below(4) == 0;
  }

  // As long as a world lasts: what was proven once is remembered.
  void draw_proofs(callout::callout_options& to) {
    if (below(3) == 0) to.fallback_sender = *parse_mailbox("probe@example.org");
    no_bounces_is_proof_ = to.null_sender_refused_is_undeliverable = below(3) == 0;
    relay_is_proof_ = to.relay_denied_is_undeliverable = below(3) == 0;
  }

  void ask_something() {
    const known_address& about = made_.addresses[below(made_.addresses.size())];
    query asked;
    asked.address = about.text;
    asked.role = below(2) == 0 ? role::sender : role::recipient;
    asked.wait = milliseconds(below(3) == 0 ? below(20'000) : 5'000);
    asked.fresh = below(20) == 0;
    asked.cached_only = below(20) == 0;
    const role side = asked.role;
    const std::size_t number = answered_.size();
    answered_.push_back(0);
    const time_point deadline = world_->time().now() + asked.wait;
    world_->start(asked, [this, number, deadline, about, side](const verdict& given) {
      EXPECT_EQ(++answered_[number], 1) << "one verdict a question";
      EXPECT_LE(world_->time().now(), deadline) << about.text;
      asked_.note(side, given);
      check_truth(about, side, given);
    });
  }

  bool may_be_said(const truth& is, const verdict& given) const {
    if (given.status == status::unknown) return true;
    if (given.status == status::deliverable) {
      const bool is_catch_all =
          given.reason == reason::catch_all || given.catch_all == catch_all::yes;
      return is.may_be_deliverable && (is.may_be_catch_all || !is_catch_all);
    }
    if (given.reason == reason::null_sender_refused) {
      return no_bounces_is_proof_ && is.may_refuse_bounces;
    }
    if (given.reason == reason::relay_denied) return relay_is_proof_ && is.may_be_relay;
    return is.may_be_undeliverable;
  }

  void check_truth(const known_address& about, role side, const verdict& given) {
    const std::string said =
        std::string(to_string(given.status)) + ' ' + std::string(to_string(given.reason));
    EXPECT_TRUE(may_be_said(side == role::sender ? about.as_sender : about.is, given))
        << about.text << " is said to be " << said << " by " << given.host
        << (given.reply ? ": " + given.reply->text : "");
    ++verdicts_[said];
    history_.add(about.text);
    history_.add(said);
    history_.add(given.host);
    history_.add(static_cast<std::uint64_t>(given.elapsed.count()));
  }

  void check_memory(const std::optional<cache::record>& held, const verdict& arrived,
                    const verdict& told) {
    if (!held || held->verdict.status != status::deliverable) return;
    if (held->verdict.expires_at <= world_->time().wall_now()) return;
    if (arrived.status == status::unknown) {
      EXPECT_EQ(told.status, status::deliverable) << "a failed callout replaced what was known";
    }
  }

  void note(const event& seen) {
    far_side_.note(seen);
    history_.add(static_cast<std::uint64_t>(seen.at.time_since_epoch().count()));
    history_.add(seen.host_name);
    history_.add(seen.connection);
    history_.add(to_string(seen.kind));
    history_.add(seen.text);
    host_record& at = hosts_[place_of(seen)];
    at.is_own = seen.host_name.starts_with("own");
    const stage_temper& at_reset = seen.host->at(dialogue_stage::rset);
    at.is_odd = at.is_odd || at_reset.bad != misbehaviour::none || !at_reset.refusal.empty();
    connection_record& connection = at.connections[seen.connection];
    switch (seen.kind) {
      case event_kind::connected:
        at.beginnings.push_back(seen.at);
        break;
      case event_kind::heard:
        connection.hear(seen.text);
        break;
      case event_kind::said:
        connection.say(seen.text, seen.at);
        break;
      case event_kind::noted:
        connection.misbehaved = connection.misbehaved || !seen.text.starts_with("TLS: ");
        break;
      case event_kind::fault:
        ADD_FAILURE() << seen.host_name << ": " << seen.text;
        break;
      case event_kind::closed:
        connection.why = seen.text;
        connection.misbehaved = connection.misbehaved || is_slow(*seen.host);
        break;
    }
  }

  static std::string place_of(const event& seen) { return seen.host->place_of(seen.address); }

  // So slow that we may hang up on it.
  static bool is_slow(const host& one) {
    milliseconds total = one.tarpit;
    for (const stage_temper& at : one.stages) total += at.delay;
    return total >= std::chrono::seconds(3);
  }

  void check_end() {
    for (const int times : answered_) EXPECT_EQ(times, 1);
    std::size_t cut_off = 0;
    for (const auto& [place, at] : hosts_) {
      check_limits(place, at);
      for (const auto& [number, connection] : at.connections) {
        EXPECT_NE(connection.why, "") << place << " has a connection open";
        const bool hung_up_on =
            connection.why == "client closed" && connection.spoke && !connection.quit;
        if (hung_up_on && !connection.misbehaved) ++cut_off;
      }
    }
    if (!stopped_) {
      EXPECT_LE(cut_off, world_->net().disturbed()) << "connections that ended without QUIT";
    }
    for (const std::string& line : world_->log()) EXPECT_FALSE(line.starts_with("error")) << line;
    check_counts(*world_, far_side_, asked_, implicit_domains(made_.text),
                 callout_.hosts.sessions.limits.connect);
  }

  void check_limits(const std::string& place, const host_record& at) {
    const callout::host_limits& limits = at.is_own ? own_ : strangers_;
    std::vector<time_point> refusals;
    for (const auto& [number, connection] : at.connections) {
      EXPECT_LE(connection.rcpts, limits.rcpts_per_session) << place;
      EXPECT_LE(connection.refusals.size(), limits.refusals_per_session) << place;
      // What the client has not heard it cannot count.
      if (!connection.quit || connection.misbehaved) continue;
      refusals.insert(refusals.end(), connection.refusals.begin(), connection.refusals.end());
    }
    if (at.is_own) return;  // each route counts for itself
    EXPECT_LE(world_->net().open_max_at(place), limits.connections_max) << place;
    const milliseconds minute = callout::rate_limit::window - on_its_way;
    EXPECT_LE(most_within(at.beginnings, minute), limits.sessions_per_minute) << place;
    if (at.is_odd || has_garbage_) return;
    EXPECT_LE(most_within(std::move(refusals), minute), limits.refusals_per_minute) << place;
  }

  seeded_random chance_;
  random_world made_;
  callout::callout_options callout_;
  callout::host_limits strangers_;
  callout::host_limits own_;
  bool no_bounces_is_proof_ = false;
  bool relay_is_proof_ = false;
  bool has_garbage_ = false;
  milliseconds patience_{};
  bool stopped_ = false;
  history history_;
  std::map<std::string, host_record> hosts_;  // by place
  std::vector<int> answered_;
  asked_counts asked_;
  far_side_ledger far_side_{"probe.example.org", is_made_up};
  std::map<std::string, int> verdicts_;
  std::optional<test_world> world_;  // the last: its end is noted above
};

struct outcome {
  std::map<std::string, int> verdicts;
  std::uint64_t dials = 0;
};

// Until one fails.
outcome run_seeds(std::uint64_t first, std::uint64_t count) {
  outcome all;
  for (std::uint64_t seed = first; seed < first + count && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("CBV_SWARM_SEED=" + std::to_string(seed));
    swarm world(seed);
    world.run();
    for (const auto& [said, times] : world.verdicts()) all.verdicts[said] += times;
    all.dials += world.dials();
  }
  return all;
}

bool seeds_are_given() {
  return number_from("CBV_SWARM_SEED", 0) != 0 || number_from("CBV_SWARM_SEEDS", 0) != 0;
}

// Tests of so many seeds each, so that they run beside one another.
class SwarmSeedsTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SwarmSeedsTest, KeepsItsPromisesInEveryWorld) {
  if (seeds_are_given()) GTEST_SKIP() << "other seeds are asked for";
  run_seeds(GetParam(), seeds_a_test);
}

INSTANTIATE_TEST_SUITE_P(From, SwarmSeedsTest,
                         testing::Range(std::uint64_t{1}, seeds_usual, seeds_a_test),
                         testing::PrintToStringParamName());

TEST(SwarmTest, KeepsItsPromisesInTheWorldsThatAreAskedFor) {
  if (!seeds_are_given()) GTEST_SKIP() << "CBV_SWARM_SEED=N CBV_SWARM_SEEDS=M run M worlds from N";
  const std::uint64_t count = number_from("CBV_SWARM_SEEDS", 1);
  const outcome all = run_seeds(number_from("CBV_SWARM_SEED", 1), count);
  std::cout << count * questions_a_world << " questions, " << all.dials << " connections\n";
  for (const auto& [said, times] : all.verdicts) std::cout << times << ' ' << said << '\n';
}

TEST(SwarmTest, EveryVerdictComesAbout) {
  outcome all = run_seeds(1, seeds_for_all);
  for (const char* said : {"deliverable accepted",
                           "deliverable catch_all",
                           "undeliverable syntax",
                           "undeliverable domain_not_found",
                           "undeliverable null_mx",
                           "undeliverable no_mail_host",
                           "undeliverable mx_unusable",
                           "undeliverable host_takes_no_mail",
                           "undeliverable mailbox_not_found",
                           "undeliverable mailbox_disabled",
                           "undeliverable null_sender_refused",
                           "undeliverable relay_denied",
                           "unknown mailbox_full",
                           "unknown greylisted",
                           "unknown try_later",
                           "unknown prober_blocked",
                           "unknown refused_other",
                           "unknown relay_denied",
                           "unknown null_sender_refused",
                           "unknown tls_required",
                           "unknown tls_failed",
                           "unknown connect_failed",
                           "unknown timed_out",
                           "unknown connection_lost",
                           "unknown bad_protocol",
                           "unknown dns_failure",
                           "unknown busy",
                           "unknown pending",
                           "unknown not_asked"}) {
    EXPECT_GT(all.verdicts[said], 0) << said << " never came about";
  }
}

TEST(SwarmTest, TheSameSeedGivesTheSameHistory) {
  const std::uint64_t first = number_from("CBV_SWARM_SEED", 3);
  std::uint64_t before = 0;
  for (std::uint64_t seed = first; seed < first + 10; ++seed) {
    swarm once(seed);
    swarm again(seed);
    once.run();
    again.run();
    EXPECT_EQ(once.hash(), again.hash()) << "CBV_SWARM_SEED=" << seed;
    EXPECT_NE(once.hash(), std::exchange(before, once.hash()));
  }
}

}  // namespace
}  // namespace cbv::sim
