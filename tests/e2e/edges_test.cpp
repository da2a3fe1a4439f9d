// What every edge must do, whatever it asks with: real mail servers at the edge, with the settings
// of tools/examples as they stand.
#include <functional>
#include <ostream>

#include "tests/e2e/edge_test.hpp"
#include "tests/e2e/exim_edge.hpp"
#include "tests/e2e/postfix_edge.hpp"
#include "tests/e2e/sendmail_edge.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

struct edge_kind {
  const char* name;
  std::function<std::unique_ptr<edge>(const edge_place&)> make;
};

std::ostream& operator<<(std::ostream& to, const edge_kind& shown) {
  return to << shown.name;
}

class EdgesTest : public edge_test, public testing::WithParamInterface<edge_kind> {
 protected:
  void start(const std::string& cbvd_settings = "") {
    edge_ = GetParam().make(start_inside());
    start_asking(cbvd_settings);
  }

  static constexpr auto route_to_inside =
      "[[route]]\ndomain = \"example.org\"\nto = [\"smtp://{inside}\"]\n";
};

TEST_P(EdgesTest, MailForAnExistingMailboxArrives) {
  start();
  EXPECT_THAT(send("ann@example.org", "first"), StartsWith("250 "));
  wait_for("the mail to arrive",
           [this] { return lines_with(far_host_->mail("ann"), "Subject: first") == 1; });
}

TEST_P(EdgesTest, MailForAnUnknownMailboxIsRefusedInTheDialogue) {
  start();
  EXPECT_THAT(rcpt("zed@example.org"),
              AllOf(StartsWith("550 5.1.1 "), HasSubstr("mailbox not found")));
  EXPECT_THAT(rcpt("\"a b\"@example.org"),
              AllOf(StartsWith("550 5.1.1 "), HasSubstr("mailbox not found")));
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 "));
  EXPECT_THAT(rcpt("postmaster@example.org"), StartsWith("250 ")) << "never asked about";
}

TEST_P(EdgesTest, WhileTheServerBehindIsDownMailIsDeferredButForWhomIsKnown) {
  start();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 "));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("550 5.1.1 "));
  far_host_->stop();
  EXPECT_THAT(rcpt("bob@example.org"),
              AllOf(StartsWith("450 4.4.1 "), HasSubstr("host not reachable")));
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 "));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("550 5.1.1 "));
  far_host_->start();
}

TEST_P(EdgesTest, ABackupMxTakesTheMailMeanwhileAndItArrivesLater) {
  start(route_to_inside + std::string("backup_mx = true\n"));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("550 5.1.1 "));
  far_host_->stop();
  EXPECT_THAT(send("bob@example.org", "meanwhile"), StartsWith("250 "));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("550 5.1.1 ")) << "that is known";
  far_host_->start();
  wait_for("the mail to arrive", [this] {
    edge_->deliver_now();
    return lines_with(far_host_->mail("bob"), "Subject: meanwhile") == 1;
  });
}

TEST_P(EdgesTest, ObservingItRefusesNothing) {
  start("[advice]\nmode = \"observe\"\n");
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("250 "));
  EXPECT_THAT(rcpt("\"\x01\"@example.org"), testing::Not(HasSubstr("cannot be verified")));
  far_host_->stop();
  EXPECT_THAT(rcpt("bob@example.org"), StartsWith("250 "));
  far_host_->start();
}

TEST_P(EdgesTest, WhileCbvdIsGoneItDoesWhatItsSettingsSayAndRecoversByItself) {
  start();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 "));
  daemon_->kill();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith(edge_->reply_without_cbvd()));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith(edge_->reply_without_cbvd()));
  daemon_->start();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 "));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("550 5.1.1 "));
  EXPECT_EQ(daemon_->stop(), 0);
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith(edge_->reply_without_cbvd()));
  daemon_->start();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 "));
}

// The server behind takes longer than cbvd may.
TEST_P(EdgesTest, AnAnswerComesInTimeAndTheCalloutGoesOn) {
  postfix_options slow;
  slow.settings = "smtpd_recipient_restrictions = sleep 3, reject_unauth_destination\n";
  edge_place at = start_inside(slow);
  at.wait = std::chrono::seconds(1);
  edge_ = GetParam().make(at);
  start_asking();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("450 4.1.0 "));
  wait_for("the callout to end",
           [this] { return daemon_->ask_memory("ann@example.org").status == "deliverable"; });
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 "));
}

TEST_P(EdgesTest, ADialogueOutlivesCbvd) {
  start();
  dialogue client(address_, edge_->port());
  client.say("EHLO client.example.com");
  client.say("MAIL FROM:<>");
  EXPECT_THAT(client.say("RCPT TO:<ann@example.org>"), StartsWith("250 "));
  daemon_->kill();
  EXPECT_THAT(client.say("RCPT TO:<bob@example.org>"), StartsWith(edge_->reply_without_cbvd()));
  daemon_->start();
  EXPECT_THAT(client.say("RCPT TO:<bob@example.org>"), StartsWith("250 "));
  EXPECT_THAT(client.say("RCPT TO:<zed@example.org>"), StartsWith("550 5.1.1 "));
  EXPECT_THAT(client.say("DATA"), StartsWith("354 "));
}

TEST_P(EdgesTest, ASenderIsRefusedFromMemoryAndNeverCalledBackForIt) {
  start();
  EXPECT_THAT(rcpt("ann@example.org", "zed@example.org"), StartsWith("250 "));
  daemon_->ask_line(
      R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"zed@example.org"}})");
  EXPECT_THAT(rcpt("ann@example.org", "zed@example.org"),
              AllOf(StartsWith("550 5.1."), HasSubstr("Sender address rejected"),
                    HasSubstr("mailbox not found")));
}

TEST_P(EdgesTest, TheAdministratorsOwnWordsAreSaid) {
  start(R"(
[[advice.rule]]
reason = "mailbox_not_found"
code = 553
enhanced = "5.7.1"
text = "Nobody here has that name"
)");
  EXPECT_THAT(rcpt("zed@example.org"),
              AllOf(StartsWith("553 5.7.1 "), HasSubstr("Nobody here has that name")));
}

INSTANTIATE_TEST_SUITE_P(
    , EdgesTest,
    testing::Values(
        edge_kind{"PostfixWithThePolicyService", postfix_edge::with_policy_service},
        edge_kind{"PostfixWithTheSocketMap", postfix_edge::with_socketmap},
        edge_kind{"Exim", [](const edge_place& at) { return std::make_unique<exim_edge>(at); }},
        edge_kind{"Sendmail",
                  [](const edge_place& at) { return std::make_unique<sendmail_edge>(at); }}),
    [](const testing::TestParamInfo<edge_kind>& one) { return one.param.name; });

}  // namespace
}  // namespace cbv::e2e
