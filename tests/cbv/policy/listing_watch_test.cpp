#include "cbv/policy/listing_watch.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <string>

namespace cbv::policy {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using change = listing_watch::change;

const time_point start{1000h};
constexpr bool refuses = true;
constexpr bool answers = false;

// A host of a network of its own.
boost::asio::ip::address host(int number) {
  return make_address("10." + std::to_string(number / 256) + '.' + std::to_string(number % 256) +
                      ".1");
}

void raise(listing_watch& watch, time_point now) {
  for (int i = 0; i < 5; ++i) watch.note(host(i), refuses, now);
  ASSERT_TRUE(watch.is_raised());
}

int admitted_of(listing_watch& watch, int calls, time_point now) {
  int admitted = 0;
  for (int i = 0; i < calls; ++i) admitted += watch.admits(now) ? 1 : 0;
  return admitted;
}

TEST(ListingWatch, IsRaisedOnceBySoManyHosts) {
  listing_watch watch{listing_options{}};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(watch.note(host(i), refuses, start), std::nullopt);
    EXPECT_TRUE(watch.admits(start));
  }
  EXPECT_EQ(watch.note(host(4), refuses, start), change::raised);
  EXPECT_TRUE(watch.is_raised());
  EXPECT_EQ(watch.note(host(5), refuses, start), std::nullopt) << "one line in the log";
  EXPECT_FALSE(watch.admits(start));
}

TEST(ListingWatch, OneNetworkIsOneHost) {
  listing_watch watch{listing_options{}};
  for (int i = 0; i < 200; ++i) {
    const std::string last = std::to_string(i);
    EXPECT_EQ(watch.note(make_address("192.0.2." + last), refuses, start), std::nullopt);
    EXPECT_EQ(watch.note(make_address("::ffff:192.0.2." + last), refuses, start), std::nullopt);
    EXPECT_EQ(watch.note(make_address("2001:db8::" + last), refuses, start), std::nullopt);
  }
  EXPECT_EQ(watch.note(make_address("192.0.3.1"), refuses, start), std::nullopt);
  EXPECT_EQ(watch.note(make_address("2001:db8:0:1::1"), refuses, start), std::nullopt);
  EXPECT_EQ(watch.note(make_address("2001:db8:0:2::1"), refuses, start), change::raised);
}

TEST(ListingWatch, AFewAmongManyAreNoAlarm) {
  listing_watch watch{listing_options{}};
  for (int i = 0; i < 11; ++i) EXPECT_EQ(watch.note(host(i), answers, start), std::nullopt);
  for (int i = 100; i < 110; ++i) EXPECT_EQ(watch.note(host(i), refuses, start), std::nullopt);
  EXPECT_EQ(watch.note(host(110), refuses, start), change::raised) << "11 of 22";
}

TEST(ListingWatch, WhatAHostSaidLastCounts) {
  listing_watch watch{listing_options{}};
  for (int i = 0; i < 4; ++i) watch.note(host(i), refuses, start);
  watch.note(host(0), answers, start);
  EXPECT_EQ(watch.note(host(4), refuses, start), std::nullopt);
  EXPECT_EQ(watch.note(host(0), refuses, start), change::raised);
}

TEST(ListingWatch, ForgetsWhatIsOlderThanItsWindow) {
  listing_watch watch{listing_options{}};
  time_point now = start;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(watch.note(host(i), refuses, now), std::nullopt) << "four in an hour";
    now += 15min;
  }
  EXPECT_EQ(watch.note(host(200), refuses, now - 1ms), change::raised);
}

TEST(ListingWatch, TriesAgainAfterThePause) {
  listing_watch watch{listing_options{}};
  raise(watch, start);
  EXPECT_EQ(admitted_of(watch, 100, start + 15min - 1ms), 0);
  EXPECT_EQ(admitted_of(watch, 100, start + 15min), 10);
  EXPECT_EQ(admitted_of(watch, 100, start + 30min - 1ms), 0) << "without an outcome, nothing more";
  EXPECT_EQ(admitted_of(watch, 100, start + 30min), 10);
}

TEST(ListingWatch, IsClearedByATrialThatGoesWell) {
  listing_watch watch{listing_options{}};
  raise(watch, start);
  const time_point later = start + 15min;
  ASSERT_TRUE(watch.admits(later));
  EXPECT_EQ(watch.note(host(10), refuses, later), std::nullopt);
  for (int i = 11; i < 14; ++i) EXPECT_EQ(watch.note(host(i), answers, later), std::nullopt);
  EXPECT_TRUE(watch.is_raised());
  EXPECT_EQ(watch.note(host(14), answers, later), change::cleared) << "one of five";
  EXPECT_FALSE(watch.is_raised());
  EXPECT_EQ(admitted_of(watch, 100, later), 100);
}

TEST(ListingWatch, PausesAgainAfterATrialThatGoesBadlyAndSaysNothing) {
  listing_watch watch{listing_options{}};
  raise(watch, start);
  const time_point later = start + 20min;
  ASSERT_TRUE(watch.admits(later));
  for (int i = 10; i < 15; ++i) EXPECT_EQ(watch.note(host(i), refuses, later), std::nullopt);
  EXPECT_EQ(admitted_of(watch, 100, later + 15min - 1ms), 0);
  EXPECT_EQ(admitted_of(watch, 100, later + 15min), 10);
}

TEST(ListingWatch, CallBacksThatWereUnderWayDoNotClearIt) {
  listing_watch watch{listing_options{}};
  raise(watch, start);
  for (int i = 10; i < 100; ++i) EXPECT_EQ(watch.note(host(i), answers, start), std::nullopt);
  EXPECT_TRUE(watch.is_raised());
}

TEST(ListingWatch, EveryTrialEndsOneWayOrTheOther) {
  for (int refusing = 0; refusing <= 10; ++refusing) {
    listing_watch watch{listing_options{}};
    raise(watch, start);
    const time_point later = start + 15min;
    ASSERT_TRUE(watch.admits(later));
    for (int i = 0; i < 10; ++i) watch.note(host(10 + i), i < refusing, later);
    const bool paused = watch.is_raised() && admitted_of(watch, 1, later) == 0;
    EXPECT_EQ(paused, refusing >= 5) << refusing;
    EXPECT_EQ(watch.is_raised(), refusing >= 5) << refusing;
  }
}

TEST(ListingWatch, RemembersSoManyNetworks) {
  listing_options options;
  options.networks_max = 8;
  listing_watch watch(options);
  for (int i = 0; i < 10'000; ++i) watch.note(host(i), answers, start);
  for (int i = 0; i < 4; ++i) watch.note(host(20'000 + i), refuses, start);
  EXPECT_EQ(watch.note(host(30'000), refuses, start), change::raised) << "5 of the last 8";
}

TEST(ListingWatch, CanBeSwitchedOff) {
  listing_options options;
  options.hosts = 0;
  listing_watch watch(options);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(watch.note(host(i), refuses, start), std::nullopt);
  EXPECT_TRUE(watch.admits(start));
}

TEST(ListingWatch, ToldToRaiseNoAlarmItHasNone) {
  listing_watch watch{listing_options{}};
  raise(watch, start);
  EXPECT_FALSE(watch.admits(start));
  listing_options none;
  none.hosts = 0;
  watch.change_options(none);
  EXPECT_FALSE(watch.is_raised());
  EXPECT_EQ(admitted_of(watch, 100, start), 100);
  watch.change_options(listing_options{});
  raise(watch, start);
}

}  // namespace
}  // namespace cbv::policy
