#include "cbv/checks/sender_policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cbv/checks/checks_world.hpp"

namespace cbv::checks {
namespace {

using namespace std::chrono_literals;
using dns::lookup_status;
using spf::evaluation;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

spf::outcome said(evaluation what, bool had_trouble = false) {
  spf::outcome made;
  made.said = what;
  made.domain = "example.net";
  made.had_trouble = had_trouble;
  return made;
}

const envelope of = envelope_of("198.51.100.7", "mail.example.net");

// What each result comes to, for who sends: outcome, code, enhanced code.
TEST(SenderPolicyTest, HasAConsequenceForEachResult) {
  const struct {
    evaluation result;
    bool had_trouble;
    consequence rule;
    checks::outcome outcome;
    int code;
    const char* enhanced;
  } cases[] = {
      {evaluation::pass, false, consequence::reject, outcome::pass, 0, ""},
      {evaluation::pass, true, consequence::reject, outcome::pass, 0, ""},
      {evaluation::fail, false, consequence::reject, outcome::fail, 550, "5.7.23"},
      {evaluation::fail, false, consequence::defer, outcome::fail, 450, "4.7.23"},
      {evaluation::fail, false, consequence::log, outcome::fail, 0, ""},
      {evaluation::fail, false, consequence::off, outcome::skip, 0, ""},
      {evaluation::softfail, false, consequence::reject, outcome::fail, 550, "5.7.23"},
      {evaluation::neutral, false, consequence::reject, outcome::fail, 550, "5.7.23"},
      {evaluation::none, false, consequence::reject, outcome::fail, 550, "5.7.23"},
      {evaluation::none, false, consequence::off, outcome::skip, 0, ""},
      {evaluation::permerror, false, consequence::reject, outcome::fail, 550, "5.7.24"},
      {evaluation::permerror, false, consequence::log, outcome::fail, 0, ""},
      // Trouble is never rejected.
      {evaluation::temperror, false, consequence::reject, outcome::unknown, 451, "4.7.24"},
      {evaluation::temperror, false, consequence::defer, outcome::unknown, 451, "4.7.24"},
      {evaluation::temperror, false, consequence::log, outcome::unknown, 0, ""},
      {evaluation::temperror, false, consequence::off, outcome::unknown, 0, ""},
      {evaluation::fail, true, consequence::reject, outcome::unknown, 451, "4.7.24"},
      {evaluation::permerror, true, consequence::log, outcome::unknown, 0, ""},
  };
  for (const auto& one : cases) {
    spf_rules rules;
    spf_results& all = rules.mail_from;
    for (rule_form* each :
         {&all.none, &all.neutral, &all.softfail, &all.fail, &all.temperror, &all.permerror}) {
      each->if_failed = one.rule;
    }
    spf_facts facts;
    facts.mail_from = said(one.result, one.had_trouble);
    const finding found = judge_spf(of, rules, facts);
    const std::string what = std::string(to_string(one.result)) + ' ' +
                             std::string(to_string(one.rule)) + ": " + found.evidence;
    EXPECT_EQ(found.outcome, one.outcome) << what;
    EXPECT_EQ(found.decision ? found.decision->code : 0, one.code) << what;
    EXPECT_EQ(found.decision ? found.decision->enhanced : "", one.enhanced) << what;
  }
}

TEST(SenderPolicyTest, RejectsOnlyAFailByDefault) {
  const struct {
    evaluation result;
    checks::outcome outcome;
  } cases[] = {{evaluation::none, outcome::skip},         {evaluation::neutral, outcome::skip},
               {evaluation::pass, outcome::pass},         {evaluation::softfail, outcome::fail},
               {evaluation::temperror, outcome::unknown}, {evaluation::permerror, outcome::fail}};
  for (const auto& one : cases) {
    spf_facts facts;
    facts.helo = facts.mail_from = said(one.result);
    const finding found = judge_spf(of, {}, facts);
    EXPECT_EQ(found.outcome, one.outcome) << to_string(one.result);
    EXPECT_FALSE(found.decision) << to_string(one.result);
  }
  spf_facts facts;
  facts.mail_from = said(evaluation::fail);
  EXPECT_EQ(
      judge_spf(of, {}, facts).decision,
      (advice{action::reject, 550, "5.7.23", "SPF: 198.51.100.7 may not send for example.net"}));
}

TEST(SenderPolicyTest, LetsTheStricterIdentityDecide) {
  spf_rules rules;
  rules.helo.fail.if_failed = consequence::defer;
  spf_facts facts;
  facts.helo = said(evaluation::fail);
  facts.mail_from = said(evaluation::pass);
  EXPECT_EQ(judge_spf(of, rules, facts).decision->action, action::defer);
  facts.mail_from = said(evaluation::fail);
  EXPECT_EQ(judge_spf(of, rules, facts).decision->action, action::reject);
  facts.helo = said(evaluation::none);
  facts.mail_from = said(evaluation::pass);
  EXPECT_EQ(judge_spf(of, rules, facts).outcome, outcome::pass);
  rules.checks_helo = false;
  rules.checks_mail_from = false;
  EXPECT_EQ(judge_spf(of, rules, facts).outcome, outcome::skip);
}

TEST(SenderPolicyTest, SaysAStrangersWordsOnlyIfToldTo) {
  spf_facts facts;
  facts.mail_from = said(evaluation::fail);
  facts.mail_from->explanation = "see http://example.net/why " + std::string(600, 'x');
  spf_rules rules;
  EXPECT_THAT(judge_spf(of, rules, facts).decision->text, testing::Not(HasSubstr("http")));
  rules.says_explanation = true;
  const std::string text = judge_spf(of, rules, facts).decision->text;
  EXPECT_THAT(text, HasSubstr("example.net, which explains: see http://example.net/why x"));
  EXPECT_LT(text.size(), 400U);
  facts.mail_from->domain = "odd\r\nname.example";
  EXPECT_EQ(judge_spf(of, rules, facts).decision->text.find('\n'), std::string::npos);
}

class GatherSpfTest : public testing::Test {
 protected:
  spf_facts ask(const std::string& sender, const std::string& client = "198.51.100.7") {
    envelope about = envelope_of(client, "mail.example.net");
    about.sender = sender;
    world_.names.questions.clear();
    return world_.run(gather_spf(world_.names, world_.time, about, rules_, world_.deadline()));
  }

  checks_world world_;
  spf_rules rules_;
};

TEST_F(GatherSpfTest, AsksBothIdentitiesSideBySide) {
  world_.has_text("mail.example.net", "v=spf1 a -all");
  world_.has_address("mail.example.net", "198.51.100.7");
  world_.has_text("example.org", "v=spf1 -all");
  world_.names.txt_script["mail.example.net"].after = 3s;
  world_.names.txt_script["example.org"].after = 3s;
  const time_point started = world_.time.now();
  const spf_facts facts = ask("ann@Example.ORG");
  EXPECT_EQ(world_.time.now() - started, 3s);
  EXPECT_EQ(facts.helo->said, evaluation::pass);
  EXPECT_EQ(facts.mail_from->said, evaluation::fail);
  EXPECT_EQ(spf_of_sender(facts), evaluation::fail);
}

TEST_F(GatherSpfTest, LooksAtHeloForTheNullSender) {
  world_.has_text("mail.example.net", "v=spf1 -all");
  const spf_facts facts = ask("");
  EXPECT_THAT(world_.names.questions, ElementsAre("mail.example.net TXT"));
  EXPECT_EQ(facts.helo->said, evaluation::fail);
  EXPECT_EQ(facts.mail_from->said, evaluation::fail);
  rules_.checks_helo = false;
  EXPECT_FALSE(ask("").helo);
  EXPECT_EQ(spf_of_sender(ask("")), evaluation::fail);
  rules_.checks_helo = true;
  rules_.checks_mail_from = false;
  EXPECT_EQ(spf_of_sender(ask("")), std::nullopt);
  EXPECT_FALSE(ask("ann@example.org").mail_from);
}

TEST_F(GatherSpfTest, AsksForTheNameAsTheDnsHasIt) {
  rules_.checks_helo = false;
  ask("ann@b\xc3\xbc\x63her.example");
  EXPECT_THAT(world_.names.questions, ElementsAre("xn--bcher-kva.example TXT"));
}

TEST_F(GatherSpfTest, AsksNothingOfAClientThatIsNotKnown) {
  const spf_facts facts = ask("ann@example.org", "");
  EXPECT_THAT(world_.names.questions, IsEmpty());
  EXPECT_EQ(judge_spf(envelope_of(""), rules_, facts).outcome, outcome::skip);
}

TEST_F(GatherSpfTest, KnowsNothingPastTheDeadline) {
  world_.names.txt_script["example.org"].after = 60s;
  const spf_facts facts = ask("ann@example.org");
  EXPECT_EQ(spf_of_sender(facts), evaluation::temperror);
  EXPECT_FALSE(judge_spf(of, rules_, facts).decision);
}

}  // namespace
}  // namespace cbv::checks
