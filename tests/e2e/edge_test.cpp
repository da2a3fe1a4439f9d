// A real Postfix at the edge asks cbvd, with the settings of tools/examples/postfix as they stand;
// another real Postfix behind it knows who has a mailbox.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/e2e/dialogue.hpp"
#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/process.hpp"

namespace cbv::e2e {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::filesystem::path example(const char* name) {
  return std::filesystem::path(CBV_SOURCE_DIR) / "tools/examples/postfix" / name;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

class EdgeTest : public postfix_test {
 protected:
  /// Starts all three, with this example in the edge's main.cf.
  void start_edge(const char* example_name, const std::string& cbvd_settings = "") {
    const std::filesystem::path queue = place_.path() / "edge/postfix/queue";
    std::filesystem::create_directories(queue);
    // The command of the example's comment, but for the owner: cbvd is root here.
    const auto made =
        run({"install", "-d", "-g", "postfix", "-m", "2750", queue / "cbv"}, place_.path());
    ASSERT_EQ(made.exit_status, 0) << made.errors;
    start({},
          replaced(read_file(example("cbvd.toml")), "/var/spool/postfix", queue) + cbvd_settings);

    postfix_options options;
    options.settings = "mydestination =\nlocal_recipient_maps =\nrelay_domains = example.org\n" +
                       read_file(example(example_name));
    options.resolver = address_;  // nothing is looked up; but so smtpd runs in its chroot
    edge_ = std::make_unique<postfix>(place_.path() / "edge", address_, "edge.example.net",
                                      std::vector<std::string>{}, options);
  }

  /// What the edge says to RCPT TO.
  std::string rcpt(const std::string& recipient, const std::string& sender = "") {
    dialogue client(address_, edge_->port());
    client.say("EHLO client.example.com");
    EXPECT_THAT(client.say("MAIL FROM:<" + sender + ">"), StartsWith("250 "));
    return client.say("RCPT TO:<" + recipient + ">");
  }

  void TearDown() override {
    postfix_test::TearDown();
    if (HasFailure() && edge_) std::cerr << "-- the edge:\n" << edge_->log();
  }

  std::unique_ptr<postfix> edge_;
};

TEST_F(EdgeTest, ThePolicyServiceRefusesWhoDoesNotExistAndNobodyElse) {
  start_edge("policy-service.cf");
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 2.1.5 "));
  EXPECT_EQ(rcpt("zed@example.org"),
            "550 5.1.1 <zed@example.org>: Recipient address rejected: mailbox not found");
  EXPECT_EQ(rcpt("\"a b\"@example.org"),
            "550 5.1.1 <a b@example.org>: Recipient address rejected: mailbox not found");
  EXPECT_THAT(rcpt("ann@elsewhere.example"), HasSubstr("Relay access denied"));

  far_host_->stop();
  EXPECT_EQ(rcpt("bob@example.org"),
            "450 4.4.1 <bob@example.org>: Recipient address rejected: host not reachable");
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 2.1.5 ")) << "from memory";
  far_host_->start();
}

TEST_F(EdgeTest, WhileThePolicyServiceIsNotThereTheDefaultActionIsTaken) {
  start_edge("policy-service.cf");
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 2.1.5 "));
  daemon_->kill();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("451 4.3.0 "));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("451 4.3.0 "));
  daemon_->start();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("550 5.1.1 "));
}

TEST_F(EdgeTest, SeveralRecipientsOfOneMessageAreToldApart) {
  start_edge("policy-service.cf");
  dialogue client(address_, edge_->port());
  client.say("EHLO client.example.com");
  client.say("MAIL FROM:<ann@example.org>");
  EXPECT_THAT(client.say("RCPT TO:<ann@example.org>"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(client.say("RCPT TO:<zed@example.org>"), StartsWith("550 5.1.1 "));
  EXPECT_THAT(client.say("RCPT TO:<bob@example.org>"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(client.say("DATA"), StartsWith("354 "));
}

TEST_F(EdgeTest, ASenderIsRefusedFromMemoryAndNeverCalledBackForIt) {
  start_edge("policy-service.cf");
  EXPECT_THAT(rcpt("ann@example.org", "zed@example.org"), StartsWith("250 2.1.5 "));
  daemon_->ask_line(
      R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"zed@example.org"}})");
  EXPECT_THAT(rcpt("ann@example.org", "zed@example.org"),
              testing::AllOf(StartsWith("550 5.1."),
                             HasSubstr("Sender address rejected: mailbox not found")));
}

TEST_F(EdgeTest, ObservingItRefusesNothing) {
  start_edge("policy-service.cf", "[advice]\nmode = \"observe\"\n");
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(daemon_->log(), HasSubstr("enforced=reject"));
}

TEST_F(EdgeTest, TheAdministratorsOwnWordsAreSaid) {
  start_edge("policy-service.cf", R"(
[[advice.rule]]
reason = "mailbox_not_found"
code = 553
enhanced = "5.7.1"
text = "Nobody of that name; call +44 20 7946 0000"
)");
  EXPECT_EQ(rcpt("zed@example.org"),
            "553 5.7.1 <zed@example.org>: Recipient address rejected: Nobody of that name; "
            "call +44 20 7946 0000");
}

TEST_F(EdgeTest, TheSocketMapRefusesWhoDoesNotExistAndNobodyElse) {
  start_edge("socketmap.cf");
  EXPECT_THAT(rcpt("ann@example.org", "ann@example.org"), StartsWith("250 2.1.5 "));
  EXPECT_EQ(rcpt("zed@example.org"),
            "550 5.1.1 <zed@example.org>: Recipient address rejected: mailbox not found");
  daemon_->ask_line(
      R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"zed@example.org"}})");
  EXPECT_THAT(rcpt("ann@example.org", "zed@example.org"),
              testing::AllOf(StartsWith("550 5.1.8 "),
                             HasSubstr("Sender address rejected: mailbox not found")));
  far_host_->stop();
  EXPECT_EQ(rcpt("bob@example.org"),
            "450 4.4.1 <bob@example.org>: Recipient address rejected: host not reachable");
  daemon_->kill();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("451 4.3.5 "));
  daemon_->start();
  EXPECT_THAT(rcpt("ann@example.org"), StartsWith("250 2.1.5 "));
  far_host_->start();
}

}  // namespace
}  // namespace cbv::e2e
