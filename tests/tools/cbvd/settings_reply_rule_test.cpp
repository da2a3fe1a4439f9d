#include "tools/cbvd/settings_reply_rule.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "cbv/smtp/reply_class.hpp"
#include "tools/cbvd/settings.hpp"
#include "tools/cbvd/settings_file.hpp"

namespace cbv::cbvd {
namespace {

struct outcome {
  std::vector<smtp::added_rule> rules;
  std::string complaints;
};

outcome read(std::string_view toml) {
  outcome seen;
  for (const complaint& one : read_settings(toml, {}, {reply_rule_list(seen.rules)}))
    seen.complaints += to_string(one, "f.toml") + '\n';
  return seen;
}

TEST(SettingsReplyRule, ReadsARuleWithAllItsColumns) {
  const outcome seen = read(
      "[[reply_rule]]\nname = \"mine\"\nwhere = \"after\"\nstages = [\"mail\", \"rcpt\"]\n"
      "codes = \"550-559\"\nenhanced = \"5.1.1|-\"\ntext = \"Go-away, \"\n"
      "provider = \"example\"\nreason = \"prober_blocked\"\n");
  EXPECT_EQ(
      seen.complaints,
      "f.toml:7:8: reply_rule.text: expected a pattern, such as \"no such user/mailbox\", got "
      "\"Go-away, \": this character is in no word (octet 8)\n");
  const outcome good = read(
      "[[reply_rule]]\nname = \"mine\"\nwhere = \"after\"\nstages = [\"mail\", \"rcpt\"]\n"
      "codes = \"550-559\"\nenhanced = \"5.1.1|-\"\ntext = \"Go-away\"\n"
      "provider = \"example\"\nreason = \"prober_blocked\"\n");
  EXPECT_EQ(good.complaints, "");
  ASSERT_EQ(good.rules.size(), 1U);
  smtp::added_rule wanted;
  wanted.name = "mine";
  wanted.where = smtp::rule_place::after;
  wanted.at = smtp::only(stage::mail) | smtp::only(stage::rcpt);
  wanted.codes = {550, 559};
  wanted.enhanced = "5.1.1|-";
  wanted.text = "goaway";
  wanted.provider = "example";
  wanted.why = reason::prober_blocked;
  EXPECT_EQ(good.rules.front(), wanted);
}

TEST(SettingsReplyRule, SaysWhatIsWrongAndWhere) {
  struct row {
    const char* line;
    const char* complaint;
  };
  for (const row& asked : {
           row{"codes = \"250\"", "reply_rule.codes: expected reply codes, such as"},
           row{"enhanced = \"5.1\"", "reply_rule.enhanced: expected enhanced codes, such as"},
           row{"stages = [\"dns\"]", "reply_rule.stages: expected a list of texts, each a stage"},
           row{"reason = \"accepted\"", "reply_rule.reason: expected what the reply means"},
           row{"where = \"above\"", "reply_rule.where: expected one of \"before\", \"after\""},
           row{"txet = \"a\"", "reply_rule.txet: there is no such setting"},
       }) {
    const std::string text = read("[[reply_rule]]\n" + std::string(asked.line) + "\n").complaints;
    EXPECT_EQ(text.substr(0, 9), "f.toml:2:") << text;
    EXPECT_NE(text.find(asked.complaint), std::string::npos) << text;
  }
}

// What is wrong between columns is said of the table.
TEST(SettingsReplyRule, RefusesARuleThatCannotBe) {
  const auto complaints = [](const std::string& rest) {
    return read("[[reply_rule]]\n" + rest).complaints;
  };
  EXPECT_NE(complaints("reason = \"try_later\"\n").find("it would take every reply"),
            std::string::npos);
  EXPECT_NE(complaints("text = \"no\"\ncodes = \"4xx\"\nreason = \"mailbox_not_found\"\n")
                .find("never of a 4xx"),
            std::string::npos);
  EXPECT_NE(complaints("text = \"no\"\nstages = [\"mail\"]\nreason = \"mailbox_not_found\"\n")
                .find("not said at mail"),
            std::string::npos);
  EXPECT_NE(complaints("text = \"a\"\nname = \"x\"\n[[reply_rule]]\ntext = \"b\"\nname = \"x\"\n")
                .find("got two"),
            std::string::npos);
}

TEST(SettingsReplyRule, IsInForceWhenCompiled) {
  settings all = default_settings();
  compile_rules(all);
  EXPECT_EQ(all.callout.rules, nullptr);
  const auto wrong =
      read_settings("[[reply_rule]]\ntext = \"xyzzy\"\nreason = \"mailbox_disabled\"\n",
                    settings_of(all), table_lists_of(all));
  ASSERT_TRUE(wrong.empty());
  compile_rules(all);
  ASSERT_NE(all.callout.rules, nullptr);
  EXPECT_EQ(
      smtp::classify(stage::rcpt, *smtp::parse_reply("550 xyzzy"), {}, *all.callout.rules).reason,
      reason::mailbox_disabled);
}

}  // namespace
}  // namespace cbv::cbvd
