#include "cbv/verdict/advice.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace cbv {
namespace {

std::vector<reason> all_reasons() {
  std::vector<reason> all;
  for (unsigned number = 0; number <= 255; ++number) {
    if (const auto why = word_from_number<reason>(static_cast<std::uint8_t>(number))) {
      all.push_back(*why);
    }
  }
  return all;
}

verdict found(reason why) {
  verdict made;
  made.status = status_of(why);
  made.reason = why;
  return made;
}

struct expectation {
  role side;
  cbv::reason reason;
  cbv::action action;
  int code;
  std::string_view enhanced;
  std::string_view text;
};

const std::vector<expectation> expectations{
    {role::sender, reason::accepted, action::accept, 250, "2.1.0",
     "Sender address accepted: mailbox accepts mail"},
    {role::sender, reason::mailbox_not_found, action::reject, 550, "5.1.8",
     "Sender address rejected: mailbox not found"},
    {role::sender, reason::null_mx, action::reject, 550, "5.7.27",
     "Sender address rejected: domain does not accept mail"},
    {role::sender, reason::timed_out, action::accept, 250, "2.1.0",
     "Sender address accepted: host did not answer in time"},
    {role::recipient, reason::catch_all, action::accept, 250, "2.1.5",
     "Recipient address accepted: host accepts any mailbox"},
    {role::recipient, reason::mailbox_not_found, action::reject, 550, "5.1.1",
     "Recipient address rejected: mailbox not found"},
    {role::recipient, reason::null_mx, action::reject, 556, "5.1.10",
     "Recipient address rejected: domain does not accept mail"},
    {role::recipient, reason::mailbox_full, action::defer, 450, "4.2.2",
     "Recipient address deferred: mailbox full"},
    {role::recipient, reason::connect_failed, action::defer, 450, "4.4.1",
     "Recipient address deferred: host not reachable"},
    {role::recipient, reason::not_asked, action::accept, 250, "2.1.5",
     "Recipient address accepted: not verified"},
};

TEST(Advice, HasTheDefaultsOfTheDesign) {
  for (const expectation& row : expectations) {
    SCOPED_TRACE(std::string(to_string(row.side)) + " " + std::string(to_string(row.reason)));
    const advice given = advise(found(row.reason), row.side, {});
    EXPECT_EQ(to_string(given.action), to_string(row.action));
    EXPECT_EQ(given.code, row.code);
    EXPECT_EQ(given.enhanced, row.enhanced);
    EXPECT_EQ(given.text, row.text);
  }
}

TEST(Advice, RefusesNothingButTheUndeliverable) {
  for (const role side : {role::sender, role::recipient}) {
    for (const reason why : all_reasons()) {
      for (const status said : {status::deliverable, status::undeliverable, status::unknown}) {
        SCOPED_TRACE(std::string(to_string(why)) + " " + std::string(to_string(said)));
        verdict made = found(why);
        made.status = said;
        const advice given = advise(made, side, {});
        EXPECT_EQ(given.action == action::reject, said == status::undeliverable);
        EXPECT_EQ(given.code >= 500, given.action == action::reject);
      }
    }
  }
}

TEST(Advice, SpeaksOfEveryReasonInItsOwnWordsWithCodesThatAgree) {
  for (const role side : {role::sender, role::recipient}) {
    std::set<std::string> texts;
    for (const reason why : all_reasons()) {
      SCOPED_TRACE(to_string(why));
      const advice given = advise(found(why), side, {});
      EXPECT_TRUE(texts.insert(given.text).second) << given.text;
      ASSERT_FALSE(given.enhanced.empty());
      EXPECT_EQ(given.enhanced[0] - '0', given.code / 100);
    }
  }
}

TEST(Advice, AcceptsEverythingWhenItOnlyObserves) {
  for (const role side : {role::sender, role::recipient}) {
    for (const reason why : all_reasons()) {
      const advice given = advise(found(why), side, {.observe = true});
      EXPECT_EQ(given.action, action::accept) << to_string(why);
      EXPECT_EQ(given.code, 250) << to_string(why);
    }
  }
}

TEST(Advice, ABackupMxAcceptsWhenTheServerCannotBeReached) {
  const std::set<reason> unreachable{reason::connect_failed, reason::timed_out,
                                     reason::connection_lost, reason::dns_failure};
  for (const reason why : all_reasons()) {
    SCOPED_TRACE(to_string(why));
    verdict made = found(why);
    const action usual = advise(made, role::recipient, {}).action;
    made.backup_mx = true;
    const advice given = advise(made, role::recipient, {});
    EXPECT_EQ(given.action, unreachable.contains(why) ? action::accept : usual);
    EXPECT_EQ(given.code == 250, given.action == action::accept);
    if (!unreachable.contains(why)) continue;
    EXPECT_EQ(usual, action::defer);
    made.status = status::undeliverable;  // were it ever proven
    EXPECT_EQ(advise(made, role::recipient, {}).action, action::reject);
  }
}

TEST(Advice, ARuleOfTheAdministratorComesBeforeTheDefault) {
  const advice_options options{
      .rules = {{role::recipient, reason::mailbox_full, action::accept, 0, "", ""},
                {role::recipient, reason::mailbox_not_found, action::defer, 451, "4.1.1", "wait"},
                {role::sender, reason::null_mx, action::reject, 553, "5.7.1", "no way back"},
                {role::sender, reason::greylisted, action::defer, 0, "", ""}}};
  EXPECT_EQ(advise(found(reason::mailbox_full), role::recipient, options),
            (advice{action::accept, 250, "2.1.5", "Recipient address accepted: mailbox full"}));
  EXPECT_EQ(advise(found(reason::mailbox_not_found), role::recipient, options),
            (advice{action::defer, 451, "4.1.1", "wait"}));
  EXPECT_EQ(advise(found(reason::null_mx), role::sender, options),
            (advice{action::reject, 553, "5.7.1", "no way back"}));
  EXPECT_EQ(advise(found(reason::greylisted), role::sender, options),
            (advice{action::defer, 450, "4.7.1", "Sender address deferred: greylisted"}));
  EXPECT_EQ(advise(found(reason::null_mx), role::recipient, options),
            advise(found(reason::null_mx), role::recipient, {}))
      << "the other side";
}

TEST(Advice, NoRuleRejectsWhatIsNotUndeliverable) {
  for (const reason why : all_reasons()) {
    SCOPED_TRACE(to_string(why));
    const advice_options options{.rules = {{role::recipient, why, action::reject, 0, "", ""}}};
    verdict made = found(why);
    EXPECT_EQ(advise(made, role::recipient, options).action == action::reject,
              made.status == status::undeliverable);
    EXPECT_EQ(contradiction(options.rules[0]).has_value(),
              status_of(why) != status::undeliverable && why != reason::relay_denied);
  }
}

TEST(Advice, ABackupMxTakesTheMailWhateverTheRule) {
  const advice_options options{
      .rules = {{role::recipient, reason::connect_failed, action::defer, 0, "", ""}}};
  verdict made = found(reason::connect_failed);
  EXPECT_EQ(advise(made, role::recipient, options).action, action::defer);
  made.backup_mx = true;
  EXPECT_EQ(advise(made, role::recipient, options).action, action::accept);
}

TEST(Advice, ObservingThereIsNoRule) {
  const advice_options options{
      .observe = true,
      .rules = {{role::recipient, reason::mailbox_not_found, action::reject, 0, "", "go"}}};
  EXPECT_EQ(advise(found(reason::mailbox_not_found), role::recipient, options),
            advise(found(reason::mailbox_not_found), role::recipient, {.observe = true}));
}

TEST(Advice, ARuleThatCannotBeSaidIsFound) {
  struct row {
    action what;
    int code;
    std::string enhanced;
    std::string text;
    std::string wrong;  // with what it begins; empty: good
  };
  const std::vector<row> rows{
      {action::reject, 550, "5.1.1", "no", ""},
      {action::reject, 599, "5.123.999", std::string(200, 'x'), ""},
      {action::defer, 450, "4.0.0", "b\u00f6", ""},
      {action::reject, 450, "", "", "code: expected one of class 5 to reject, got 450"},
      {action::reject, 600, "", "", "code: "},
      {action::defer, 421, "", "", "code: "},
      {action::defer, 250, "", "", "code: "},
      {action::accept, 550, "", "", "code: "},
      {action::reject, 0, "4.1.1", "", "enhanced: expected one of class 5 to reject, got 4.1.1"},
      {action::reject, 0, "5.1", "", "enhanced: "},
      {action::reject, 0, "5.1.", "", "enhanced: "},
      {action::reject, 0, "5.1.1.1", "", "enhanced: "},
      {action::reject, 0, "5.1.1000", "", "enhanced: "},
      {action::reject, 0, "5..1", "", "enhanced: "},
      {action::reject, 0, "", std::string(201, 'x'), "text: expected at most 200 octets"},
      {action::reject, 0, "", "two\nlines", "text: expected printable"},
  };
  for (const row& each : rows) {
    const auto wrong = contradiction(advice_rule{role::recipient, reason::mailbox_not_found,
                                                 each.what, each.code, each.enhanced, each.text});
    EXPECT_EQ(wrong.has_value(), !each.wrong.empty()) << wrong.value_or(each.wrong);
    EXPECT_EQ(wrong.value_or("").substr(0, each.wrong.size()), each.wrong);
  }
}

TEST(Advice, TheStricterOneCounts) {
  const advice accept{action::accept, 250, "2.1.0", "a"};
  const advice defer{action::defer, 450, "4.1.0", "d"};
  const advice reject{action::reject, 550, "5.1.1", "r"};
  const advice other{action::reject, 550, "5.1.8", "o"};
  EXPECT_EQ(stricter(accept, defer), defer);
  EXPECT_EQ(stricter(defer, accept), defer);
  EXPECT_EQ(stricter(reject, defer), reject);
  EXPECT_EQ(stricter(accept, reject), reject);
  EXPECT_EQ(stricter(reject, other), reject);
}

TEST(Advice, NeverPassesOnTheWordsOfTheFarHost) {
  verdict made = found(reason::mailbox_not_found);
  made.reply = far_reply{550, "5.1.1", "unknown at store7.internal.example"};
  made.host = "store7.internal.example";
  made.detail = "store7";
  const advice given = advise(made, role::recipient, {});
  EXPECT_EQ(given.text.find("store7"), std::string::npos) << given.text;
}

TEST(Advice, QuotesTheFarHostInWhatItRefusesOrDefersIfItIsToldTo) {
  struct row {
    reason why;
    std::string said;
    std::string text;
  };
  const std::vector<row> rows{
      {reason::mailbox_not_found, "5.1.1 unknown at\r\nstore7",
       "Recipient address rejected: mailbox not found - the host said unknown at store7"},
      {reason::mailbox_full, "over quota",
       "Recipient address deferred: mailbox full - the host said over quota"},
      {reason::mailbox_not_found, "550 5.1.1", "Recipient address rejected: mailbox not found"},
      {reason::accepted, "fine", "Recipient address accepted: mailbox accepts mail"},
      {reason::not_asked, "fine", "Recipient address accepted: not verified"},
  };
  for (const row& each : rows) {
    verdict made = found(each.why);
    made.reply = far_reply{550, "5.1.1", each.said};
    const advice usual = advise(made, role::recipient, {});
    const advice given = advise(made, role::recipient, {.reveal_remote_text = true});
    EXPECT_EQ(given.text, each.text);
    EXPECT_EQ(given.code, usual.code);
    EXPECT_EQ(given.enhanced, usual.enhanced);
    made.reply.reset();
    EXPECT_EQ(advise(made, role::recipient, {.reveal_remote_text = true}), usual);
  }
}

TEST(Advice, WhereARuleHasATextNothingIsQuoted) {
  verdict made = found(reason::mailbox_not_found);
  made.reply = far_reply{550, "5.1.1", "unknown at store7"};
  const advice_options options{
      .reveal_remote_text = true,
      .rules = {{role::recipient, reason::mailbox_not_found, action::reject, 0, "", "go away"}}};
  EXPECT_EQ(advise(made, role::recipient, options).text, "go away");
  EXPECT_EQ(advise(made, role::recipient, {.observe = true, .reveal_remote_text = true}).text,
            "Recipient address accepted: mailbox not found");
}

TEST(Advice, ActionsHaveNamesThatLeadBack) {
  for (const action word : {action::accept, action::reject, action::defer}) {
    EXPECT_EQ(action_from_name(to_string(word)), word);
  }
  EXPECT_EQ(action_from_name("refuse"), std::nullopt);
}

}  // namespace
}  // namespace cbv
