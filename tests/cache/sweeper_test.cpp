#include "cache/sweeper.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "cache/domain_record.hpp"
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

  /// A whole round; how many went.
  static std::size_t round_at(sweeper& sweeping, wall_time now) {
    std::size_t removed = 0;
    do {
      const auto done = sweeping.step(now);
      EXPECT_TRUE(done);
      if (!done) break;
      EXPECT_EQ(done->corrupt, 0u);
      removed += done->removed;
    } while (sweeping.is_due(now));
    return removed;
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
  sweeper sweeping(*environment_, usual_, {});
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
  sweeper sweeping(*environment_, usual_, {});
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
  sweeper sweeping(*environment_, usual_, {});
  const auto done = sweeping.step(noon);
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
  sweeper sweeping(*environment_, usual_, {4, 10min});
  const wall_time now = noon + 48h;
  std::size_t removed = 0;
  for (int step = 0; step < 4; ++step) {  // the last is that of the domains
    EXPECT_TRUE(sweeping.is_due(now)) << step;
    const auto done = sweeping.step(now);
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

}  // namespace
}  // namespace cbv::cache
