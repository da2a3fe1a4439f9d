#include "tools/cbvd/self_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cbv::cbvd {
namespace {

using self_test::finding;
using self_test::grade;
using self_test::origin;
using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<finding>& sample() {
  static const std::vector<finding> found = {
      {grade::ok, "ptr", "193.0.2.25", "named mx.example.org", ""},
      {grade::not_known, "dnsbl", "", "no block list is set", "Set one."},
      {grade::wrong, "helo_name", "vm", "no name", "Set it. Soon."},
  };
  return found;
}

TEST(SelfCheckTest, ShowsALineEach) {
  EXPECT_EQ(finding_lines(sample()),
            "ok        ptr           193.0.2.25: named mx.example.org.\n"
            "not known dnsbl         no block list is set. Set one.\n"
            "wrong     helo_name     vm: no name. Set it. Soon.\n");
}

TEST(SelfCheckTest, ShowsJson) {
  const auto shown = nlohmann::json::parse(finding_json(sample()));
  EXPECT_EQ(shown.at("ok"), 1);
  EXPECT_EQ(shown.at("warning"), 0);
  EXPECT_EQ(shown.at("wrong"), 1);
  EXPECT_EQ(shown.at("not_known"), 1);
  ASSERT_EQ(shown.at("findings").size(), 3U);
  EXPECT_EQ(shown.at("findings")[1],
            nlohmann::json::parse(R"({"grade": "not_known", "check": "dnsbl", "about": "",
                                      "text": "no block list is set", "advice": "Set one."})"));
}

TEST(SelfCheckTest, LogsWhatIsWrongAsAWarning) {
  std::vector<std::string> lines;
  const logger log(severity::debug, [&](severity level, std::string_view line) {
    lines.push_back(std::string(to_string(level)) + ' ' + std::string(line));
  });
  log_findings(log, sample());
  EXPECT_THAT(lines, ElementsAre(HasSubstr("info self_test_found grade=ok check=ptr"),
                                 HasSubstr("info self_test_found grade=not_known"),
                                 HasSubstr("warning self_test_found grade=wrong check=helo_name"),
                                 "notice self_test_finished ok=1 warning=0 wrong=1 not_known=1"));
}

TEST(SelfCheckTest, LooksAtWhatTheSettingsShow) {
  settings with = default_settings();
  with.callout.helo_name = "probe.example.org";
  with.callout.mail_from = *parse_reverse_path("<a@example.org>");
  with.callout.fallback_sender = *parse_mailbox("b@example.org");
  with.callout.family = dns::address_family::ipv4;
  with.dialer.source_v4 = asio::ip::make_address_v4("127.0.0.9");
  with.dialer.source_v6 = asio::ip::make_address_v6("::1");
  with.self_test.dnsbl = {"bl.example.net"};
  self_test::appearance seen = appearance_of(with);
  EXPECT_EQ(seen.helo_name, "probe.example.org");
  EXPECT_EQ(seen.senders.size(), 2U);
  EXPECT_EQ(seen.family, dns::address_family::ipv4);
  EXPECT_EQ(seen.ipv4,
            (self_test::source{asio::ip::make_address("127.0.0.9"), origin::source_setting}));
  EXPECT_EQ(seen.dnsbls, with.self_test.dnsbl);

  with.own_ip = "193.0.2.25";
  seen = appearance_of(with);
  EXPECT_EQ(seen.ipv4, (self_test::source{asio::ip::make_address("193.0.2.25"), origin::own_ip}));
  EXPECT_EQ(seen.ipv6, (self_test::source{asio::ip::make_address("::1"), origin::source_setting}));
}

}  // namespace
}  // namespace cbv::cbvd
