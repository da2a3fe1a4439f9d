// Hosts that speak TLS, and what they have beside it: AUTH, LMTP, limits by turn.
#include "tools/cbv-sim/secure_session.hpp"

#include <gtest/gtest.h>

#include <array>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/async/timer.hpp"
#include "cbv/net/tls_client.hpp"
#include "tests/tools/cbv-sim/dialogue.hpp"

namespace cbv::sim {
namespace {

using namespace std::chrono_literals;
using phase = net::tls_machine::phase;

constexpr const char* plain = "  mailbox ann@example.net\n";

std::string code_of(const std::string& reply) {
  return reply.substr(0, 3);
}

// A client that can go on in TLS.
class tls_dialogue : public dialogue {
 public:
  using dialogue::dialogue;

  /// Shakes hands, and returns what the host said in TLS at once.
  std::string shake(net::tls_client& with, bool verify = true) {
    net::tls_request asked;
    asked.server_name = "mx1.example.net";
    asked.verify = verify;
    asked.session_key = "mx1";
    tls_ = with.begin(asked);
    return carry();
  }

  /// Says one line in TLS.
  std::string tell(std::string_view line) {
    tls_->write(std::string(line) + "\r\n");
    return carry();
  }

  net::tls_machine& tls() { return *tls_; }

 private:
  std::string carry() {
    std::string heard;
    while (true) {
      const std::string out = tls_->take_output();
      if (!out.empty()) tls_->receive(send(out));
      std::array<char, 1000> piece{};
      std::size_t count = 0;
      while ((count = tls_->read(piece)) > 0) heard.append(piece.data(), count);
      if (out.empty()) return heard;
    }
  }

  std::unique_ptr<net::tls_machine> tls_;
};

class SecureSessionTest : public testing::Test {
 protected:
  SecureSessionTest() : client_(time_, trusting(authority_)) {}

  mail_host& with(const std::string& lines, const std::string& place = "127.0.1.1") {
    worlds_.push_back(must_parse("host " + place + " mx1.example.net\n" + lines));
    host_ = &hosts_.emplace_back(
        worlds_.back().hosts.at(0),
        [this](const event& each) {
          if (each.kind == event_kind::noted || each.kind == event_kind::fault ||
              each.kind == event_kind::closed) {
            notes_.emplace_back(each.text);
          }
        },
        &authority_);
    return *host_;
  }

  // Greeting, EHLO, STARTTLS: its reply.
  static std::string ask_for_tls(tls_dialogue& client) {
    client.hear();
    client.say("EHLO probe.example");
    return client.say("STARTTLS");
  }

  host_counts counts() const { return host_->total(); }

  static net::tls_client_options trusting(const certificate_authority& authority) {
    net::tls_client_options options;
    options.ca_pem = authority.pem();
    return options;
  }

  system_timer time_;
  certificate_authority authority_;
  net::tls_client client_;
  std::vector<std::string> notes_;
  std::list<world> worlds_;
  std::list<mail_host> hosts_;
  mail_host* host_ = nullptr;
};

TEST_F(SecureSessionTest, GoesOnInTls) {
  mail_host& host = with(std::string(plain) + "  tls on\n");
  for (const bool is_first : {true, false}) {
    tls_dialogue client(host);
    client.hear();
    EXPECT_NE(client.say("EHLO probe.example").find("250-STARTTLS\r\n"), std::string::npos);
    EXPECT_EQ(client.say("STARTTLS"), "220 2.0.0 Ready to start TLS\r\n");
    EXPECT_EQ(client.shake(client_), "");
    ASSERT_EQ(client.tls().at(), phase::open) << client.tls().failure();
    EXPECT_TRUE(client.tls().facts().verified);
    EXPECT_EQ(client.tls().facts().resumed, !is_first);
    const std::string hello = client.tell("EHLO probe.example");
    EXPECT_EQ(hello.find("STARTTLS"), std::string::npos);
    EXPECT_EQ(client.tell("MAIL FROM:<>"), "250 2.1.0 Ok\r\n");
    EXPECT_EQ(client.tell("RCPT TO:<ann@example.net>"), "250 2.1.5 Ok\r\n");
    EXPECT_EQ(client.tell("QUIT"), "221 2.0.0 Bye\r\n");
    EXPECT_TRUE(client.closed());
    EXPECT_TRUE(client.tls().is_at_end()) << "the host says close_notify";
  }
  EXPECT_EQ(counts().sessions, 2U);
  EXPECT_EQ(counts().handshakes, 2U);
  EXPECT_EQ(counts().resumed, 1U);
  EXPECT_EQ(counts().quits, 2U);
  EXPECT_EQ(counts().faults, 0U);
  EXPECT_EQ(notes_,
            (std::vector<std::string>{"TLS: TLSv1.3, for mx1.example.net", "quit",
                                      "TLS: TLSv1.3, resumed, for mx1.example.net", "quit"}));
}

TEST_F(SecureSessionTest, ForgetsWhatWasSaidInClear) {
  tls_dialogue client(with(std::string(plain) + "  tls on\n"));
  ask_for_tls(client);
  client.shake(client_);
  EXPECT_EQ(code_of(client.tell("MAIL FROM:<>")), "503");
  EXPECT_EQ(counts().faults, 1U);
  EXPECT_EQ(notes_.back(), "went on in TLS without EHLO");
}

TEST_F(SecureSessionTest, WantsTlsBeforeMail) {
  tls_dialogue client(with(std::string(plain) + "  tls required\n"));
  client.hear();
  client.say("EHLO probe.example");
  EXPECT_EQ(client.say("MAIL FROM:<>"), "530 5.7.0 Must issue a STARTTLS command first\r\n");
  EXPECT_EQ(code_of(client.say("RCPT TO:<ann@example.net>")), "530");
  client.say("STARTTLS");
  client.shake(client_);
  client.tell("EHLO probe.example");
  EXPECT_EQ(code_of(client.tell("MAIL FROM:<>")), "250");
  EXPECT_EQ(counts().faults, 0U);
}

TEST_F(SecureSessionTest, RefusesStarttlsOutOfTurn) {
  tls_dialogue client(with("  tls on\n"));
  client.hear();
  EXPECT_EQ(code_of(client.say("STARTTLS")), "502") << "before EHLO";
  client.say("HELO probe.example");
  EXPECT_EQ(code_of(client.say("STARTTLS")), "502") << "HELO offers nothing";
  client.say("EHLO probe.example");
  EXPECT_EQ(code_of(client.say("STARTTLS now")), "501");
  EXPECT_EQ(counts().faults, 2U);
  client.say("STARTTLS");
  client.shake(client_);
  client.tell("EHLO probe.example");
  EXPECT_EQ(code_of(client.tell("STARTTLS")), "503") << "twice";
  EXPECT_EQ(counts().faults, 3U);
}

TEST_F(SecureSessionTest, CommandsBehindStarttlsAreAFaultAndForgotten) {
  tls_dialogue client(with("  tls on\n"));
  client.hear();
  client.say("EHLO probe.example");
  EXPECT_EQ(client.send("STARTTLS\r\nRSET\r\n"), "220 2.0.0 Ready to start TLS\r\n");
  EXPECT_GE(counts().faults, 1U);
  EXPECT_EQ(client.shake(client_), "");
  EXPECT_EQ(client.tls().at(), phase::open);
}

struct certificate_row {
  const char* line;
  const char* failure;  // with verify
};

TEST_F(SecureSessionTest, ShowsTheCertificateThatIsDescribed) {
  const certificate_row rows[] = {
      {"  tls on\n", ""},
      {"  tls on name=*.example.net\n", ""},
      {"  tls on name=mx2.example.net\n", "certificate verify failed: hostname mismatch"},
      {"  tls on certificate=self-signed\n", "certificate verify failed: self-signed certificate"},
      {"  tls on certificate=expired\n", "certificate verify failed: certificate has expired"},
      {"  tls on certificate=wrong-name\n", "certificate verify failed: hostname mismatch"},
      {"  tls on versions=1.1\n", "the peer's alert: protocol version"},
      {"  tls on versions=1.0-1.1\n", "the peer's alert: protocol version"},
      {"  tls on versions=1.2\n", ""},
  };
  for (const certificate_row& row : rows) {
    SCOPED_TRACE(row.line);
    mail_host& host = with(row.line);
    tls_dialogue strict(host);
    ask_for_tls(strict);
    strict.shake(client_);
    EXPECT_EQ(strict.tls().failure(), row.failure);
    tls_dialogue lenient(host);
    ask_for_tls(lenient);
    lenient.shake(client_, false);
    const bool is_open = std::string_view(row.failure).find("alert") == std::string_view::npos;
    EXPECT_EQ(lenient.tls().at(), is_open ? phase::open : phase::failed);
    EXPECT_EQ(host.total().faults, 0U);
  }
}

TEST_F(SecureSessionTest, ARangeHasOneCertificateForAll) {
  worlds_.push_back(must_parse("hosts 127.1.0.0/16 mx{}.example.net\n  tls on\n"));
  hosts_.emplace_back(worlds_.back().hosts.at(0), event_sink{}, &authority_);
  tls_dialogue client(hosts_.back(), asio::ip::make_address("127.1.0.1"));
  ask_for_tls(client);
  client.shake(client_);
  EXPECT_EQ(client.tls().failure(), "");
}

struct trouble_row {
  const char* line;
  const char* reply;    // to STARTTLS
  const char* failure;  // of the handshake; null: there is none
  bool closed;
};

TEST_F(SecureSessionTest, BreaksTheHandshake) {
  const trouble_row rows[] = {
      {"  refuse starttls \"454 4.7.0 TLS not available\"\n", "454 4.7.0 TLS not available\r\n",
       nullptr, false},
      {"  drop starttls\n", "", nullptr, true},
      {"  drop after starttls\n", "220 2.0.0 Ready to start TLS\r\n", nullptr, true},
      {"  silent starttls\n", "", nullptr, false},
      {"  noise handshake\n", "220 2.0.0 Ready to start TLS\r\n", "wrong version number", false},
      {"  refuse handshake \"500 5.5.1 What?\"\n", "220 2.0.0 Ready to start TLS\r\n",
       "wrong version number", false},
      {"  drop handshake\n", "220 2.0.0 Ready to start TLS\r\n", "", true},
      {"  drop after handshake\n", "220 2.0.0 Ready to start TLS\r\n", "", true},
      {"  silent handshake\n", "220 2.0.0 Ready to start TLS\r\n", "", false},
      {"  inject \"250 2.0.0 Ok\"\n", "220 2.0.0 Ready to start TLS\r\n250 2.0.0 Ok\r\n", nullptr,
       false},
  };
  for (const trouble_row& row : rows) {
    SCOPED_TRACE(row.line);
    mail_host& host = with(std::string("  tls on\n") + row.line);
    tls_dialogue client(host);
    EXPECT_EQ(ask_for_tls(client), row.reply);
    if (row.failure != nullptr) {
      EXPECT_EQ(client.shake(client_), "");
      EXPECT_EQ(client.tls().failure(), row.failure);
    }
    EXPECT_EQ(client.closed(), row.closed);
    if (!row.closed) client.hang_up();
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(host.total().open, 0U);
    EXPECT_EQ(host.total().faults, 0U);
  }
}

TEST_F(SecureSessionTest, GoingOnAfterAnInjectionIsAFault) {
  tls_dialogue client(with("  tls on\n  inject \"250 2.0.0 Ok\"\n"));
  ask_for_tls(client);
  client.shake(client_);
  EXPECT_EQ(counts().faults, 1U);
}

TEST_F(SecureSessionTest, WaitsInTheHandshakeAsLongAsItIsPatient) {
  tls_dialogue client(with("  tls on\n  idle 10s\n  delay handshake 2s\n"));
  ask_for_tls(client);
  client.shake(client_);
  EXPECT_EQ(client.tls().at(), phase::open);
  tls_dialogue mute(*host_);
  ask_for_tls(mute);
  EXPECT_EQ(mute.wait(), "");
  EXPECT_TRUE(mute.closed());
  EXPECT_EQ(notes_.back(), "idle");
}

TEST_F(SecureSessionTest, OffersOnlyHereOrThere) {
  tls_dialogue client(with("  tls on\n  pipelining clear\n  smtputf8 tls\n"));
  client.hear();
  const std::string in_clear = client.say("EHLO probe.example");
  EXPECT_NE(in_clear.find("PIPELINING"), std::string::npos);
  EXPECT_EQ(in_clear.find("SMTPUTF8"), std::string::npos);
  client.say("STARTTLS");
  client.shake(client_);
  const std::string in_tls = client.tell("EHLO probe.example");
  EXPECT_EQ(in_tls.find("PIPELINING"), std::string::npos);
  EXPECT_NE(in_tls.find("SMTPUTF8"), std::string::npos);
  client.tell("MAIL FROM:<>\r\nRCPT TO:<ann@example.net>");
  EXPECT_EQ(counts().faults, 1U) << "what was offered in clear does not count";
}

// base64 of NUL ann NUL secret, and others
constexpr const char* good_login = "AGFubgBzZWNyZXQ=";
constexpr const char* bad_login = "AGFubgBndWVzcw==";  // guess

TEST_F(SecureSessionTest, TakesALoginInTls) {
  mail_host& host = with(std::string(plain) + "  tls on\n  auth ann secret\n  auth-required\n");
  tls_dialogue client(host);
  client.hear();
  EXPECT_EQ(client.say("EHLO probe.example").find("AUTH"), std::string::npos);
  client.say("STARTTLS");
  client.shake(client_);
  EXPECT_NE(client.tell("EHLO probe.example").find("250-AUTH PLAIN\r\n"), std::string::npos);
  EXPECT_EQ(client.tell("MAIL FROM:<>"), "530 5.7.0 Authentication required\r\n");
  EXPECT_EQ(code_of(client.tell("AUTH LOGIN")), "504");
  EXPECT_EQ(code_of(client.tell(std::string("AUTH PLAIN ") + bad_login)), "535");
  EXPECT_EQ(code_of(client.tell("AUTH PLAIN !!!!")), "501");
  EXPECT_EQ(code_of(client.tell("AUTH PLAIN =")), "501");
  EXPECT_EQ(client.tell("AUTH PLAIN"), "334 \r\n");
  EXPECT_EQ(code_of(client.tell("*")), "501");
  EXPECT_EQ(client.tell("AUTH PLAIN"), "334 \r\n");
  EXPECT_EQ(code_of(client.tell(good_login)), "235");
  EXPECT_EQ(code_of(client.tell(std::string("AUTH PLAIN ") + good_login)), "503");
  EXPECT_EQ(code_of(client.tell("MAIL FROM:<>")), "250");
  EXPECT_EQ(counts().logins, 1U);
  EXPECT_EQ(counts().faults, 0U);
}

TEST_F(SecureSessionTest, ALoginInClearIsAFault) {
  dialogue client(with("  tls on\n  auth ann secret\n"));
  client.hear();
  client.say("EHLO probe.example");
  EXPECT_EQ(code_of(client.say(std::string("AUTH PLAIN ") + good_login)), "538");
  EXPECT_EQ(counts().faults, 1U);
  EXPECT_EQ(counts().logins, 0U);
}

TEST_F(SecureSessionTest, AUnixSocketNeedsNoTlsForALogin) {
  dialogue client(with("  lmtp\n  auth ann secret\n", "unix:/run/lmtp"));
  EXPECT_EQ(client.hear(), "220 mx1.example.net LMTP\r\n");
  EXPECT_EQ(code_of(client.say("EHLO probe.example")), "500");
  EXPECT_EQ(code_of(client.say("HELO probe.example")), "500");
  EXPECT_NE(client.say("LHLO probe.example").find("AUTH PLAIN"), std::string::npos);
  EXPECT_EQ(code_of(client.say(std::string("AUTH PLAIN ") + good_login)), "235");
  EXPECT_EQ(counts().sessions, 1U);
  EXPECT_EQ(counts().faults, 0U);
}

TEST_F(SecureSessionTest, AnswersAStageAtItsTurn) {
  {
    dialogue client(with(std::string(plain) + "  drop after rcpt 2\n"));
    EXPECT_EQ(code_of(client.ask("ann@example.net")), "250");
    EXPECT_FALSE(client.closed());
    EXPECT_EQ(code_of(client.say("RCPT TO:<bob@example.net>")), "550");
    EXPECT_TRUE(client.closed());
  }
  {
    dialogue client(with("  drop rset 2\n"));
    client.hear();
    client.say("EHLO probe.example");
    EXPECT_EQ(code_of(client.say("RSET")), "250");
    EXPECT_EQ(client.say("RSET"), "");
    EXPECT_TRUE(client.closed());
  }
  {
    dialogue client(with("  command-limit 2\n  refuse noop \"502 5.5.1 No\"\n"));
    client.hear();
    client.say("EHLO probe.example");
    EXPECT_EQ(client.say("NOOP"), "502 5.5.1 No\r\n");
    EXPECT_EQ(code_of(client.say("RSET")), "421");
    EXPECT_TRUE(client.closed());
  }
  EXPECT_EQ(counts().faults, 0U);
}

TEST_F(SecureSessionTest, AScriptGoesOnInTls) {
  tls_dialogue client(with(R"(  S: 220 mx1.example.net ESMTP
  C: EHLO *
  S: 250-mx1.example.net
  S: 250 STARTTLS
  C: STARTTLS
  S: 220 go on
  handshake certificate=expired versions=1.2
  C: EHLO *
  S: 250 again
  C: QUIT
  S: 221 bye
)"));
  client.hear();
  client.say("EHLO probe.example");
  client.say("STARTTLS");
  client.shake(client_, false);
  EXPECT_EQ(client.tls().facts().protocol, "TLSv1.2");
  EXPECT_EQ(client.tls().facts().doubt, "certificate has expired");
  EXPECT_EQ(client.tell("EHLO probe.example"), "250 again\r\n");
  EXPECT_EQ(client.tell("QUIT"), "221 bye\r\n");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(counts().faults, 0U);
  EXPECT_EQ(counts().sessions, 1U);
}

}  // namespace
}  // namespace cbv::sim
