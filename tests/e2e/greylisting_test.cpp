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
    start(options, "callout.greylist_retries = [\"2s\", \"2s\", \"2s\", \"2s\"]\n");
  }

  std::string reply_to_rcpt(const std::string& recipient) {
    dialogue talk(address_, far_host_->port());
    talk.say("EHLO edge.example.net");
    talk.say("MAIL FROM:<>");
    return talk.say("RCPT TO:<" + recipient + ">");
  }

  /// Nobody asks meanwhile: questions that begin no callout do not count.
  void wait_until_known(const std::string& address) {
    wait_for(address + " to be known",
             [&] { return daemon_->ask_memory(address).status != "unknown"; });
  }

  postgrey greylisting_{address_, 1s};
};

TEST_F(GreylistingTest, PostgreyDefersTheFirstTryAndLetsALaterOnePass) {
  EXPECT_THAT(reply_to_rcpt("ann@example.org"), StartsWith("450 4.2.0 "));
  EXPECT_THAT(reply_to_rcpt("zed@example.org"), StartsWith("450 4.2.0 "));
  wait_for("postgrey to let a later try pass",
           [this] { return reply_to_rcpt("ann@example.org").starts_with("250 "); });
  wait_for("postgrey to let a later try for the other pass, too",
           [this] { return reply_to_rcpt("zed@example.org").starts_with("550 5.1.1 "); });
}

TEST_F(GreylistingTest, ResolvesByItselfSoThatTheNextQuestionFindsTheVerdict) {
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("unknown", "greylisted"), replied(450, "4.2.0", "Greylisted")));
  EXPECT_THAT(ask("zed@example.org"), is_verdict("unknown", "greylisted"));
  wait_until_known("ann@example.org");
  wait_until_known("zed@example.org");
  EXPECT_THAT(ask("ann@example.org"), AllOf(is_verdict("deliverable", "accepted", "rcpt", "cache"),
                                            replied(250, "2.1.5", "")));
  EXPECT_THAT(ask("zed@example.org"),
              is_verdict("undeliverable", "mailbox_not_found", "rcpt", "cache"));
}

TEST_F(GreylistingTest, ResolvesThoughTheDaemonWasKilledMeanwhile) {
  EXPECT_THAT(ask("ann@example.org"), is_verdict("unknown", "greylisted"));
  wait_for("the booking to be committed", [this] { return daemon_->committed_bookings() == 1; });
  daemon_->kill();
  daemon_->start();
  wait_until_known("ann@example.org");
  EXPECT_THAT(ask("ann@example.org"), is_verdict("deliverable", "accepted", "rcpt", "cache"));
}

}  // namespace
}  // namespace cbv::e2e
