// Postfix that says nothing about mailboxes before STARTTLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/certificate.hpp"
#include "tests/e2e/dialogue.hpp"
#include "tests/e2e/postfix_test.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class StarttlsTest : public postfix_test {
 protected:
  StarttlsTest() {
    const auto made = make_certificate(place_.path(), "mx1.example.org");
    postfix_options options;
    options.settings =
        "smtpd_tls_security_level = encrypt\nsmtpd_tls_chain_files = " + made.key_file.string() +
        ", " + made.certificate_file.string() + "\n";
    start(options);
  }
};

TEST_F(StarttlsTest, InClearItRefusesMail) {
  dialogue talk(address_, far_host_->port());
  EXPECT_THAT(talk.say("EHLO edge.example.net"), HasSubstr("STARTTLS"));
  EXPECT_THAT(talk.say("MAIL FROM:<>"), StartsWith("530 5.7.0 Must issue a STARTTLS"));
  EXPECT_THAT(talk.say("STARTTLS"), StartsWith("220 "));
}

TEST_F(StarttlsTest, AsksForTls) {
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("unknown", "tls_required", "mail"), replied(530, "5.7.0", "")));
}

}  // namespace
}  // namespace cbv::e2e
