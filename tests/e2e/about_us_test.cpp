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

TEST_F(BlockListTest, ListedWeKnowNothingOfTheMailbox) {
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("unknown", "prober_blocked"),
                    replied(554, "5.7.1", "blocked using bl.example.org; sends callouts")));
  EXPECT_THAT(ask("zed@example.org"), is_verdict("unknown", "prober_blocked"));
}

class NullSenderTest : public postfix_test {
 protected:
  static constexpr auto refuses_null_sender =
      "smtpd_sender_restrictions = check_sender_access inline:{ {<> = REJECT No bounces here} }\n";
};

TEST_F(NullSenderTest, RefusedAtMailItSaysNothingOfTheMailbox) {
  start({std::string(refuses_null_sender) + "smtpd_delay_reject = no\n", ""});
  EXPECT_THAT(ask("ann@example.org"), AllOf(is_verdict("unknown", "null_sender_refused", "mail"),
                                            replied(554, "5.7.1", "No bounces here")));
}

TEST_F(NullSenderTest, RefusedAtRcptItSaysNothingOfTheMailboxEither) {
  start({refuses_null_sender, ""});
  const auto found = ask("ann@example.org");
  EXPECT_EQ(found.status, "unknown");
  EXPECT_THAT(found, replied(554, "5.7.1", "No bounces here"));
}

}  // namespace
}  // namespace cbv::e2e
