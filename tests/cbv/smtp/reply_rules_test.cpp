#include "cbv/smtp/reply_rules.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "cbv/smtp/reply_class.hpp"

namespace cbv::smtp {
namespace {

constexpr std::array stages{stage::greeting, stage::ehlo, stage::starttls, stage::mail,
                            stage::rcpt};
constexpr reply_context us{"198.51.100.9", "probe.example.net", true, "bob@example.org"};

// No rule hides behind another one: each is the one that reads the reply it was written for, at
// each of its stages.
TEST(ReplyRules, EachReadsItsOwnWording) {
  for (const reply_rule& rule : reply_rules()) {
    const auto said = parse_reply(rule.wording);
    ASSERT_TRUE(said) << rule.name;
    EXPECT_LE(rule.codes.first, said->code) << rule.name;
    EXPECT_GE(rule.codes.last, said->code) << rule.name;
    bool read = false;
    for (const stage at : stages) {
      if (!rule.at.has(at)) continue;
      const auto means = classify(at, *said, us);
      read = read || means.rule == rule.name;
      EXPECT_TRUE(means.rule == rule.name || at != stage::rcpt)
          << "at " << to_string(at) << ", " << rule.name << " hides behind " << means.rule;
    }
    EXPECT_TRUE(read) << rule.name << " is read nowhere";
  }
}

TEST(ReplyRules, HaveNamesOfTheirOwnAndPatternsInLowerCase) {
  std::set<std::string_view> names;
  for (const reply_rule& rule : reply_rules()) {
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
    for (const char c : rule.text) EXPECT_FALSE(c >= 'A' && c <= 'Z') << rule.name;
    // A hyphen or an apostrophe never comes out of a text.
    EXPECT_EQ(rule.text.find_first_of("-',;:()^"), std::string_view::npos) << rule.name;
    EXPECT_EQ(rule.text.find("  "), std::string_view::npos) << rule.name;
    EXPECT_EQ(rule.text.find("| "), std::string_view::npos) << rule.name;
    EXPECT_EQ(rule.text.find(" |"), std::string_view::npos) << rule.name;
    EXPECT_FALSE(rule.text.ends_with('|')) << rule.name;
  }
}

// A rejection is drawn from a 5xx at RCPT, or from "no mail here" at the greeting.
TEST(ReplyRules, RejectOnlyWhereAMailboxCanBeMeant) {
  for (const reply_rule& rule : reply_rules()) {
    if (rule.why == reason::relay_denied || rule.why == reason::null_sender_refused) {
      EXPECT_GE(rule.codes.first, 500) << rule.name;  // a setting may make these a rejection
    }
    if (status_of(rule.why) == status::unknown || rule.why == reason::null_sender_refused) continue;
    EXPECT_GE(rule.codes.first, 500) << rule.name;
    for (const stage at : stages) {
      if (!rule.at.has(at)) continue;
      EXPECT_TRUE(at == stage::rcpt ||
                  (at == stage::greeting && rule.why == reason::host_takes_no_mail))
          << rule.name;
    }
  }
}

TEST(ReplyRules, LeaveNoRefusalUnread) {
  for (const stage at : stages) {
    for (int code = 400; code < 600; ++code) {
      reply said;
      said.code = code;
      said.lines = {"xyzzy"};
      EXPECT_NE(classify(at, said, us).rule, "none") << to_string(at) << ' ' << code;
    }
  }
}

}  // namespace
}  // namespace cbv::smtp
