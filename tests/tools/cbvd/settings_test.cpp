#include "tools/cbvd/settings.hpp"

#include <gtest/gtest.h>

#include "tools/cbvd/settings_file.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

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
[cache]
size_max = "64MiB"
lifetimes.unknown_first = "1m"
[advice]
mode = "observe"
)",
                                   settings_of(read));
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
  EXPECT_EQ(read.prober.limits.greeting, 1500ms);
  EXPECT_EQ(read.cache.environment.map_octets_max, 64U << 20U);
  EXPECT_EQ(read.cache.times.unknown_first, 60s);
  EXPECT_TRUE(read.server.session.advice.observe);
}

TEST(SettingsTest, RefuseWhatIsOutOfBounds) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"listen.unix = [\"run/cbvd.sock\"]", "it does not begin with /"},
      {"listen.unix_mode = \"0999\"", "octal"},
      {"listen.unix_mode = \"1777\"", "octal"},
      {"listen.tcp = [\"8025\"]", "listen.tcp: expected a list of texts, each ADDRESS:PORT"},
      {"dns.servers = [\"ns.example.net\"]", "dns.servers"},
      {"dns.tries = 0", "a whole number from 1 to 10, got 0"},
      {"callout.helo_name = \"-\"", "callout.helo_name: expected a host name"},
      {"callout.mail_from = \"nobody\"", "callout.mail_from: expected an address"},
      {"callout.port = 0", "a whole number from 1 to 65535, got 0"},
      {"callout.source_ipv4 = \"::1\"", "it is no address of this family"},
      {"callout.own_ip = \"here\"", "it is no IP address"},
      {"callout.permit_networks = [\"10.0.0.1/8\"]", "callout.permit_networks"},
      {"callout.limits.total = \"31m\"", "a time from \"1s\" to \"30m\""},
      {"cache.directory = \"\"", "nothing is there"},
      {"cache.size_max = \"1KiB\"", "a size from \"1MiB\""},
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

TEST(SettingsTest, MustNotContradictEachOther) {
  settings read = default_settings();
  read.listen.unix_sockets.clear();
  read.cache.times.deliverable_refresh = read.cache.times.deliverable_expire + 1s;
  read.cache.times.unknown_first = read.cache.times.unknown_longest + 1s;
  const auto wrong = contradictions(read);
  ASSERT_EQ(wrong.size(), 3U);
  EXPECT_EQ(wrong[0], "listen: expected at least one of listen.unix and listen.tcp, got neither");
  EXPECT_EQ(wrong[1], "cache.lifetimes.deliverable_refresh: expected at most deliverable_expire");
}

}  // namespace
}  // namespace cbv::cbvd
