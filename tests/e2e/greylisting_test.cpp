// Postfix with postgrey: the first try of each client, sender and recipient is deferred.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/e2e/dialogue.hpp"
#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/postgrey.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::StartsWith;

class GreylistingTest : public postfix_test {
 protected:
  GreylistingTest() {
    postfix_options options;
    options.settings = "smtpd_recipient_restrictions = reject_unauth_destination, " +
                       greylisting_.restriction() + "\n";
    start(options);
  }

  std::string reply_to_rcpt(const std::string& recipient) {
    dialogue talk(address_, far_host_->port());
    talk.say("EHLO edge.example.net");
    talk.say("MAIL FROM:<>");
    return talk.say("RCPT TO:<" + recipient + ">");
  }

  postgrey greylisting_{address_, 1s};
};

TEST_F(GreylistingTest, TheFirstTryIsDeferredAndALaterOnePasses) {
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("unknown", "greylisted"), replied(450, "4.2.0", "Greylisted")));
  EXPECT_THAT(ask("zed@example.org"), is_verdict("unknown", "greylisted"));
  wait_for("postgrey to let the second try pass",
           [this] { return reply_to_rcpt("ann@example.org").starts_with("250 "); });
  EXPECT_THAT(reply_to_rcpt("zed@example.org"), StartsWith("550 5.1.1 "));
}

}  // namespace
}  // namespace cbv::e2e
