#include "cache/records/domain_record.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/cache/sample.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using sample::noon;

constexpr std::chrono::seconds week = 7 * 24h;
const std::string some_key = "org.example\0\1"s;

domain_record full() {
  return with_catch_all(with_null_sender({}, true, noon), catch_all::yes, noon + 1s);
}

TEST(DomainRecordTest, StandsBesideItsMailboxes) {
  const auto key_of = [](role side, const char* name) {
    return std::string(encode_domain_key(side, *domain::parse(name)).octets());
  };
  EXPECT_EQ(key_of(role::sender, "mx.example.org"), "org.example.mx\0\1"s);
  EXPECT_EQ(key_of(role::recipient, "mx.example.org"), "org.example.mx\0\2"s);
  EXPECT_EQ(key_of(role::recipient, "[192.0.2.1]"), "[192.0.2.1]\0\2"s);
}

TEST(DomainRecordTest, ComesBackAsItWas) {
  for (const domain_record& held :
       {domain_record{}, full(), with_null_sender({}, true, noon),
        with_catch_all({}, catch_all::no, noon), with_catch_all({}, catch_all::untested, noon)}) {
    const auto back = decode_domain_record(some_key, encode_domain_record(some_key, held));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, held);
  }
}

TEST(DomainRecordTest, IsNeverBelievedChangedCutOrUnderAnotherKey) {
  std::string octets = encode_domain_record(some_key, full());
  EXPECT_EQ(octets.size(), 18U);
  for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
    std::string odd = octets;
    odd[bit / 8] = static_cast<char>(odd[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decode_domain_record(some_key, odd)) << "bit " << bit;
  }
  for (std::size_t length = 0; length < octets.size(); ++length) {
    EXPECT_FALSE(decode_domain_record(some_key, octets.substr(0, length)));
  }
  EXPECT_FALSE(decode_domain_record("org.example\0\2"s, octets));
}

TEST(DomainRecordTest, KnowsEachFactForItsTime) {
  struct row {
    const char* what;
    domain_record held;
    wall_time now;
    domain_facts known;
  };
  const domain_facts nothing;
  const domain_facts refused{true, catch_all::untested};
  const domain_facts yes{false, catch_all::yes};
  const domain_facts no{false, catch_all::no};
  lifetimes times;
  times.catch_all_no = 1h;
  const std::vector<row> table{
      {"nothing noted", {}, noon, nothing},
      {"refused", with_null_sender({}, true, noon), noon, refused},
      {"refused, last second", with_null_sender({}, true, noon), noon + 3h - 1s, refused},
      {"refused, over", with_null_sender({}, true, noon), noon + 3h, nothing},
      {"taken since", with_null_sender(with_null_sender({}, true, noon), false, noon), noon,
       nothing},
      {"catch-all", with_catch_all({}, catch_all::yes, noon), noon + week - 1s, yes},
      {"catch-all, over", with_catch_all({}, catch_all::yes, noon), noon + week, nothing},
      {"no catch-all", with_catch_all({}, catch_all::no, noon), noon + 1h - 1s, no},
      {"no catch-all, over", with_catch_all({}, catch_all::no, noon), noon + 1h, nothing},
      {"inconclusive", with_catch_all({}, catch_all::untested, noon), noon, nothing},
      {"inconclusive since",
       with_catch_all(with_catch_all({}, catch_all::yes, noon), catch_all::untested, noon + 1s),
       noon + 2s, yes},
      {"clock set back a little", with_null_sender({}, true, noon), noon - 2min, refused},
      {"clock set back", with_null_sender({}, true, noon), noon - 2min - 1s, nothing},
      {"clock set back", with_catch_all({}, catch_all::yes, noon), noon - 1h, nothing},
  };
  for (const auto& [what, held, now, known] : table) {
    EXPECT_EQ(facts_in(held, times, now), known) << what;
  }
}

TEST(DomainRecordTest, IsTestedAtMostOnceADayAndNotWhileTheOutcomeIsKnown) {
  struct row {
    const char* what;
    domain_record held;
    wall_time now;
    bool due;
  };
  const domain_record inconclusive = with_catch_all({}, catch_all::untested, noon);
  const domain_record known = with_catch_all({}, catch_all::no, noon);
  lifetimes times;
  const std::vector<row> table{
      {"never tested", {}, noon, true},
      {"never tested, refuses the null sender", with_null_sender({}, true, noon), noon, true},
      {"inconclusive", inconclusive, noon + 24h - 1s, false},
      {"inconclusive, a day later", inconclusive, noon + 24h, true},
      {"known", known, noon + week - 1s, false},
      {"known, over", known, noon + week, true},
      {"known, over, tried since", with_catch_all(known, catch_all::untested, noon + week - 1h),
       noon + week, false},
      {"clock set back", inconclusive, noon - 1h, true},
  };
  for (const auto& [what, held, now, due] : table) {
    EXPECT_EQ(is_catch_all_test_due(held, times, now), due) << what;
  }
  times.catch_all_no = 1h;
  EXPECT_FALSE(is_catch_all_test_due(known, times, noon + 2h))
      << "the fact is over, the day is not";
}

TEST(DomainRecordTest, IsForgottenWhenNothingInItIsGood) {
  const lifetimes times;
  EXPECT_TRUE(is_forgotten(domain_record{}, times, noon));
  EXPECT_FALSE(is_forgotten(with_null_sender({}, true, noon), times, noon + 3h - 1s));
  EXPECT_TRUE(is_forgotten(with_null_sender({}, true, noon), times, noon + 3h));
  EXPECT_FALSE(is_forgotten(with_catch_all({}, catch_all::yes, noon), times, noon + week - 1s));
  EXPECT_TRUE(is_forgotten(with_catch_all({}, catch_all::yes, noon), times, noon + week));
  const domain_record tested = with_catch_all({}, catch_all::untested, noon);
  EXPECT_FALSE(is_forgotten(tested, times, noon + 24h - 1s));
  EXPECT_TRUE(is_forgotten(tested, times, noon + 24h));
}

}  // namespace
}  // namespace cbv::cache
