#include "tools/cbvd/settings_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tools/cbvd/settings_dns_lists.hpp"
#include "tools/cbvd/settings_file.hpp"
#include "tools/cbvd/settings_spf.hpp"

namespace cbv::cbvd {
namespace {

using checks::consequence;
using testing::HasSubstr;

class SettingsNamesTest : public testing::Test {
 protected:
  /// All complaints about `toml`, a line each; what was read is in `read_`.
  std::string complaints(const std::string& toml) {
    std::string text;
    for (const complaint& one : read_settings(toml, settings_of(read_), table_lists_of(read_)))
      text += to_string(one, "f") + '\n';
    for (const std::string& odd : contradictions(read_)) text += odd + '\n';
    return text;
  }

  envelope::check_rules completed() const {
    envelope::check_rules rules = read_.checks;
    complete_name_rules(rules, read_);
    complete_spf_rules(rules.spf);
    return rules;
  }

  settings read_;
};

TEST_F(SettingsNamesTest, ReachTheRules) {
  EXPECT_EQ(complaints(R"(
[check.helo]
own_names = [".example.org"]
syntax.action = "reject"
syntax.code = 504
own.text = "that is us"
matches = { action = "defer", enhanced = "4.7.1" }
[check.client_name]
no_name.action = "defer"
not_confirmed.action = "off"
[check.sender_domain]
own_domains = ["lan"]
null_mx.action = "log"
unusable.action = "off"
)"),
            "");
  const checks::helo_rules& helo = read_.checks.helo;
  EXPECT_EQ(helo.syntax, (checks::rule_form{{504, "", ""}, consequence::reject}));
  EXPECT_EQ(helo.own, (checks::rule_form{{0, "", "that is us"}, consequence::reject}));
  EXPECT_EQ(helo.matches, (checks::rule_form{{0, "4.7.1", ""}, consequence::defer}));
  EXPECT_EQ(read_.checks.client_name.no_name.if_failed, consequence::defer);
  EXPECT_EQ(read_.checks.client_name.not_confirmed.if_failed, consequence::off);
  EXPECT_EQ(read_.checks.sender_domain.null_mx.if_failed, consequence::log);
  EXPECT_EQ(read_.checks.sender_domain.unusable.if_failed, consequence::off);
}

TEST_F(SettingsNamesTest, AreCompletedByWhatStandsElsewhere) {
  EXPECT_EQ(complaints(R"(
callout.helo_name = "mx.example.org"
callout.own_ip = "193.0.2.1"
callout.permit_networks = ["10.0.0.0/8"]
check.skip.own_networks = ["192.168.0.0/16"]
check.helo.own_names = ["example.org"]
check.sender_domain.own_domains = ["lan.example"]
)"),
            "");
  const envelope::check_rules rules = completed();
  EXPECT_TRUE(rules.helo.own_names.matches("mx.example.org"));
  EXPECT_TRUE(rules.helo.own_names.matches("example.org"));
  EXPECT_FALSE(rules.helo.own_names.matches("www.example.org"));
  EXPECT_THAT(rules.helo.own_addresses,
              testing::Contains(boost::asio::ip::make_address("193.0.2.1")));
  EXPECT_EQ(rules.helo.own_networks.size(), 1U);
  EXPECT_TRUE(rules.sender_domain.own_domains.matches("lan.example"));
  EXPECT_EQ(rules.sender_domain.permit_networks.size(), 1U);
}

TEST_F(SettingsNamesTest, TakeANameOfOneLabelForNobodysOwn) {
  EXPECT_EQ(complaints("callout.helo_name = \"mail\"\n"), "");
  EXPECT_FALSE(completed().helo.own_names.matches("mail"));
}

TEST_F(SettingsNamesTest, HaveARuleForEachResultOfSpf) {
  EXPECT_EQ(complaints(R"(
[check.spf]
check_helo = false
say_explanation = true
receiver = "mx.example.org"
fail.code = 554
fail.text = "no"
softfail.action = "reject"
temperror.action = "defer"
helo.fail = "defer"
helo.softfail = "reject"
)"),
            "");
  EXPECT_FALSE(read_.checks.spf.checks_helo);
  EXPECT_TRUE(read_.checks.spf.says_explanation);
  EXPECT_EQ(read_.checks.spf.how.receiver, "mx.example.org");
  const checks::spf_rules rules = completed().spf;
  EXPECT_EQ(rules.mail_from.fail, (checks::rule_form{{554, "", "no"}, consequence::reject}));
  EXPECT_EQ(rules.helo.fail, (checks::rule_form{{0, "", "no"}, consequence::defer}));
  EXPECT_EQ(rules.helo.softfail.if_failed, consequence::reject);
  EXPECT_EQ(rules.mail_from.temperror.if_failed, consequence::defer);
}

TEST_F(SettingsNamesTest, HaveAnyNumberOfLists) {
  EXPECT_EQ(complaints(R"(
[check.dnsbl]
threshold = 3
ask_text = false
action = "defer"
[[dns_list]]
zone = "Bl.Example.net"
codes = ["127.0.0.[2..4]", "&0.0.1.0"]
weight = 2
[[dns_list]]
zone = "bl.example.net"
codes = ["127.0.0.9"]
action = "reject"
code = 550
text = "listed"
[[dns_list]]
zone = "wl.example.net"
action = "allow"
weight = -5
)"),
            "");
  const checks::dns_list_rules& rules = read_.checks.dns_lists;
  EXPECT_EQ(rules.threshold, 3);
  EXPECT_FALSE(rules.asks_words);
  EXPECT_EQ(rules.heavy.if_failed, consequence::defer);
  ASSERT_EQ(rules.lists.size(), 3U);
  EXPECT_EQ(rules.lists[0].zone, "bl.example.net");
  EXPECT_EQ(rules.lists[0].codes.size(), 2U);
  EXPECT_EQ(rules.lists[0].weight, 2);
  EXPECT_EQ(rules.lists[0].alone.if_failed, consequence::off);
  EXPECT_EQ(rules.lists[1].alone, (checks::rule_form{{550, "", "listed"}, consequence::reject}));
  EXPECT_TRUE(rules.lists[2].allows);
  EXPECT_EQ(rules.lists[2].alone.if_failed, consequence::off);
  EXPECT_EQ(rules.lists[2].weight, -5);
}

TEST_F(SettingsNamesTest, ComplainOfWhatIsWrong) {
  const struct {
    const char* toml;
    const char* said;
  } cases[] = {
      {"check.helo.own.action = \"drop\"", "check.helo.own.action: expected one of"},
      {"check.helo.own.code = 450", "check.helo.own.code: expected one of class 5"},
      {"check.helo.own_names = [\"a b\"]", "check.helo.own_names"},
      {"check.client_name.no_name = { action = \"defer\", code = 550 }",
       "check.client_name.no_name.code: expected one of class 4"},
      {"check.sender_domain.null_mx.enhanced = \"4.7.27\"", "check.sender_domain.null_mx.enhanced"},
      {"check.spf.temperror.action = \"reject\"", "check.spf.temperror.action: expected off, log"},
      {"check.spf.helo.temperror = \"reject\"", "check.spf.helo.temperror: expected off, log"},
      {"check.spf.pass.action = \"reject\"", "check.spf.pass"},
      {"check.spf.fail.code = 450", "check.spf.fail.code"},
      {"check.dnsbl.threshold = 0", "check.dnsbl.threshold"},
      {"check.dnsbl.code = 450", "check.dnsbl.code"},
      {"[[dns_list]]", "zone: expected the domain of a list, got none"},
      {"[[dns_list]]\nzone = \"a b\"", "zone"},
      {"[[dns_list]]\nzone = \"[192.0.2.1]\"", "zone: expected a name"},
      {"[[dns_list]]\nzone = \"bl.example.net\"\ncodes = [\"127.0.0.0/8\"]", "codes"},
      {"[[dns_list]]\nzone = \"bl.example.net\"\naction = \"reject\"\ncode = 450",
       "code: expected"},
      {"[[dns_list]]\nzone = \"bl.example.net\"\n[[dns_list]]\nzone = \"bl.example.net\"",
       "with these codes once, got it twice"},
  };
  for (const auto& one : cases) {
    read_ = settings{};
    EXPECT_THAT(complaints(one.toml), HasSubstr(one.said)) << one.toml;
  }
}

}  // namespace
}  // namespace cbv::cbvd
