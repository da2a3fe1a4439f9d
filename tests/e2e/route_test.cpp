// Call-ahead: the servers of a route are asked in place of the domain's MX.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/certificate.hpp"
#include "tests/e2e/dovecot.hpp"
#include "tests/e2e/postfix_test.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;

std::string port_text(std::uint16_t port) {
  return std::to_string(port);
}

/// Nobody listens at the MX; whoever asks there knows nothing.
class LmtpRouteTest : public far_host_test {
 protected:
  std::string far_log() const override { return inside_.log(); }

  /// Starts a cbvd with a route to these.
  void route_to(const std::string& servers) {
    start_cbvd(free_port(address_),
               "[[route]]\ndomain = \"example.org\"\nto = [" + servers + "]\n");
  }

  std::string over_tcp() const {
    return "\"lmtp://" + address_ + ":" + port_text(inside_.port()) + "\"";
  }
  std::string over_unix_socket() const { return "\"lmtp+unix:" + inside_.socket().string() + "\""; }

  void expect_that_ann_exists_and_zed_does_not() {
    EXPECT_THAT(ask("ann@example.org"),
                AllOf(is_verdict("deliverable", "accepted"), replied(250, "2.1.5", "")));
    EXPECT_THAT(ask("zed@example.org"), AllOf(is_verdict("undeliverable", "mailbox_not_found"),
                                              replied(550, "5.1.1", "User doesn't exist")));
  }

  dovecot inside_{address_, {"ann@example.org"}};
};

TEST_F(LmtpRouteTest, AsksDovecotOverTcp) {
  route_to(over_tcp());
  expect_that_ann_exists_and_zed_does_not();
}

TEST_F(LmtpRouteTest, AsksDovecotOverAUnixSocket) {
  route_to(over_unix_socket());
  expect_that_ann_exists_and_zed_does_not();
}

TEST_F(LmtpRouteTest, AsksTheNextServerIfTheFirstIsNotThere) {
  route_to("\"smtp://" + address_ + ":" + port_text(free_port(address_)) + "\", " +
           over_unix_socket());
  expect_that_ann_exists_and_zed_does_not();
}

TEST_F(LmtpRouteTest, WithDovecotStoppedNothingIsUndeliverable) {
  route_to(over_tcp() + ", " + over_unix_socket());
  inside_.stop();
  EXPECT_THAT(ask("zed@example.org"), is_verdict("unknown", "connect_failed", "connect"));
}

// A Postfix that answers nobody who has not said a password, and takes none in clear.
class AuthRouteTest : public postfix_test {
 protected:
  void start_with_password(const std::string& password) {
    const auto made = make_certificate(place_.path(), "mx1.example.org");
    postfix_options options;
    options.settings =
        "smtpd_tls_security_level = may\nsmtpd_tls_auth_only = yes\n"
        "smtpd_tls_chain_files = " +
        made.key_file.string() + ", " + made.certificate_file.string() + "\n" +
        "smtpd_client_restrictions = permit_sasl_authenticated, reject\n" +
        passwords_.sasl_settings();
    start(options, R"(
[[route]]
domain = "example.org"
to = ["smtp://mx1.example.org:{smtp_port}"]
user = "ann@example.org"
password = ")" + password +
                       "\"\n");
  }

  dovecot passwords_{address_, {"ann@example.org"}};
};

TEST_F(AuthRouteTest, WithTheRightPasswordItLearnsWhoExists) {
  start_with_password(dovecot::password);
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("deliverable", "accepted"),
                    Field("tls protocol", &answer::tls_protocol, "TLSv1.3")));
  EXPECT_THAT(ask("zed@example.org"), is_verdict("undeliverable", "mailbox_not_found"));
  EXPECT_THAT(far_log(), HasSubstr("sasl_username=ann@example.org"));
}

TEST_F(AuthRouteTest, WithAWrongPasswordNothingIsUndeliverable) {
  start_with_password("let me in");
  EXPECT_EQ(ask("zed@example.org").status, "unknown");
}

}  // namespace
}  // namespace cbv::e2e
