#include "cbv/policy/joe_job_guard.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace cbv::policy {
namespace {

using namespace std::chrono_literals;

const time_point start{1000h};
const domain victim = *domain::parse("example.org");
const domain other = *domain::parse("example.net");

std::string client(int number) {
  return "192.0." + std::to_string(number / 256) + '.' + std::to_string(number % 256);
}

// How many of clients 0, 1, 2, ... ask until one is not admitted; 1,000 if all are.
int asked_until_paused(joe_job_guard& guard, time_point now) {
  for (int i = 0; i < 1'000; ++i) {
    if (!guard.admits(victim, client(i), now)) return i + 1;
  }
  return 1'000;
}

TEST(JoeJobGuard, StopsAtSoManyClientsOfOneDomain) {
  joe_job_guard guard{joe_job_options{}};
  EXPECT_EQ(asked_until_paused(guard, start), 30);
  EXPECT_FALSE(guard.admits(victim, client(0), start)) << "nobody is admitted any more";
  EXPECT_TRUE(guard.admits(other, client(0), start)) << "other domains are";
}

TEST(JoeJobGuard, OneBusyClientIsNoJoeJob) {
  joe_job_guard guard{joe_job_options{}};
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(guard.admits(victim, "192.0.2.1", start));
}

TEST(JoeJobGuard, QuestionsWithoutAddressAreOneClient) {
  joe_job_guard guard{joe_job_options{}};
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(guard.admits(victim, "", start));
  EXPECT_EQ(asked_until_paused(guard, start), 29);
}

TEST(JoeJobGuard, ClientsAreForgottenAfterTheWindow) {
  joe_job_options options;
  options.clients = 3;
  options.window = 10min;
  joe_job_guard guard(options);
  time_point now = start;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(guard.admits(victim, client(i), now)) << i;
    now += 5min;  // so that one is of less than ten minutes ago
  }
  ASSERT_TRUE(guard.admits(victim, "198.51.100.1", now));
  EXPECT_FALSE(guard.admits(victim, "198.51.100.2", now));
}

TEST(JoeJobGuard, AClientThatComesAgainStaysCounted) {
  joe_job_options options;
  options.clients = 3;
  joe_job_guard guard(options);
  ASSERT_TRUE(guard.admits(victim, client(1), start));
  ASSERT_TRUE(guard.admits(victim, client(1), start + 9min));
  ASSERT_TRUE(guard.admits(victim, client(2), start + 9min));
  EXPECT_FALSE(guard.admits(victim, client(3), start + 18min));
}

TEST(JoeJobGuard, BeginsAnewAfterThePause) {
  joe_job_guard guard{joe_job_options{}};
  EXPECT_EQ(asked_until_paused(guard, start), 30);
  for (auto at = 1min; at < 60min; at += 1min)
    ASSERT_FALSE(guard.admits(victim, client(1), start + at));
  EXPECT_EQ(asked_until_paused(guard, start + 60min), 30);
  EXPECT_FALSE(guard.admits(victim, client(1), start + 120min - 1ms));
}

TEST(JoeJobGuard, KnowsAClientByItsAddressNotItsSpelling) {
  joe_job_options options;
  options.clients = 2;
  struct row {
    const char* first;
    const char* second;
    bool same;
  };
  for (const row& pair : {
           row{"192.0.2.1", "::ffff:192.0.2.1", true},
           row{"192.0.2.1", "192.0.2.2", false},
           row{"2001:db8::1", "2001:DB8:0::1", true},
           row{"2001:db8::1", "2001:db8::ffff:2", true},  // one /64
           row{"2001:db8::1", "2001:db8:0:1::1", false},  // another
           row{"192.0.2.1", "::c000:201", false},
           row{"0.0.0.0", "", false},
           row{"unknown", "unknown", true},
           row{"unknown", "192.0.2.1", false},
       }) {
    joe_job_guard guard(options);
    ASSERT_TRUE(guard.admits(victim, pair.first, start));
    EXPECT_EQ(guard.admits(victim, pair.second, start), pair.same)
        << pair.first << ' ' << pair.second;
  }
}

TEST(JoeJobGuard, RemembersSoManyDomainsAndForgetsTheLongestUnasked) {
  joe_job_options options;
  options.clients = 2;
  options.domains_max = 3;
  joe_job_guard guard(options);
  const auto ask = [&guard](const std::string& of, int who) {
    return guard.admits(*domain::parse(of), client(who), start);
  };
  ASSERT_TRUE(ask("a.test", 1));
  ASSERT_FALSE(ask("a.test", 2));
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(ask(std::to_string(i) + "b.test", 1));
    ASSERT_LE(guard.size(), 3U);
    ASSERT_FALSE(ask("a.test", 3)) << "what is asked about is kept";
  }
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(ask(std::to_string(i) + "c.test", 1));
  EXPECT_TRUE(ask("a.test", 3));
}

TEST(JoeJobGuard, CanBeSwitchedOff) {
  joe_job_options options;
  options.clients = 0;
  joe_job_guard guard(options);
  EXPECT_EQ(asked_until_paused(guard, start), 1'000);
  EXPECT_EQ(guard.size(), 0U);
}

TEST(JoeJobGuard, ChangedItGoesOnWithWhatItRemembers) {
  joe_job_options options;
  joe_job_guard guard(options);
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(guard.admits(victim, client(i), start));
  ASSERT_TRUE(guard.admits(other, client(0), start));
  options.clients = 5;
  options.domains_max = 1;
  guard.change(options);
  EXPECT_TRUE(guard.admits(victim, client(0), start)) << "it was there before";
  EXPECT_FALSE(guard.admits(victim, client(9), start));
  EXPECT_TRUE(guard.admits(*domain::parse("example.com"), client(0), start));
  EXPECT_EQ(guard.size(), 1U);
}

}  // namespace
}  // namespace cbv::policy
