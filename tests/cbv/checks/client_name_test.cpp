#include "cbv/checks/client_name.hpp"

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

constexpr const char* reverse = "7.100.51.198.in-addr.arpa";

client_name_rules strict_rules() {
  client_name_rules rules;
  rules.no_name.if_failed = consequence::reject;
  rules.not_confirmed.if_failed = consequence::defer;
  return rules;
}

finding check(checks_world& world, const client_name_rules& rules = strict_rules(),
              const envelope& of = envelope_of("198.51.100.7")) {
  const client_name_facts facts =
      world.run(gather_client_name(world.names, of, rules, world.deadline()));
  return judge_client_name(of, rules, facts);
}

TEST(ClientNameTest, JudgesWhatTheDnsSays) {
  const struct {
    const char* what;
    lookup_status pointer;
    std::vector<const char*> names;
    lookup_status forward;
    const char* address;
    outcome said;
    int code;
  } cases[] = {
      {"confirmed",
       lookup_status::ok,
       {"c.example.net"},
       lookup_status::ok,
       "198.51.100.7",
       outcome::pass,
       0},
      {"one of two",
       lookup_status::ok,
       {"a.example.net", "c.example.net"},
       lookup_status::ok,
       "198.51.100.7",
       outcome::pass,
       0},
      {"no PTR", lookup_status::nx_domain, {}, lookup_status::ok, "", outcome::fail, 550},
      {"none of the type", lookup_status::no_data, {}, lookup_status::ok, "", outcome::fail, 550},
      {"leads elsewhere",
       lookup_status::ok,
       {"c.example.net"},
       lookup_status::ok,
       "198.51.100.8",
       outcome::fail,
       450},
      {"leads nowhere",
       lookup_status::ok,
       {"c.example.net"},
       lookup_status::nx_domain,
       "",
       outcome::fail,
       450},
      {"PTR in trouble",
       lookup_status::server_failure,
       {},
       lookup_status::ok,
       "",
       outcome::unknown,
       0},
      {"PTR not answered",
       lookup_status::timed_out,
       {},
       lookup_status::ok,
       "",
       outcome::unknown,
       0},
      {"the name in trouble",
       lookup_status::ok,
       {"c.example.net"},
       lookup_status::server_failure,
       "",
       outcome::unknown,
       0},
      {"one of two in trouble",
       lookup_status::ok,
       {"a.example.net", "c.example.net"},
       lookup_status::refused,
       "",
       outcome::unknown,
       0},
  };
  for (const auto& one : cases) {
    checks_world world;
    for (const char* each : one.names) world.has_name(reverse, each);
    world.names.ptr_script[reverse].said.status = one.pointer;
    if (*one.address != 0) world.has_address("c.example.net", one.address);
    world.names.a_script["c.example.net"].said.status = one.forward;
    const finding said = check(world);
    EXPECT_EQ(said.outcome, one.said) << one.what << ": " << said.evidence;
    EXPECT_EQ(said.decision ? said.decision->code : 0, one.code) << one.what;
    if (said.decision) {
      EXPECT_EQ(said.decision->enhanced.substr(1), ".7.25") << one.what;
    }
  }
}

TEST(ClientNameTest, ConfirmsNamesOfIpv6) {
  checks_world world;
  world.has_name("7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
                 "c.example.net");
  world.has_address("c.example.net", "2001:db8::7");
  EXPECT_EQ(check(world, strict_rules(), envelope_of("2001:db8::7")).outcome, outcome::pass);
  world.names.aaaa_script["c.example.net"].said.records.clear();
  world.has_address("c.example.net", "198.51.100.7");
  EXPECT_EQ(check(world, strict_rules(), envelope_of("2001:db8::7")).outcome, outcome::fail);
}

TEST(ClientNameTest, BelievesANameOfTheEdgeButNotItsUnknown) {
  checks_world world;
  envelope of = envelope_of("198.51.100.7");
  of.client_name = "mail.example.net";
  EXPECT_EQ(check(world, strict_rules(), of).outcome, outcome::pass);
  EXPECT_THAT(world.names.questions, IsEmpty());
  of.client_name = "unknown";  // Postfix says so, too, if its name server does not answer
  of.reverse_client_name = "unknown";
  world.names.ptr_script[reverse].said.status = lookup_status::server_failure;
  EXPECT_EQ(check(world, strict_rules(), of).outcome, outcome::unknown);
  world.names.ptr_script[reverse].said.status = lookup_status::nx_domain;
  EXPECT_EQ(check(world, strict_rules(), of).outcome, outcome::fail);
}

TEST(ClientNameTest, HasARuleForEach) {
  checks_world world;
  client_name_rules rules = strict_rules();
  rules.no_name.if_failed = consequence::off;
  EXPECT_EQ(check(world, rules).outcome, outcome::skip);
  world.has_name(reverse, "c.example.net");
  EXPECT_EQ(check(world, rules).outcome, outcome::fail);
  rules.not_confirmed.if_failed = consequence::off;
  rules.no_name.if_failed = consequence::reject;
  EXPECT_EQ(check(world, rules).outcome, outcome::skip);
  rules.no_name.if_failed = consequence::off;
  world.names.questions.clear();
  EXPECT_EQ(check(world, rules).outcome, outcome::skip);
  EXPECT_THAT(world.names.questions, IsEmpty());
}

TEST(ClientNameTest, OnlyLogsByDefault) {
  checks_world world;
  const finding said = check(world, {});
  EXPECT_EQ(said.outcome, outcome::fail);
  EXPECT_FALSE(said.decision);
  EXPECT_THAT(said.evidence, HasSubstr("198.51.100.7 has no name"));
}

TEST(ClientNameTest, SkipsAClientThatIsNotKnown) {
  checks_world world;
  EXPECT_EQ(check(world, strict_rules(), envelope_of("")).outcome, outcome::skip);
  EXPECT_THAT(world.names.questions, IsEmpty());
}

TEST(ClientNameTest, KnowsNothingOfNamesBeyondItsLimit) {
  checks_world world;
  client_name_rules rules = strict_rules();
  rules.names_max = 1;
  world.has_name(reverse, "a.example.net");
  world.has_name(reverse, "c.example.net");
  EXPECT_EQ(check(world, rules).outcome, outcome::unknown);
}

TEST(ClientNameTest, FindsNothingOutPastTheDeadline) {
  checks_world world;
  world.names.ptr_script[reverse].after = 60s;
  EXPECT_EQ(check(world).outcome, outcome::unknown);
}

}  // namespace
}  // namespace cbv::checks
