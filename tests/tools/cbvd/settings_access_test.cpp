#include "tools/cbvd/settings_access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tools/cbvd/settings.hpp"
#include "tools/cbvd/settings_file.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;
using checks::consequence;
using testing::HasSubstr;

class SettingsAccessTest : public testing::Test {
 protected:
  /// All complaints about `toml`, a line each.
  std::string complaints(const std::string& toml) {
    std::vector<setting> known;
    add_access(known, access_);
    add_rate(known, rate_);
    std::string text;
    for (const complaint& one : read_settings(toml, known, {own_domain_list(own_)}))
      text += to_string(one, "f") + '\n';
    for (const std::string& one : rate_contradictions(rate_)) text += one + '\n';
    return text;
  }

  checks::list_options access_;
  checks::rate_options rate_;
  checks::own_domain_table own_;
};

TEST_F(SettingsAccessTest, ReachTheOptions) {
  EXPECT_EQ(complaints(R"(
[check.access]
files = ["/etc/cbv/access", "/etc/cbv/access.local"]
look_every = "10s"
[check.rate]
action = "log"
code = 451
enhanced = "4.7.0"
text = "Slowly"
ipv4_prefix = 24
ipv6_prefix = 48
questions_per_minute = 1
questions_per_hour = 2
unknown_recipients_per_minute = 3
unknown_recipients_per_hour = 4
failures_per_minute = 5
failures_per_hour = 6
clients_max = 1000000
refuse_after = 7
refuse.code = 554
refuse.enhanced = "5.7.0"
refuse.text = "Enough"
[[own_domain]]
domains = [".Ours.example", "partner.example"]
networks = ["192.0.2.0/24"]
action = "defer"
code = 451
enhanced = "4.7.1"
text = "Not yours"
[[own_domain]]
domains = ["other.example"]
)"),
            "");
  EXPECT_EQ(access_, (checks::list_options{{"/etc/cbv/access", "/etc/cbv/access.local"}, 10s}));
  checks::rate_options rate;
  rate.ipv4_prefix = 24;
  rate.ipv6_prefix = 48;
  rate.questions = {1, 2};
  rate.unknown_recipients = {3, 4};
  rate.failures = {5, 6};
  rate.clients_max = 1'000'000;
  rate.over = {{451, "4.7.0", "Slowly"}, consequence::log};
  rate.refuse_after = 7;
  rate.refused = {554, "5.7.0", "Enough"};
  EXPECT_EQ(rate_, rate);
  const checks::own_domain* const ours = own_.find("a.ours.example");
  ASSERT_NE(ours, nullptr);
  EXPECT_EQ(own_.find("partner.example"), ours);
  EXPECT_EQ(ours->networks.at(0).text(), "192.0.2.0/24");
  EXPECT_EQ(ours->stranger, (checks::rule_form{{451, "4.7.1", "Not yours"}, consequence::defer}));
  ASSERT_NE(own_.find("other.example"), nullptr);
  EXPECT_EQ(own_.find("other.example")->stranger.if_failed, consequence::reject);
  EXPECT_EQ(own_.all().size(), 2U);
}

TEST_F(SettingsAccessTest, SayWhatIsWrongAndWhere) {
  struct row {
    const char* toml;
    const char* says;
  };
  for (const row& one : {
           row{"check.access.files = [\"access\"]", "f:1:22: check.access.files: expected a list"},
           row{"check.access.look_every = \"0s\"", "check.access.look_every: expected a time"},
           row{"check.rate.action = \"reject\"",
               "check.rate.action: expected one of \"off\", \"log\", \"defer\", got \"reject\""},
           row{"check.rate.ipv4_prefix = 33", "check.rate.ipv4_prefix: expected a whole number"},
           row{"check.rate.ipv6_prefix = 65", "from 16 to 64"},
           row{"check.rate.clients_max = 0", "from 1000 to 20000000"},
           row{"check.rate.questions_per_minute = -1", "from 0 to 1000000"},
           row{"check.rate.code = 550", "check.rate.code: expected one of class 4 to defer"},
           row{"check.rate.refuse.code = 450",
               "check.rate.refuse.code: expected one of class 5 to reject"},
           row{"[[own_domain]]\nnetworks = []",
               "f:1:1: own_domain.domains: expected at least one, got none"},
           row{"[[own_domain]]\ndomains = [\"a.example\"]\nnetworks = [\"192.0.2.1/24\"]",
               "f:3:12: own_domain.networks: expected a list of texts, each a network"},
           row{"[[own_domain]]\ndomains = [\"a.example\"]\ncode = 450",
               "f:1:1: own_domain.code: expected one of class 5 to reject, got 450"},
           row{"[[own_domain]]\ndomains = [\"a.example\", \"A.example\"]",
               "f:1:1: own_domain.domains: expected each domain once"},
           row{"[[own_domain]]\ndomains = [\"a.example\"]\n[[own_domain]]\ndomains = "
               "[\"a.example\"]",
               "f:3:1: own_domain.domains: expected each domain once"},
       }) {
    access_ = {};
    rate_ = {};
    own_ = {};
    EXPECT_THAT(complaints(one.toml), HasSubstr(one.says));
  }
}

// A list that nobody looks at is no list.
TEST_F(SettingsAccessTest, AreLookedAtIfThereIsAnything) {
  settings read = default_settings();
  EXPECT_THAT(contradictions(read), testing::IsEmpty());
  read.access.files = {"/etc/cbv/access"};
  EXPECT_THAT(contradictions(read),
              testing::ElementsAre("check.access.files: expected \"access\" in check.make"));
  read.checks.on.add(envelope::check::access);
  EXPECT_THAT(contradictions(read), testing::IsEmpty());
  checks::own_domain one;
  one.domains.push_back(*name_pattern::parse("ours.example"));
  ASSERT_TRUE(read.checks.own_domains.add(one));
  EXPECT_THAT(contradictions(read),
              testing::ElementsAre("own_domain: expected \"own_domain\" in check.make"));
  read.checks.on.add(envelope::check::own_domain);
  EXPECT_THAT(contradictions(read), testing::IsEmpty());
}

}  // namespace
}  // namespace cbv::cbvd
