// A real Postfix at the edge: what edges_test.cpp does not show of all edges.
#include "tests/e2e/postfix_edge.hpp"

#include "tests/e2e/edge_test.hpp"

namespace cbv::e2e {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class PostfixEdgeTest : public edge_test {
 protected:
  void start(const std::string& cbvd_settings = "") {
    edge_ = postfix_edge::with_policy_service(start_inside());
    start_asking(cbvd_settings);
  }

  void expect_replies_that_say_who_is_meant() {
    EXPECT_EQ(rcpt("zed@example.org"),
              "550 5.1.1 <zed@example.org>: Recipient address rejected: mailbox not found");
    EXPECT_EQ(rcpt("\"a b\"@example.org"),
              "550 5.1.1 <a b@example.org>: Recipient address rejected: mailbox not found");
    EXPECT_THAT(rcpt("ann@elsewhere.example"), HasSubstr("Relay access denied"));
    far_host_->stop();
    EXPECT_EQ(rcpt("bob@example.org"),
              "450 4.4.1 <bob@example.org>: Recipient address rejected: host not reachable");
    far_host_->start();
  }
};

TEST_F(PostfixEdgeTest, ThePolicyServicesRepliesSayWhoIsMeant) {
  start();
  expect_replies_that_say_who_is_meant();
}

TEST_F(PostfixEdgeTest, TheSocketMapsRepliesSayWhoIsMeant) {
  edge_ = postfix_edge::with_socketmap(start_inside());
  start_asking();
  expect_replies_that_say_who_is_meant();
}

TEST_F(PostfixEdgeTest, SeveralRecipientsOfOneMessageAreToldApart) {
  start();
  dialogue client(address_, edge_->port());
  client.say("EHLO client.example.com");
  client.say("MAIL FROM:<ann@example.org>");
  EXPECT_THAT(client.say("RCPT TO:<ann@example.org>"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(client.say("RCPT TO:<zed@example.org>"), StartsWith("550 5.1.1 "));
  EXPECT_THAT(client.say("RCPT TO:<bob@example.org>"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(client.say("DATA"), StartsWith("354 "));
}

TEST_F(PostfixEdgeTest, TheAdministratorsWordsAreSaidAsTheyAre) {
  start(R"(
[[advice.rule]]
reason = "mailbox_not_found"
text = '}, [{"Nobody"}] 100% $sender <a@b>; call +44 20 7946 0000'
)");
  EXPECT_EQ(rcpt("zed@example.org"),
            "550 5.1.1 <zed@example.org>: Recipient address rejected: "
            "}, [{\"Nobody\"}] 100% $sender <a@b>; call +44 20 7946 0000");
}

TEST_F(PostfixEdgeTest, WhatTheReadmeSaysIsEnough) {
  const edge_place at = start_inside();
  edge_ = std::make_unique<postfix_edge>(at, readme_block("smtpd_recipient_restrictions ="), "451");
  const auto queue = at.folder / "postfix/queue";
  const auto asking = replaced(readme_block("[policy_service]"), "/var/spool/postfix", queue);
  start_cbvd(free_port(address_), replaced(asking, "mail.inside.example.org:25",
                                           address_ + ":" + std::to_string(at.inside_port)));
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("550 5.1.1 "));
}

TEST_F(PostfixEdgeTest, WithOneLineMoreTheWholeEnvelopeIsChecked) {
  edge_ = postfix_edge::with_policy_service(start_inside());
  const std::string line = readme_block(
      "check.make = [\"syntax\", \"helo\", \"spf\", "
      "\"sender_domain\", \"recipient\", \"sender_callback\"]");
  start_cbvd(far_host_->port(), line + "check.id_in_text = true\ncheck.skip.own_networks = []\n" +
                                    edge_->cbvd_settings());
  EXPECT_THAT(rcpt("ann@example.org", "bob@example.org"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(rcpt("ann@example.org", ""), StartsWith("250 2.1.5 "));
  const std::string refused = rcpt("ann@example.org", "joe@nowhere.example.org");
  EXPECT_THAT(refused, StartsWith("550 5."));
  EXPECT_THAT(refused, HasSubstr("(id "));
  EXPECT_THAT(daemon_->log(), HasSubstr("decided_by=sender_domain"));
  EXPECT_THAT(rcpt("zed@example.org", "joe@nowhere.example.org"), StartsWith("550 5."));
  EXPECT_THAT(rcpt("zed@example.org", ""), StartsWith("550 5.1.1 "));
  EXPECT_THAT(rcpt("postmaster@example.org", "joe@nowhere.example.org"), StartsWith("250 2.1.5 "));
}

// Observing, each question is in the log.
TEST_F(PostfixEdgeTest, ASenderIsAskedAboutOnceForAMessage) {
  start("[advice]\nmode = \"observe\"\n");
  dialogue client(address_, edge_->port());
  client.say("EHLO client.example.com");
  const auto asked = [this](const std::string& side) {
    return lines_with(daemon_->log(), "edge_advised protocol=policy_service role=" + side);
  };
  for (const std::size_t message : {1U, 2U}) {
    client.say("MAIL FROM:<joe@example.net>");
    for (const auto* recipient : {"ann", "bob", "zed"}) {
      EXPECT_THAT(client.say("RCPT TO:<" + std::string(recipient) + "@example.org>"),
                  StartsWith("250 "));
    }
    EXPECT_EQ(asked("sender mailbox=joe@example.net"), message);
    EXPECT_EQ(asked("recipient"), 3 * message);
    client.say("RSET");
  }
}

TEST_F(PostfixEdgeTest, ObservingItLogsWhatItWouldHaveSaid) {
  start("[advice]\nmode = \"observe\"\n");
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(daemon_->log(), HasSubstr("enforced=reject"));
}

}  // namespace
}  // namespace cbv::e2e
