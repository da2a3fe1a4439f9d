#include "cbv/envelope/path_steps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cbv/envelope/checker.hpp"
#include "tests/cbv/run.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv::envelope {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

verdict verdict_of(status what, reason why) {
  verdict made;
  made.status = what;
  made.reason = why;
  made.source = source::cache;
  return made;
}

class EnvelopePathStepsTest : public testing::Test {
 protected:
  EnvelopePathStepsTest() {
    seen_.asked.about.sender = "joe@elsewhere.example";
    seen_.asked.about.recipient = "bob@b.example";
    seen_.asked.about.helo = "mx.elsewhere.example";
    seen_.asked.about.client = boost::asio::ip::make_address("198.51.100.7");
  }

  verify_function verify() {
    return [this](query asked) { return answer(std::move(asked)); };
  }
  awaitable<verdict> answer(query asked) {
    asked_.push_back(asked);
    const auto known = verdicts_.find(asked.address);
    verdict made =
        known == verdicts_.end() ? verdict_of(status::unknown, reason::not_asked) : known->second;
    co_return made;
  }
  step_result make(const step& one) {
    seen_.paths = paths_of(seen_.asked);
    if (one.at_once) return one.at_once(seen_);
    return run(one.ask(seen_, time_.now() + 3s));
  }
  step_result ask_recipient() { return make(recipient_step(verify(), time_, rules_)); }
  step_result ask_sender() { return make(sender_callback_step(verify(), time_, rules_)); }

  sim::sim_timer time_;
  path_rules rules_;
  situation seen_;
  std::map<std::string, verdict> verdicts_;
  std::vector<query> asked_;
};

TEST_F(EnvelopePathStepsTest, TheSyntaxOfBothPaths) {
  const struct {
    std::string sender;
    std::string recipient;
    std::string code;  // "553 5.1.7"; empty: it passes
    std::string evidence;
  } cases[] = {
      {"joe@a.example", "bob@b.example", "", ""},
      {"", "bob@b.example", "", ""},
      {"joe@a.example", "", "", ""},
      {"joe@@a.example", "bob@b.example", "550 5.1.8", "sender: "},
      {"joe@a.example", "bob@b..example", "550 5.1.1", "recipient: "},
      {"joe", "bob", "550 5.1.8", "sender: the \"@\" and the domain are missing"},
      {"\x01@a.example", "bob@b.example", "550 5.1.8", "sender: "},
  };
  for (const auto& one : cases) {
    seen_.asked.about.sender = one.sender;
    seen_.asked.about.recipient = one.recipient;
    const step_result made = make(syntax_step(rules_));
    EXPECT_THAT(made.found.evidence, HasSubstr(one.evidence));
    EXPECT_EQ(made.found.decision.has_value(), !one.code.empty()) << one.sender;
    if (!made.found.decision) continue;
    EXPECT_EQ(std::to_string(made.found.decision->code) + ' ' + made.found.decision->enhanced,
              one.code);
  }
}

TEST_F(EnvelopePathStepsTest, APathThatIsNotWholeIsNotJudged) {
  seen_.asked.about.sender = "joe";
  seen_.asked.about.recipient = "bob";
  seen_.asked.is_sender_whole = seen_.asked.is_recipient_whole = false;
  EXPECT_EQ(make(syntax_step(rules_)).found.outcome, checks::outcome::pass);
  EXPECT_EQ(ask_recipient().found.outcome, checks::outcome::skip);
  EXPECT_EQ(ask_sender().found.outcome, checks::outcome::skip);
  EXPECT_THAT(asked_, SizeIs(0));
}

TEST_F(EnvelopePathStepsTest, TheSyntaxMayBeOnlyLoggedOrHaveItsOwnWords) {
  seen_.asked.about.recipient = "bob@b..example";
  rules_.syntax.if_failed = checks::consequence::log;
  EXPECT_EQ(make(syntax_step(rules_)).found.outcome, checks::outcome::fail);
  EXPECT_FALSE(make(syntax_step(rules_)).found.decision);
  rules_.syntax = {{553, "5.1.3", "no address"}, checks::consequence::reject};
  EXPECT_EQ(make(syntax_step(rules_)).found.decision,
            (advice{action::reject, 553, "5.1.3", "no address"}));
}

TEST_F(EnvelopePathStepsTest, ARecipientIsAskedAboutInTheTimeThatIsLeft) {
  verdicts_["bob@b.example"] = verdict_of(status::deliverable, reason::accepted);
  const step_result made = ask_recipient();
  EXPECT_EQ(made.found.outcome, checks::outcome::pass);
  EXPECT_FALSE(made.found.decision);
  EXPECT_EQ(made.found.evidence, "accepted, from cache");
  ASSERT_THAT(asked_, SizeIs(1));
  EXPECT_EQ(asked_[0].wait, 3s);
  EXPECT_EQ(asked_[0].role, role::recipient);
  EXPECT_EQ(asked_[0].client_ip, "198.51.100.7");
  EXPECT_EQ(asked_[0].helo, "mx.elsewhere.example");
  EXPECT_FALSE(asked_[0].by_name);
  EXPECT_EQ(made.about->reason, reason::accepted);
}

TEST_F(EnvelopePathStepsTest, OnlyProofRejectsARecipientAndUnknownDefers) {
  verdict& found = verdicts_["bob@b.example"];
  found = verdict_of(status::undeliverable, reason::mailbox_not_found);
  found.host = "mx1.b.example";
  found.reply = far_reply{550, "5.1.1", "no such user"};
  step_result made = ask_recipient();
  EXPECT_EQ(made.found.outcome, checks::outcome::fail);
  EXPECT_EQ(made.found.decision->action, action::reject);
  EXPECT_EQ(made.found.evidence,
            "mailbox_not_found, from cache: mx1.b.example said 550 5.1.1 no such user");
  found = verdict_of(status::unknown, reason::greylisted);
  made = ask_recipient();
  EXPECT_EQ(made.found.outcome, checks::outcome::unknown);
  EXPECT_EQ(made.found.decision->action, action::defer);
  found = verdict_of(status::unknown, reason::not_asked);
  made = ask_recipient();
  EXPECT_EQ(made.found.outcome, checks::outcome::skip);
  EXPECT_FALSE(made.found.decision);
}

TEST_F(EnvelopePathStepsTest, TheAdministratorsRulesForVerdictsHold) {
  verdicts_["bob@b.example"] = verdict_of(status::undeliverable, reason::mailbox_not_found);
  rules_.advice.rules.push_back(
      {role::recipient, reason::mailbox_not_found, action::defer, 451, "4.1.1", "hm"});
  EXPECT_EQ(ask_recipient().found.decision, (advice{action::defer, 451, "4.1.1", "hm"}));
}

TEST_F(EnvelopePathStepsTest, ASenderIsCalledBackOnlyForAGoodRecipient) {
  const auto may_call = [this](std::optional<verdict> recipient) {
    seen_.recipient = std::move(recipient);
    asked_.clear();
    ask_sender();
    return !asked_.at(0).cached_only;
  };
  EXPECT_TRUE(may_call(verdict_of(status::deliverable, reason::accepted)));
  EXPECT_TRUE(may_call(std::nullopt)) << "recipients are not asked about at all";
  EXPECT_FALSE(may_call(verdict_of(status::unknown, reason::connect_failed)));
  EXPECT_FALSE(may_call(verdict_of(status::unknown, reason::not_asked)));
  seen_.asked.about.recipient.clear();
  EXPECT_FALSE(may_call(std::nullopt)) << "the recipient is not known yet";
}

TEST_F(EnvelopePathStepsTest, ASenderIsCalledBackOnlyIfSpfDoesNotForbidIt) {
  const auto may_call = [this](std::optional<spf::evaluation> said) {
    seen_.spf = said;
    asked_.clear();
    ask_sender();
    return !asked_.at(0).cached_only;
  };
  EXPECT_TRUE(may_call(std::nullopt));
  EXPECT_TRUE(may_call(spf::evaluation::softfail));
  EXPECT_FALSE(may_call(spf::evaluation::fail));
  rules_.callback_when = {spf::evaluation::pass};
  EXPECT_FALSE(may_call(std::nullopt)) << "counts as none";
  EXPECT_TRUE(may_call(spf::evaluation::pass));
  EXPECT_FALSE(may_call(spf::evaluation::neutral));
  EXPECT_EQ(ask_sender().found.evidence,
            "not_asked, from cache: not called back: SPF says neutral");
}

TEST_F(EnvelopePathStepsTest, WhatIsRememberedOfASenderCountsInAnyCase) {
  seen_.spf = spf::evaluation::fail;
  verdicts_["joe@elsewhere.example"] = verdict_of(status::undeliverable, reason::mailbox_not_found);
  const step_result made = ask_sender();
  EXPECT_EQ(made.found.outcome, checks::outcome::fail);
  EXPECT_EQ(made.found.decision->enhanced, "5.1.8");
}

TEST_F(EnvelopePathStepsTest, WhatTheEdgeDoesNotWantIsNotAsked) {
  seen_.asked.asks_sender = seen_.asked.asks_recipient = false;
  EXPECT_EQ(ask_recipient().found.outcome, checks::outcome::skip);
  EXPECT_EQ(ask_sender().found.outcome, checks::outcome::skip);
  EXPECT_THAT(asked_, SizeIs(0));
}

}  // namespace
}  // namespace cbv::envelope
