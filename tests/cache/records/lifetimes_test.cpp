#include "cache/records/lifetimes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/cache/sample.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

constexpr auto day = std::chrono::hours{24};
const lifetimes usual;

record held_deliverable(wall_time when = noon) {
  return sample::remembered_at(when, sample::accepted(), 1 * day, 7 * day);
}
record held_undeliverable(wall_time when = noon) {
  return sample::remembered_at(when, sample::refused(), 3h, 1 * day);
}
record held_unknown(std::uint8_t failures, std::chrono::seconds delay, wall_time when = noon) {
  record held = sample::remembered_at(when, sample::timed_out(), delay, delay);
  held.failures = failures;
  return held;
}

/// Times of a verdict as seconds after noon.
std::string times_of(const verdict& v) {
  const auto after = [](wall_time when) { return std::to_string((when - noon).count()); };
  return after(v.checked_at) + " " + after(v.refresh_at) + " " + after(v.expires_at);
}

TEST(FreshnessTest, FollowsTheTimes) {
  struct row {
    const char* what;
    record held;
    wall_time now;
    freshness expected;
  };
  const std::vector<row> table{
      {"just made", held_deliverable(), noon, freshness::fresh},
      {"before refresh", held_deliverable(), noon + day - 1s, freshness::fresh},
      {"at refresh", held_deliverable(), noon + day, freshness::refresh_due},
      {"before expiry", held_deliverable(), noon + 7 * day - 1s, freshness::refresh_due},
      {"at expiry", held_deliverable(), noon + 7 * day, freshness::expired},
      {"undeliverable, before refresh", held_undeliverable(), noon + 3h - 1s, freshness::fresh},
      {"undeliverable, at refresh", held_undeliverable(), noon + 3h, freshness::refresh_due},
      {"undeliverable, at expiry", held_undeliverable(), noon + day, freshness::expired},
      {"unknown, in its time", held_unknown(1, 5min), noon + 5min - 1s, freshness::fresh},
      {"unknown, after it", held_unknown(1, 5min), noon + 5min, freshness::expired},
      {"clock a little behind", held_deliverable(noon + 2min), noon, freshness::fresh},
      {"clock set back", held_deliverable(noon + 2min + 1s), noon, freshness::refresh_due},
      {"clock set back for years", held_deliverable(noon + 3650 * day), noon,
       freshness::refresh_due},
      {"clock set back, unknown", held_unknown(1, 5min, noon + 1h), noon, freshness::expired},
  };
  for (const auto& [what, held, now, expected] : table) {
    EXPECT_EQ(freshness_of(held.verdict, now), expected) << what;
  }
}

/// What a record may wait for its refresh, whatever the clock did since.
TEST(FreshnessTest, LooksAgainAtWhatIsBookedFurtherAheadThanItCouldBe) {
  const auto booked = [](record held, std::chrono::seconds ahead, std::uint8_t failures,
                         bool disputed) {
    held.verdict.refresh_at = noon + ahead;
    held.failures = failures;
    if (disputed) held.disputed_by = reason::mailbox_not_found;
    return held;
  };
  const record older = held_deliverable(noon - 2 * day);
  struct row {
    const char* what;
    record held;
    freshness expected;
  };
  const std::vector<row> table{
      {"deliverable", booked(older, day + 2min, 0, false), freshness::fresh},
      {"deliverable, too far", booked(older, day + 2min + 1s, 0, false), freshness::refresh_due},
      {"undeliverable", booked(held_undeliverable(), 3h + 2min, 0, false), freshness::fresh},
      {"undeliverable, too far", booked(held_undeliverable(), 3h + 2min + 1s, 0, false),
       freshness::refresh_due},
      {"stale", booked(older, 1h + 2min, 1, false), freshness::fresh},
      {"stale, too far", booked(older, 1h + 2min + 1s, 1, false), freshness::refresh_due},
      {"disputed", booked(older, 12min, 0, true), freshness::fresh},
      {"disputed, too far", booked(older, 12min + 1s, 0, true), freshness::refresh_due},
      {"disputed and stale", booked(older, 1h + 2min, 1, true), freshness::fresh},
      {"unknown", held_unknown(9, 1h + 2min), freshness::fresh},
      {"unknown, too far", held_unknown(9, 1h + 2min + 1s), freshness::expired},
  };
  for (const auto& [what, held, expected] : table) {
    EXPECT_EQ(freshness_of(held, usual, noon), expected) << what;
  }
}

TEST(FreshnessTest, IsNeverFreshForEverWhateverTheClockDoes) {
  struct row {
    const char* what;
    std::chrono::seconds ahead;
    freshness deliverable, undeliverable, unknown;
  };
  using enum freshness;
  const std::vector<row> table{
      {"a day back", -1 * day, refresh_due, refresh_due, expired},
      {"a year forward", 365 * day, expired, expired, expired},
      {"to 1970", wall_time{} - noon, refresh_due, refresh_due, expired},
      {"before 1970", wall_time{} - noon - 365 * day, refresh_due, refresh_due, expired},
      {"past 2106", 100 * 365 * day, expired, expired, expired},
  };
  for (const auto& [what, ahead, deliverable, undeliverable, unknown] : table) {
    EXPECT_EQ(freshness_of(held_deliverable(), usual, noon + ahead), deliverable) << what;
    EXPECT_EQ(freshness_of(held_undeliverable(), usual, noon + ahead), undeliverable) << what;
    EXPECT_EQ(freshness_of(held_unknown(1, 5min), usual, noon + ahead), unknown) << what;
  }
}

TEST(ForgottenTest, ComesWithTheExpiryAndForUnknownALongWhileAfter) {
  EXPECT_FALSE(is_forgotten(held_deliverable(), usual, noon + 7 * day - 1s));
  EXPECT_TRUE(is_forgotten(held_deliverable(), usual, noon + 7 * day));
  EXPECT_FALSE(is_forgotten(held_unknown(1, 5min), usual, noon + 5min + day - 1s));
  EXPECT_TRUE(is_forgotten(held_unknown(1, 5min), usual, noon + 5min + day));
  EXPECT_FALSE(is_forgotten(held_deliverable(noon + 30 * day), usual, noon));
}

TEST(UnknownDelayTest, DoublesUpToItsBound) {
  const std::vector<std::pair<int, std::chrono::seconds>> table{
      {0, 5min}, {1, 5min}, {2, 10min}, {3, 20min}, {4, 40min}, {5, 1h}, {6, 1h}, {255, 1h}};
  for (const auto& [failures, delay] : table) {
    EXPECT_EQ(unknown_delay(usual, static_cast<std::uint8_t>(failures)), delay) << failures;
  }
}

TEST(UnknownDelayTest, IsNeverLongerThanTheBoundEvenAtFirst) {
  lifetimes odd;
  odd.unknown_first = 2h;
  EXPECT_EQ(unknown_delay(odd, 1), 1h);
}

TEST(AsRememberedTest, SaysCacheOrStaleOrDisputed) {
  record held = held_deliverable();
  EXPECT_EQ(as_remembered(held).source, source::cache);
  EXPECT_EQ(as_remembered(held).detail, "");
  held.failures = 1;
  EXPECT_EQ(as_remembered(held).source, source::stale);
  held.failures = 0;
  held.disputed_by = reason::mailbox_not_found;
  EXPECT_EQ(as_remembered(held).source, source::cache);
  EXPECT_EQ(as_remembered(held).detail,
            "refused once since (mailbox_not_found), to be asked again");
  EXPECT_EQ(as_remembered(held_unknown(3, 20min)).source, source::cache);
}

TEST(AsRememberedTest, KeepsAllElse) {
  verdict expected = held_undeliverable().verdict;
  expected.source = source::cache;
  EXPECT_EQ(as_remembered(held_undeliverable()), expected);
}

TEST(SettleTest, SetsTheTimesOfWhatIsNew) {
  struct row {
    const char* what;
    verdict made;
    const char* times;
    int failures;
  };
  const std::vector<row> table{
      {"deliverable", sample::accepted(), "0 86400 604800", 0},
      {"undeliverable", sample::refused(), "0 10800 86400", 0},
      {"unknown", sample::timed_out(), "0 300 300", 1},
      {"in table", sample::made(status::deliverable, reason::in_table, stage::table, source::table),
       "0 86400 604800", 0},
      {"no domain",
       sample::made(status::undeliverable, reason::domain_not_found, stage::dns, source::dns),
       "0 10800 86400", 0},
  };
  for (const auto& [what, made, times, failures] : table) {
    const settlement settled = settle(std::nullopt, made, usual, noon);
    ASSERT_TRUE(settled.keep) << what;
    EXPECT_EQ(times_of(settled.tell), times) << what;
    EXPECT_EQ(settled.keep->verdict, settled.tell) << what;
    EXPECT_EQ(settled.keep->failures, failures) << what;
    EXPECT_FALSE(settled.keep->disputed_by) << what;
    EXPECT_EQ(settled.tell.source, made.source) << what;
    EXPECT_EQ(settled.tell.reply, made.reply) << what;
  }
}

TEST(SettleTest, NeverSetsARefreshAfterTheExpiry) {
  lifetimes odd;
  odd.deliverable_refresh = 30 * day;
  EXPECT_EQ(times_of(settle(std::nullopt, sample::accepted(), odd, noon).tell), "0 604800 604800");
}

/// What stands after a verdict arrived over another, in words.
enum class stands { arriving, held, held_stale, held_disputed };

TEST(SettleTest, DecidesWhatStands) {
  record disputed = held_deliverable();
  disputed.disputed_by = reason::mailbox_not_found;
  disputed.verdict.refresh_at = noon + 10min;
  record stale = held_deliverable();
  stale.failures = 2;
  record stale_refusal = held_undeliverable();
  stale_refusal.failures = 1;
  const verdict out_of_table =
      sample::made(status::undeliverable, reason::not_in_table, stage::table, source::table);
  const verdict no_domain =
      sample::made(status::undeliverable, reason::domain_not_found, stage::dns, source::dns);
  const verdict table_fault =
      sample::made(status::unknown, reason::try_later, stage::table, source::table);

  struct row {
    const char* what;
    record held;
    verdict arriving;
    wall_time now;
    stands expected;
  };
  const std::vector<row> table{
      {"deliverable over deliverable", held_deliverable(), sample::accepted(), noon + day,
       stands::arriving},
      {"deliverable over undeliverable", held_undeliverable(), sample::accepted(), noon + 1s,
       stands::arriving},
      {"deliverable over unknown", held_unknown(3, 20min), sample::accepted(), noon + 20min,
       stands::arriving},
      {"deliverable over disputed", disputed, sample::accepted(), noon + 1s, stands::arriving},

      {"unknown over deliverable", held_deliverable(), sample::timed_out(), noon + day,
       stands::held_stale},
      {"unknown over undeliverable", held_undeliverable(), sample::timed_out(), noon + 3h,
       stands::held_stale},
      {"unknown over a stale one", stale, sample::timed_out(), noon + day, stands::held_stale},
      {"unknown over disputed", disputed, sample::timed_out(), noon + 10min, stands::held_stale},
      {"unknown over expired deliverable", held_deliverable(), sample::timed_out(), noon + 7 * day,
       stands::arriving},
      {"unknown over expired undeliverable", held_undeliverable(), sample::timed_out(), noon + day,
       stands::arriving},
      {"unknown over unknown", held_unknown(1, 5min), sample::timed_out(), noon + 5min,
       stands::arriving},
      {"a table's fault over deliverable", held_deliverable(), table_fault, noon + day,
       stands::held_stale},

      {"first refusal over deliverable", held_deliverable(), sample::refused(), noon + 1s,
       stands::held_disputed},
      {"first refusal over a due deliverable", held_deliverable(), sample::refused(), noon + day,
       stands::held_disputed},
      {"first refusal over a stale deliverable", stale, sample::refused(), noon + day,
       stands::held_disputed},
      {"no domain over deliverable", held_deliverable(), no_domain, noon + day,
       stands::held_disputed},
      {"a table of ours over deliverable", held_deliverable(), out_of_table, noon + 1s,
       stands::arriving},
      {"second refusal, too early", disputed, sample::refused(), noon + 10min - 1s,
       stands::held_disputed},
      {"second refusal in its time", disputed, sample::refused(), noon + 10min, stands::arriving},
      {"refusal over expired deliverable", held_deliverable(), sample::refused(), noon + 7 * day,
       stands::arriving},
      {"refusal over undeliverable", held_undeliverable(), sample::refused(), noon + 3h,
       stands::arriving},
      {"refusal over a stale undeliverable", stale_refusal, sample::refused(), noon + 4h,
       stands::arriving},
      {"refusal over unknown", held_unknown(2, 10min), sample::refused(), noon + 10min,
       stands::arriving},
  };
  for (const auto& [what, held, arriving, now, expected] : table) {
    const settlement settled = settle(held, arriving, usual, now);
    ASSERT_TRUE(settled.keep) << what;
    if (expected == stands::arriving) {
      EXPECT_EQ(settled.tell.status, arriving.status) << what;
      EXPECT_EQ(settled.tell.source, arriving.source) << what;
      EXPECT_EQ(settled.tell.checked_at, now) << what;
      EXPECT_EQ(settled.keep->verdict, settled.tell) << what;
      EXPECT_FALSE(settled.keep->disputed_by) << what;
      continue;
    }
    EXPECT_EQ(settled.tell, as_remembered(*settled.keep)) << what;
    EXPECT_EQ(settled.tell.status, held.verdict.status) << what;
    EXPECT_EQ(settled.tell.reply, held.verdict.reply) << what;
    EXPECT_EQ(settled.tell.checked_at, held.verdict.checked_at) << what;
    EXPECT_EQ(settled.tell.expires_at, held.verdict.expires_at) << what << ": no sliding expiry";
    EXPECT_EQ(settled.keep->verdict.source, source::callout) << what;
    EXPECT_EQ(settled.tell.source == source::stale, expected == stands::held_stale) << what;
    if (expected == stands::held_disputed) {
      EXPECT_EQ(settled.keep->disputed_by, held.disputed_by.value_or(arriving.reason)) << what;
    } else {
      EXPECT_EQ(settled.keep->disputed_by, held.disputed_by) << what;
    }
  }
}

TEST(SettleTest, BooksTheNextTryOfAFailedRefreshWithADoublingDelay) {
  record held = held_deliverable();
  wall_time now = held.verdict.refresh_at;
  for (const std::chrono::seconds delay : {300s, 600s, 1200s, 2400s, 3600s, 3600s}) {
    const settlement settled = settle(held, sample::timed_out(), usual, now);
    ASSERT_TRUE(settled.keep);
    EXPECT_EQ(settled.tell.refresh_at, now + delay);
    EXPECT_EQ(freshness_of(settled.tell, now), freshness::fresh) << "one probe a booking";
    held = *settled.keep;
    now = held.verdict.refresh_at;
  }
}

TEST(SettleTest, NeverBooksATryAfterTheExpiry) {
  record held = held_deliverable();
  const wall_time late = held.verdict.expires_at - 10s;
  EXPECT_EQ(settle(held, sample::timed_out(), usual, late).tell.refresh_at,
            held.verdict.expires_at);
  EXPECT_EQ(settle(held, sample::refused(), usual, late).tell.refresh_at, held.verdict.expires_at);
}

TEST(SettleTest, BooksTheTryOfADispute) {
  const settlement first = settle(held_deliverable(), sample::refused(), usual, noon + 1h);
  EXPECT_EQ(times_of(first.tell), "0 4200 604800");
  const settlement hasty = settle(first.keep, sample::refused(), usual, noon + 1h + 1min);
  EXPECT_EQ(times_of(hasty.tell), "0 4200 604800");
  const settlement second = settle(hasty.keep, sample::refused(), usual, noon + 1h + 10min);
  EXPECT_EQ(second.tell.status, status::undeliverable);
}

TEST(SettleTest, AFailedTryBeforeItsTimeBringsTheRefreshForward) {
  const settlement settled = settle(held_deliverable(), sample::timed_out(), usual, noon + 1h);
  EXPECT_EQ(times_of(settled.tell), "0 3900 604800");
  EXPECT_EQ(settled.tell.source, source::stale);
  const settlement again = settle(settled.keep, sample::timed_out(), usual, noon + 1h + 1min);
  EXPECT_EQ(times_of(again.tell), "0 3900 604800");
  EXPECT_EQ(again.keep->failures, 1);
}

TEST(SettleTest, DoublesWhileItStaysUnknown) {
  std::optional<record> held;
  wall_time now = noon;
  for (const std::chrono::seconds delay : {300s, 600s, 1200s, 2400s, 3600s, 3600s}) {
    const settlement settled = settle(held, sample::timed_out(), usual, now);
    EXPECT_EQ(settled.tell.refresh_at, now + delay);
    EXPECT_EQ(settled.tell.expires_at, now + delay);
    held = settled.keep;
    now += delay + 7s;
  }
  const settlement known = settle(held, sample::refused(), usual, now);
  EXPECT_EQ(known.keep->failures, 0);
}

TEST(SettleTest, DoesNotDoubleATryBeforeItsTimeNorAfterALongSilence) {
  const record held = held_unknown(2, 10min);
  EXPECT_EQ(settle(held, sample::timed_out(), usual, noon + 1min).keep->failures, 2);
  EXPECT_EQ(settle(held, sample::timed_out(), usual, noon + 10min + day - 1s).keep->failures, 3);
  EXPECT_EQ(settle(held, sample::timed_out(), usual, noon + 10min + day).keep->failures, 1);
}

TEST(SettleTest, CountsFailuresNoFurtherThanAnOctet) {
  const record held = held_unknown(255, 1h);
  EXPECT_EQ(settle(held, sample::timed_out(), usual, noon + 1h).keep->failures, 255);
}

TEST(SettleTest, NeverKeepsWhatSaysNothingAboutTheAddress) {
  for (const reason why : {reason::busy, reason::pending, reason::not_asked}) {
    const verdict made = sample::made(status::unknown, why, stage::policy, source::policy);
    EXPECT_FALSE(is_worth_keeping(made));
    const settlement alone = settle(std::nullopt, made, usual, noon);
    EXPECT_FALSE(alone.keep);
    EXPECT_EQ(alone.tell.reason, why);
    EXPECT_EQ(times_of(alone.tell), "0 0 0");

    const settlement over = settle(held_deliverable(), made, usual, noon + day);
    EXPECT_FALSE(over.keep);
    EXPECT_EQ(over.tell, as_remembered(held_deliverable()));

    const settlement after = settle(held_deliverable(), made, usual, noon + 7 * day);
    EXPECT_FALSE(after.keep);
    EXPECT_EQ(after.tell.reason, why);
  }
}

TEST(SettleTest, MovesWhatComesFromTheFutureBackWithTheClock) {
  // Made at noon; then the clock was set back by ten days, and a refresh failed.
  const wall_time now = noon - 10 * day;
  const settlement failed = settle(held_deliverable(), sample::timed_out(), usual, now);
  EXPECT_EQ(failed.tell.status, status::deliverable);
  EXPECT_EQ(failed.tell.checked_at, now);
  EXPECT_EQ(failed.tell.refresh_at, now + 5min);
  EXPECT_EQ(failed.tell.expires_at, now + 7 * day);
  EXPECT_EQ(freshness_of(failed.tell, now), freshness::fresh) << "no probe a question";

  const settlement refused = settle(held_deliverable(), sample::refused(), usual, now);
  EXPECT_EQ(refused.tell.status, status::deliverable);
  EXPECT_EQ(refused.tell.refresh_at, now + 10min);
  EXPECT_EQ(refused.tell.expires_at, now + 7 * day);
}

TEST(SettleTest, AsksADisputedOneInTimeThoughTheClockWasSetBack) {
  // Refused for the first time five days after it was made; then the clock was set back by three.
  const auto first = settle(held_deliverable(), sample::refused(), usual, noon + 5 * day);
  const wall_time now = noon + 2 * day;
  EXPECT_EQ(freshness_of(*first.keep, usual, now), freshness::refresh_due);
  const auto again = settle(first.keep, sample::refused(), usual, now);
  EXPECT_EQ(again.tell.status, status::deliverable) << "no ten minutes have passed";
  EXPECT_EQ(again.tell.refresh_at, now + 10min);
  const auto second = settle(again.keep, sample::refused(), usual, now + 10min);
  EXPECT_EQ(second.tell.status, status::undeliverable);
}

/// A verdict that is made while the clock says anything is kept, and told, and has an end.
TEST(SettleTest, GivesEveryVerdictAnEndWhateverTheClockSays) {
  const std::string key(encode_key(role::recipient, "bob@example.org").octets());
  for (const std::chrono::seconds ahead :
       {std::chrono::seconds{-1 * day}, std::chrono::seconds{365 * day},
        std::chrono::seconds{wall_time{} - noon - day}, std::chrono::seconds{100 * 365 * day}}) {
    for (const verdict& made : {sample::accepted(), sample::refused(), sample::timed_out()}) {
      const wall_time then = noon + ahead;
      const settlement settled = settle(std::nullopt, made, usual, then);
      ASSERT_TRUE(settled.keep);
      EXPECT_EQ(settled.tell.checked_at, then);
      // As it comes back from the disk, which holds times from 1970 to 2106.
      const auto held = decode_record(key, encode_record(key, *settled.keep));
      ASSERT_TRUE(held);
      EXPECT_NE(freshness_of(*held, usual, noon), freshness::fresh) << ahead.count();
      const auto moved = moved_back(*held, noon);
      EXPECT_EQ(moved.has_value(), held->verdict.checked_at > noon + clock_slack);
      const record& last = moved ? *moved : *held;
      EXPECT_LE(last.verdict.expires_at, noon + 7 * day);
      const settlement after = settle(*held, sample::accepted(), usual, noon);
      EXPECT_EQ(after.tell.expires_at, noon + 7 * day);
    }
  }
}

TEST(MovedBackTest, MovesAllTimesOfWhatIsFromTheFuture) {
  EXPECT_FALSE(moved_back(held_deliverable(), noon));
  EXPECT_FALSE(moved_back(held_deliverable(noon + clock_slack), noon));
  EXPECT_EQ(moved_back(held_deliverable(noon + 365 * day), noon), held_deliverable());
  EXPECT_EQ(moved_back(held_unknown(3, 20min, noon + 1h), noon), held_unknown(3, 20min));
}

}  // namespace
}  // namespace cbv::cache
