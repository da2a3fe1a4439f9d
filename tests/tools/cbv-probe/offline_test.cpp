#include "tools/cbv-probe/offline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/temporary_folder.hpp"

namespace cbv::probe {
namespace {

offline_answer classified(std::vector<std::string> arguments, bool json = false) {
  options asked;
  asked.wants_classify = true;
  asked.classify = std::move(arguments);
  asked.own_ip = "198.51.100.9";
  asked.format = json ? output_format::json : output_format::table;
  return show_classified(asked);
}

TEST(Offline, KnowsWhichMailboxAReplyAnswered) {
  options asked;
  asked.wants_classify = true;
  asked.asked_mailbox = "bob@example.org";
  const std::string missed = "550 <ann@example.com>: User unknown";
  const offline_answer answer =
      classify_lines("rcpt\t" + missed + "\nrcpt\tann@example.com\t" + missed + "\n", "a file",
                     asked, smtp::reply_rulebook::built_in());
  EXPECT_EQ(answer.complaints, "");
  EXPECT_NE(answer.text.find("another_address"), std::string::npos) << answer.text;
  EXPECT_NE(answer.text.find("no_such_user"), std::string::npos) << answer.text;
}

TEST(Offline, ShowsTheRuleThatReadsAReplyAndWhatItWasWrittenFor) {
  const offline_answer answer = classified({"rcpt", "550 5.1.1 Go away, 198.51.100.9"});
  EXPECT_EQ(answer.exit_status, exit_deliverable);
  EXPECT_EQ(answer.text,
            "stage: rcpt\ncode: 550\nenhanced: 5.1.1\ntext: Go away, 198.51.100.9\n"
            "status: unknown\nreason: prober_blocked\nrule: quotes_us\n"
            "written_for: 550 Go away, 198.51.100.9\n");
}

TEST(Offline, TakesAReplyWithoutAStageAsOneToRcpt) {
  const offline_answer answer = classified({"550-5.1.1 No such\\n550 5.1.1 user"}, true);
  EXPECT_NE(answer.text.find(R"("stage":"rcpt")"), std::string::npos) << answer.text;
  EXPECT_NE(answer.text.find(R"("reason":"mailbox_not_found")"), std::string::npos) << answer.text;
  EXPECT_NE(classified({"450 Greylisted for 5 minutes"}, true).text.find(R"("retry_after_s":300)"),
            std::string::npos);
}

TEST(Offline, ComplainsOfWhatIsNoReply) {
  EXPECT_EQ(classified({"dns", "550 no"}).exit_status, exit_usage);
  EXPECT_EQ(classified({"dns", "550 no"}).complaints,
            "expected a stage (greeting, ehlo, starttls, mail or rcpt), got 'dns'\n");
  EXPECT_EQ(classified({"hello"}).complaints,
            "expected an SMTP reply, such as '550 5.1.1 No such user', got 'hello'\n");
}

TEST(Offline, ReadsManyRepliesAndSaysWhichLinesAreNone) {
  options asked;
  asked.format = output_format::json;
  const offline_answer answer = classify_lines(
      "# replies\n\nrcpt\t550 User unknown\r\n550 Mailbox full\nhello\nmail\t250 ok\n", "f.tsv",
      asked, smtp::reply_rulebook::built_in());
  EXPECT_EQ(answer.exit_status, exit_usage);
  EXPECT_EQ(answer.complaints,
            "f.tsv:5: expected an SMTP reply, such as '550 5.1.1 No such user', got 'hello'\n");
  EXPECT_EQ(std::count(answer.text.begin(), answer.text.end(), '\n'), 3);
  asked.format = output_format::table;
  const offline_answer table =
      classify_lines("550 User unknown\n", "f.tsv", asked, smtp::reply_rulebook::built_in());
  EXPECT_EQ(table.exit_status, exit_deliverable);
  EXPECT_EQ(
      table.text,
      "STATUS        REASON              RULE                    STAGE    REPLY\n"
      "undeliverable mailbox_not_found   no_such_user            rcpt     550 User unknown\n");
}

TEST(Offline, UsesTheRulesOfASettingsFile) {
  const temporary_folder folder;
  const std::string file = folder.inside("cbvd.toml");
  options asked;
  asked.wants_classify = true;
  asked.classify = {"550 xyzzy"};
  asked.config = file;
  EXPECT_EQ(show_classified(asked).exit_status, exit_no_input);
  std::ofstream(file) << "[callout]\nport = 25\n[[reply_rule]]\nname = \"mine\"\n"
                         "text = \"xyzzy\"\nreason = \"mailbox_disabled\"\n";
  EXPECT_NE(show_classified(asked).text.find("rule: mine\n"), std::string::npos);
  std::ofstream(file) << "[[reply_rule]]\ntext = \"\"\nreason = \"xyzzy\"\n";
  EXPECT_NE(show_classified(asked).complaints.find("cbvd.toml:3:10: reply_rule.reason:"),
            std::string::npos)
      << show_classified(asked).complaints;
}

}  // namespace
}  // namespace cbv::probe
