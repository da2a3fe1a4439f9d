// The main job, end to end: cbvd asks a real name server and a real Postfix, remembers in a real
// LMDB, and is asked over its socket. A fault of any of them must never make an address
// undeliverable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <sstream>
#include <string>

#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/knot.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/postfix.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

constexpr auto domain = "example.org";

constexpr auto zone = R"(
$ORIGIN example.org.
$TTL 300
@    SOA  ns hostmaster 1 3600 900 604800 60
@    NS   ns
@    MX   10 mx1
ns   A    {address}
mx1  A    {address}
)";

constexpr auto settings = R"(
listen.unix = ["{folder}/socket"]
cache.directory = "{folder}/cache"
dns.servers = ["{address}:{dns_port}"]
callout.helo_name = "edge.example.net"
callout.port = {smtp_port}
callout.permit_networks = ["{address}/32"]
)";

class FirstVerdictTest : public testing::Test {
 protected:
  /// What cbv-probe says of the addresses, an answer each, and how it exits.
  int probe(const std::vector<std::string>& addresses, std::vector<answer>& answers) {
    std::vector<std::string> words = {CBV_E2E_CBV_PROBE, "--socket", daemon_.socket(),
                                      "--json",          "--jobs",   "1"};
    words.insert(words.end(), addresses.begin(), addresses.end());
    const auto finished = run(words, place_.path());
    std::istringstream lines(finished.output);
    for (std::string line; std::getline(lines, line);) answers.push_back(read_answer(line));
    EXPECT_EQ(finished.errors, "");
    return finished.exit_status;
  }

  void TearDown() override {
    if (HasFailure()) {
      std::cerr << "-- cbvd:\n" << daemon_.log() << "-- Postfix:\n" << far_host_.log();
    }
  }

  const temporary_directory place_;
  const std::string address_ = own_address();
  knot name_server_{place_.path(), address_, domain, filled_in(zone, {{"address", address_}})};
  postfix far_host_{place_.path(), address_, domain, {"ann", "bob"}};
  cbvd daemon_{place_.path(),
               settings,
               {{"address", address_},
                {"dns_port", std::to_string(name_server_.port())},
                {"smtp_port", std::to_string(far_host_.port())}}};
};

void expect_deliverable(const answer& found, const std::string& source) {
  EXPECT_EQ(found.status, "deliverable");
  EXPECT_EQ(found.reason, "accepted");
  EXPECT_EQ(found.stage, "rcpt");
  EXPECT_EQ(found.source, source);
  EXPECT_EQ(found.host, "mx1.example.org");
  EXPECT_EQ(found.reply_code, 250);
  EXPECT_EQ(found.reply_enhanced, "2.1.5");
}

void expect_no_mailbox(const answer& found, const std::string& source) {
  EXPECT_EQ(found.status, "undeliverable");
  EXPECT_EQ(found.reason, "mailbox_not_found");
  EXPECT_EQ(found.stage, "rcpt");
  EXPECT_EQ(found.source, source);
  EXPECT_EQ(found.host, "mx1.example.org");
  EXPECT_EQ(found.reply_code, 550);
  EXPECT_EQ(found.reply_enhanced, "5.1.1");
  EXPECT_THAT(found.reply_text, testing::HasSubstr("User unknown in local recipient table"));
}

TEST_F(FirstVerdictTest, ThoseThatExistAreDeliverableAndAnotherIsNot) {
  expect_deliverable(daemon_.ask("ann@example.org"), "callout");
  expect_deliverable(daemon_.ask("bob@example.org"), "callout");
  expect_no_mailbox(daemon_.ask("zed@example.org"), "callout");
  EXPECT_EQ(daemon_.ask("ann@example.org").host_ip, address_);
  EXPECT_EQ(lines_with(far_host_.log(), "from=<> to=<zed@example.org>"), 1U);
  EXPECT_EQ(lines_with(far_host_.log(), "message-id"), 0U) << "a message was sent";
}

TEST_F(FirstVerdictTest, TheSecondQuestionIsAnsweredFromTheCache) {
  expect_deliverable(daemon_.ask("ann@example.org"), "callout");
  expect_no_mailbox(daemon_.ask("zed@example.org"), "callout");
  const auto sessions = far_host_.sessions();
  EXPECT_GE(sessions, 1U);

  expect_deliverable(daemon_.ask("ann@example.org"), "cache");
  expect_no_mailbox(daemon_.ask("zed@example.org"), "cache");
  EXPECT_EQ(far_host_.sessions(), sessions);
}

TEST_F(FirstVerdictTest, WithTheMailHostStoppedNothingBecomesUndeliverable) {
  expect_deliverable(daemon_.ask("ann@example.org"), "callout");
  expect_no_mailbox(daemon_.ask("zed@example.org"), "callout");
  far_host_.stop();

  expect_deliverable(daemon_.ask("ann@example.org"), "cache");
  expect_no_mailbox(daemon_.ask("zed@example.org"), "cache");
  const auto unasked = daemon_.ask("bob@example.org");
  EXPECT_EQ(unasked.status, "unknown");
  EXPECT_EQ(unasked.reason, "connect_failed");
}

TEST_F(FirstVerdictTest, WithTheNameServerStoppedNothingBecomesUndeliverable) {
  expect_no_mailbox(daemon_.ask("zed@example.org"), "callout");
  EXPECT_EQ(daemon_.ask("ann@absent.example.org").reason, "domain_not_found");
  name_server_.stop();

  expect_no_mailbox(daemon_.ask("zed@example.org"), "cache");
  const auto unasked = daemon_.ask("ann@other.example.org");
  EXPECT_EQ(unasked.status, "unknown");
  EXPECT_EQ(unasked.reason, "dns_failure");
}

TEST_F(FirstVerdictTest, KilledAndStartedAgainItRemembersEverything) {
  expect_deliverable(daemon_.ask("ann@example.org"), "callout");
  expect_deliverable(daemon_.ask("bob@example.org"), "callout");
  expect_no_mailbox(daemon_.ask("zed@example.org"), "callout");
  wait_for("three verdicts to be committed", [this] { return daemon_.committed_verdicts() == 3; });
  daemon_.kill();
  far_host_.stop();  // from here on only memory can answer

  daemon_.start();
  expect_deliverable(daemon_.ask("ann@example.org"), "cache");
  expect_deliverable(daemon_.ask("bob@example.org"), "cache");
  expect_no_mailbox(daemon_.ask("zed@example.org"), "cache");
}

TEST_F(FirstVerdictTest, ProbeShowsTheSameAndItsExitStatusTellsTheWorst) {
  std::vector<answer> answers;
  EXPECT_EQ(probe({"ann@example.org", "bob@example.org"}, answers), 0);
  ASSERT_EQ(answers.size(), 2U);
  expect_deliverable(answers[0], "callout");
  expect_deliverable(answers[1], "callout");

  answers.clear();
  EXPECT_EQ(probe({"ann@example.org", "zed@example.org"}, answers), 1);
  ASSERT_EQ(answers.size(), 2U);
  expect_deliverable(answers[0], "cache");
  expect_no_mailbox(answers[1], "callout");

  far_host_.stop();
  answers.clear();
  EXPECT_EQ(probe({"ann@example.org", "new@example.org"}, answers), 2);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].reason, "connect_failed");
}

TEST_F(FirstVerdictTest, StopsWhenToldAndLeavesNoSocket) {
  expect_deliverable(daemon_.ask("ann@example.org"), "callout");
  EXPECT_EQ(daemon_.stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(daemon_.socket()));
}

}  // namespace
}  // namespace cbv::e2e
