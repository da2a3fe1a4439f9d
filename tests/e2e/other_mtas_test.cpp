// Mail hosts that are no Postfix: each says in its own words that a mailbox does not exist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/exim.hpp"
#include "tests/e2e/far_host_test.hpp"
#include "tests/e2e/opensmtpd.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;

class EximTest : public far_host_test {
 protected:
  EximTest() { start_cbvd(far_host_.port()); }
  std::string far_log() const override { return far_host_.log(); }

  exim far_host_{address_, domain, {"ann", "bob"}};
};

TEST_F(EximTest, ThoseThatExistAreDeliverableAndAnotherIsNot) {
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("deliverable", "accepted"), replied(250, "", "Accepted")));
  EXPECT_THAT(ask("bob@example.org"), is_verdict("deliverable", "accepted"));
  EXPECT_THAT(ask("zed@example.org"), AllOf(is_verdict("undeliverable", "mailbox_not_found"),
                                            replied(550, "", "Unrouteable address")));
}

class OpenSmtpdTest : public far_host_test {
 protected:
  OpenSmtpdTest() { start_cbvd(far_host_.port()); }
  std::string far_log() const override { return far_host_.log(); }

  opensmtpd far_host_{address_, domain, {"ann", "bob"}};
};

TEST_F(OpenSmtpdTest, ThoseThatExistAreDeliverableAndAnotherIsNot) {
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("deliverable", "accepted"), replied(250, "2.1.5", "Recipient ok")));
  EXPECT_THAT(ask("bob@example.org"), is_verdict("deliverable", "accepted"));
  EXPECT_THAT(ask("zed@example.org"), AllOf(is_verdict("undeliverable", "mailbox_not_found"),
                                            replied(550, "", "Invalid recipient")));
}

}  // namespace
}  // namespace cbv::e2e
