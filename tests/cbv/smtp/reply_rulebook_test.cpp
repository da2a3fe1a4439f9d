#include "cbv/smtp/reply_rulebook.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "cbv/smtp/reply_class.hpp"

namespace cbv::smtp {
namespace {

added_rule rule(std::string text, reason why) {
  added_rule made;
  made.name = "mine";
  made.text = *parse_text_pattern(text);
  made.why = why;
  return made;
}

reply_meaning read(const reply_rulebook& by, const std::string& text, stage at = stage::rcpt) {
  return classify(at, *parse_reply(text), {}, by);
}

TEST(ReplyRulebook, ARuleBeforeTheTableDecidesFirst) {
  const reply_rulebook plain;
  EXPECT_EQ(read(plain, "550 5.1.1 No such user").reason, reason::mailbox_not_found);
  const reply_rulebook book({rule("NO such user", reason::prober_blocked)});
  EXPECT_EQ(read(book, "550 5.1.1 No such user").reason, reason::prober_blocked);
  EXPECT_EQ(read(book, "550 5.1.1 No such user").rule, "mine");
  EXPECT_EQ(read(book, "550 5.1.1 User unknown").reason, reason::mailbox_not_found);
}

TEST(ReplyRulebook, ARuleAfterTheTableTakesWhatTheTableLeaves) {
  added_rule late = rule("xyzzy", reason::mailbox_not_found);
  late.where = rule_place::after;
  const reply_rulebook book({late});
  EXPECT_EQ(read(book, "550 5.1.1 xyzzy blocked using a blocklist").reason, reason::prober_blocked);
  EXPECT_EQ(read(book, "550 xyzzy").reason, reason::mailbox_not_found);
  EXPECT_EQ(read(reply_rulebook(), "550 xyzzy").reason, reason::refused_other);
  EXPECT_EQ(read(book, "550 plugh").reason, reason::refused_other);
}

// Whatever is written in it: not of a 4xx, and not before the mailbox was named.
TEST(ReplyRulebook, NoRuleClimbsTheLastFence) {
  for (const reason why :
       {reason::mailbox_not_found, reason::mailbox_disabled, reason::mailbox_moved,
        reason::host_takes_no_mail, reason::relay_denied, reason::null_sender_refused}) {
    added_rule wild = rule("xyzzy", why);
    wild.codes = {400, 599};
    wild.at = {~0U};
    EXPECT_TRUE(contradiction(wild)) << to_string(why);
    const reply_rulebook book({wild});
    for (const stage at :
         {stage::greeting, stage::ehlo, stage::starttls, stage::mail, stage::rcpt}) {
      EXPECT_EQ(read(book, "450 xyzzy", at).status, status::unknown) << to_string(at);
      EXPECT_NE(read(book, "450 xyzzy", at).rule, "mine") << to_string(at);
      if (at == stage::rcpt || why == reason::host_takes_no_mail) continue;
      EXPECT_EQ(read(book, "550 xyzzy", at).status, status::unknown) << to_string(at);
    }
  }
}

TEST(ReplyRulebook, ALongOneStaysGoodWhenItIsMoved) {
  std::vector<added_rule> many;
  for (int i = 0; i < 200; ++i) {
    many.push_back(rule("word" + std::to_string(i), reason::mailbox_full));
    many.back().name = "r" + std::to_string(i);
  }
  reply_rulebook first(std::move(many));
  const reply_rulebook second(std::move(first));
  EXPECT_EQ(read(second, "550 word137").rule, "r137");
}

TEST(ReplyRulebook, ReadsTheColumnsAsPeopleWriteThem) {
  EXPECT_EQ(parse_code_range("550")->last, 550);
  EXPECT_EQ(parse_code_range("550-559")->last, 559);
  EXPECT_EQ(parse_code_range("4xx")->first, 400);
  EXPECT_EQ(parse_code_range("4xx")->last, 499);
  EXPECT_EQ(*parse_enhanced_pattern("5.1.1|x.2.*|-"), "5.1.1|x.2.*|-");
  EXPECT_EQ(*parse_text_pattern(" Non-existent  user | DOESN'T/wont _ exist*"),
            "nonexistent user|doesnt/wont _ exist*");
  EXPECT_EQ(*parse_text_pattern("@ * <> $us $ip ~ _"), "@ * <> $us $ip ~ _");
  EXPECT_EQ(*parse_text_pattern("{mailbox}/Empf\u00e4nger _ Ung\u00dcltig"),
            "{mailbox}/empfanger _ ungultig");
  EXPECT_EQ(*parse_reply_stage("rcpt"), stage::rcpt);
  EXPECT_EQ(*parse_rule_reason("mailbox_full"), reason::mailbox_full);
}

TEST(ReplyRulebook, SaysWhereAColumnIsWrong) {
  const auto octet = [](const auto& made) { return made ? 0 : made.error().octet; };
  EXPECT_EQ(octet(parse_code_range("250")), 1U);
  EXPECT_EQ(octet(parse_code_range("550-")), 5U);
  EXPECT_EQ(octet(parse_code_range("559-550")), 5U);
  EXPECT_EQ(octet(parse_code_range("5555")), 1U);
  EXPECT_EQ(octet(parse_enhanced_pattern("5.1.1|2.1.1")), 7U);
  EXPECT_EQ(octet(parse_enhanced_pattern("5.1")), 1U);
  EXPECT_EQ(octet(parse_enhanced_pattern("5.1.1|")), 6U);
  EXPECT_EQ(octet(parse_text_pattern("user _ unknown|")), 15U);
  EXPECT_EQ(octet(parse_text_pattern("a||b")), 3U);
  EXPECT_EQ(octet(parse_text_pattern("|b")), 1U);
  EXPECT_EQ(octet(parse_text_pattern("_ user")), 1U);
  EXPECT_EQ(octet(parse_text_pattern("* user")), 1U);
  EXPECT_EQ(octet(parse_text_pattern("~ user")), 1U);
  EXPECT_EQ(octet(parse_text_pattern("user {nosuch}")), 6U);
  EXPECT_EQ(octet(parse_text_pattern("user_name")), 5U);
  EXPECT_EQ(octet(parse_text_pattern("user a//b")), 8U);
  EXPECT_EQ(octet(parse_text_pattern("user: unknown")), 5U);
  EXPECT_EQ(octet(parse_text_pattern("us*er")), 3U);
  EXPECT_EQ(octet(parse_text_pattern(std::string(3000, 'a'))), 2001U);
  EXPECT_EQ(octet(parse_reply_stage("dns")), 1U);
  EXPECT_EQ(octet(parse_rule_reason("accepted")), 1U);
}

TEST(ReplyRulebook, SaysWhatColumnsContradictEachOther) {
  added_rule one = rule("", reason::prober_blocked);
  EXPECT_TRUE(contradiction(one)) << "takes everything";
  one.codes = {550, 550};
  EXPECT_FALSE(contradiction(one));
  one.why = reason::mailbox_not_found;
  EXPECT_FALSE(contradiction(one));
  one.codes = {450, 550};
  EXPECT_TRUE(contradiction(one)) << "of a 4xx";
  one.codes = {550, 550};
  one.at = only(stage::mail);
  EXPECT_TRUE(contradiction(one)) << "before RCPT";
  one.at = {};
  EXPECT_TRUE(contradiction(one)) << "nowhere";
}

}  // namespace
}  // namespace cbv::smtp
