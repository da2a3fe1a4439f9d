// Refusals that are about who asks. Postfix says them in answer to RCPT (smtpd_delay_reject), where
// they are easily taken for "no such mailbox".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/postfix_test.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;

// Callouts come from 127.0.0.1.
class BlockListTest : public postfix_test {
 protected:
  BlockListTest()
      : postfix_test(
            "1.0.0.127.bl  A    127.0.0.2\n"
            "1.0.0.127.bl  TXT  \"sends callouts\"\n",
            53) {
    start({"smtpd_client_restrictions = reject_rbl_client bl.example.org\n", address_});
  }
};

TEST_F(BlockListTest, ListedWeKnowNothingOfTheMailboxAndLeaveTheHostAlone) {
  EXPECT_THAT(ask("zed@example.org"),
              AllOf(is_verdict("unknown", "prober_blocked"),
                    replied(554, "5.7.1", "blocked using bl.example.org; sends callouts")));
  const auto sessions = far_host_->sessions();
  EXPECT_THAT(ask("ann@example.org"), is_verdict("unknown", "busy", "policy", "policy"));
  EXPECT_EQ(far_host_->sessions(), sessions);
}

class NullSenderTest : public postfix_test {
 protected:
  static constexpr auto refuses_null_sender =
      "smtpd_sender_restrictions = check_sender_access inline:{ {<> = REJECT No bounces here} }\n";
  static constexpr auto at_once = "smtpd_delay_reject = no\n";
  static constexpr auto other_sender = "callout.fallback_sender = \"probe@edge.example.net\"\n";
};

TEST_F(NullSenderTest, RefusedAtMailItSaysNothingOfTheMailbox) {
  start({std::string(refuses_null_sender) + at_once, ""});
  EXPECT_THAT(ask("zed@example.org"), AllOf(is_verdict("unknown", "null_sender_refused", "mail"),
                                            replied(554, "5.7.1", "No bounces here")));
}

TEST_F(NullSenderTest, RefusedAtRcptItSaysNothingOfTheMailboxEither) {
  start({refuses_null_sender, ""});
  const auto found = ask("zed@example.org");
  EXPECT_EQ(found.status, "unknown");
  EXPECT_THAT(found, replied(554, "5.7.1", "No bounces here"));
}

TEST_F(NullSenderTest, RefusedAtMailAnotherSenderIsTriedAndThatIsRemembered) {
  start({std::string(refuses_null_sender) + at_once, ""}, other_sender);
  EXPECT_THAT(ask("ann@example.org"), is_verdict("deliverable", "accepted"));
  EXPECT_THAT(ask("zed@example.org"), is_verdict("undeliverable", "mailbox_not_found"));
  EXPECT_GE(far_host_->sessions(), 1U);  // and so its log has all lines about them
  EXPECT_EQ(lines_with(far_log(), "<>: Sender address rejected"), 1U);
  EXPECT_EQ(lines_with(far_log(), "from=<probe@edge.example.net> to=<zed@example.org>"), 1U);
}

}  // namespace
}  // namespace cbv::e2e
