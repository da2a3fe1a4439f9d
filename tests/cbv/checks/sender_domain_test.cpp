#include "cbv/checks/sender_domain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cbv/checks/checks_world.hpp"

namespace cbv::checks {
namespace {

using namespace std::chrono_literals;
using dns::lookup_status;
using testing::HasSubstr;
using testing::IsEmpty;

class SenderDomainTest : public testing::Test {
 protected:
  finding check(const std::string& sender, const sender_domain_rules& rules = {}) {
    envelope of = envelope_of("198.51.100.7");
    of.sender = sender;
    paths both;
    if (const auto read = parse_mailbox(sender)) both.sender = *read;
    const sender_domain_facts facts =
        world_.run(gather_sender_domain(world_.names, chance_, both, rules, world_.deadline()));
    return judge_sender_domain(of, both, rules, facts);
  }

  checks_world world_;
  seeded_random chance_{1};
};

TEST_F(SenderDomainTest, JudgesWhatTheDnsSays) {
  auto& names = world_.names;
  world_.has_mx("good.example", "mx.good.example");
  world_.has_address("mx.good.example", "193.0.2.1");
  names.mx_script["implicit.example"].said.status = lookup_status::no_data;
  world_.has_address("implicit.example", "193.0.2.1");
  world_.has_mx("null.example", "");
  names.mx_script["empty.example"].said.status = lookup_status::no_data;
  names.a_script["empty.example"].said.status = lookup_status::no_data;
  names.aaaa_script["empty.example"].said.status = lookup_status::no_data;
  world_.has_mx("loop.example", "mx.loop.example");
  world_.has_address("mx.loop.example", "127.0.0.1");
  world_.has_mx("gone.example", "mx.gone.example");
  world_.has_mx("half.example", "mx.half.example");
  world_.has_address("mx.half.example", "127.0.0.1");
  names.aaaa_script["mx.half.example"].said.status = lookup_status::server_failure;
  world_.has_mx("sick.example", "mx.sick.example");
  names.a_script["mx.sick.example"].said.status = lookup_status::server_failure;
  names.aaaa_script["mx.sick.example"].said.status = lookup_status::server_failure;
  names.mx_script["fail.example"].said.status = lookup_status::server_failure;
  names.mx_script["refused.example"].said.status = lookup_status::refused;
  names.mx_script["slow.example"].after = 60s;
  const struct {
    const char* domain;
    outcome said;
    const char* enhanced;  // of a rejection
  } cases[] = {
      {"good.example", outcome::pass, ""},        {"implicit.example", outcome::pass, ""},
      {"nosuch.example", outcome::fail, "5.1.8"}, {"null.example", outcome::fail, "5.7.27"},
      {"empty.example", outcome::fail, "5.1.8"},  {"loop.example", outcome::fail, "5.1.8"},
      {"gone.example", outcome::fail, "5.1.8"},   {"[127.0.0.1]", outcome::fail, "5.1.8"},
      {"[193.0.2.1]", outcome::pass, ""},         {"half.example", outcome::pass, ""},
      {"sick.example", outcome::pass, ""},        {"fail.example", outcome::unknown, ""},
      {"refused.example", outcome::unknown, ""},  {"slow.example", outcome::unknown, ""},
  };
  for (const auto& one : cases) {
    const finding said = check(std::string("ann@") + one.domain);
    EXPECT_EQ(said.outcome, one.said) << one.domain << ": " << said.evidence;
    if (*one.enhanced == 0) {
      EXPECT_FALSE(said.decision) << one.domain;
      continue;
    }
    ASSERT_TRUE(said.decision) << one.domain;
    EXPECT_EQ(said.decision->code, 550) << one.domain;
    EXPECT_EQ(said.decision->enhanced, one.enhanced) << one.domain;
    EXPECT_THAT(said.decision->text, HasSubstr("Sender address: ")) << one.domain;
  }
}

TEST_F(SenderDomainTest, SkipsTheNullSenderOurOwnAndWhatIsNoMailbox) {
  sender_domain_rules rules;
  rules.own_domains = name_list({*name_pattern::parse(".example.org")});
  for (const char* sender : {"", "ann@example.org", "ann@Sub.Example.ORG", "no mailbox", "ann"}) {
    EXPECT_EQ(check(sender, rules).outcome, outcome::skip) << sender;
  }
  EXPECT_THAT(world_.names.questions, IsEmpty());
  EXPECT_EQ(check("ann@example.net", rules).outcome, outcome::fail);
}

TEST_F(SenderDomainTest, HasARuleForEach) {
  world_.has_mx("null.example", "");
  sender_domain_rules rules;
  rules.null_mx.if_failed = consequence::off;
  EXPECT_EQ(check("ann@null.example", rules).outcome, outcome::skip);
  EXPECT_EQ(check("ann@nosuch.example", rules).outcome, outcome::fail);
  rules.not_found.if_failed = consequence::defer;
  EXPECT_EQ(check("ann@nosuch.example", rules).decision,
            (advice{action::defer, 450, "4.1.8", "Sender address: domain not found"}));
  rules.null_mx = {{553, "5.1.0", "no way back"}, consequence::reject};
  EXPECT_EQ(check("ann@null.example", rules).decision,
            (advice{action::reject, 553, "5.1.0", "no way back"}));
  for (rule_form* each : {&rules.not_found, &rules.null_mx, &rules.no_mail_host, &rules.unusable}) {
    each->if_failed = consequence::off;
  }
  world_.names.questions.clear();
  EXPECT_EQ(check("ann@nosuch.example", rules).outcome, outcome::skip);
  EXPECT_THAT(world_.names.questions, IsEmpty());
}

TEST_F(SenderDomainTest, MayUsePrivateHostsThatArePermitted) {
  world_.has_mx("lan.example", "mx.lan.example");
  world_.has_address("mx.lan.example", "10.1.2.3");
  sender_domain_rules rules;
  EXPECT_EQ(check("ann@lan.example", rules).outcome, outcome::fail);
  rules.permit_networks = {*net::ip_network::parse("10.0.0.0/8")};
  EXPECT_EQ(check("ann@lan.example", rules).outcome, outcome::pass);
}

}  // namespace
}  // namespace cbv::checks
