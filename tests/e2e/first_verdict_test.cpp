// The main job, end to end: cbvd asks a real name server and a real Postfix, remembers in a real
// LMDB, and is asked over its socket. A fault of any of them must never make an address
// undeliverable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/files.hpp"
#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

class FirstVerdictTest : public postfix_test {
 protected:
  FirstVerdictTest() { start(); }

  /// What cbv-probe says of the addresses, an answer each, and how it exits.
  int probe(const std::vector<std::string>& addresses, std::vector<answer>& answers) {
    std::vector<std::string> words = {CBV_E2E_CBV_PROBE, "--socket", daemon_->socket(),
                                      "--json",          "--jobs",   "1"};
    words.insert(words.end(), addresses.begin(), addresses.end());
    const auto finished = run(words, place_.path());
    std::istringstream lines(finished.output);
    for (std::string line; std::getline(lines, line);) answers.push_back(read_answer(line));
    EXPECT_EQ(finished.errors, "");
    return finished.exit_status;
  }
};

testing::Matcher<answer> is_deliverable(const std::string& source) {
  return AllOf(Field("status", &answer::status, "deliverable"),
               Field("reason", &answer::reason, "accepted"), Field("stage", &answer::stage, "rcpt"),
               Field("source", &answer::source, source),
               Field("host", &answer::host, "mx1.example.org"),
               Field("reply code", &answer::reply_code, 250),
               Field("reply enhanced", &answer::reply_enhanced, "2.1.5"));
}

testing::Matcher<answer> has_no_mailbox(const std::string& source) {
  return AllOf(
      Field("status", &answer::status, "undeliverable"),
      Field("reason", &answer::reason, "mailbox_not_found"), Field("stage", &answer::stage, "rcpt"),
      Field("source", &answer::source, source), Field("host", &answer::host, "mx1.example.org"),
      Field("reply code", &answer::reply_code, 550),
      Field("reply enhanced", &answer::reply_enhanced, "5.1.1"),
      Field("reply text", &answer::reply_text, HasSubstr("User unknown in local recipient table")));
}

testing::Matcher<answer> is_unknown(const std::string& reason) {
  return AllOf(Field("status", &answer::status, "unknown"),
               Field("reason", &answer::reason, reason));
}

TEST_F(FirstVerdictTest, ThoseThatExistAreDeliverableAndAnotherIsNot) {
  EXPECT_THAT(ask("ann@example.org"), is_deliverable("callout"));
  EXPECT_THAT(ask("bob@example.org"), is_deliverable("callout"));
  EXPECT_THAT(ask("zed@example.org"), has_no_mailbox("callout"));
  EXPECT_EQ(ask("ann@example.org").host_ip, address_);
  EXPECT_GE(far_host_->sessions(), 1U);  // and so its log has all lines about them
  EXPECT_EQ(lines_with(far_host_->log(), "from=<> to=<zed@example.org>"), 1U);
  EXPECT_EQ(lines_with(far_host_->log(), "message-id"), 0U) << "a message was sent";
}

TEST_F(FirstVerdictTest, TheSecondQuestionIsAnsweredFromTheCache) {
  EXPECT_THAT(ask("ann@example.org"), is_deliverable("callout"));
  EXPECT_THAT(ask("zed@example.org"), has_no_mailbox("callout"));
  const auto sessions = far_host_->sessions();
  EXPECT_GE(sessions, 1U);

  EXPECT_THAT(ask("ann@example.org"), is_deliverable("cache"));
  EXPECT_THAT(ask("zed@example.org"), has_no_mailbox("cache"));
  EXPECT_EQ(far_host_->sessions(), sessions);
}

TEST_F(FirstVerdictTest, WithTheMailHostStoppedNothingBecomesUndeliverable) {
  EXPECT_THAT(ask("ann@example.org"), is_deliverable("callout"));
  EXPECT_THAT(ask("zed@example.org"), has_no_mailbox("callout"));
  far_host_->stop();

  EXPECT_THAT(ask("ann@example.org"), is_deliverable("cache"));
  EXPECT_THAT(ask("zed@example.org"), has_no_mailbox("cache"));
  EXPECT_THAT(ask("bob@example.org"), is_unknown("connect_failed"));
}

TEST_F(FirstVerdictTest, WithTheNameServerStoppedNothingBecomesUndeliverable) {
  EXPECT_THAT(ask("zed@example.org"), has_no_mailbox("callout"));
  EXPECT_EQ(ask("ann@absent.example.org").reason, "domain_not_found");
  name_server_.stop();

  EXPECT_THAT(ask("zed@example.org"), has_no_mailbox("cache"));
  EXPECT_THAT(ask("ann@other.example.org"), is_unknown("dns_failure"));
}

TEST_F(FirstVerdictTest, KilledAndStartedAgainItRemembersEverything) {
  EXPECT_THAT(ask("ann@example.org"), is_deliverable("callout"));
  EXPECT_THAT(ask("bob@example.org"), is_deliverable("callout"));
  EXPECT_THAT(ask("zed@example.org"), has_no_mailbox("callout"));
  wait_for("three verdicts to be committed", [this] { return daemon_->committed_verdicts() == 3; });
  daemon_->kill();
  far_host_->stop();  // from here on only memory can answer

  daemon_->start();
  EXPECT_THAT(ask("ann@example.org"), is_deliverable("cache"));
  EXPECT_THAT(ask("bob@example.org"), is_deliverable("cache"));
  EXPECT_THAT(ask("zed@example.org"), has_no_mailbox("cache"));
}

TEST_F(FirstVerdictTest, ProbeShowsTheSameAndItsExitStatusTellsTheWorst) {
  std::vector<answer> answers;
  EXPECT_EQ(probe({"ann@example.org", "bob@example.org"}, answers), 0);
  EXPECT_THAT(answers, ElementsAre(is_deliverable("callout"), is_deliverable("callout")));

  answers.clear();
  EXPECT_EQ(probe({"ann@example.org", "zed@example.org"}, answers), 1);
  EXPECT_THAT(answers, ElementsAre(is_deliverable("cache"), has_no_mailbox("callout")));

  far_host_->stop();
  answers.clear();
  EXPECT_EQ(probe({"ann@example.org", "new@example.org"}, answers), 2);
  EXPECT_THAT(answers, ElementsAre(is_deliverable("cache"), is_unknown("connect_failed")));
}

TEST_F(FirstVerdictTest, StopsWhenToldAndLeavesNoSocket) {
  EXPECT_THAT(ask("ann@example.org"), is_deliverable("callout"));
  EXPECT_EQ(daemon_->stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(daemon_->socket()));
}

}  // namespace
}  // namespace cbv::e2e
