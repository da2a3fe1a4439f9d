#include "tools/cbvd/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tools/cbvd/settings_file.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(SettingsTest, WhatIsListedIsAFileThatSetsTheSame) {
  const std::string listed = list_settings(default_settings());
  settings read = default_settings();
  read.callout.port = 2525;
  EXPECT_TRUE(read_settings(listed, settings_of(read)).empty());
  EXPECT_EQ(list_settings(read), listed);
}

TEST(SettingsTest, DefaultsDoNotContradictEachOther) {
  EXPECT_TRUE(contradictions(default_settings()).empty());
}

TEST(SettingsTest, ReachTheOptionsOfTheParts) {
  settings read = default_settings();
  const auto wrong = read_settings(R"(
[listen]
unix = []
unix_mode = "0600"
tcp = ["127.0.0.1:8025", "[::1]:8025"]
[dns]
servers = ["127.0.0.1:5353"]
[callout]
mail_from = "probe@example.org"
source_ipv4 = "127.0.0.2"
family = "ipv4"
permit_networks = ["127.0.0.0/8"]
limits.greeting = "1500ms"
tls = "verify"
fallback_sender = "probe@example.org"
catch_all_test = "wait"
noop = true
null_sender_refused = "undeliverable"
relay_denied = "undeliverable"
[callout.per_host]
connections_max = 3
waiting_max = 4
sessions_per_minute = 5
refusals_per_minute = 6
rcpts_per_session = 7
refusals_per_session = 8
idle = "9s"
[callout.breaker]
first = "1m"
longest = "2h"
[callout.opt_out]
domains = [".example.org"]
hosts = ["*.mx.example.net"]
networks = ["192.0.2.0/24"]
[callout.joe_job]
clients = 3
window = "1m"
pause = "2m"
domains_max = 4
[callout.listing]
hosts = 3
share_percent = 40
window = "1m"
pause = "2m"
networks_max = 5
[cache]
size_max = "64MiB"
lifetimes.unknown_first = "1m"
[self_test]
at_start = false
dnsbl = ["bl.example.net"]
time_limit = "5s"
[policy_service]
unix = ["/run/cbv/policy"]
unix_mode = "0666"
tcp = ["127.0.0.1:8027"]
questions = ["recipient"]
wait = "8s"
clients_max = 7
idle_timeout = "5m"
[socketmap]
unix = ["/run/cbv/map"]
unix_mode = "0600"
tcp = ["[::1]:8028"]
wait = "9s"
clients_max = 8
idle_timeout = "2h"
[advice]
mode = "observe"
[[advice.rule]]
role = "sender"
reason = "null_mx"
action = "defer"
code = 451
enhanced = "4.1.8"
text = "not now"
[[advice.rule]]
reason = "null_mx"
)",
                                   settings_of(read), table_lists_of(read));
  ASSERT_TRUE(wrong.empty()) << wrong.front().what;
  EXPECT_TRUE(read.listen.unix_sockets.empty());
  EXPECT_EQ(read.listen.unix_mode, 0600U);
  EXPECT_EQ(read.listen.tcp.size(), 2U);
  EXPECT_EQ(read.dns.servers, std::vector<std::string>{"127.0.0.1:5353"});
  ASSERT_TRUE(read.callout.mail_from);
  EXPECT_EQ(to_string(*read.callout.mail_from), "probe@example.org");
  EXPECT_EQ(read.dialer.source_v4, asio::ip::make_address_v4("127.0.0.2"));
  EXPECT_EQ(read.callout.family, dns::address_family::ipv4);
  EXPECT_EQ(read.callout.permit_networks.size(), 1U);
  EXPECT_EQ(read.callout.hosts.sessions.limits.greeting, 1500ms);
  EXPECT_EQ(read.callout.tls, smtp::tls_policy::verify);
  ASSERT_TRUE(read.callout.fallback_sender);
  EXPECT_EQ(to_string(*read.callout.fallback_sender), "probe@example.org");
  EXPECT_EQ(read.callout.catch_all_test, callout::catch_all_test::wait);
  EXPECT_TRUE(read.callout.noop);
  EXPECT_TRUE(read.callout.null_sender_refused_is_undeliverable);
  EXPECT_TRUE(read.callout.relay_denied_is_undeliverable);
  const callout::host_limits& host = read.callout.per_host;
  EXPECT_THAT(
      (std::array{host.connections_max, host.waiting_max, host.sessions_per_minute,
                  host.refusals_per_minute, host.rcpts_per_session, host.refusals_per_session}),
      ElementsAre(3, 4, 5, 6, 7, 8));
  EXPECT_EQ(host.idle, 9s);
  EXPECT_EQ(read.callout.breaker.first, 1min);
  EXPECT_EQ(read.callout.breaker.longest, 2h);
  EXPECT_TRUE(read.callout.opt_out.matches(*domain::parse("a.example.org")));
  EXPECT_TRUE(read.callout.opt_out.matches_host("a.mx.example.net"));
  EXPECT_TRUE(read.callout.opt_out.matches(asio::ip::make_address("192.0.2.1")));
  EXPECT_EQ(read.verifier.joe_job.clients, 3U);
  EXPECT_EQ(read.verifier.joe_job.window, 1min);
  EXPECT_EQ(read.verifier.joe_job.pause, 2min);
  EXPECT_EQ(read.verifier.joe_job.domains_max, 4U);
  EXPECT_EQ(read.callout.listing.hosts, 3U);
  EXPECT_EQ(read.callout.listing.share_percent, 40U);
  EXPECT_EQ(read.callout.listing.window, 1min);
  EXPECT_EQ(read.callout.listing.pause, 2min);
  EXPECT_EQ(read.callout.listing.networks_max, 5U);
  EXPECT_EQ(read.cache.environment.map_octets_max, 64U << 20U);
  EXPECT_EQ(read.cache.times.unknown_first, 60s);
  EXPECT_FALSE(read.self_test.at_start);
  EXPECT_THAT(read.self_test.dnsbl, ElementsAre("bl.example.net"));
  EXPECT_EQ(read.self_test.time_limit, 5s);
  EXPECT_TRUE(read.server.session.advice.observe);
  EXPECT_THAT(read.policy_service.listen.unix_sockets, ElementsAre("/run/cbv/policy"));
  EXPECT_EQ(read.policy_service.listen.unix_mode, 0666U);
  EXPECT_EQ(read.policy_service.listen.tcp.size(), 1U);
  EXPECT_THAT(read.policy_questions, ElementsAre(role::recipient));
  EXPECT_EQ(read.policy_service.session.wait, 8s);
  EXPECT_EQ(read.policy_service.bounds.clients_max, 7U);
  EXPECT_EQ(read.policy_service.session.idle_timeout, 5min);
  EXPECT_THAT(read.socketmap.listen.unix_sockets, ElementsAre("/run/cbv/map"));
  EXPECT_EQ(read.socketmap.listen.unix_mode, 0600U);
  EXPECT_EQ(read.socketmap.listen.tcp.size(), 1U);
  EXPECT_EQ(read.socketmap.session.wait, 9s);
  EXPECT_EQ(read.socketmap.bounds.clients_max, 8U);
  EXPECT_EQ(read.socketmap.session.idle_timeout, 2h);
  EXPECT_THAT(
      read.server.session.advice.rules,
      ElementsAre(
          advice_rule{role::sender, reason::null_mx, action::defer, 451, "4.1.8", "not now"},
          advice_rule{role::recipient, reason::null_mx, action::reject, 0, "", ""}));
}

TEST(SettingsTest, RefuseAdviceThatCannotBeGiven) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"role = \"client\"", "advice.rule.role: expected one of \"sender\", \"recipient\""},
      {"reason = \"rain\"", "advice.rule.reason: expected a reason"},
      {"reason = \"pending\"", "advice.rule.action: expected accept or defer for pending"},
      {"code = 450", "advice.rule.code: expected one of class 5 to reject, got 450"},
      {"code = 600", "advice.rule.code: expected a whole number from 0 to 599, got 600"},
      {"enhanced = \"4.1.1\"", "advice.rule.enhanced: expected one of class 5"},
      {"text = \"a\\nb\"", "advice.rule.text: expected printable characters"},
      {"[[advice.rule]]", "advice.rule.reason: expected one rule for recipient mailbox_not_found"},
  };
  for (const auto& [line, expected] : cases) {
    settings read = default_settings();
    const std::string file = "[[advice.rule]]\n" + std::string(line) + "\n";
    const auto wrong = read_settings(file, settings_of(read), table_lists_of(read));
    ASSERT_EQ(wrong.size(), 1U) << line;
    EXPECT_THAT(wrong[0].what, testing::StartsWith(std::string(expected))) << line;
  }
}

TEST(SettingsTest, ThePolicyServiceAsksSomething) {
  settings read = default_settings();
  read.policy_questions.clear();
  EXPECT_TRUE(contradictions(read).empty()) << "no one listens";
  read.policy_service.listen.unix_sockets.emplace_back("/run/cbv/policy");
  EXPECT_THAT(contradictions(read),
              ElementsAre(testing::StartsWith("policy_service.questions: expected sender")));
}

TEST(SettingsTest, RefuseWhatIsOutOfBounds) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"listen.unix = [\"run/cbvd.sock\"]", "it does not begin with /"},
      {"listen.unix_mode = \"0999\"", "octal"},
      {"listen.unix_mode = \"1777\"", "octal"},
      {"policy_service.questions = [\"client\"]", "policy_service.questions"},
      {"policy_service.wait = \"91s\"", "policy_service.wait: expected a time"},
      {"socketmap.wait = \"2m\"", "socketmap.wait: expected a time"},
      {"listen.tcp = [\"8025\"]", "listen.tcp: expected a list of texts, each ADDRESS:PORT"},
      {"dns.servers = [\"ns.example.net\"]", "dns.servers"},
      {"dns.tries = 0", "a whole number from 1 to 10, got 0"},
      {"callout.helo_name = \"-\"", "callout.helo_name: expected a host name"},
      {"callout.mail_from = \"nobody\"", "callout.mail_from: expected an address"},
      {"callout.port = 0", "a whole number from 1 to 65535, got 0"},
      {"callout.source_ipv4 = \"::1\"", "it is no address of this family"},
      {"callout.own_ip = \"here\"", "it is no IP address"},
      {"callout.permit_networks = [\"10.0.0.1/8\"]", "callout.permit_networks"},
      {"callout.patience = \"31m\"", "a time from \"1s\" to \"30m\""},
      {"callout.tls = \"maybe\"", "one of \"never\", \"may\", \"need\", \"verify\""},
      {"callout.fallback_sender = \"<>\"", "callout.fallback_sender: expected an address"},
      {"callout.catch_all_test = true", "expected one of \"off\", \"behind\", \"wait\", got true"},
      {"callout.per_host.connections_max = 0", "a whole number from 1 to 1000, got 0"},
      {"callout.opt_out.domains = [\"*example.org\"]",
       "got \"*example.org\": \"*\" is not allowed in a domain (octet 1)"},
      {"callout.opt_out.hosts = [\"a.test\", \"*.\"]", "got \"*.\": "},
      {"callout.opt_out.networks = [\"192.0.2.1/24\"]", "callout.opt_out.networks"},
      {"callout.listing.share_percent = 101", "a whole number from 1 to 100, got 101"},
      {"callout.greylist_retries = [\"6m\", \"0s\"]", "got \"0s\": it is out of bounds"},
      {"self_test.dnsbl = [\"no list\"]", "self_test.dnsbl: expected a list of texts"},
      {"self_test.time_limit = \"11m\"", "a time from \"1s\" to \"10m\""},
      {"callout.greylist_retries = [\"25h\"]", "it is out of bounds"},
      {"callout.greylist_retries = [\"1500ms\"]", "it is no time in whole seconds"},
      {"callout.greylist_retries = [\"soon\"]", "it is no time in whole seconds"},
      {"callbacks.in_check = \"no\"", "callbacks.in_check: expected true or false"},
      {"cache.directory = \"\"", "nothing is there"},
      {"cache.size_max = \"1KiB\"", "a size from \"1MiB\""},
      {"cache.records_max = 999", "a whole number from 1000 to 1000000000000, got 999"},
      {"advice.mode = \"enforced\"", "one of \"enforce\", \"observe\", got \"enforced\""},
  };
  for (const auto& [line, says] : cases) {
    settings read = default_settings();
    const auto wrong = read_settings(line, settings_of(read));
    ASSERT_EQ(wrong.size(), 1U) << line;
    EXPECT_EQ(wrong.front().line, 1U) << line;
    EXPECT_NE(wrong.front().what.find(says), std::string::npos) << wrong.front().what;
  }
}

TEST(SettingsTest, TakeAListOfTimes) {
  settings read = default_settings();
  EXPECT_TRUE(
      read_settings("callout.greylist_retries = [\"1s\", \"1d\"]", settings_of(read)).empty());
  EXPECT_EQ(read.verifier.re_probes.retries, (std::vector<std::chrono::seconds>{1s, 24h}));
  EXPECT_NE(list_settings(read).find("callout.greylist_retries = [\"1s\", \"1d\"]\n"),
            std::string::npos);
  EXPECT_TRUE(read_settings("callout.greylist_retries = []", settings_of(read)).empty());
  EXPECT_TRUE(read.verifier.re_probes.retries.empty());
}

TEST(SettingsTest, MustNotContradictEachOther) {
  settings read = default_settings();
  read.listen.unix_sockets.clear();
  read.cache.times.deliverable_refresh = read.cache.times.deliverable_expire + 1s;
  read.cache.times.unknown_first = read.cache.times.unknown_longest + 1s;
  read.callout.breaker.longest = read.callout.breaker.first - 1s;
  read.callout.listing.networks_max = read.callout.listing.hosts - 1;
  read.verifier.re_probes.retries.assign(21, 1min);
  const auto wrong = contradictions(read);
  ASSERT_EQ(wrong.size(), 6U);
  EXPECT_EQ(wrong[0],
            "listen: expected at least one of listen.unix, listen.tcp and [[listener]], got none");
  EXPECT_EQ(wrong[1], "cache.lifetimes.deliverable_refresh: expected at most deliverable_expire");
  EXPECT_EQ(wrong[3], "callout.breaker.first: expected at most longest");
  EXPECT_EQ(wrong[4], "callout.listing.hosts: expected at most networks_max");
  EXPECT_EQ(wrong[5], "callout.greylist_retries: expected at most 20 times");
}

}  // namespace
}  // namespace cbv::cbvd
