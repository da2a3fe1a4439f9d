// Postfix that hangs up on clients who ask for too many unknown recipients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/dialogue.hpp"
#include "tests/e2e/postfix_test.hpp"

namespace cbv::e2e {
namespace {

using testing::StartsWith;

class HardErrorLimitTest : public postfix_test {
 protected:
  void start_with_limit(int errors) {
    start({"smtpd_hard_error_limit = " + std::to_string(errors) + "\n", ""},
          "callout.per_host.connections_max = 1\n");
  }

  /// Eight that do not exist, and ann, who does, all asked about at once.
  void expect_the_truth_about_all() {
    auto mailboxes = unknown_;
    mailboxes.emplace_back("ann@example.org");
    const auto answers = daemon_->ask_at_once(mailboxes);
    ASSERT_EQ(answers.size(), mailboxes.size());
    EXPECT_THAT(answers.back(), is_verdict("deliverable", "accepted"));
    for (std::size_t i = 0; i < unknown_.size(); ++i) {
      EXPECT_THAT(answers[i], is_verdict("undeliverable", "mailbox_not_found")) << unknown_[i];
    }
  }

  const std::vector<std::string> unknown_ = {"s@example.org", "t@example.org", "u@example.org",
                                             "v@example.org", "w@example.org", "x@example.org",
                                             "y@example.org", "z@example.org"};
};

TEST_F(HardErrorLimitTest, TheSecondErrorEndsTheSession) {
  start_with_limit(2);
  dialogue talk(address_, far_host_->port());
  talk.say("EHLO edge.example.net");
  talk.say("MAIL FROM:<>");
  EXPECT_THAT(talk.say("RCPT TO:<x@example.org>"), StartsWith("550 5.1.1 "));
  EXPECT_THAT(talk.say("RCPT TO:<y@example.org>"), StartsWith("550 5.1.1 "));
  EXPECT_THAT(talk.hear(), StartsWith("421 4.7.0 "));
}

TEST_F(HardErrorLimitTest, ThoughItHangsUpAfterEachErrorEachQuestionIsAnswered) {
  start_with_limit(1);
  expect_the_truth_about_all();
  EXPECT_GE(far_host_->sessions(), 8U);
}

TEST_F(HardErrorLimitTest, ThoughItHangsUpAfterTwoErrorsEachQuestionIsAnswered) {
  start_with_limit(2);
  expect_the_truth_about_all();
  EXPECT_GE(far_host_->sessions(), 4U);
}

TEST_F(HardErrorLimitTest, ASessionEndsBeforeALimitOfTwentyErrors) {
  start_with_limit(20);  // as Postfix has it
  expect_the_truth_about_all();
  // Nine questions; a session ends with its fourth refusal.
  const auto sessions = far_host_->sessions();
  EXPECT_GE(sessions, 2U);
  EXPECT_LE(sessions, 3U);
  EXPECT_EQ(lines_with(far_log(), "too many errors"), 0U);
}

}  // namespace
}  // namespace cbv::e2e
