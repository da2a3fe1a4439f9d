// STARTTLS with a real Postfix: one that says nothing about mailboxes in clear, and one whose TLS
// is of no use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/certificate.hpp"
#include "tests/e2e/dialogue.hpp"
#include "tests/e2e/postfix_test.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;
using testing::StartsWith;

class StarttlsTest : public postfix_test {
 protected:
  void start_with(const std::string& postfix_settings, const std::string& cbvd_settings = "") {
    postfix_options options;
    options.settings = "smtpd_tls_chain_files = " + certificate_.key_file.string() + ", " +
                       certificate_.certificate_file.string() + "\n" + postfix_settings;
    start(options, cbvd_settings);
  }

  const certificate certificate_ = make_certificate(place_.path(), "mx1.example.org");
  const std::string requires_tls_ = "smtpd_tls_security_level = encrypt\n";
};

testing::Matcher<answer> was_in_clear() {
  return Field("tls protocol", &answer::tls_protocol, "");
}

testing::Matcher<answer> was_in_tls(bool verified = false) {
  return AllOf(Field("tls protocol", &answer::tls_protocol, "TLSv1.3"),
               Field("tls verified", &answer::tls_verified, verified));
}

TEST_F(StarttlsTest, InClearPostfixRefusesMail) {
  start_with(requires_tls_);
  dialogue talk(address_, far_host_->port());
  EXPECT_THAT(talk.say("EHLO edge.example.net"), HasSubstr("STARTTLS"));
  EXPECT_THAT(talk.say("MAIL FROM:<>"), StartsWith("530 5.7.0 Must issue a STARTTLS"));
  EXPECT_THAT(talk.say("STARTTLS"), StartsWith("220 "));
}

TEST_F(StarttlsTest, WhereItIsRequiredTheVerdictComesOverTls) {
  start_with(requires_tls_);
  EXPECT_THAT(ask("ann@example.org"), AllOf(is_verdict("deliverable", "accepted"), was_in_tls()));
  EXPECT_THAT(ask("zed@example.org"),
              AllOf(is_verdict("undeliverable", "mailbox_not_found"), was_in_tls()));
}

TEST_F(StarttlsTest, WithoutItNothingIsKnown) {
  start_with(requires_tls_, "callout.tls = \"never\"\n");
  EXPECT_THAT(ask("ann@example.org"), AllOf(is_verdict("unknown", "tls_required", "mail"),
                                            replied(530, "5.7.0", ""), was_in_clear()));
}

TEST_F(StarttlsTest, ACertificateThatNobodyVouchesForWillDoUnlessItIsToBeVerified) {
  start_with(requires_tls_, "callout.tls = \"verify\"\n");
  EXPECT_THAT(ask("zed@example.org"), is_verdict("unknown", "tls_failed", "starttls"));
}

TEST_F(StarttlsTest, AGoodCertificateIsVerified) {
  start_with(requires_tls_, "callout.tls = \"verify\"\ncallout.tls_ca_file = \"" +
                                certificate_.certificate_file.string() + "\"\n");
  EXPECT_THAT(ask("zed@example.org"),
              AllOf(is_verdict("undeliverable", "mailbox_not_found"), was_in_tls(true)));
}

TEST_F(StarttlsTest, IfTheHandshakeFailsItIsAskedInClearUnlessTlsIsNeeded) {
  const std::string too_old = "smtpd_tls_security_level = may\nsmtpd_tls_protocols = <=TLSv1.1\n";
  start_with(too_old);
  EXPECT_THAT(ask("zed@example.org"),
              AllOf(is_verdict("undeliverable", "mailbox_not_found"), was_in_clear()));
}

TEST_F(StarttlsTest, IfTheHandshakeFailsThoughTlsIsNeededNothingIsKnown) {
  const std::string too_old = "smtpd_tls_security_level = may\nsmtpd_tls_protocols = <=TLSv1.1\n";
  start_with(too_old, "callout.tls = \"need\"\n");
  EXPECT_THAT(ask("zed@example.org"), is_verdict("unknown", "tls_failed", "starttls"));
}

}  // namespace
}  // namespace cbv::e2e
