// Several questions in one session: groups, limits, what becomes of those who wait, and its rest.
#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <string>

#include "cbv/smtp/session_machine.hpp"
#include "tests/cbv/smtp/machine_dialogue.hpp"

namespace cbv::smtp {
namespace {

// --- several questions

TEST(SessionMachine, AsksAGroupInOneWrite) {
  play(plan_of(),
       four + pipelining + asks_four +
           "S: 250 ok\nS: 250 ok\nS: 250 reset\nS: 250 ok\nS: 550 5.1.1 no\nS: 250 reset\n"
           "S: 250 ok\nS: 450 4.2.0 later\nS: 250 reset\n"
           "S: 250 ok\nS: 252 can't say\nS: 250 reset\n"
           "A: replied rcpt 250 pipelined\nA: replied rcpt 550 pipelined later\n"
           "A: replied rcpt 450 pipelined later\nA: replied rcpt 252 pipelined later\n"
           "idle\nleave\n= replied rcpt pipelined later" +
           left);
}

// The next group needs no RSET before it: the last one ended with one.
TEST(SessionMachine, AsksMoreWhenItIsWokenWhileItRests) {
  play(plan_of(), "Q: a@x.org\n" + pipelining + asks("a") +
                      "C: RSET\nS: 250 ok\nS: 550 no\nA: replied rcpt 550 pipelined\n"
                      "S: 250 reset\nidle\nresume\nidle\nQ: b@x.org\nresume\n" +
                      asks("b") +
                      "C: RSET\nS: 250 ok\nS: 250 ok\nS: 250 reset\n"
                      "A: replied rcpt 250 pipelined later\nidle\n");
  play(plan_of(), "Q: a@x.org\n" + greeted +
                      "S: 250 mx\nC: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<a@x.org>\nS: 550 no\n"
                      "A: replied rcpt 550\nC: RSET\nS: 250 reset\nidle\nQ: b@x.org\nresume\n"
                      "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<b@x.org>\nS: 250 ok\n"
                      "A: replied rcpt 250 later\nC: RSET\nS: 250 ok\nidle\n");
}

// A question that came while others were under way goes with the next write.
TEST(SessionMachine, TakesWhatCameMeanwhileOnceTheGroupIsAnswered) {
  play(plan_of(), "Q: a@x.org\n" + pipelining + asks("a") +
                      "C: RSET\nS: 250 ok\nS: 550 no\nA: replied rcpt 550 pipelined\nQ: b@x.org\n"
                      "Q: c@x.org\nS: 250 reset\n" +
                      asks("b") + "C: RSET\n" + asks("c") + "C: RSET\n");
}

TEST(SessionMachine, AsksStepByStepWithRset) {
  play(plan_of(), "Q: a@x.org\nQ: b@x.org\n" + greeted + R"(
    S: 250 mx
    C: MAIL FROM:<>
    S: 250 ok
    C: RCPT TO:<a@x.org>
    S: 550 5.1.1 no
    A: replied rcpt 550
    C: RSET
    S: 250 reset
    C: MAIL FROM:<>
    S: 250 ok
    C: RCPT TO:<b@x.org>
    S: 250 ok
    A: replied rcpt 250 later
    C: RSET
    S: 250 reset
    idle
    leave
    = replied rcpt later (no more is asked), ready, QUIT
  )");
  // MAIL that was refused has begun nothing: no RSET.
  play(plan_of(), "Q: a@x.org\nQ: b@x.org\n" + greeted +
                      "S: 250 mx\nC: MAIL FROM:<>\nS: 550 no bounces\nA: replied mail 550\n"
                      "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<b@x.org>\n");
}

TEST(SessionMachine, WithoutKeepingItLeavesAfterTheLastAnswer) {
  play(once(), "Q: a@x.org\nQ: b@x.org\n" + pipelining + asks("a") + "C: RSET\n" + asks("b") +
                   "S: 250 ok\nS: 550 no\nS: 250 ok\nS: 250 ok\nS: 550 no\n"
                   "A: replied rcpt 550 pipelined\nA: replied rcpt 550 pipelined later\n"
                   "= replied rcpt pipelined later" +
                   left);
  play(once(), "Q: a@x.org\n" + greeted +
                   "S: 250 mx\nC: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<a@x.org>\nQ: b@x.org\n"
                   "S: 550 no\nA: replied rcpt 550\nC: RSET\nS: 250 ok\n"
                   "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<b@x.org>\nS: 250 ok\n"
                   "A: replied rcpt 250 later\n= replied rcpt later" +
                   left);
  // Nothing to ask: it leaves at once.
  play(once(), greeted + "S: 250 mx\n= replied rcpt" + left);
}

TEST(SessionMachine, WithNothingToAskItRests) {
  play(plan_of(), greeted + "S: 250 mx\nidle\nleave\n= replied rcpt" + left);
}

// --- limits of a session

TEST(SessionMachine, NamesNoMoreRecipientsThanItMay) {
  session_plan plan = plan_of();
  plan.rcpts_max = 3;
  const std::string accepted = "S: 250 ok\nS: 250 ok\n";
  play(plan, four + pipelining + asks("a") + "C: RSET\n" + asks("b") + "C: RSET\n" + asks("c") +
                 accepted + "S: 250 ok\n" + accepted + "S: 250 ok\n" + accepted +
                 "A: replied rcpt 250 pipelined\nA: replied rcpt 250 pipelined later\n"
                 "A: replied rcpt 250 pipelined later\n= replied rcpt pipelined later" +
                 left);
  plan.rcpts_max = 1;
  play(plan, four + stepwise + "S: 250 ok\nC: RCPT TO:<a@x.org>\nS: 250 ok\nA: replied rcpt 250\n" +
                 "= replied rcpt later" + left);
}

// As if the host would refuse all: what leaves in one write is never more than may be refused.
TEST(SessionMachine, SendsNoMoreThanMayBeRefused) {
  session_plan plan = plan_of();
  plan.refusals_max = 2;
  const std::string first_two =
      four + "Q: e@x.org\n" + pipelining + asks("a") + "C: RSET\n" + asks("b") + "C: RSET\n";
  const std::string yes = "S: 250 ok\nS: 250 ok\nS: 250 ok\n";
  const std::string no = "S: 250 ok\nS: 550 no\nS: 250 ok\n";
  play(plan, first_two + no + no +
                 "A: replied rcpt 550 pipelined\nA: replied rcpt 550 pipelined later\n"
                 "= replied rcpt pipelined later" +
                 left);
  play(plan, first_two + yes + no +
                 "A: replied rcpt 250 pipelined\nA: replied rcpt 550 pipelined later\n" +
                 asks("c") + "C: RSET\n" + yes + "A: replied rcpt 250 pipelined later\n" +
                 asks("d") + "C: RSET\nS: 250 ok\nS: 450 later\n" +
                 "A: replied rcpt 450 pipelined later\nS: 250 ok\n= replied rcpt pipelined later" +
                 left);
  // MAIL that is refused counts, too.
  play(plan, first_two + "S: 550 no\nS: 503 no\nS: 250 ok\n" + yes +
                 "A: replied mail 550 pipelined\nA: replied rcpt 250 pipelined later\n" +
                 asks("c") + "C: RSET\n");
  const std::string step_no = "C: MAIL FROM:<>\nS: 451 later\n";
  play(plan, four + greeted + "S: 250 mx\n" + step_no + "A: replied mail 451\n" + step_no +
                 "A: replied mail 451 later\n= replied rcpt later" + left);
}

TEST(SessionMachine, WithoutRoomItAsksNothing) {
  session_plan plan = plan_of();
  plan.refusals_max = 0;
  play(plan, four + pipelining + "= replied rcpt" + left);
  play(plan, four + greeted + "S: 250 mx\n= replied rcpt" + left);
}

// --- refusals and trouble in a group

TEST(SessionMachine, TakesNoAnswerToRcptWhereMailWasRefused) {
  const std::string asked = bob + pipelining + "C: MAIL FROM:<>\nC: RCPT TO:<bob@example.org>\n";
  for (const char* after : {"250 ok", "550 5.1.1 no", "503 no MAIL yet", "450 later"}) {
    play(once(), asked + "S: 550 5.7.1 no bounces\nS: " + after +
                     "\nA: replied mail 550 pipelined\n" + "= replied rcpt pipelined later" + left);
  }
  play(once(), asked +
                   "S: 421 later\nA: replied mail 421 pipelined\n"
                   "= replied mail 421 pipelined, ready\n");
  play(plan_of(), "Q: a@x.org\nQ: b@x.org\n" + pipelining + asks("a") + "C: RSET\n" + asks("b") +
                      "C: RSET\n" +
                      "S: 550 5.7.1 no bounces\nS: 550 5.1.1 no\nS: 250 ok\n"
                      "S: 250 ok\nS: 250 ok\nS: 250 ok\n"
                      "A: replied mail 550 pipelined\nA: replied rcpt 250 pipelined later\nidle\n");
}

const std::string one_answered = "S: 250 ok\nS: 550 5.1.1 no\n";
const std::string answer_of_one = "A: replied rcpt 550 pipelined\n";
const std::string three_elsewhere = "A: elsewhere\nA: elsewhere\nA: elsewhere\n";

// The answer stands. Of those who wait nothing was said: they are asked elsewhere.
TEST(SessionMachine, ALeaveInAGroupIsNobodysAnswerOnceOneWasAnswered) {
  const std::string group = four + pipelining + asks_four;
  const std::string lost = "= connection_lost rcpt pipelined later (";
  play(plan_of(), group + one_answered + "S: 421 too many errors\n" + answer_of_one +
                      three_elsewhere + lost + "the host left), ready");
  play(plan_of(), group + one_answered + "S: 250 reset\nS: 421 too many errors\n" + answer_of_one +
                      three_elsewhere + "= replied mail 421 pipelined later, ready");
  play(plan_of(), group + one_answered + "S: 250 reset\nS: 250 ok\nS: 421 bye\n" + answer_of_one +
                      three_elsewhere + "= replied rcpt 421 pipelined later, ready");
  play(plan_of(), group + "S: 550 no\nS: 421 bye\nA: replied mail 550 pipelined\n" +
                      three_elsewhere + "= replied rcpt 421 pipelined later, ready");
  for (const char* before : {"", "S: 250 reset\n", "S: 250 reset\nS: 250 ok\n"}) {
    const std::string so_far = group + one_answered + before;
    const std::string stage = std::string(before) == "S: 250 reset\n" ? "mail" : "rcpt";
    const std::string lost_there = "= connection_lost " + stage + " pipelined later (";
    play(plan_of(), so_far + "closed\n" + answer_of_one + three_elsewhere + lost_there +
                        "connection closed), ready");
    play(plan_of(), so_far + "s: 25\nclosed\n" + answer_of_one + three_elsewhere + lost_there +
                        "connection closed in the middle of a reply), ready");
    play(plan_of(), so_far + "reset\n" + answer_of_one + three_elsewhere + lost_there +
                        error_code(boost::asio::error::connection_reset).message() + "), ready");
  }
}

// Before anything was answered it is the answer to the first, and only to that one.
TEST(SessionMachine, ALeaveBeforeAnyAnswerIsThatOfTheFirst) {
  const std::string group = four + pipelining + asks_four;
  play(plan_of(), group + "S: 421 bye\nA: replied mail 421 pipelined\n" + three_elsewhere +
                      "= replied mail 421 pipelined, ready");
  play(plan_of(), group + "S: 250 ok\nS: 421 bye\nA: replied rcpt 421 pipelined\n" +
                      three_elsewhere + "= replied rcpt 421 pipelined, ready");
  play(plan_of(),
       group + "S: 250 ok\nclosed\nA: connection_lost rcpt pipelined (connection closed)\n" +
           three_elsewhere + "= connection_lost rcpt pipelined (connection closed), ready");
}

// Silence and noise are the answer to the one whose turn it was; nothing is read any more.
TEST(SessionMachine, SilenceAndNoiseInAGroupAreTheAnswerOfOne) {
  const std::string so_far =
      four + pipelining + asks_four + one_answered + "S: 250 reset\nS: 250 ok\n";
  const std::string two_elsewhere = "A: elsewhere\nA: elsewhere\n";
  const auto meets = [&](const std::string& trouble, const std::string& what) {
    play(plan_of(), so_far + trouble + answer_of_one + "A: " + what + '\n' + two_elsewhere + "= " +
                        what + ", ready");
  };
  meets("timeout\n", "timed_out rcpt pipelined later (no reply in time)");
  meets("s: 55\ntimeout\n", "timed_out rcpt pipelined later (reply not completed in time)");
  meets("s: \x16\x03\x01\n", "bad_protocol rcpt pipelined later (not an SMTP reply)");
  meets("S: 150 wait\n", "bad_protocol rcpt pipelined later (not an SMTP reply)");
  meets("S: 354 go ahead\n", "bad_protocol rcpt 354 pipelined later (a reply out of place)");
}

// A session that can't be reset is of no more use; that says nothing of who comes next.
TEST(SessionMachine, RsetThatIsRefusedEndsTheSession) {
  const std::string ends = "= bad_protocol rcpt pipelined later (RSET was refused), ready, QUIT";
  play(plan_of(), four + pipelining + asks_four + one_answered + "S: 500 what?\n" + answer_of_one +
                      three_elsewhere + ends);
  for (const char* refusal : {"500 what?", "451 not now", "354 go ahead"}) {
    play(plan_of(),
         "Q: a@x.org\nQ: b@x.org\n" + stepwise +
             "S: 250 ok\nC: RCPT TO:<a@x.org>\nS: 550 no\nA: replied rcpt 550\nC: RSET\n" + "S: " +
             refusal + "\nA: elsewhere\n= bad_protocol rcpt later (RSET was refused), ready, QUIT");
  }
  const std::string resetting = "Q: a@x.org\nQ: b@x.org\n" + stepwise +
                                "S: 250 ok\nC: RCPT TO:<a@x.org>\nS: 550 no\n"
                                "A: replied rcpt 550\nC: RSET\n";
  play(plan_of(), resetting +
                      "S: 421 too many errors\nA: elsewhere\n"
                      "= connection_lost rcpt later (the host left), ready");
  play(plan_of(),
       resetting + "timeout\nA: elsewhere\n= timed_out rcpt later (no reply in time), ready");
  play(plan_of(), resetting +
                      "s: \x16\x03\nA: elsewhere\n"
                      "= bad_protocol rcpt later (not an SMTP reply), ready");
}

// --- SMTPUTF8

TEST(SessionMachine, UsesSmtputf8OnlyWhereTheAddressNeedsIt) {
  const std::string offered = greeted + "S: 250-mx\nS: 250 SMTPUTF8\n";
  play(once(), bob + offered + "C: MAIL FROM:<>\n");
  play(once(), "Q: bj\u00f6rn@example.org\n" + offered +
                   "C: MAIL FROM:<> SMTPUTF8\nS: 250 ok\n"
                   "C: RCPT TO:<bj\u00f6rn@example.org>\nS: 250 ok\nA: replied rcpt 250");
  play(once(), "Q: bob@example.org <bj\u00f6rn@example.net>\n" + offered +
                   "C: MAIL FROM:<bj\u00f6rn@example.net> SMTPUTF8\n");
}

const std::string unable = " (the host does not offer SMTPUTF8, which the address needs)\n";

TEST(SessionMachine, AddressesThatThisHostCannotBeAskedAboutAreAnsweredInTheirTurn) {
  const std::string bjorn = "Q: bj\u00f6rn@example.org\n";
  play(once(), bjorn + greeted + "S: 250 mx\nA: no_smtputf8 ehlo" + unable);
  play(once(), bjorn + greeted + "S: 502 what?\nC: HELO probe.example.net\nS: 250 mx\n" +
                   "A: no_smtputf8 ehlo" + unable);
  // They end the group, and have their answer when those before them have theirs.
  play(plan_of(), "Q: a@x.org\n" + bjorn + bjorn + "Q: b@x.org\n" + pipelining + asks("a") +
                      "C: RSET\nS: 250 ok\nS: 550 no\nS: 250 reset\n"
                      "A: replied rcpt 550 pipelined\nA: no_smtputf8 ehlo pipelined later" +
                      unable + "A: no_smtputf8 ehlo pipelined later" + unable + asks("b") +
                      "C: RSET\n");
  play(plan_of(), "Q: a@x.org\n" + bjorn + "Q: b@x.org\n" + greeted +
                      "S: 250 mx\nC: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<a@x.org>\nS: 550 no\n" +
                      "A: replied rcpt 550\nA: no_smtputf8 ehlo later" + unable +
                      "C: RSET\nS: 250 ok\nC: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<b@x.org>\n");
  // One that waits when the session is over is asked elsewhere.
  session_plan plan = plan_of();
  plan.refusals_max = 2;
  play(plan,
       "Q: a@x.org\n" + bjorn + pipelining + asks("a") +
           "C: RSET\nS: 250 ok\nclosed\nA: connection_lost rcpt pipelined (connection closed)\n"
           "A: elsewhere\n");
}

TEST(SessionMachine, MixesThemWhereSmtputf8IsOffered) {
  play(plan_of(), "Q: a@x.org\nQ: \u00f6@x.org\nQ: b@x.org\n" + greeted +
                      "S: 250-mx\nS: 250-SMTPUTF8\nS: 250 PIPELINING\n" + asks("a") +
                      "C: RSET\nC: MAIL FROM:<> SMTPUTF8\nC: RCPT TO:<\u00f6@x.org>\nC: RSET\n" +
                      asks("b") + "C: RSET\n");
}

// --- while it rests

TEST(SessionMachine, AHostMayLeaveWhileTheSessionRests) {
  const std::string resting =
      "Q: a@x.org\n" + pipelining + asks("a") +
      "C: RSET\nS: 250 ok\nS: 250 ok\nS: 250 reset\nA: replied rcpt 250 pipelined\nidle\n";
  const std::string lost = "= connection_lost rcpt pipelined later (";
  play(plan_of(), resting + "S: 421 4.4.2 timeout\n" + lost + "the host left), ready");
  play(plan_of(), resting + "closed\n" + lost + "connection closed), ready");
  play(plan_of(), resting + "s: 42\nidle\nclosed\n" + lost +
                      "connection closed in the middle of a reply), ready");
  play(plan_of(), resting + "reset\n" + lost +
                      error_code(boost::asio::error::connection_reset).message() + "), ready");
  const std::string spoke =
      "= bad_protocol rcpt pipelined later (the host spoke before it was asked), ready, QUIT";
  play(plan_of(), resting + "S: 250 hello again\n" + spoke);
  play(plan_of(),
       resting + "s: \x16\x03\n= bad_protocol rcpt pipelined later (not an SMTP reply), ready");
  // Half a reply: whatever it becomes, it must not be read as the answer to what is asked now.
  play(plan_of(), resting + "s: 25\nidle\nQ: b@x.org\nresume\n" + spoke);
  play(plan_of(), resting + "s: 25\nidle\nleave\n= replied rcpt pipelined later" + left);
}

}  // namespace
}  // namespace cbv::smtp
