#include "cbv/checks/helo.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cbv/checks/checks_world.hpp"

namespace cbv::checks {
namespace {

using namespace std::chrono_literals;
using dns::lookup_status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// All rules reject, so that what fails is seen by its decision.
helo_rules strict_rules() {
  helo_rules rules;
  for (rule_form* each :
       {&rules.syntax, &rules.literal, &rules.own, &rules.resolves, &rules.matches}) {
    each->if_failed = consequence::reject;
  }
  rules.own_names = name_list({*name_pattern::parse("mx.example.org")});
  rules.own_addresses = {asio::ip::make_address("193.0.2.1"), asio::ip::make_address("2a00::1")};
  rules.own_networks = {*net::ip_network::parse("10.0.0.0/8")};
  return rules;
}

helo_rules only(rule_form helo_rules::*one, consequence what = consequence::reject) {
  helo_rules rules = strict_rules();
  for (rule_form* each :
       {&rules.syntax, &rules.literal, &rules.own, &rules.resolves, &rules.matches}) {
    each->if_failed = consequence::off;
  }
  (rules.*one).if_failed = what;
  return rules;
}

TEST(HeloTest, JudgesTheArgumentByItself) {
  const struct {
    const char* helo;
    rule_form helo_rules::*rule;
    outcome said;
  } cases[] = {
      {"mail.example.net", &helo_rules::syntax, outcome::pass},
      {"MAIL.example.NET", &helo_rules::syntax, outcome::pass},
      {"[198.51.100.7]", &helo_rules::syntax, outcome::pass},
      {"[IPv6:2001:db8::7]", &helo_rules::syntax, outcome::pass},
      {"b\xc3\xbc\x63her.example", &helo_rules::syntax, outcome::pass},
      {"localhost", &helo_rules::syntax, outcome::fail},
      {"198.51.100.7", &helo_rules::syntax, outcome::fail},
      {"[198.51.100]", &helo_rules::syntax, outcome::fail},
      {"mail_1.example.net", &helo_rules::syntax, outcome::fail},
      {"mail..example.net", &helo_rules::syntax, outcome::fail},
      {"-", &helo_rules::syntax, outcome::fail},
      {"a b.example.net", &helo_rules::syntax, outcome::fail},

      {"[198.51.100.7]", &helo_rules::literal, outcome::pass},
      {"[IPv6:::ffff:198.51.100.7]", &helo_rules::literal, outcome::pass},
      {"[198.51.100.8]", &helo_rules::literal, outcome::fail},
      {"[IPv6:2001:db8::7]", &helo_rules::literal, outcome::fail},
      {"mail.example.net", &helo_rules::literal, outcome::skip},
      {"198.51.100.8", &helo_rules::literal, outcome::skip},

      {"mail.example.net", &helo_rules::own, outcome::pass},
      {"mx.example.org", &helo_rules::own, outcome::fail},
      {"MX.Example.Org", &helo_rules::own, outcome::fail},
      {"mx.example.org.", &helo_rules::own, outcome::fail},
      {"a.mx.example.org", &helo_rules::own, outcome::pass},
      {"193.0.2.1", &helo_rules::own, outcome::fail},
      {"[193.0.2.1]", &helo_rules::own, outcome::fail},
      {"[IPv6:::ffff:193.0.2.1]", &helo_rules::own, outcome::fail},
      {"[IPv6:2a00:0:0::1]", &helo_rules::own, outcome::fail},
      {"2a00::1", &helo_rules::own, outcome::fail},
      {"[198.51.100.7]", &helo_rules::own, outcome::pass},
  };
  for (const auto& one : cases) {
    const finding said = judge_helo(envelope_of("198.51.100.7", one.helo), only(one.rule), {});
    EXPECT_EQ(said.outcome, one.said) << one.helo << ": " << said.evidence;
    EXPECT_EQ(said.decision.has_value(), one.said == outcome::fail) << one.helo;
  }
}

TEST(HeloTest, TakesNoOneForAStrangerWhoMayBeOneOfUs) {
  envelope of = envelope_of("198.51.100.7", "mx.example.org");
  const helo_rules rules = only(&helo_rules::own);
  EXPECT_EQ(judge_helo(of, rules, {}).outcome, outcome::fail);
  for (const char* client : {"10.1.2.3", "193.0.2.1", "2a00::1"}) {
    of.client = asio::ip::make_address(client);
    EXPECT_EQ(judge_helo(of, rules, {}).outcome, outcome::skip) << client;
  }
  of.client.reset();
  EXPECT_EQ(judge_helo(of, rules, {}).outcome, outcome::skip);
  of.client = asio::ip::make_address("198.51.100.7");
  of.authenticated = true;
  EXPECT_EQ(judge_helo(of, rules, {}).outcome, outcome::skip);
}

TEST(HeloTest, JudgesWhatTheDnsSays) {
  const struct {
    const char* what;
    lookup_status host;
    std::vector<const char*> addresses;
    bool may_have_more;
    std::optional<lookup_status> exchange;
    outcome resolves;
    outcome matches;
  } cases[] = {
      {"is the client",
       lookup_status::ok,
       {"198.51.100.7"},
       false,
       {},
       outcome::pass,
       outcome::pass},
      {"one of many",
       lookup_status::ok,
       {"2001:db8::1", "198.51.100.7"},
       false,
       {},
       outcome::pass,
       outcome::pass},
      {"another", lookup_status::ok, {"198.51.100.8"}, false, {}, outcome::pass, outcome::fail},
      {"another, and the other family is not known",
       lookup_status::ok,
       {"198.51.100.8"},
       true,
       {},
       outcome::pass,
       outcome::unknown},
      {"no such name", lookup_status::nx_domain, {}, false, {}, outcome::fail, outcome::fail},
      {"an MX", lookup_status::no_data, {}, false, lookup_status::ok, outcome::pass, outcome::fail},
      {"neither",
       lookup_status::no_data,
       {},
       false,
       lookup_status::no_data,
       outcome::fail,
       outcome::fail},
      {"MX not known",
       lookup_status::no_data,
       {},
       false,
       lookup_status::timed_out,
       outcome::unknown,
       outcome::fail},
      {"MX not asked", lookup_status::no_data, {}, false, {}, outcome::unknown, outcome::fail},
      {"SERVFAIL",
       lookup_status::server_failure,
       {},
       false,
       {},
       outcome::unknown,
       outcome::unknown},
      {"REFUSED", lookup_status::refused, {}, false, {}, outcome::unknown, outcome::unknown},
      {"silence", lookup_status::timed_out, {}, false, {}, outcome::unknown, outcome::unknown},
      {"nonsense", lookup_status::malformed, {}, false, {}, outcome::unknown, outcome::unknown},
  };
  const envelope of = envelope_of("198.51.100.7", "mail.example.net");
  for (const auto& one : cases) {
    helo_facts facts;
    facts.host.emplace();
    facts.host->status = one.host;
    facts.host->may_have_more = one.may_have_more;
    for (const char* each : one.addresses) {
      facts.host->addresses.push_back(asio::ip::make_address(each));
    }
    facts.exchange = one.exchange;
    for (const consequence strict : {consequence::reject, consequence::log}) {
      const finding resolves = judge_helo(of, only(&helo_rules::resolves, strict), facts);
      EXPECT_EQ(resolves.outcome, one.resolves) << one.what << ": " << resolves.evidence;
      EXPECT_EQ(resolves.decision.has_value(),
                one.resolves == outcome::fail && strict == consequence::reject);
      const finding matches = judge_helo(of, only(&helo_rules::matches, strict), facts);
      EXPECT_EQ(matches.outcome, one.matches) << one.what << ": " << matches.evidence;
      EXPECT_EQ(matches.decision.has_value(),
                one.matches == outcome::fail && strict == consequence::reject);
    }
  }
  EXPECT_EQ(judge_helo(of, only(&helo_rules::resolves), {}).outcome, outcome::unknown);
}

TEST(HeloTest, LetsTheStrictestRuleDecide) {
  helo_rules rules = strict_rules();
  rules.syntax.if_failed = consequence::log;
  rules.own.if_failed = consequence::defer;
  const finding deferred = judge_helo(envelope_of("198.51.100.7", "193.0.2.1"), rules, {});
  ASSERT_TRUE(deferred.decision);
  EXPECT_EQ(deferred.decision->action, action::defer);
  EXPECT_EQ(deferred.decision->code, 450);
  EXPECT_EQ(deferred.decision->enhanced, "4.7.1");
  EXPECT_THAT(deferred.evidence, HasSubstr("neither a qualified name"));
  EXPECT_THAT(deferred.evidence, HasSubstr("is ours"));
  rules.syntax = {{554, "5.7.9", "go away"}, consequence::reject};
  const finding rejected = judge_helo(envelope_of("198.51.100.7", "193.0.2.1"), rules, {});
  EXPECT_EQ(rejected.decision, (advice{action::reject, 554, "5.7.9", "go away"}));
}

TEST(HeloTest, RejectsOnlyWhoClaimsToBeUsByDefault) {
  helo_rules rules;
  rules.own_names = name_list({*name_pattern::parse("mx.example.org")});
  helo_facts gone;
  gone.host.emplace();
  gone.host->status = lookup_status::nx_domain;
  for (const char* helo : {"localhost", "[198.51.100.8]", "no.example.net"}) {
    const finding said = judge_helo(envelope_of("198.51.100.7", helo), rules, gone);
    EXPECT_EQ(said.outcome, outcome::fail) << helo;
    EXPECT_FALSE(said.decision) << helo;
  }
  const finding ours = judge_helo(envelope_of("198.51.100.7", "mx.example.org"), rules, gone);
  EXPECT_EQ(ours.decision->code, 550);
}

TEST(HeloTest, SkipsWhatIsNotKnown) {
  EXPECT_EQ(judge_helo(envelope_of("198.51.100.7"), strict_rules(), {}).outcome, outcome::skip);
}

TEST(HeloTest, ShowsNoOctetThatDoesHarm) {
  const finding said = judge_helo(
      envelope_of("198.51.100.7", "a\r\nb\x1b[31m" + std::string(2000, 'x')), strict_rules(), {});
  EXPECT_EQ(said.evidence.find_first_of("\r\n\x1b"), std::string::npos);
  EXPECT_LT(said.evidence.size(), 700U);
  EXPECT_EQ(said.decision->text.find('x'), std::string::npos);
}

TEST(HeloTest, AsksTheDnsForNoMoreThanItNeeds) {
  const struct {
    const char* what;
    const char* helo;
    helo_rules rules;
    std::vector<std::string> questions;
  } cases[] = {
      {"all", "mail.example.net", strict_rules(), {"mail.example.net A", "mail.example.net AAAA"}},
      {"off", "mail.example.net", only(&helo_rules::syntax), {}},
      {"a literal", "[198.51.100.7]", strict_rules(), {}},
      {"one label", "localhost", only(&helo_rules::resolves), {}},
      {"rejected at once", "mx.example.org", strict_rules(), {}},
      {"an MX alone",
       "only-mx.example.net",
       only(&helo_rules::resolves),
       {"only-mx.example.net A", "only-mx.example.net AAAA", "only-mx.example.net MX"}},
      {"its MX does not matter",
       "only-mx.example.net",
       only(&helo_rules::matches),
       {"only-mx.example.net A", "only-mx.example.net AAAA"}},
  };
  for (const auto& one : cases) {
    checks_world world;
    world.has_address("mail.example.net", "198.51.100.7");
    world.names.a_script["only-mx.example.net"].said.status = lookup_status::no_data;
    world.names.aaaa_script["only-mx.example.net"].said.status = lookup_status::no_data;
    world.has_mx("only-mx.example.net", "mail.example.net");
    const envelope of = envelope_of("198.51.100.7", one.helo);
    world.run(gather_helo(world.names, of, one.rules, world.deadline()));
    EXPECT_EQ(world.names.questions, one.questions) << one.what;
  }
}

TEST(HeloTest, FindsNothingOutFromASilentDns) {
  checks_world world;
  world.names.a_script["mail.example.net"].after = 60s;
  world.names.aaaa_script["mail.example.net"].after = 60s;
  const envelope of = envelope_of("198.51.100.7", "mail.example.net");
  const helo_rules rules = strict_rules();
  const helo_facts facts = world.run(gather_helo(world.names, of, rules, world.deadline()));
  const finding said = judge_helo(of, rules, facts);
  EXPECT_EQ(said.outcome, outcome::unknown);
  EXPECT_FALSE(said.decision);
  EXPECT_THAT(said.evidence, HasSubstr("timed_out"));
}

}  // namespace
}  // namespace cbv::checks
