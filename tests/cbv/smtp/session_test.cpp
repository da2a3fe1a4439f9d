// The driver of session_machine in clear: over lines in virtual time, and over real sockets.
#include "cbv/smtp/session.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cbv/net/listener.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "tests/cbv/run.hpp"
#include "tests/cbv/smtp/session_parts.hpp"

namespace cbv::smtp {
namespace {

TEST_F(SessionTest, CarriesADialogueThrough) {
  desk_->wants("ann@example.org");
  desk_->wants("bob@example.org");
  says(10ms, "220 mx\r\n");
  says(20ms, "250-mx\r\n250 PIPELINING\r\n");
  says(30ms, "250 ok\r\n550 5.1.1 no such user\r\n250 ok\r\n");
  says(35ms, "250 ok\r\n250 ok\r\n250 ok\r\n");
  says(3'045ms, "221 bye\r\n");
  EXPECT_EQ(run_all(), 3'045ms);
  EXPECT_EQ(on_->heard, ehlo_said + asked("ann@example.org") + "RSET\r\n" +
                            asked("bob@example.org") + "RSET\r\nQUIT\r\n");
  EXPECT_EQ(
      desk_->log,
      (lines{"20 takes ann@example.org", "20 takes bob@example.org",
             "30 replied rcpt 550 pipelined", "35 replied rcpt 250 pipelined later", "35 rests",
             "3035 ended replied rcpt pipelined later (no more is asked), ready"}));
  EXPECT_EQ(to_string(*heard_),
            "   0.000 S: 220 mx\n"
            "   0.000 C: EHLO probe.example.net\n"
            "   0.010 S: 250-mx\n"
            "   0.010 S: 250 PIPELINING\n"
            "   0.010 C: MAIL FROM:<>\n"
            "   0.010 C: RCPT TO:<ann@example.org>\n"
            "   0.010 C: RSET\n"
            "   0.010 C: MAIL FROM:<>\n"
            "   0.010 C: RCPT TO:<bob@example.org>\n"
            "   0.010 C: RSET\n"
            "   0.020 S: 250 ok\n"
            "   0.020 S: 550 5.1.1 no such user\n"
            "   0.020 S: 250 ok\n"
            "   0.025 S: 250 ok\n"
            "   0.025 S: 250 ok\n"
            "   0.025 S: 250 ok\n"
            "   3.025 -- no more is asked\n"
            "   3.025 C: QUIT\n");
}

TEST_F(SessionTest, WritesDownOnlyWhatItIsToldTo) {
  desk_->wants("ann@example.org");
  says(10ms, "220 mx\r\n");
  says(20ms, "250 mx\r\n");
  open();
  pass_until(15ms);
  const auto second = std::make_shared<transcript>();
  session_->tell(second);
  pass_until(25ms);
  EXPECT_EQ(heard_->lines().size(), 2U);
  EXPECT_EQ(to_string(*second), "   0.000 S: 250 mx\n   0.000 C: MAIL FROM:<>\n");
  session_->tell(nullptr);
  says(30ms, "250 ok\r\n");
  pass_until(35ms);
  EXPECT_EQ(second->lines().size(), 2U);
}

// --- QUIT

TEST_F(SessionTest, WaitsForTheAnswerToQuitAsLongAsItsLimit) {
  says(0ms, "554 go away\r\n");
  says(1'500ms, "250 what?\r\n");
  open();
  pass_until(1ms);
  EXPECT_EQ(desk_->log, lines{"0 ended replied greeting 554"}) << "who waits is told at once";
  EXPECT_TRUE(session_->has_ended());
  EXPECT_EQ(on_->heard, "QUIT\r\n");
  pass_until(1'999ms);
  EXPECT_EQ(on_->open, 1);
  pass_until(2'000ms);  // limits.quit
  EXPECT_EQ(on_->open, 0);
  EXPECT_TRUE(done_);
}

TEST_F(SessionTest, EndsAGoodbyeWhenTheHostHangsUp) {
  struct row {
    const char* says;
    bool hangs_up;
  };
  for (const row& last : {row{"221 bye\r\n", false}, row{"550 late\r\n221 bye\r\n", false},
                          row{"noise\r\n", false}, row{"", true}}) {
    again();
    says(0ms, "554 go away\r\n");
    if (last.hangs_up) {
      hangs_up(5ms);
    } else {
      says(5ms, last.says);
    }
    EXPECT_EQ(run_all(), 5ms) << last.says;
  }
}

TEST_F(SessionTest, DoesNotWaitForAHostThatDoesNotTakeQuit) {
  says(0ms, "554 go away\r\n");
  on_->hears_after = 10min;
  EXPECT_EQ(run_all(), options_.limits.quit);
  again();
  says(0ms, "554 go away\r\n");
  on_->deaf = asio::error::broken_pipe;
  EXPECT_EQ(run_all(), 0ms);
}

TEST_F(SessionTest, SaysNoGoodbyeToNoise) {
  says(0ms, "\x16\x03\x01");
  EXPECT_EQ(run_all(), 0ms);
  EXPECT_EQ(on_->heard, "");
}

// --- limits of time

// A host that is silent at a stage is left when the limit of that stage is over, and dropped.
TEST_F(SessionTest, KeepsTheLimitOfEachStage) {
  const stage_limits& limits = options_.limits;
  const std::array replies{"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "550 no\r\n"};
  const std::array stages{std::pair{stage::greeting, limits.greeting},
                          std::pair{stage::ehlo, limits.ehlo}, std::pair{stage::mail, limits.mail},
                          std::pair{stage::rcpt, limits.rcpt}, std::pair{stage::rcpt, limits.rcpt}};
  for (std::size_t i = 0; i < stages.size(); ++i) {
    again();
    desk_->wants("ann@example.org");
    const auto& [at, limit] = stages[i];
    for (std::size_t k = 0; k < i; ++k) says(milliseconds(k + 1), replies[k]);
    EXPECT_EQ(run_all(), milliseconds(i) + limit) << to_string(at);
    ASSERT_TRUE(desk_->last_end);
    EXPECT_EQ(desk_->last_end->how.end, probe_end::timed_out);
    EXPECT_EQ(desk_->last_end->how.at, at);
    EXPECT_EQ(on_->heard.find("QUIT"), std::string::npos) << "nothing after a timeout";
    const bool has_answer = i == 2 || i == 3;
    EXPECT_EQ(desk_->answers.size(), i < 2 ? 0U : 1U);
    if (has_answer) {
      EXPECT_EQ(desk_->answers[0]->end, probe_end::timed_out);
    }
  }
}

// Each reply of a group has the limit of its stage.
TEST_F(SessionTest, KeepsTheLimitOfEachTurn) {
  desk_->wants("ann@example.org");
  desk_->wants("bob@example.org");
  says(0ms, "220 mx\r\n");
  const std::array pauses{59s, 179s, 179s, 59s};  // MAIL, RCPT, RSET, MAIL
  milliseconds at = 1ms;
  says(at, "250-mx\r\n250 PIPELINING\r\n");
  for (const auto& pause : pauses) {
    at += pause;
    says(at, "250 ok\r\n");
  }
  EXPECT_EQ(run_all(), at + options_.limits.rcpt);
  EXPECT_EQ(desk_->answers.size(), 2U);
  EXPECT_EQ(desk_->answers[0]->end, probe_end::replied);
  EXPECT_EQ(desk_->answers[1]->end, probe_end::timed_out);
  EXPECT_EQ(desk_->answers[1]->at, stage::rcpt);
}

// Octets that drip do not buy time.
TEST_F(SessionTest, IsNotHeldByAHostThatDrips) {
  for (int i = 0; i < 100; ++i) says(i * 1s, i == 0 ? "220-" : "x");
  EXPECT_EQ(run_all(), options_.limits.greeting);
  EXPECT_EQ(desk_->log, lines{"60000 ended timed_out greeting (reply not completed in time)"});
  EXPECT_EQ(on_->heard, "");

  again();
  desk_->wants("ann@example.org");
  says(0ms, "220 mx\r\n");
  says(1ms, "250-mx\r\n250 PIPELINING\r\n");
  says(2ms, "250 ok\r\n");
  for (int i = 0; i < 2'000; ++i) says(1s + i * 100ms, "250-x\r\n");
  EXPECT_EQ(run_all(), 13'800ms) << "too many lines";
  again();
  desk_->wants("ann@example.org");
  says(0ms, "220 mx\r\n");
  says(1ms, "250-mx\r\n250 PIPELINING\r\n");
  says(2ms, "250 ok\r\n");
  for (int i = 0; i < 2'000; ++i) says(1s + i * 100ms, i == 0 ? "550-" : "x");
  EXPECT_EQ(run_all(), 2ms + options_.limits.rcpt);
}

TEST_F(SessionTest, LeavesAHostThatTakesNoBytes) {
  says(0ms, "220 mx\r\n");
  on_->hears_after = 10min;
  EXPECT_EQ(run_all(), options_.limits.ehlo);
  EXPECT_EQ(desk_->log, lines{"60000 ended timed_out ehlo (no reply in time)"});

  again();
  says(0ms, "220 mx\r\n");
  on_->deaf = asio::error::broken_pipe;
  EXPECT_EQ(run_all(), 0ms);
  EXPECT_EQ(desk_->log, lines{"0 ended connection_lost ehlo (Broken pipe)"});
}

TEST_F(SessionTest, TellsLossFromNoise) {
  says(0ms, "220 mx\r\n");
  hangs_up(1ms);
  run_all();
  EXPECT_EQ(desk_->log, lines{"1 ended connection_lost ehlo (connection closed)"});

  again();
  says(0ms, "220 mx\r\n");
  hangs_up(1ms, asio::error::connection_reset);
  run_all();
  EXPECT_EQ(desk_->log, lines{"1 ended connection_lost ehlo (Connection reset by peer)"});

  again();
  says(0ms, std::string(1'000'000, '2'));
  run_all();
  ASSERT_TRUE(desk_->last_end);
  EXPECT_EQ(desk_->last_end->how.end, probe_end::bad_protocol);
}

// --- cancellation

TEST_F(SessionTest, DropsTheConnectionWhenItIsCancelled) {
  for (const milliseconds at : {0ms, 1ms, 2ms, 3ms, 4ms, 5ms, 100ms, 3'008ms, 3'009ms, 4'000ms}) {
    for (const milliseconds hearing : {0ms, 1ms}) {
      again();
      desk_->wants("ann@example.org");
      on_->hears_after = hearing;
      says(1ms, "220 mx\r\n");
      says(3ms, "250 mx\r\n");
      says(5ms, "250 ok\r\n");
      says(7ms, "550 no\r\n");
      says(9ms, "250 ok\r\n");
      open();
      pass_until(at);
      EXPECT_EQ(on_->open, 1);
      stop_.emit(asio::cancellation_type::terminal);
      pass_until(at);
      EXPECT_TRUE(done_ && threw_) << at.count();
      session_.reset();
      EXPECT_EQ(on_->open, 0) << at.count();
      EXPECT_EQ(time_.sleepers(), 0U) << at.count();
    }
  }
}

// --- over real sockets

// A host that plays its lines, one after each write it receives.
awaitable<void> serve(net::listener& at, std::vector<std::string> replies, std::string& heard) {
  auto client = co_await at.accept();
  if (!client) co_return;
  for (std::string& one : replies) {
    const auto written = co_await (*client)->write(std::move(one));
    if (!written) co_return;
    std::array<char, 1000> piece{};
    const std::span<char> into(piece);
    const auto read = co_await (*client)->read_some(into);
    if (!read) co_return;
    heard.append(piece.data(), *read);
  }
}

awaitable<void> connect_and_run(net::endpoint to, std::shared_ptr<session> one) {
  net::tcp_dialer network;
  auto line = co_await network.connect(to);
  if (!line) throw boost::system::system_error(line.error());
  co_await one->run(*std::move(line));
}

class SessionOverSockets : public testing::Test {
 protected:
  void ask(std::vector<std::string> replies) {
    asio::io_context io(1);
    const net::endpoint any{asio::ip::make_address("127.0.0.1"), 0};
    auto at = net::listen_tcp(io.get_executor(), any);
    if (!at) throw boost::system::system_error(at.error());
    net::tls_client tls = net::make_client(time_);
    plan_.helo_name = "probe.example.net";
    auto one = std::make_shared<session>(io.get_executor(), time_, tls, options_, plan_,
                                         session_peer{}, desk_);
    asio::co_spawn(io, serve(**at, std::move(replies), heard_),
                   [](const std::exception_ptr& thrown) { EXPECT_FALSE(thrown); });
    const net::endpoint peer{any.address, (*at)->port()};
    run(io, connect_and_run(peer, std::move(one)));
  }

  system_timer time_;
  session_options options_;
  session_plan plan_;
  test_desk desk_{time_};
  std::string heard_;
};

TEST_F(SessionOverSockets, AsksAndSaysGoodbye) {
  plan_.keep = false;
  desk_.wants("ann@example.org");
  desk_.wants("bob@example.org");
  ask({"220 mx\r\n", "250-mx\r\n250 PIPELINING\r\n",
       "250 ok\r\n550 5.1.1 no such user\r\n250 ok\r\n250 ok\r\n250 ok\r\n", "221 bye\r\n"});
  ASSERT_EQ(desk_.answers.size(), 2U);
  EXPECT_EQ(*desk_.answers[0]->reply, *parse_reply("550 5.1.1 no such user"));
  EXPECT_EQ(desk_.answers[1]->reply->code, 250);
  EXPECT_EQ(heard_, ehlo_said + asked("ann@example.org") + "RSET\r\n" + asked("bob@example.org") +
                        "QUIT\r\n");
}

TEST_F(SessionOverSockets, MeetsAHostThatHangsUp) {
  desk_.wants("ann@example.org");
  ask({"220 mx\r\n", "250 mx\r\n"});
  ASSERT_EQ(desk_.answers.size(), 1U);
  EXPECT_EQ(desk_.answers[0]->end, probe_end::connection_lost);
  EXPECT_EQ(desk_.answers[0]->at, stage::mail);
}

TEST_F(SessionOverSockets, LeavesAHostThatIsSilent) {
  options_.limits.ehlo = 10ms;
  ask({"220 mx\r\n", ""});
  ASSERT_TRUE(desk_.last_end);
  EXPECT_EQ(desk_.last_end->how.end, probe_end::timed_out);
  EXPECT_EQ(desk_.last_end->how.at, stage::ehlo);
}

TEST_F(SessionOverSockets, IsLeftAtRest) {
  desk_.wants("ann@example.org");
  ask({"220 mx\r\n", "250-mx\r\n250 PIPELINING\r\n",
       "250 ok\r\n550 no\r\n250 ok\r\n221 early\r\n"});
  ASSERT_EQ(desk_.answers.size(), 1U);
  EXPECT_EQ(desk_.answers[0]->reply->code, 550);
}

}  // namespace
}  // namespace cbv::smtp
