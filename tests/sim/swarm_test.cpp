// Many questions in random worlds with random faults. What must hold whatever happens:
//
// - every question gets exactly one verdict, by its deadline;
// - undeliverable and deliverable are said only where the world's truth says so;
// - no message is ever sent, and no command out of turn;
// - never more connections to one address than the limit;
// - each connection ends with QUIT, or with one that had failed;
// - a held deliverable is not replaced by a failed callout;
// - the counters tell what happened;
// - a stop ends by its deadline, and who waits is answered all the same;
// - nothing is left at the end, and nothing was logged as an error;
// - the same seed gives the same history.
//
// CBV_SWARM_SEED=N runs that seed alone; CBV_SWARM_SEEDS=N so many of them.
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/random_world.hpp"
#include "tests/sim/test_world.hpp"

namespace cbv::sim {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t seeds_usual = 24;
constexpr std::size_t questions_a_world = 400;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// FNV-1a over all that is said, in order.
class history {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_octet(static_cast<unsigned char>(c));
    add_octet(0);
  }
  void add(std::uint64_t number) { add(std::to_string(number)); }
  std::uint64_t hash() const noexcept { return hash_; }

 private:
  void add_octet(unsigned char octet) {
    hash_ ^= octet;
    hash_ *= 0x100000001b3U;
  }
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

// How one connection went, from the host's side.
struct connection_end {
  bool quit = false;
  bool misbehaved = false;  // the host did something that ends a dialogue
  std::string why;
};

class swarm {
 public:
  explicit swarm(std::uint64_t seed) : chance_(seed) {
    random_world_options size;
    size.hosts = 10 + below(50);
    size.domains = 10 + below(50);
    made_ = make_random_world(chance_, size);
    test_world_options options;
    options.seed = chance_();
    options.net.seed = chance_();
    options.dns.seed = chance_();
    options.keep_dns_answers = below(2) == 0;
    options.net.jitter = milliseconds(below(3) * 20);
    options.net.split = below(2U) * 200U;
    if (below(3) > 0) {  // a third of the worlds has no faults but those of its hosts
      options.net.refused = below(50U);
      options.net.black_hole = below(20U);
      options.net.reset = below(50U);
      options.dns.server_failure = below(50U);
      options.dns.lost = below(20U);
    }
    options.callout.per_host.connections_max = 1 + below(3);
    patience_ = std::chrono::seconds(30 + below(300));
    options.callout.patience = patience_;
    options.verifier.callouts_max = 5 + below(100);
    options.verifier.waiting_callouts_max = below(100);
    limit_ = options.callout.per_host.connections_max;
    world_.emplace(read_world(made_.text), options, [this](const event& seen) { note(seen); });
    world_->memory().watch([this](const auto& held, const verdict& arrived, const verdict& told) {
      check_memory(held, arrived, told);
    });
  }

  void run() {
    for (std::size_t i = 0; i < questions_a_world; ++i) {
      ask_something();
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
  const std::map<std::string, int>& verdicts() const noexcept { return verdicts_; }

 private:
  template <class Number>
  Number below(Number n) {
    return static_cast<Number>(chance_() % static_cast<std::uint64_t>(n));
  }
  std::size_t below(int n) { return below(static_cast<std::size_t>(n)); }

  void ask_something() {
    const known_address& about = made_.addresses[below(made_.addresses.size())];
    query asked;
    asked.address = about.text;
    asked.role = below(2) == 0 ? role::sender : role::recipient;
    asked.wait = milliseconds(below(3) == 0 ? below(20'000) : 5'000);
    asked.fresh = below(20) == 0;
    asked.cached_only = below(20) == 0;
    const std::size_t number = answered_.size();
    answered_.push_back(0);
    const time_point deadline = world_->time().now() + asked.wait;
    world_->start(asked, [this, number, deadline, about](const verdict& given) {
      EXPECT_EQ(++answered_[number], 1) << "one verdict a question";
      EXPECT_LE(world_->time().now(), deadline) << about.text;
      check_truth(about, given);
    });
  }

  void check_truth(const known_address& about, const verdict& given) {
    const std::string said =
        std::string(to_string(given.status)) + ' ' + std::string(to_string(given.reason));
    const bool may_be_said = given.status == status::unknown ||
                             (given.status == status::deliverable ? about.is.may_be_deliverable
                                                                  : about.is.may_be_undeliverable);
    EXPECT_TRUE(may_be_said) << about.text << " is said to be " << said << " by " << given.host
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
    history_.add(static_cast<std::uint64_t>(seen.at.time_since_epoch().count()));
    history_.add(seen.host_name);
    history_.add(seen.connection);
    history_.add(to_string(seen.kind));
    history_.add(seen.text);
    connection_end& connection = connections_[{std::string(seen.host_name), seen.connection}];
    switch (seen.kind) {
      case event_kind::heard:
        connection.quit = connection.quit || seen.text == "QUIT";
        break;
      case event_kind::noted:
        connection.misbehaved = true;
        break;
      case event_kind::fault:
        ADD_FAILURE() << seen.host_name << ": " << seen.text;
        break;
      case event_kind::closed:
        connection.why = seen.text;
        connection.misbehaved = connection.misbehaved || is_slow(*seen.host);
        break;
      default:
        break;
    }
  }

  // So slow that we may hang up on it.
  static bool is_slow(const host& one) {
    milliseconds total = one.tarpit;
    for (const stage_temper& at : one.stages) total += at.delay;
    return total >= std::chrono::seconds(3);
  }

  void check_end() {
    for (const int times : answered_) EXPECT_EQ(times, 1);
    EXPECT_LE(world_->net().open_max_at_one(), limit_);
    std::size_t cut_off = 0;
    for (const auto& [place, connection] : connections_) {
      EXPECT_NE(connection.why, "") << place.first << " has a connection open";
      const bool hung_up_on = connection.why == "client closed" && !connection.quit;
      if (hung_up_on && !connection.misbehaved) ++cut_off;
    }
    if (!stopped_) {
      EXPECT_LE(cut_off, world_->net().torn() + timed_out_callouts())
          << "connections that ended without QUIT";
    }
    for (const std::string& line : world_->log()) EXPECT_FALSE(line.starts_with("error")) << line;
    check_counters();
  }

  // Callouts that ran into the limit of the whole: each may have dropped a connection.
  std::size_t timed_out_callouts() const {
    constexpr std::string_view field = " elapsed_ms=";
    std::size_t count = 0;
    for (const std::string& line : world_->log()) {
      const std::size_t at = line.find(field);
      if (at == std::string::npos) continue;
      if (std::stoll(line.substr(at + field.size())) >= patience_.count()) ++count;
    }
    return count;
  }

  void check_counters() {
    role_counters all;
    for (const role side : {role::sender, role::recipient}) {
      const role_counters& one = world_->verifier().counted().of(side);
      all.calls += one.calls;
      all.bad_connects += one.bad_connects;
      all.sessions += one.sessions;
      for (std::size_t i = 0; i < all.by_status.size(); ++i) all.by_status[i] += one.by_status[i];
      for (std::size_t i = 0; i < all.by_reason.size(); ++i) all.by_reason[i] += one.by_reason[i];
    }
    std::uint64_t given = 0;
    for (const std::uint64_t count : all.by_status) given += count;
    std::uint64_t reasons = 0;
    for (const std::uint64_t count : all.by_reason) reasons += count;
    EXPECT_EQ(all.calls, questions_a_world);
    EXPECT_EQ(given, questions_a_world);
    EXPECT_EQ(reasons, questions_a_world);
    // Not counted are connections that lost a race, or whose question was cut off.
    EXPECT_LE(all.sessions + all.bad_connects, world_->net().connects());
  }

  seeded_random chance_;
  random_world made_;
  std::size_t limit_ = 0;
  milliseconds patience_{};
  bool stopped_ = false;
  history history_;
  std::map<std::pair<std::string, std::uint64_t>, connection_end> connections_;
  std::vector<int> answered_;
  std::map<std::string, int> verdicts_;
  std::optional<test_world> world_;  // the last: its end is noted above
};

std::vector<std::uint64_t> seeds() {
  if (const std::uint64_t one = number_from("CBV_SWARM_SEED", 0); one != 0) return {one};
  std::vector<std::uint64_t> all;
  const std::uint64_t count = number_from("CBV_SWARM_SEEDS", seeds_usual);
  for (std::uint64_t seed = 1; seed <= count; ++seed) all.push_back(seed);
  return all;
}

TEST(SwarmTest, KeepsItsPromisesInEveryWorld) {
  std::map<std::string, int> verdicts;
  for (const std::uint64_t seed : seeds()) {
    SCOPED_TRACE("CBV_SWARM_SEED=" + std::to_string(seed));
    swarm world(seed);
    world.run();
    for (const auto& [said, times] : world.verdicts()) verdicts[said] += times;
    if (HasFailure()) return;
  }
  if (seeds().size() < seeds_usual) return;
  for (const char* said : {"deliverable accepted",
                           "undeliverable syntax",
                           "undeliverable domain_not_found",
                           "undeliverable null_mx",
                           "undeliverable no_mail_host",
                           "undeliverable mx_unusable",
                           "undeliverable host_takes_no_mail",
                           "undeliverable mailbox_not_found",
                           "undeliverable mailbox_disabled",
                           "unknown mailbox_full",
                           "unknown greylisted",
                           "unknown try_later",
                           "unknown prober_blocked",
                           "unknown refused_other",
                           "unknown relay_denied",
                           "unknown null_sender_refused",
                           "unknown connect_failed",
                           "unknown timed_out",
                           "unknown connection_lost",
                           "unknown bad_protocol",
                           "unknown dns_failure",
                           "unknown pending",
                           "unknown not_asked"}) {
    EXPECT_GT(verdicts[said], 0) << said << " never came about";
  }
}

TEST(SwarmTest, TheSameSeedGivesTheSameHistory) {
  const std::uint64_t seed = number_from("CBV_SWARM_SEED", 3);
  swarm once(seed);
  swarm again(seed);
  swarm other(seed + 1);
  once.run();
  again.run();
  other.run();
  EXPECT_EQ(once.hash(), again.hash()) << "CBV_SWARM_SEED=" << seed;
  EXPECT_NE(once.hash(), other.hash());
}

}  // namespace
}  // namespace cbv::sim
