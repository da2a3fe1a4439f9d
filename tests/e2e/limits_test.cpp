// Postfix that hangs up on clients who ask for too many unknown recipients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/dialogue.hpp"
#include "tests/e2e/postfix_test.hpp"

namespace cbv::e2e {
namespace {

using testing::StartsWith;

class HardErrorLimitTest : public postfix_test {
 protected:
  HardErrorLimitTest() { start({"smtpd_hard_error_limit = 2\n", ""}); }
};

TEST_F(HardErrorLimitTest, TheSecondErrorEndsTheSession) {
  dialogue talk(address_, far_host_->port());
  talk.say("EHLO edge.example.net");
  talk.say("MAIL FROM:<>");
  EXPECT_THAT(talk.say("RCPT TO:<x@example.org>"), StartsWith("550 5.1.1 "));
  EXPECT_THAT(talk.say("RCPT TO:<y@example.org>"), StartsWith("550 5.1.1 "));
  EXPECT_THAT(talk.hear(), StartsWith("421 4.7.0 "));
}

TEST_F(HardErrorLimitTest, EachQuestionIsAnsweredAllTheSame) {
  for (const auto* mailbox : {"u", "v", "w", "x", "y", "z"}) {
    EXPECT_THAT(ask(std::string(mailbox) + "@example.org"),
                is_verdict("undeliverable", "mailbox_not_found"));
  }
  EXPECT_THAT(ask("ann@example.org"), is_verdict("deliverable", "accepted"));
}

}  // namespace
}  // namespace cbv::e2e
