#include "tests/sim/scenario_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cbv::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

void set(test_world_options& to, const std::string& word) {
  const auto given = as_key_value(field{word});
  ASSERT_TRUE(given) << word;
  EXPECT_TRUE(set_callout(to, *given)) << word;
}

callout::route route_of(const std::string& line) {
  return read_route(text_line{1, false, line}.fields());
}

// What is said of a bad line; empty if it is good.
std::string complaint_of(const std::string& line) {
  try {
    route_of(line);
  } catch (const complaint& wrong) {
    return wrong.what();
  }
  return "";
}

TEST(ScenarioSettings, ReachTheOptions) {
  test_world_options to;
  for (const char* word : {"tls=need",
                           "fallback_sender=probe@example.org",
                           "catch_all_test=wait",
                           "noop=on",
                           "null_sender_refused=undeliverable",
                           "relay_denied=undeliverable",
                           "callbacks_in_check=on",
                           "per_host.connections_max=3",
                           "per_host.waiting_max=4",
                           "per_host.sessions_per_minute=5",
                           "per_host.refusals_per_minute=6",
                           "per_host.rcpts_per_session=7",
                           "per_host.refusals_per_session=8",
                           "per_host.idle=9s",
                           "breaker.first=1m",
                           "breaker.longest=2h",
                           "opt_out.domains=a.test,.b.test",
                           "opt_out.hosts=*.mx.test",
                           "opt_out.networks=192.0.2.0/24,2001:db8::/32",
                           "joe_job.clients=3",
                           "joe_job.window=4m",
                           "joe_job.pause=5m",
                           "joe_job.domains_max=6",
                           "listing.hosts=3",
                           "listing.share_percent=40",
                           "listing.window=5m",
                           "listing.pause=6m",
                           "listing.networks_max=7"}) {
    set(to, word);
  }
  EXPECT_EQ(to.callout.tls, smtp::tls_policy::need);
  ASSERT_TRUE(to.callout.fallback_sender);
  EXPECT_EQ(to_string(*to.callout.fallback_sender), "probe@example.org");
  EXPECT_EQ(to.callout.catch_all_test, callout::catch_all_test::wait);
  EXPECT_TRUE(to.callout.noop);
  EXPECT_TRUE(to.callout.null_sender_refused_is_undeliverable);
  EXPECT_TRUE(to.callout.relay_denied_is_undeliverable);
  EXPECT_TRUE(to.verifier.callbacks_in_check);
  EXPECT_EQ(to.callout.per_host.connections_max, 3U);
  EXPECT_EQ(to.callout.per_host.waiting_max, 4U);
  EXPECT_EQ(to.callout.per_host.sessions_per_minute, 5U);
  EXPECT_EQ(to.callout.per_host.refusals_per_minute, 6U);
  EXPECT_EQ(to.callout.per_host.rcpts_per_session, 7U);
  EXPECT_EQ(to.callout.per_host.refusals_per_session, 8U);
  EXPECT_EQ(to.callout.per_host.idle, 9s);
  EXPECT_EQ(to.callout.breaker.first, 1min);
  EXPECT_EQ(to.callout.breaker.longest, 2h);
  EXPECT_TRUE(to.callout.opt_out.matches(*domain::parse("x.b.test")));
  EXPECT_TRUE(to.callout.opt_out.matches(*domain::parse("a.test")));
  EXPECT_TRUE(to.callout.opt_out.matches_host("a.mx.test"));
  EXPECT_EQ(to.callout.opt_out.networks.size(), 2U);
  EXPECT_EQ(to.verifier.joe_job.clients, 3U);
  EXPECT_EQ(to.verifier.joe_job.window, 4min);
  EXPECT_EQ(to.verifier.joe_job.pause, 5min);
  EXPECT_EQ(to.verifier.joe_job.domains_max, 6U);
  EXPECT_EQ(to.callout.listing.hosts, 3U);
  EXPECT_EQ(to.callout.listing.share_percent, 40U);
  EXPECT_EQ(to.callout.listing.window, 5min);
  EXPECT_EQ(to.callout.listing.pause, 6min);
  EXPECT_EQ(to.callout.listing.networks_max, 7U);
}

TEST(ScenarioSettings, AreCheckedLikeEverythingInAScenario) {
  test_world_options to;
  EXPECT_FALSE(set_callout(to, {"noops", "on"}));
  for (const key_value& bad : {key_value{"noop", "yes"},
                               {"tls", "maybe"},
                               {"catch_all_test", ""},
                               {"breaker.first", "5"},
                               {"opt_out.domains", "a.test,*b.test"},
                               {"opt_out.networks", "192.0.2.1/24"},
                               {"per_host.connections_max", "-1"},
                               {"fallback_sender", "<>"}})
    EXPECT_THROW(set_callout(to, bad), complaint) << bad.key;
}

TEST(ScenarioSettings, ReadRoutes) {
  const callout::route read = route_of(
      "route *.Example.org smtp://192.0.2.1 lmtp://[2001:db8::1]:24 tls=verify user=cbv "
      "password=secret mail_from=<> backup_mx=on recipient_delimiter=+ connections_max=3 idle=4s");
  EXPECT_EQ(read.domain, "*.example.org");
  ASSERT_EQ(read.to.size(), 2U);
  EXPECT_EQ(to_string(read.to[0]), "smtp://192.0.2.1:25");
  EXPECT_EQ(to_string(read.to[1]), "lmtp://[2001:db8::1]:24");
  EXPECT_EQ(read.tls, smtp::tls_policy::verify);
  EXPECT_EQ(read.auth, (callout::credentials{"cbv", "secret"}));
  ASSERT_TRUE(read.mail_from);
  EXPECT_FALSE(*read.mail_from);
  EXPECT_TRUE(read.backup_mx);
  EXPECT_EQ(read.recipient_delimiter, "+");
  EXPECT_EQ(read.limits.connections_max, 3U);
  EXPECT_EQ(read.limits.idle, 4s);
}

TEST(ScenarioSettings, SayWhatIsWrongWithARoute) {
  EXPECT_EQ(complaint_of("route * smtp://192.0.2.1"), "");
  EXPECT_THAT(complaint_of("route example.org"), HasSubstr("expected route DOMAIN TARGET"));
  EXPECT_THAT(complaint_of("route a_b smtp://192.0.2.1"), HasSubstr("expected a domain"));
  EXPECT_THAT(complaint_of("route * 192.0.2.1"), HasSubstr("expected a server"));
  EXPECT_THAT(complaint_of("route * backup_mx=on"), HasSubstr("to: expected at least one"));
  EXPECT_THAT(complaint_of("route * smtp://a backup=on"), HasSubstr("such as backup_mx"));
  EXPECT_THAT(complaint_of("route * smtp://a user=cbv"), HasSubstr("user and password"));
}

}  // namespace
}  // namespace cbv::sim
