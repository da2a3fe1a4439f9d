// A session without a question: how long it is kept, and what wakes or ends it.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <string>

#include "cbv/smtp/session.hpp"
#include "tests/cbv/smtp/session_parts.hpp"

namespace cbv::smtp {
namespace {

class RestingSession : public SessionTest {
 protected:
  // Opened, one question answered, and at rest since 4 ms.
  void rest() {
    desk_->wants("ann@example.org");
    says(1ms, "220 mx\r\n");
    says(2ms, "250-mx\r\n250 PIPELINING\r\n");
    says(4ms, "250 ok\r\n550 no\r\n250 ok\r\n");
    open();
    pass_until(5ms);
    EXPECT_TRUE(session_->is_resting());
    on_->heard.clear();
    desk_->log.clear();
  }
};

TEST_F(RestingSession, IsLeftWhenItsTimeIsOver) {
  rest();
  says(3'010ms, "221 bye\r\n");
  pass_until(3'003ms);
  EXPECT_EQ(on_->heard, "");
  EXPECT_TRUE(session_->is_free());
  pass_until(3'004ms);
  EXPECT_EQ(on_->heard, "QUIT\r\n");
  EXPECT_FALSE(session_->is_free());
  pass_until(3'010ms);
  EXPECT_TRUE(done_);
}

TEST_F(RestingSession, AsksWhenItIsWoken) {
  rest();
  pass_until(2'000ms);
  desk_->wants("bob@example.org");
  session_->wake();
  pass_until(2'001ms);
  EXPECT_FALSE(session_->is_resting());
  EXPECT_EQ(on_->heard, asked("bob@example.org") + "RSET\r\n");
  says(2'010ms, "250 ok\r\n250 ok\r\n250 ok\r\n");
  pass_until(5'009ms);
  EXPECT_EQ(desk_->log, (lines{"2000 takes bob@example.org",
                               "2010 replied rcpt 250 pipelined later", "2010 rests"}));
  pass_until(5'010ms);  // its rest begins anew
  EXPECT_TRUE(session_->has_ended());
}

TEST_F(RestingSession, WokenForNothingItRestsOn) {
  rest();
  pass_until(2'000ms);
  session_->wake();
  pass_until(3'003ms);
  EXPECT_FALSE(session_->has_ended());
  pass_until(3'004ms);
  EXPECT_TRUE(session_->has_ended()) << "and no longer than before";
}

// Octets that drip buy no time here, either.
TEST_F(RestingSession, IsNotHeldByAHostThatDrips) {
  rest();
  for (int i = 1; i < 100; ++i) says(i * 100ms, i == 1 ? "220-" : "x");
  pass_until(3'003ms);
  EXPECT_FALSE(session_->has_ended());
  pass_until(3'004ms);
  EXPECT_TRUE(session_->has_ended());
}

TEST_F(RestingSession, MeetsAHostThatLeaves) {
  rest();
  says(100ms, "421 4.4.2 timeout\r\n");
  pass_until(100ms);
  EXPECT_TRUE(done_);
  EXPECT_EQ(desk_->log,
            lines{"100 ended connection_lost rcpt pipelined later (the host left), ready"});
  EXPECT_EQ(on_->heard, "");
}

// The question and the host's word come at once: whichever is seen first, the question is asked
// here or left to another session, and neither waits.
TEST_F(RestingSession, LosesNothingWhenItIsWokenAndSpokenToAtOnce) {
  for (const char* said : {"421 bye\r\n", "421 b", "25", "250 ok\r\n", "\x16\x03"}) {
    again();
    rest();
    says(100ms, said);
    const auto at = start_ + 100ms;
    asio::co_spawn(io_, time_.sleep_until(at), [this](const std::exception_ptr&) {
      desk_->wants("bob@example.org");
      session_->wake();
    });
    pass_until(101ms);
    const bool is_asked = on_->heard.starts_with(asked("bob@example.org"));
    EXPECT_TRUE(is_asked || session_->has_ended()) << said;
    EXPECT_EQ(desk_->waiting.size(), is_asked ? 0U : 1U) << said;
    pass_until(1h);
  }
}

// Half a reply was read, and then there is a question: the session can't be used any more.
TEST_F(RestingSession, AsksNothingOverHalfAReply) {
  rest();
  says(100ms, "25");
  pass_until(200ms);
  desk_->wants("bob@example.org");
  session_->wake();
  pass_until(201ms);
  EXPECT_TRUE(session_->has_ended());
  EXPECT_EQ(desk_->waiting.size(), 1U);
  EXPECT_EQ(on_->heard, "QUIT\r\n");
}

TEST_F(RestingSession, LeavesWhenItIsTold) {
  rest();
  session_->leave();
  pass_until(6ms);
  EXPECT_EQ(on_->heard, "QUIT\r\n");
  EXPECT_TRUE(session_->has_ended());
}

TEST_F(SessionTest, LeavesAfterTheAnswersThatAreUnderWay) {
  desk_->wants("ann@example.org");
  says(1ms, "220 mx\r\n");
  says(2ms, "250-mx\r\n250 PIPELINING\r\n");
  says(4ms, "250 ok\r\n550 no\r\n");
  says(5ms, "250 ok\r\n");
  open();
  pass_until(3ms);
  EXPECT_FALSE(session_->is_free());
  session_->leave();
  pass_until(5ms);
  EXPECT_EQ(desk_->answers.size(), 1U);
  EXPECT_TRUE(session_->has_ended());
  EXPECT_TRUE(on_->heard.ends_with("QUIT\r\n"));
}

// What the desk counts as under way has to be true when it is asked for more.
TEST_F(SessionTest, HandsTheAnswersOverBeforeItTakesMore) {
  plan_.refusals_max = 1;
  desk_->wants("ann@example.org");
  desk_->wants("bob@example.org");
  says(1ms, "220 mx\r\n");
  says(2ms, "250-mx\r\n250 PIPELINING\r\n");
  says(4ms, "250 ok\r\n250 ok\r\n250 ok\r\n");
  open();
  pass_until(5ms);
  EXPECT_EQ(desk_->log, (lines{"2 takes ann@example.org", "4 replied rcpt 250 pipelined",
                               "4 takes bob@example.org"}));
}

}  // namespace
}  // namespace cbv::smtp
