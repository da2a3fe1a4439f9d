// A real Exim at the edge: what edges_test.cpp does not show of all edges.
#include "tests/e2e/exim_edge.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "tests/e2e/edge_test.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using testing::StartsWith;

class EximEdgeTest : public edge_test {
 protected:
  void start(const std::string& acl, const std::string& cbvd_settings = "",
             const postfix_options& inside = {},
             const std::string& asks = "cbv_recipient cbv_sender") {
    const edge_place at = start_inside(inside);
    edge_ = std::make_unique<exim_edge>(at, acl, asks);
    start_asking(cbvd_settings);
  }
  void start() { start(example("exim/cbv.acl")); }
};

TEST_F(EximEdgeTest, WhateverIsInAnAddressItIsAskedAboutAsItIs) {
  postfix_options inside;
  inside.settings = "allow_percent_hack = no\nswap_bangpath = no\nallow_untrusted_routing = yes\n";
  start(example("exim/cbv.acl"), "", inside);
  const std::vector<std::string> all = {
      R"("a b"@example.org)",
      R"("a\"b\\c"@example.org)",
      R"("a,{b"@example.org)",
      R"("\"},\"advice\":{\"action\":\"accept\"}}"@example.org)",
      R"("$sender_address ${eval:1+1} $1"@example.org)",
      R"({zed}@example.org)",
      R"(}@example.org)",
      R"(100%zed@example.org)",
      R"(o'zed@example.org)",
      R"(`zed`@example.org)",
      R"(#zed?=|&*!$~^+-_/@example.org)",
      R"(Zed.Zed@example.org)",
      "z\u00e9d@example.org",
  };
  for (const auto& address : all) {
    EXPECT_EQ(rcpt(address), "550 5.1.1 Recipient address rejected: mailbox not found") << address;
    EXPECT_THAT(daemon_->ask_memory(address),
                is_verdict("undeliverable", "mailbox_not_found", "rcpt", "cache"));
  }
  EXPECT_THAT(far_log(), testing::HasSubstr("to=<Zed.Zed@example.org>"));
}

TEST_F(EximEdgeTest, TheWholeEnvelopeIsCheckedAsItIs) {
  start(example("exim/cbv.acl"), "[check]\nid_in_text = true\n", {}, "cbv_check");
  for (const auto* address : {"zed@example.org", R"("a\"},\"b\\c"@example.org)", "}@example.org",
                              R"("$1 ${eval:1+1}"@example.org)"}) {
    EXPECT_THAT(
        rcpt(address, R"("j,} \"oe"@example.org)"),
        testing::MatchesRegex(
            "550 5.1.1 Recipient address rejected: mailbox not found \\(id [0-9a-v]{12}\\)"))
        << address;
  }
  EXPECT_THAT(rcpt("ann@example.org", "joe@elsewhere.example"), StartsWith("250 "));
  EXPECT_THAT(rcpt("ann@example.org", ""), StartsWith("250 "));
  EXPECT_THAT(daemon_->log(), testing::HasSubstr("client=127.0.0.1 "));
  EXPECT_THAT(daemon_->log(), testing::HasSubstr("helo=client.example.com"));
}

TEST_F(EximEdgeTest, WhatIsInNoAddressIsNone) {
  start();
  for (const auto* address : {"\"a\x01\"@example.org", "\"a\tb\"@example.org", "z\xe9@example.org"})
    EXPECT_EQ(rcpt(address), "550 5.1.1 Recipient address rejected: not a mail address") << address;
}

TEST_F(EximEdgeTest, SendersAreAskedAboutAsTheyAre) {
  start(replaced(example("exim/cbv.acl"), "CBV_SENDERS_FROM_MEMORY = true",
                 "CBV_SENDERS_FROM_MEMORY = false"));
  for (const auto* sender : {R"("z,} \"ed"@example.org)", "zed@example.org"}) {
    EXPECT_EQ(rcpt("ann@example.org", sender),
              "550 5.1.8 Sender address rejected: mailbox not found");
  }
  EXPECT_THAT(rcpt("ann@example.org", "bob@example.org"), StartsWith("250 "));
  EXPECT_THAT(rcpt("ann@example.org", ""), StartsWith("250 "));
}

// Before 4.97, Exim's JSON operators do not know where strings begin and end.
TEST_F(EximEdgeTest, WhatAFarHostSaysCannotChangeTheAdvice) {
  postfix_options inside;
  inside.settings =
      "smtpd_reject_footer = \\c }}, {[\"advice\":{\"action\":\"accept\",\"code\":250}\\\n";
  start(example("exim/cbv.acl"), "", inside);
  EXPECT_EQ(rcpt("zed@example.org"), "550 5.1.1 Recipient address rejected: mailbox not found");
  EXPECT_THAT(ask("zed@example.org").reply_text, testing::HasSubstr("\"advice\":{"));

  daemon_->reload("[advice]\nreveal_remote_text = true\n");
  wait_for("the settings to be read",
           [this] { return daemon_->log().find("settings_read") != std::string::npos; });
  const std::string quoting = rcpt("zed@example.org");
  // Exim breaks a long text at its colons.
  EXPECT_EQ(lines_with(quoting, "550"), lines_with(quoting, "")) << quoting;
  EXPECT_THAT(quoting, testing::HasSubstr("mailbox not found - the host said zed@example.org :"));
  EXPECT_THAT(quoting, testing::HasSubstr(": action : accept , code :250"));
}

TEST_F(EximEdgeTest, WhateverTheAdministratorsWordsAreTheyAreSaid) {
  start(example("exim/cbv.acl"), R"(
[[advice.rule]]
reason = "mailbox_not_found"
text = '}, [{"Nobody"}] 100% $sender_address ${eval:1+1} $1, call "Ann"'
)");
  EXPECT_EQ(rcpt("zed@example.org"),
            R"(550 5.1.1 }, [{"Nobody"}] 100% $sender_address ${eval:1+1} $1, call "Ann")");
}

TEST_F(EximEdgeTest, WhileCbvdIsGoneMailIsTakenIfTheSettingsSaySo) {
  start(replaced(example("exim/cbv.acl"), "CBV_UNANSWERED = defer", "CBV_UNANSWERED = accept"));
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("550 5.1.1 "));
  daemon_->kill();
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("250 "));
  EXPECT_THAT(edge_->log(), testing::HasSubstr("cbvd gave no answer: not verified"));
  daemon_->start();
  EXPECT_THAT(rcpt("zed@example.org"), StartsWith("550 5.1.1 "));
}

TEST_F(EximEdgeTest, AnAnswerThatDoesNotComeIsNotWaitedForLonger) {
  auto asking = std::make_unique<exim_edge>(
      start_inside(), replaced(example("exim/cbv.acl"), "CBV_PATIENCE = 25s", "CBV_PATIENCE = 1s"));
  namespace asio = boost::asio;
  asio::io_context io;
  const std::string at = asking->cbvd_at();
  const auto port = static_cast<std::uint16_t>(std::stoi(at.substr(at.find(':') + 1)));
  const asio::ip::tcp::acceptor silent(io, {asio::ip::make_address(address_), port});
  edge_ = std::move(asking);
  EXPECT_EQ(rcpt("ann@example.org"), "451 4.3.0 Address cannot be verified now");
}

}  // namespace
}  // namespace cbv::e2e
