// A session that begins TLS, with a host that does, or does not, or pretends to.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "cbv/net/tls_stream.hpp"
#include "cbv/smtp/session.hpp"
#include "tests/cbv/smtp/session_parts.hpp"

namespace cbv::smtp {
namespace {

using sim::certificate_kind;

class SessionOverTls : public SessionTest {
 protected:
  struct far_end {
    certificate_kind certificate = certificate_kind::good;
    bool shakes_hands = true;
    const char* behind_starttls = "";  // said with the 220
  };

  // The host's side of the dialogue.
  awaitable<void> serve(far_end how) {
    std::unique_ptr<net::stream> line = std::make_unique<line_end>(on_, false);
    co_await tell_and_hear(*line, "220 mx\r\n");
    co_await tell_and_hear(*line, "250-mx\r\n250 STARTTLS\r\n");
    std::string go = std::string("220 go\r\n") + how.behind_starttls;
    const auto written = co_await line->write(std::move(go));
    if (!written || !how.shakes_hands) {
      co_await time_.sleep_until(time_.now() + 1h);
      co_return;
    }
    net::tls_server with(net::certified(how.certificate));
    auto secured = co_await net::accept_tls(std::move(line), with);
    if (!secured || !secured->line) co_return;
    server_secured_ = true;
    line = std::move(secured->line);
    co_await hear(*line);
    co_await tell_and_hear(*line, "250-mx\r\n250-AUTH PLAIN\r\n250 PIPELINING\r\n");
    if (plan_.auth) co_await tell_and_hear(*line, "235 in\r\n");
    co_await tell_and_hear(*line, "250 ok\r\n550 5.1.1 no\r\n250 ok\r\n");
    co_await tell_and_hear(*line, "221 bye\r\n");
  }

  awaitable<void> tell_and_hear(net::stream& line, std::string what) {
    const auto written = co_await line.write(std::move(what));
    if (written) co_await hear(line);
  }

  awaitable<void> hear(net::stream& line) {
    std::array<char, 1000> piece{};
    const std::span<char> into(piece);
    const auto read = co_await line.read_some(into);
    if (read && server_secured_) inside_.append(piece.data(), *read);
  }

  milliseconds run_with(far_end how) {
    asio::co_spawn(io_, serve(how), [](const std::exception_ptr&) {});
    return run_all();
  }

  bool server_secured_ = false;
  std::string inside_;
};

TEST_F(SessionOverTls, CarriesADialogueThroughIt) {
  for (const tls_policy tls : {tls_policy::may, tls_policy::need, tls_policy::verify}) {
    again();
    inside_.clear();
    server_secured_ = false;
    plan_.tls = tls;
    desk_->wants("ann@example.org");
    run_with({});
    ASSERT_EQ(desk_->answers.size(), 1U);
    EXPECT_EQ(words(*desk_->answers[0]), "replied rcpt 550 pipelined TLSv1.3");
    EXPECT_EQ(desk_->answers[0]->tls, (tls_facts{"TLSv1.3", true}));
    EXPECT_EQ(inside_, ehlo_said + asked("ann@example.org") + "RSET\r\nQUIT\r\n");
    EXPECT_EQ(on_->heard.find("RCPT"), std::string::npos) << "nothing of it is said in clear";
    const std::string said = to_string(*heard_);
    EXPECT_NE(said.find("-- beginning TLS\n"), std::string::npos);
    EXPECT_NE(said.find("-- TLSv1.3, verified\n"), std::string::npos);
    EXPECT_NE(said.find("C: RCPT TO:<ann@example.org>\n"), std::string::npos);
  }
}

TEST_F(SessionOverTls, AsksAHostWithABadCertificateUnlessItIsToVerify) {
  for (const auto kind :
       {certificate_kind::self_signed, certificate_kind::expired, certificate_kind::wrong_name}) {
    for (const tls_policy tls : {tls_policy::may, tls_policy::need, tls_policy::verify}) {
      again();
      inside_.clear();
      server_secured_ = false;
      plan_.tls = tls;
      desk_->wants("ann@example.org");
      run_with({kind});
      if (tls == tls_policy::verify) {
        EXPECT_EQ(desk_->waiting.size(), 1U) << "nothing was asked";
        ASSERT_TRUE(desk_->last_end);
        EXPECT_EQ(desk_->last_end->how.end, probe_end::tls_failed);
        EXPECT_FALSE(desk_->last_end->how.detail.empty());
        EXPECT_FALSE(desk_->last_end->clear_may_help);
        continue;
      }
      ASSERT_EQ(desk_->answers.size(), 1U);
      EXPECT_EQ(desk_->answers[0]->tls, (tls_facts{"TLSv1.3", false}));
      EXPECT_NE(to_string(*heard_).find("-- TLSv1.3, not verified\n"), std::string::npos);
    }
  }
}

TEST_F(SessionOverTls, LeavesAHostThatDoesNotShakeHands) {
  plan_.tls = tls_policy::may;
  far_end silent;
  silent.shakes_hands = false;
  EXPECT_EQ(run_with(silent), options_.limits.starttls);
  EXPECT_EQ(desk_->log,
            lines{"30000 ended tls_failed starttls (no TLS handshake in time), clear may help"});
}

TEST_F(SessionOverTls, SaysWhyAHandshakeFailed) {
  plan_.tls = tls_policy::need;
  says(0ms, "220 mx\r\n");
  says(1ms, "250-mx\r\n250 STARTTLS\r\n");
  says(2ms, "220 go\r\n");
  says(3ms, "250 this is no TLS\r\n");
  EXPECT_EQ(run_all(), 3ms);
  ASSERT_TRUE(desk_->last_end);
  EXPECT_EQ(desk_->last_end->how.end, probe_end::tls_failed);
  EXPECT_FALSE(desk_->last_end->how.detail.empty());
  EXPECT_EQ(on_->heard.find("EHLO", 5), std::string::npos);
}

TEST_F(SessionOverTls, RefusesWhatWasInjectedBeforeTheHandshake) {
  plan_.tls = tls_policy::may;
  far_end injected;
  injected.behind_starttls = "250-mx\r\n250 ok\r\n250 ok\r\n";
  desk_->wants("ann@example.org");
  run_with(injected);
  EXPECT_EQ(desk_->log,
            lines{"0 ended bad_protocol starttls (octets came with the reply to STARTTLS)"});
}

TEST_F(SessionOverTls, WritesDownNoPassword) {
  plan_.tls = tls_policy::need;
  plan_.auth = credentials{"cbv", "secret"};
  desk_->wants("ann@example.org");
  run_with({});
  EXPECT_EQ(desk_->answers.size(), 1U);
  EXPECT_NE(inside_.find("AUTH PLAIN AGNidgBzZWNyZXQ=\r\n"), std::string::npos);
  const std::string said = to_string(*heard_);
  EXPECT_NE(said.find("C: AUTH PLAIN ***\n"), std::string::npos) << said;
  EXPECT_EQ(said.find("AGNidgBzZWNyZXQ="), std::string::npos);
}

TEST_F(SessionOverTls, IsCancelledInTheHandshake) {
  plan_.tls = tls_policy::need;
  says(0ms, "220 mx\r\n");
  says(1ms, "250-mx\r\n250 STARTTLS\r\n");
  says(2ms, "220 go\r\n");
  open();
  pass_until(5ms);
  EXPECT_EQ(session_->at(), stage::starttls);
  stop_.emit(asio::cancellation_type::terminal);
  pass_until(5ms);
  EXPECT_TRUE(done_ && threw_);
  EXPECT_EQ(on_->open, 0);
  EXPECT_EQ(time_.sleepers(), 0U);
}

}  // namespace
}  // namespace cbv::smtp
