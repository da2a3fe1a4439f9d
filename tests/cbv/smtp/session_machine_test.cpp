// One question, from the greeting to QUIT, and all trouble there is on the way.
#include "cbv/smtp/session_machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/cbv/smtp/machine_dialogue.hpp"

namespace cbv::smtp {
namespace {

// --- one question

TEST(SessionMachine, AsksStepByStep) {
  play(once(), bob + R"(
    S: 220 mx.example.org ESMTP ready
    C: EHLO probe.example.net
    S: 250-mx.example.org
    S: 250-SIZE 1000000
    S: 250 HELP
    C: MAIL FROM:<>
    S: 250 2.1.0 Ok
    C: RCPT TO:<bob@example.org>
    S: 250 2.1.5 Ok
    A: replied rcpt 250
    = replied rcpt later (no more is asked), ready, QUIT
  )");
}

TEST(SessionMachine, AsksInOneWriteWherePipeliningIsOffered) {
  play(once(), bob + R"(
    S: 220-mx.example.org
    S: 220 ESMTP ready
    C: EHLO probe.example.net
    S: 250-mx.example.org
    S: 250-PIPELINING
    S: 250 ENHANCEDSTATUSCODES
    C: MAIL FROM:<>
    C: RCPT TO:<bob@example.org>
    S: 250 2.1.0 Ok
    S: 550-5.1.1 no such user,
    S: 550 5.1.1 I am sorry
    A: replied rcpt 550 pipelined
    = replied rcpt pipelined later (no more is asked), ready, QUIT
  )");
}

TEST(SessionMachine, SaysTheSenderItWasGiven) {
  play(once(),
       "Q: \"bob\\ b\"@example.org <verify@example.net>\n" + greeted +
           "S: 250 mx\nC: MAIL FROM:<verify@example.net>\nS: 250 ok\n"
           "C: RCPT TO:<\"bob\\ b\"@example.org>\nS: 251 will forward\nA: replied rcpt 251\n");
}

// Nothing was said of a mailbox: how it ended is true of all who wait.
TEST(SessionMachine, EndsWhereItIsRefusedBeforeAnythingIsAsked) {
  struct row {
    const char* script;
    const char* ends;
  };
  for (const row& one :
       {row{"S: 554 no service here", "greeting 554, QUIT"},
        row{"S: 521 mx does not accept mail", "greeting 521, QUIT"},
        row{"S: 556 mx does not accept mail", "greeting 556, QUIT"},
        row{"S: 450 later", "greeting 450, QUIT"}, row{"S: 421 too busy", "greeting 421"},
        row{"S: 220 mx\nC: EHLO probe.example.net\nS: 421 too busy", "ehlo 421"},
        row{"S: 220 mx\nC: EHLO probe.example.net\nS: 450 later", "ehlo 450, QUIT"},
        row{"S: 220 mx\nC: EHLO probe.example.net\nS: 554 5.7.1 your name is bad",
            "ehlo 554, QUIT"}}) {
    play(plan_of(), four + one.script + "\n= replied " + one.ends);
  }
}

TEST(SessionMachine, OfOneQuestionEveryRefusalIsTheAnswer) {
  const auto ends = [](const std::string& script, const std::string& answer) {
    play(once(), bob + stepwise + script + "A: replied " + answer);
  };
  ends("S: 550 5.7.1 no bounces\n", "mail 550");
  ends("S: 451 later\n", "mail 451");
  ends("S: 421 bye\n", "mail 421\n= replied mail 421, ready\n");
  const std::string asked = "S: 250 ok\nC: RCPT TO:<bob@example.org>\n";
  ends(asked + "S: 450 4.2.0 greylisted\n", "rcpt 450");
  ends(asked + "S: 421 4.7.0 slow down\n", "rcpt 421\n= replied rcpt 421, ready\n");
  ends(asked + "S: 599 what\n", "rcpt 599");
  ends(asked + "S: 252 can't say\n", "rcpt 252");
}

TEST(SessionMachine, TriesHeloWhereEhloIsNotKnown) {
  for (const char* refusal :
       {"500 what?", "501 what?", "502 5.5.1 unrecognized", "503 no", "504 no", "550 no"}) {
    const std::string refused =
        bob + greeted + "S: " + std::string(refusal) + "\nC: HELO probe.example.net\n";
    play(once(), refused +
                     "S: 250 mx\nC: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<bob@example.org>\n"
                     "S: 550 no\nA: replied rcpt 550");
    play(once(), refused + "S: 550 go away\n= replied ehlo 550, QUIT");
    play(once(), refused + "S: 421 go away\n= replied ehlo 421");
    // What HELO's answer may carry is nothing that it offers.
    play(once(), refused +
                     "S: 250-mx\nS: 250 PIPELINING\nC: MAIL FROM:<>\nS: 250 ok\n"
                     "C: RCPT TO:<bob@example.org>\nclosed\n"
                     "A: connection_lost rcpt (connection closed)");
    play(once(), refused + "timeout\n= timed_out ehlo (no reply in time)");
  }
}

TEST(SessionMachine, KnowsItselfByTheGreeting) {
  const std::string is_loop = "= loop greeting (the greeting carries our own name), QUIT";
  for (const char* greeting : {"S: 220 probe.example.net ESMTP\n", "S: 220 PROBE.Example.NET\n",
                               "S: 220-probe.example.net.\nS: 220 ESMTP\n"}) {
    play(plan_of(), bob + greeting + is_loop);
  }
  // Others who speak of us, or whose name begins like ours, are not us.
  for (const char* greeting : {"220 mx hello probe.example.net", "220 probe.example.network ESMTP",
                               "220 probe.example.net.evil.example", "220 xprobe.example.net",
                               "220 ESMTP", "220", "220 probe.example.net,hello"}) {
    play(plan_of(),
         bob + "S: " + greeting +
             "\nC: EHLO probe.example.net\ntimeout\n= timed_out ehlo (no reply in time)");
  }
  // Where our own server is asked on purpose it may have our name.
  session_plan own = plan_of();
  own.own_name_is_loop = false;
  play(own, "S: 220 probe.example.net ESMTP\nC: EHLO probe.example.net\n");
}

TEST(SessionMachine, SaysNoopAfterTheGreetingIfItIsToldTo) {
  session_plan plan = once();
  plan.noop = true;
  const std::string said = bob + "S: 220 mx\nC: NOOP\n";
  play(plan, said +
                 "S: 250 ok\nC: EHLO probe.example.net\nS: 250 mx\nC: MAIL FROM:<>\nS: 250 ok\n" +
                 "C: RCPT TO:<bob@example.org>\nS: 250 ok\nA: replied rcpt 250");
  play(plan, said + "S: 502 no such thing\n= replied greeting 502 noop, QUIT");
  play(plan, said + "S: 554 5.7.1 blocked\n= replied greeting 554 noop, QUIT");
  play(plan, said + "S: 421 bye\n= replied greeting 421 noop");
  play(plan, said + "S: 354 go on\n= bad_protocol greeting 354 noop (a reply out of place)");
  play(plan, said + "timeout\n= timed_out greeting (no reply in time)");
}

TEST(SessionMachine, SpeaksLmtp) {
  session_plan plan = once();
  plan.lmtp = true;
  const std::string said = bob + "S: 220 mx\nC: LHLO probe.example.net\n";
  play(plan, said +
                 "S: 250-mx\nS: 250 PIPELINING\nC: MAIL FROM:<>\nC: RCPT TO:<bob@example.org>\n"
                 "S: 250 ok\nS: 550 5.1.1 no\nA: replied rcpt 550 pipelined");
  // There is no HELO in LMTP (RFC 2033 section 4.1).
  play(plan, said + "S: 500 what?\n= replied ehlo 500, QUIT");
}

// --- TLS

const std::string begins_tls =
    greeted + "S: 250-mx\nS: 250-PIPELINING\nS: 250 STARTTLS\nC: STARTTLS\n";

TEST(SessionMachine, BeginsTlsAndIntroducesItselfAgain) {
  for (const tls_policy tls : {tls_policy::may, tls_policy::need, tls_policy::verify}) {
    session_plan plan = plan_of(tls);
    plan.keep = false;
    // What was offered before counts no more: inside it is step by step.
    play(plan, bob + begins_tls +
                   "S: 220 go ahead\nsecure\nsecured\nC: EHLO probe.example.net\nS: 250 mx\n"
                   "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<bob@example.org>\nS: 550 5.1.1 no\n"
                   "A: replied rcpt 550 TLSv1.3\n"
                   "= replied rcpt TLSv1.3 later (no more is asked), ready, QUIT");
    // STARTTLS is not said twice, whatever is offered inside.
    play(plan, bob + begins_tls +
                   "S: 220 go ahead\nsecured\nC: EHLO probe.example.net\nS: 250-mx\n"
                   "S: 250 STARTTLS\nC: MAIL FROM:<>\n");
  }
  EXPECT_TRUE(session_machine(plan_of(tls_policy::verify), {}).must_verify());
  EXPECT_FALSE(session_machine(plan_of(tls_policy::need), {}).must_verify());
}

TEST(SessionMachine, DoesNotBeginTlsWhereItNeverShall) {
  play(plan_of(), bob + greeted + "S: 250-mx\nS: 250 STARTTLS\nC: MAIL FROM:<>\n");
}

TEST(SessionMachine, GoesOnWithoutTlsOnlyWhereItMay) {
  play(plan_of(tls_policy::may), bob + greeted + "S: 250 mx\nC: MAIL FROM:<>\n");
  for (const char* refusal : {"454 4.7.0 not now", "554 no", "501 what?", "502 no"}) {
    play(plan_of(tls_policy::may),
         bob + begins_tls + "S: " + refusal +
             "\nC: MAIL FROM:<>\nC: RCPT TO:<bob@example.org>\nC: RSET\n");
  }
  for (const tls_policy tls : {tls_policy::need, tls_policy::verify}) {
    play(plan_of(tls), bob + greeted +
                           "S: 250 mx\n= tls_missing starttls (the host does not offer STARTTLS, "
                           "which is needed), QUIT");
    play(plan_of(tls), bob + greeted +
                           "S: 500 what?\nC: HELO probe.example.net\nS: 250 mx\n"
                           "= tls_missing starttls (the host does not offer STARTTLS, which is "
                           "needed), QUIT");
    play(plan_of(tls), bob + begins_tls +
                           "S: 454 4.7.0 not now\n"
                           "= tls_missing starttls 454 (the host refuses to begin TLS), QUIT");
  }
  for (const tls_policy tls : {tls_policy::may, tls_policy::need}) {
    play(plan_of(tls), bob + begins_tls + "S: 421 bye\n= replied starttls 421");
    play(plan_of(tls),
         bob + begins_tls + "S: 250 ok\n= bad_protocol starttls 250 (a reply out of place)");
  }
}

TEST(SessionMachine, SaysWhetherAConnectionInClearMayHelp) {
  const std::string failed = bob + begins_tls +
                             "S: 220 go ahead\nnot secured\n"
                             "= tls_failed starttls (wrong version number)";
  play(plan_of(tls_policy::may), failed + ", clear may help");
  play(plan_of(tls_policy::need), failed);
  play(plan_of(tls_policy::verify), failed);
}

// RFC 3207 section 5: such octets may be a man's in the middle.
TEST(SessionMachine, RefusesOctetsThatCameWithTheReplyToStarttls) {
  for (const char* injected : {"S: 250 mx\n", "s: 2\n", "s: \x16\x03\x01\n",
                               "S: 250-mx\nS: 250 PIPELINING\nS: 250 ok\nS: 550 5.1.1 no\n"}) {
    play(plan_of(tls_policy::may),
         bob + begins_tls + "S: 220 go ahead\n" + injected +
             "= bad_protocol starttls (octets came with the reply to STARTTLS)",
         at_once);
  }
}

TEST(SessionMachine, DoesNotTryHeloInsideTls) {
  play(plan_of(tls_policy::may), bob + begins_tls +
                                     "S: 220 go\nsecured\nC: EHLO probe.example.net\n"
                                     "S: 502 what?\n= replied ehlo 502 TLSv1.3, QUIT");
}

TEST(SessionMachine, TakesTheExtensionsThatAreOfferedInsideTls) {
  play(plan_of(tls_policy::may), "Q: bj\u00f6rn@example.org\n" + greeted +
                                     "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nsecured\n"
                                     "C: EHLO probe.example.net\nS: 250-mx\nS: 250-SMTPUTF8\n"
                                     "S: 250 PIPELINING\nC: MAIL FROM:<> SMTPUTF8\n"
                                     "C: RCPT TO:<bj\u00f6rn@example.org>\nC: RSET\n");
}

// --- AUTH

TEST(SessionMachine, LogsInInsideTls) {
  session_plan plan = plan_of(tls_policy::need);
  plan.auth = credentials{"cbv", "secret"};
  const std::string said = bob + begins_tls +
                           "S: 220 go\nsecured\nC: EHLO probe.example.net\nS: 250-mx\n"
                           "S: 250 AUTH PLAIN LOGIN\nC: AUTH PLAIN AGNidgBzZWNyZXQ=\n";
  play(plan, said + "S: 235 2.7.0 in\nC: MAIL FROM:<>\n");
  play(plan, said +
                 "S: 535 5.7.8 no\n"
                 "= auth_failed ehlo 535 TLSv1.3 (the host does not let us log in), QUIT");
  play(plan, said +
                 "S: 454 4.7.0 not now\n"
                 "= auth_failed ehlo 454 TLSv1.3 (the host does not let us log in), QUIT");
  play(plan, said + "S: 421 bye\n= replied ehlo 421 TLSv1.3");
  play(plan, said + "S: 334 go on\n= bad_protocol ehlo 334 TLSv1.3 (a reply out of place)");
  play(plan, said + "S: 250 ok\n= bad_protocol ehlo 250 TLSv1.3 (a reply out of place)");
}

TEST(SessionMachine, SaysNoPasswordInClear) {
  session_plan plan = plan_of(tls_policy::may);
  plan.auth = credentials{"cbv", "secret"};
  const auto in_clear = [](const std::string& at) {
    return "= auth_failed " + at + " (a password is only said inside TLS), QUIT";
  };
  play(plan, bob + greeted + "S: 250-mx\nS: 250 AUTH PLAIN\n" + in_clear("ehlo"));
  play(plan, bob + begins_tls + "S: 454 no\n" + in_clear("starttls"));
  plan.tls = tls_policy::never;
  play(plan, bob + greeted + "S: 250-mx\nS: 250 AUTH PLAIN\n" + in_clear("ehlo"));
  // A unix socket is as good as TLS.
  plan.is_local = true;
  play(plan, bob + greeted +
                 "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AGNidgBzZWNyZXQ=\nS: 235 in\n"
                 "C: MAIL FROM:<>\n");
  play(plan, bob + greeted +
                 "S: 250-mx\nS: 250 AUTH LOGIN\n"
                 "= auth_failed ehlo (the host does not offer AUTH PLAIN), QUIT");
}

// --- trouble, with one question, wherever it stands

struct place {
  std::string script;
  std::string at;     // the stage, and more that an outcome has
  bool asked = true;  // the question was taken
};

const std::vector<place>& places() {
  static const std::string both = pipelining + "C: MAIL FROM:<>\nC: RCPT TO:<bob@example.org>\n";
  static const std::vector<place> all{
      {"", "greeting", false},
      {greeted, "ehlo", false},
      {greeted + "S: 500 what?\nC: HELO probe.example.net\n", "ehlo", false},
      {greeted + "S: 250-a\nS: 250 STARTTLS\nC: STARTTLS\n", "starttls", false},
      {greeted + "S: 250-a\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nsecured\n"
                 "C: EHLO probe.example.net\n",
       "ehlo TLSv1.3", false},
      {stepwise, "mail"},
      {stepwise + "S: 250 ok\nC: RCPT TO:<bob@example.org>\n", "rcpt"},
      {both, "mail pipelined"},
      {both + "S: 250 ok\n", "rcpt pipelined"},
  };
  return all;
}

session_plan once_with_tls() {
  session_plan plan = once();
  plan.tls = tls_policy::may;
  return plan;
}

void meets(const place& there, const std::string& trouble, const std::string& what,
           const std::vector<std::size_t>& pieces) {
  std::string script = bob + there.script + trouble;
  if (there.asked) script += "A: " + what + '\n';
  script += "= " + what + (there.asked ? ", ready" : "");
  play(once_with_tls(), script, pieces);
}

TEST(SessionMachine, TellsTroubleApartAtEveryStage) {
  std::string endless_lines;
  for (int i = 0; i < 200; ++i) endless_lines += "S: 550-more\n";
  const std::string reset = error_code(boost::asio::error::connection_reset).message();
  struct trouble {
    std::string script;
    std::string end;
    std::string why;
  };
  const std::vector<trouble> all{
      {"closed\n", "connection_lost", "connection closed"},
      {"s: 25\nclosed\n", "connection_lost", "connection closed in the middle of a reply"},
      {"S: 250-a\nclosed\n", "connection_lost", "connection closed in the middle of a reply"},
      {"s: 550 5.1.1 no such user\nclosed\n", "connection_lost",
       "connection closed in the middle of a reply"},
      {"reset\n", "connection_lost", reset},
      {"timeout\n", "timed_out", "no reply in time"},
      {"S: 550-5.1.1 no\ntimeout\n", "timed_out", "reply not completed in time"},
      {"s: \x16\x03\x01\xff\n", "bad_protocol", "not an SMTP reply"},
      {"S: HTTP/1.1 400 Bad Request\n", "bad_protocol", "not an SMTP reply"},
      {"S: 250-a\nS: 550 b\n", "bad_protocol", "not an SMTP reply"},
      {"S: 150 wait\n", "bad_protocol", "not an SMTP reply"},
      {"s: 550 " + std::string(10'000, 'x') + '\n', "bad_protocol", "line too long"},
      {endless_lines, "bad_protocol", "over a limit"},
  };
  for (const place& there : places()) {
    for (const trouble& met : all) {
      std::string what = met.end + ' ' + there.at;
      what += " (" + met.why + ')';
      meets(there, met.script, what, {1, 7, 1'000'000});
    }
  }
}

TEST(SessionMachine, RefusesRepliesThatAreOutOfPlace) {
  for (const place& there : places()) {
    const std::size_t space = std::min(there.at.find(' '), there.at.size());
    meets(there, "S: 354 go ahead\n",
          "bad_protocol " + there.at.substr(0, space) + " 354" + there.at.substr(space) +
              " (a reply out of place)",
          {1, 1'000'000});
  }
  play(once(), "S: 250 ok\n= bad_protocol greeting 250 (a reply out of place)");
  play(once(), greeted + "S: 220 mx\n= bad_protocol ehlo 220 (a reply out of place)");
}

// Octets that were there before the question are no answer to it.
TEST(SessionMachine, RefusesAnswersBeforeTheQuestion) {
  const std::string early = " (the host spoke before it was asked)";
  const auto said = [&](const std::string& script) { play(once(), bob + script, at_once); };
  said("S: 220 mx\nS: 250 mx\n= bad_protocol greeting" + early);
  said("S: 220 mx\ns: 2\n= bad_protocol greeting" + early);
  said(greeted + "S: 500 what?\nS: 250 mx\n= bad_protocol ehlo" + early);
  said(stepwise + "S: 250 ok\nS: 550 5.1.1 no\nA: bad_protocol mail" + early);
  // Where the question is not taken yet it is not said to have been answered.
  said(greeted + "S: 250 mx\nS: 250 ok\n= bad_protocol rcpt" + early + ", ready, QUIT");
  said(greeted + "S: 250-mx\nS: 250 PIPELINING\nS: 250 ok\nS: 550 5.1.1 no\n= bad_protocol rcpt" +
       early + ", ready, QUIT");
  // The same for a whole dialogue said into the wind.
  said("S: 220 mx\nS: 250 mx\nS: 250 ok\nS: 550 5.1.1 no\n= bad_protocol greeting" + early);
}

TEST(SessionMachine, LetsAnAnswerStandWhateverFollowsIt) {
  for (const char* after : {"S: 421 too many errors\n", "s: \x16\x03\n", "S: 250 again\n"}) {
    play(once(), bob + pipelining +
                     "C: MAIL FROM:<>\nC: RCPT TO:<bob@example.org>\nS: 250 ok\nS: 550 5.1.1 no\n" +
                     after + "A: replied rcpt 550 pipelined\n");
  }
}

// --- what the driver keeps time by

// The limit of a stage is the driver's to keep; the machine says which one holds, and since when.
TEST(SessionMachine, NamesTheStageWhoseLimitHolds) {
  std::deque<inquiry> questions{{*parse_mailbox("a@x.org"), {}}, {*parse_mailbox("b@x.org"), {}}};
  session_machine machine(plan_of(), [&]() -> std::optional<inquiry> {
    if (questions.empty()) return std::nullopt;
    inquiry one = questions.front();
    questions.pop_front();
    return one;
  });
  std::uint64_t turn = 0;
  const auto at = [&turn](const step& next, bool is_new_turn) {
    const auto& what = std::get<converse>(next);
    EXPECT_EQ(what.turn != turn, is_new_turn);
    turn = what.turn;
    return what.at;
  };
  EXPECT_EQ(at(machine.started(), false), stage::greeting);
  EXPECT_EQ(at(machine.received("220-m"), false), stage::greeting);
  EXPECT_EQ(at(machine.received("x\r\n220 mx\r\n"), true), stage::ehlo);
  EXPECT_EQ(at(machine.received("250-mx\r\n250 PIPELINING\r\n"), true), stage::mail);
  EXPECT_EQ(at(machine.received("250 o"), false), stage::mail);
  EXPECT_EQ(at(machine.received("k\r\n"), true), stage::rcpt);
  EXPECT_EQ(at(machine.received("250 ok\r\n"), true), stage::rcpt) << "RSET is counted with RCPT";
  EXPECT_EQ(at(machine.received("250 ok\r\n"), true), stage::mail);
  EXPECT_EQ(at(machine.received("250 ok\r\n250-"), true), stage::rcpt);
  EXPECT_EQ(at(machine.received("a\r\n250-"), false), stage::rcpt) << "a drip is no turn";
}

TEST(SessionMachine, KnowsWhetherItIsReadyAndAsking) {
  bool has_question = true;
  session_machine machine(plan_of(), [&]() -> std::optional<inquiry> {
    if (!std::exchange(has_question, false)) return std::nullopt;
    return inquiry{*parse_mailbox("a@x.org"), {}};
  });
  machine.started();
  machine.received("220 mx\r\n");
  EXPECT_FALSE(machine.is_ready());
  EXPECT_FALSE(machine.is_asking());
  machine.received("250 mx\r\n");
  EXPECT_TRUE(machine.is_ready());
  EXPECT_TRUE(machine.is_asking());
  machine.received("250 ok\r\n");
  machine.received("550 no\r\n");
  EXPECT_FALSE(machine.is_asking());
  EXPECT_EQ(machine.take_answers().size(), 1U);
  EXPECT_TRUE(machine.take_answers().empty());
}

}  // namespace
}  // namespace cbv::smtp
