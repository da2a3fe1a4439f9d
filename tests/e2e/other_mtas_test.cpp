// Mail hosts that are no Postfix: each says in its own words that a mailbox does not exist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/exim.hpp"
#include "tests/e2e/far_host_test.hpp"
#include "tests/e2e/opensmtpd.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::Field;

class EximTest : public far_host_test {
 protected:
  std::string far_log() const override { return far_host_.log(); }

  void expect_that_ann_and_bob_exist_and_zed_does_not(const std::string& tls_protocol) {
    const auto protection = Field("tls protocol", &answer::tls_protocol, tls_protocol);
    EXPECT_THAT(ask("ann@example.org"), AllOf(is_verdict("deliverable", "accepted"),
                                              replied(250, "", "Accepted"), protection));
    EXPECT_THAT(ask("bob@example.org"), AllOf(is_verdict("deliverable", "accepted"), protection));
    EXPECT_THAT(ask("zed@example.org"), AllOf(is_verdict("undeliverable", "mailbox_not_found"),
                                              replied(550, "", "Unrouteable address"), protection));
  }

  exim far_host_{address_, domain, {"ann", "bob"}};
};

TEST_F(EximTest, OverTlsThoseThatExistAreDeliverableAndAnotherIsNot) {
  start_cbvd(far_host_.port());
  expect_that_ann_and_bob_exist_and_zed_does_not("TLSv1.3");
}

TEST_F(EximTest, InClearThoseThatExistAreDeliverableAndAnotherIsNot) {
  start_cbvd(far_host_.port(), "callout.tls = \"never\"\n");
  expect_that_ann_and_bob_exist_and_zed_does_not("");
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
