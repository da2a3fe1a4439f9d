#include "cache/shelf/sweeper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cache/records/domain_record.hpp"
#include "cache/records/host_record.hpp"
#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

class SweeperTest : public testing::Test {
 protected:
  void SetUp() override {
    environment_options options;
    options.directory = place_.inside("cache");
    auto opened_here = environment::open(options);
    ASSERT_TRUE(opened_here) << opened_here.error().message;
    environment_ = std::move(*opened_here);
  }

  /// Believes every clock at once.
  static sweeper_options trusting(std::size_t step_records_max = 1000) {
    sweeper_options made;
    made.step_records_max = step_records_max;
    made.clock_trust = 0s;
    return made;
  }

  void put(const std::string& address, const record& held) {
    const record_key key = encode_key(role::recipient, address);
    put_octets(key.octets(), encode_record(key.octets(), held));
  }
  void put_octets(std::string_view key, std::string_view octets) {
    auto writing = environment_->begin_write();
    ASSERT_TRUE(writing);
    ASSERT_TRUE(writing->put(table::verdicts, key, octets));
    ASSERT_TRUE(writing->commit());
  }
  bool has(const std::string& address) {
    const record_key key = encode_key(role::recipient, address);
    return (*environment_->begin_read()->get(table::verdicts, key.octets())).has_value();
  }

  /// A step with a clock that may be believed.
  static result<sweeper::step_result> step_at(sweeper& sweeping, wall_time now) {
    sweeping.note_time(now, time_point{} + (now - noon) + 1000h);
    return sweeping.step(now);
  }

  /// A whole round; how many went.
  static std::size_t round_at(sweeper& sweeping, wall_time now) {
    std::size_t removed = 0;
    do {
      const auto done = step_at(sweeping, now);
      EXPECT_TRUE(done);
      if (!done) break;
      EXPECT_EQ(done->corrupt, 0u);
      removed += done->removed;
    } while (sweeping.is_due(now));
    return removed;
  }

  void put_numbered(int first, int count, wall_time when,
                    const verdict& made = sample::accepted()) {
    auto writing = environment_->begin_write();
    ASSERT_TRUE(writing);
    for (int i = first; i < first + count; ++i) {
      const record_key key = encode_key(role::recipient, numbered(i));
      const record held = sample::remembered_at(when, made, 24h, 7 * 24h);
      ASSERT_TRUE(writing->put(table::verdicts, key.octets(), encode_record(key.octets(), held)));
    }
    ASSERT_TRUE(writing->commit());
  }
  static std::string numbered(int i) {
    return "u" + std::to_string(i) + "@d" + std::to_string(i % 7) + ".example";
  }
  int count_numbered(int first, int count) {
    int there = 0;
    for (int i = first; i < first + count; ++i) there += has(numbered(i)) ? 1 : 0;
    return there;
  }
  std::uint64_t records() { return *environment_->begin_read()->count(table::verdicts); }

  /// Steps until it is in no hurry any more, as after a commit; how many steps.
  int hurry(sweeper& sweeping, wall_time now) {
    sweeping.note_usage(*environment_->begin_read()->used());
    int steps = 0;
    for (; sweeping.is_hurried() && steps < 10'000; ++steps) {
      EXPECT_TRUE(step_at(sweeping, now));
    }
    return steps;
  }

  temporary_folder place_;
  std::unique_ptr<environment> environment_;
  lifetimes usual_;
};

TEST_F(SweeperTest, RemovesWhatIsForgottenAndNothingElse) {
  put("live@a.example", sample::remembered_at(noon, sample::accepted(), 24h, 7 * 24h));
  put("expired@b.example", sample::remembered_at(noon, sample::refused(), 3h, 24h));
  put("waiting@c.example", sample::remembered_at(noon, sample::timed_out(), 5min, 5min));
  put("future@d.example", sample::remembered_at(noon + 240h, sample::accepted(), 24h, 7 * 24h));
  sweeper sweeping(*environment_, usual_, trusting());
  EXPECT_EQ(round_at(sweeping, noon + 24h - 1s), 0u);
  EXPECT_EQ(round_at(sweeping, noon + 24h), 1u);
  EXPECT_FALSE(has("expired@b.example"));
  for (const char* kept : {"live@a.example", "waiting@c.example", "future@d.example"}) {
    EXPECT_TRUE(has(kept)) << kept;
  }
  EXPECT_EQ(round_at(sweeping, noon + 24h + 5min), 1u);
  EXPECT_FALSE(has("waiting@c.example"));
}

TEST_F(SweeperTest, RemovesDomainsOfWhichNothingIsKnownAnyMore) {
  const auto put_domain = [this](const std::string& name, const domain_record& held) {
    const record_key key = encode_domain_key(role::sender, *domain::parse(name));
    auto writing = environment_->begin_write();
    ASSERT_TRUE(writing);
    ASSERT_TRUE(
        writing->put(table::domains, key.octets(), encode_domain_record(key.octets(), held)));
    ASSERT_TRUE(writing->commit());
  };
  put_domain("all.example", with_catch_all({}, catch_all::yes, noon));
  put_domain("tested.example", with_catch_all({}, catch_all::untested, noon));
  sweeper sweeping(*environment_, usual_, trusting());
  EXPECT_EQ(round_at(sweeping, noon + 24h - 1s), 0u);
  EXPECT_EQ(round_at(sweeping, noon + 24h), 1u);
  EXPECT_EQ(round_at(sweeping, noon + 7 * 24h - 1s), 0u);
  EXPECT_EQ(round_at(sweeping, noon + 7 * 24h), 1u);
}

TEST_F(SweeperTest, RemovesWhatIsDamaged) {
  put("live@a.example", sample::remembered_at(noon, sample::accepted(), 24h, 7 * 24h));
  put_octets("odd key", "odd octets");
  put_octets(encode_key(role::recipient, "moved@a.example").octets(),
             encode_record("another key", sample::remembered_at(noon, sample::accepted(), 1h, 9h)));
  sweeper sweeping(*environment_, usual_, trusting());
  const auto done = step_at(sweeping, noon);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->removed, 2u);
  EXPECT_EQ(done->corrupt, 2u);
  EXPECT_TRUE(has("live@a.example"));
}

TEST_F(SweeperTest, GoesRoundInStepsAndThenRests) {
  for (int i = 0; i < 10; ++i) {
    put("a" + std::to_string(i) + "@a.example",
        sample::remembered_at(noon, i % 2 == 0 ? sample::accepted() : sample::refused(), 1h, 24h));
  }
  put("last@b.example", sample::remembered_at(noon, sample::accepted(), 24h, 7 * 24h));
  sweeper sweeping(*environment_, usual_, trusting(4));
  const wall_time now = noon + 48h;
  std::size_t removed = 0;
  for (int step = 0; step < 5; ++step) {  // the last two are those of the domains and the hosts
    EXPECT_TRUE(sweeping.is_due(now)) << step;
    const auto done = step_at(sweeping, now);
    ASSERT_TRUE(done);
    EXPECT_LE(done->removed, 4u);
    removed += done->removed;
  }
  EXPECT_EQ(removed, 10u);
  EXPECT_TRUE(has("last@b.example"));
  EXPECT_FALSE(sweeping.is_due(now));
  EXPECT_FALSE(sweeping.is_due(now + 10min - 1s));
  EXPECT_TRUE(sweeping.is_due(now + 10min));
  EXPECT_TRUE(sweeping.is_due(now - 1s)) << "the clock was set back";
}

TEST_F(SweeperTest, RemovesHostsOfWhichNothingIsKnownAnyMore) {
  const std::string key = encode_host_key(boost::asio::ip::make_address("192.0.2.1"));
  const host_facts held = with_trouble({}, host_fault::refused, noon + 5min, "421", noon);
  auto writing = environment_->begin_write();
  ASSERT_TRUE(writing && writing->put(table::hosts, key, encode_host_record(key, held)));
  ASSERT_TRUE(writing->commit());
  sweeper sweeping(*environment_, usual_, trusting());
  EXPECT_EQ(round_at(sweeping, noon + 5min + 24h - 1s), 0u);
  EXPECT_EQ(round_at(sweeping, noon + 5min + 24h), 1u);
}

// --- bounds

TEST_F(SweeperTest, KeepsToABoundOfRecordsTheOldestFirst) {
  for (int i = 0; i < 200; ++i) put_numbered(i, 1, noon + i * 36s);
  sweeper_options how = trusting(20);
  how.hurried_records_max = 30;
  how.keep.records_max = 100;
  sweeper sweeping(*environment_, usual_, how);
  EXPECT_FALSE(sweeping.is_hurried());
  const wall_time now = noon + 3h;
  EXPECT_GT(hurry(sweeping, now), 2);
  EXPECT_FALSE(sweeping.is_hurried());
  EXPECT_EQ(records(), 95u) << "5 % below the bound";
  // Ages are counted to 3 %, so those beside the cut may have gone in the order of their keys.
  EXPECT_EQ(count_numbered(0, 95), 0);
  EXPECT_EQ(count_numbered(115, 85), 85);
  EXPECT_EQ(hurry(sweeping, now), 0);
}

TEST_F(SweeperTest, TakesTheExpiredFirstEvenThoseThatAreYounger) {
  put_numbered(0, 50, noon - 3 * 24h);
  for (int i = 50; i < 100; ++i) {
    put(numbered(i), sample::remembered_at(noon - 25h, sample::refused(), 3h, 24h));
  }
  sweeper_options how = trusting();
  how.keep.records_max = 80;
  how.clock_trust = 1h;  // so the clock is not to be believed, and nothing goes for being expired
  sweeper sweeping(*environment_, usual_, how);
  hurry(sweeping, noon);
  EXPECT_EQ(records(), 76u);
  EXPECT_EQ(count_numbered(0, 50), 50);
  EXPECT_EQ(count_numbered(50, 50), 26);
}

TEST_F(SweeperTest, RemovesNoMoreThanIsTooMuchWhenAllAreOfOneAge) {
  put_numbered(0, 1000, noon);
  sweeper_options how = trusting(100);
  how.keep.records_max = 900;
  sweeper sweeping(*environment_, usual_, how);
  hurry(sweeping, noon + 1h);
  EXPECT_EQ(records(), 855u);
}

TEST_F(SweeperTest, KeepsToABoundOfOctetsAndDoesNotEmptyItself) {
  sweeper_options how = trusting(500);
  how.keep.octets_max = 256 << 10;
  sweeper sweeping(*environment_, usual_, how);
  std::uint64_t most = 0;
  for (int i = 0; i < 160; ++i) {
    const wall_time now = noon + i * 60s;
    put_numbered(i * 50, 50, now);
    hurry(sweeping, now);
    const usage used = *environment_->begin_read()->used();
    most = std::max(most, used.octets);
    if (i > 40) {
      EXPECT_GT(used.of(table::verdicts).records, 400u) << i;
    }
  }
  EXPECT_LT(most, (256U << 10U) * 13 / 10);
  EXPECT_GT(count_numbered(159 * 50, 50), 45) << "the youngest";
  EXPECT_LT(count_numbered(0, 4000), 20) << "the oldest";
}

TEST_F(SweeperTest, HoldsWritesBackOnlyFarOverABoundAndWhileItCanHelp) {
  put_numbered(0, 104, noon);
  sweeper_options how = trusting(10);
  how.hurried_records_max = 10;
  how.keep.records_max = 100;
  sweeper sweeping(*environment_, usual_, how);
  sweeping.note_usage(*environment_->begin_read()->used());
  EXPECT_TRUE(sweeping.is_hurried());
  EXPECT_FALSE(sweeping.holds_writes_back());
  put_numbered(104, 10, noon + 1s);
  sweeping.note_usage(*environment_->begin_read()->used());
  EXPECT_TRUE(sweeping.holds_writes_back());
  hurry(sweeping, noon + 2s);
  EXPECT_FALSE(sweeping.holds_writes_back());
  EXPECT_EQ(records(), 95u);
}

TEST_F(SweeperTest, MakesRoomWhenTheMapIsFull) {
  put_numbered(0, 200, noon);
  sweeper_options how = trusting();
  how.keep.octets_max = 1 << 30;
  sweeper sweeping(*environment_, usual_, how);
  EXPECT_EQ(hurry(sweeping, noon), 0);
  sweeping.note_map_full();
  hurry(sweeping, noon);
  EXPECT_EQ(records(), 190u);
}

// --- a wall clock that jumps

/// Rounds every ten minutes, both clocks running, the wall clock `ahead` by so much.
void run_for(sweeper& sweeping, std::chrono::seconds length, time_point& at,
             std::chrono::seconds ahead) {
  for (const time_point end = at + length; at < end; at += 10min) {
    const wall_time now =
        noon + ahead + std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch());
    do {
      sweeping.note_time(now, at);
      ASSERT_TRUE(sweeping.step(now));
    } while (sweeping.is_due(now));
  }
}

TEST_F(SweeperTest, ThrowsNothingAwayForAClockThatJumpsAndComesBack) {
  struct row {
    const char* what;
    std::chrono::seconds ahead;
  };
  const std::vector<row> table{
      {"a day back", -24h},
      {"a year forward", 365 * 24h},
      {"before 1970", -60 * 365 * 24h},
      {"past 2106", 100 * 365 * 24h},
  };
  put_numbered(0, 100, noon);
  for (const auto& [what, ahead] : table) {
    sweeper sweeping(*environment_, usual_, {});
    time_point at{};
    run_for(sweeping, 2h, at, 0s);
    run_for(sweeping, 50min, at, ahead);
    run_for(sweeping, 3h, at, 0s);
    EXPECT_EQ(count_numbered(0, 100), 100) << what;
  }
  // A clock that was wrong when we were started is not believed at once either.
  sweeper started(*environment_, usual_, {});
  time_point at{};
  run_for(started, 50min, at, 365 * 24h);
  EXPECT_EQ(count_numbered(0, 100), 100);
  run_for(started, 30min, at, 365 * 24h);
  EXPECT_EQ(count_numbered(0, 100), 0) << "it has run evenly for an hour: it is right";
}

TEST_F(SweeperTest, NeverBelievesAClockOfAnotherAge) {
  put_numbered(0, 100, noon);
  for (const std::chrono::seconds ahead : {-60 * 365 * 24h, 100 * 365 * 24h}) {
    sweeper sweeping(*environment_, usual_, {});
    time_point at{};
    run_for(sweeping, 48h, at, ahead);
    EXPECT_EQ(count_numbered(0, 100), 100) << ahead.count();
  }
}

TEST_F(SweeperTest, MovesWhatIsFromTheFutureBackSoThatItIsNotBelievedForEver) {
  const record made = sample::remembered_at(noon + 365 * 24h, sample::accepted(), 24h, 7 * 24h);
  put("bob@example.org", made);
  sweeper sweeping(*environment_, usual_, {});
  time_point at{};
  run_for(sweeping, 2h, at, 0s);
  const record_key key = encode_key(role::recipient, "bob@example.org");
  const auto reading = environment_->begin_read();
  const auto octets = *reading->get(table::verdicts, key.octets());
  ASSERT_TRUE(octets);
  const auto held = decode_record(key.octets(), *octets);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->verdict.checked_at, noon + 1h);
  EXPECT_EQ(held->verdict.refresh_at, noon + 1h + 24h);
  EXPECT_EQ(held->verdict.expires_at, noon + 1h + 7 * 24h);
  EXPECT_EQ(held->verdict.reply, made.verdict.reply);
}

}  // namespace
}  // namespace cbv::cache
