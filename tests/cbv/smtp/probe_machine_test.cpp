#include "cbv/smtp/probe_machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cbv::smtp {
namespace {

probe_plan plan_for(const char* recipient, const char* sender) {
  return probe_plan{*parse_mailbox(recipient), *parse_reverse_path(sender), "probe.example.net"};
}

/// Plays the far host's part in a dialogue written down like this:
///
///     S: 220 mx          the host says a line; lines in a row come at once
///     s: 22              the host sends these octets without a line end
///     C: QUIT            what the machine sent last; lines in a row were one write
///     closed, reset, timeout
///     = replied rcpt 250 pipelined, QUIT     how it ended
class dialogue {
 public:
  dialogue(std::string_view script, std::size_t piece, probe_plan plan)
      : script_(script), piece_(piece), machine_(std::move(plan)) {
    take(machine_.started());
  }

  void play() {
    std::istringstream lines{std::string(script_)};
    std::string line;
    while (std::getline(lines, line)) {
      line.erase(0, line.find_first_not_of(' '));
      if (line.empty()) continue;
      const std::string_view said =
          std::string_view(line).substr(std::min<std::size_t>(3, line.size()));
      if (line.starts_with("C: ")) {
        flush();
        expected_ += std::string(said) + "\r\n";
        continue;
      }
      check_sent();
      if (line.starts_with("S: ")) {
        incoming_ += std::string(said) + "\r\n";
      } else if (line.starts_with("s: ")) {
        incoming_ += said;
      } else {
        flush();
        happen(line);
      }
    }
  }

 private:
  // What the machine sent since the last C: lines is exactly what they say.
  void check_sent() {
    if (expected_.empty()) return;
    EXPECT_EQ(std::exchange(sent_, {}), std::exchange(expected_, {})) << where();
  }

  void flush() {
    if (incoming_.empty()) return;
    EXPECT_EQ(std::exchange(sent_, {}), "") << "not foreseen\n" << where();
    std::string_view bytes = incoming_;
    while (!bytes.empty() && ended_.empty()) {
      take(machine_.received(bytes.substr(0, piece_)));
      bytes.remove_prefix(std::min(piece_, bytes.size()));
    }
    incoming_.clear();
  }

  void happen(const std::string& line) {
    if (line.starts_with("= ")) {
      EXPECT_EQ(ended_, line.substr(2)) << where();
      EXPECT_EQ(sent_, "") << "not foreseen\n" << where();
      return;
    }
    EXPECT_EQ(ended_, "") << "ended before: " << line << '\n' << where();
    if (line == "closed") {
      take(machine_.closed());
    } else if (line == "reset") {
      take(machine_.failed(boost::asio::error::connection_reset));
    } else if (line == "timeout") {
      take(machine_.timed_out());
    } else {
      ADD_FAILURE() << "not understood: " << line;
    }
  }

  void take(const action& next) {
    if (const auto* step = std::get_if<converse>(&next)) {
      sent_ += step->send;
      return;
    }
    const auto& last = std::get<finished>(next);
    const probe_outcome& outcome = last.outcome;
    ended_ = std::string(to_string(outcome.end)) + ' ' + std::string(to_string(outcome.at));
    if (outcome.reply) ended_ += ' ' + std::to_string(outcome.reply->code);
    if (outcome.pipelined) ended_ += " pipelined";
    if (!outcome.detail.empty()) ended_ += " (" + outcome.detail + ')';
    if (!last.goodbye.empty()) {
      EXPECT_EQ(last.goodbye, "QUIT\r\n");
      ended_ += ", QUIT";
    }
  }

  std::string where() const {
    return "in pieces of " + std::to_string(piece_) + ":\n" + std::string(script_);
  }

  std::string_view script_;
  std::size_t piece_;
  probe_machine machine_;
  std::string incoming_;
  std::string sent_;
  std::string expected_;
  std::string ended_;
};

void play(std::string_view script, const char* recipient = "bob@example.org",
          const char* sender = "<>",
          const std::vector<std::size_t>& pieces = {1, 2, 3, 1'000'000}) {
  for (const std::size_t piece : pieces) {
    dialogue(script, piece, plan_for(recipient, sender)).play();
  }
}

const std::vector<std::size_t> at_once{1'000'000};

TEST(ProbeMachine, AsksStepByStep) {
  play(R"(
    S: 220 mx.example.org ESMTP ready
    C: EHLO probe.example.net
    S: 250-mx.example.org
    S: 250-SIZE 1000000
    S: 250 HELP
    C: MAIL FROM:<>
    S: 250 2.1.0 Ok
    C: RCPT TO:<bob@example.org>
    S: 250 2.1.5 Ok
    = replied rcpt 250, QUIT
  )");
}

TEST(ProbeMachine, AsksInOneWriteWherePipeliningIsOffered) {
  play(R"(
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
    = replied rcpt 550 pipelined, QUIT
  )");
}

TEST(ProbeMachine, SaysTheSenderItWasGiven) {
  play(R"(
    S: 220 mx
    C: EHLO probe.example.net
    S: 250 mx
    C: MAIL FROM:<verify@example.net>
    S: 250 ok
    C: RCPT TO:<"b o b"@example.org>
    S: 251 will forward
    = replied rcpt 251, QUIT
  )",
       "\"b o b\"@example.org", "<verify@example.net>");
}

TEST(ProbeMachine, EndsWhereItIsRefused) {
  play("S: 554 no service here\n= replied greeting 554, QUIT");
  play("S: 521 mx does not accept mail\n= replied greeting 521, QUIT");
  play("S: 556 mx does not accept mail\n= replied greeting 556, QUIT");
  play("S: 450 later\n= replied greeting 450, QUIT");
  play("S: 421 too busy\n= replied greeting 421");
  const std::string greeted = "S: 220 mx\nC: EHLO probe.example.net\n";
  play(greeted + "S: 421 too busy\n= replied ehlo 421");
  play(greeted + "S: 450 later\n= replied ehlo 450, QUIT");
  play(greeted + "S: 554 5.7.1 your name is bad\n= replied ehlo 554, QUIT");
  const std::string stepwise = greeted + "S: 250 mx\nC: MAIL FROM:<>\n";
  play(stepwise + "S: 550 5.7.1 no bounces\n= replied mail 550, QUIT");
  play(stepwise + "S: 451 later\n= replied mail 451, QUIT");
  play(stepwise + "S: 421 bye\n= replied mail 421");
  const std::string asked = stepwise + "S: 250 ok\nC: RCPT TO:<bob@example.org>\n";
  play(asked + "S: 450 4.2.0 greylisted\n= replied rcpt 450, QUIT");
  play(asked + "S: 421 4.7.0 slow down\n= replied rcpt 421");
  play(asked + "S: 599 what\n= replied rcpt 599, QUIT");
}

TEST(ProbeMachine, TriesHeloWhereEhloIsNotKnown) {
  for (const char* refusal :
       {"500 what?", "501 what?", "502 5.5.1 unrecognized", "503 no", "504 no", "550 no"}) {
    const std::string refused = "S: 220 mx\nC: EHLO probe.example.net\nS: " + std::string(refusal) +
                                "\nC: HELO probe.example.net\n";
    play(refused +
         "S: 250 mx\nC: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<bob@example.org>\n"
         "S: 550 no\n= replied rcpt 550, QUIT");
    play(refused + "S: 550 go away\n= replied ehlo 550, QUIT");
    play(refused + "S: 421 go away\n= replied ehlo 421");
    // What HELO's answer may carry is nothing that it offers.
    play(refused +
         "S: 250-mx\nS: 250 PIPELINING\nC: MAIL FROM:<>\nS: 250 ok\n"
         "C: RCPT TO:<bob@example.org>\nclosed\n"
         "= connection_lost rcpt (connection closed)");
    play(refused + "timeout\n= timed_out ehlo (no reply in time)");
  }
}

TEST(ProbeMachine, TakesNoAnswerToRcptWhereMailWasRefused) {
  const std::string asked =
      "S: 220 mx\nC: EHLO probe.example.net\nS: 250-mx\nS: 250 PIPELINING\n"
      "C: MAIL FROM:<>\nC: RCPT TO:<bob@example.org>\n";
  play(asked + "S: 550 5.7.1 no bounces\nS: 250 ok\n= replied mail 550 pipelined, QUIT");
  play(asked + "S: 550 5.7.1 no bounces\nS: 550 5.1.1 no\n= replied mail 550 pipelined, QUIT");
  play(asked + "S: 451 later\nS: 503 no MAIL yet\n= replied mail 451 pipelined, QUIT");
  play(asked + "S: 421 later\n= replied mail 421 pipelined");
}

TEST(ProbeMachine, KnowsItselfByTheGreeting) {
  play(
      "S: 220 probe.example.net ESMTP\n"
      "= loop greeting (the greeting carries our own name), QUIT");
  play("S: 220 PROBE.Example.NET\n= loop greeting (the greeting carries our own name), QUIT");
  play(
      "S: 220-probe.example.net.\nS: 220 ESMTP\n"
      "= loop greeting (the greeting carries our own name), QUIT");
  // Others who speak of us, or whose name begins like ours, are not us.
  for (const char* greeting : {"220 mx hello probe.example.net", "220 probe.example.network ESMTP",
                               "220 probe.example.net.evil.example", "220 xprobe.example.net",
                               "220 ESMTP", "220", "220 probe.example.net,hello"}) {
    play("S: " + std::string(greeting) +
         "\nC: EHLO probe.example.net\ntimeout\n= timed_out ehlo (no reply in time)");
  }
}

TEST(ProbeMachine, UsesSmtputf8OnlyWhereTheAddressNeedsIt) {
  const std::string greeted = "S: 220 mx\nC: EHLO probe.example.net\n";
  play(greeted +
       "S: 250-mx\nS: 250 SMTPUTF8\nC: MAIL FROM:<>\nclosed\n"
       "= connection_lost mail (connection closed)");
  play(greeted +
           "S: 250-mx\nS: 250 SMTPUTF8\nC: MAIL FROM:<> SMTPUTF8\nS: 250 ok\n"
           "C: RCPT TO:<bj\u00f6rn@example.org>\nS: 250 ok\n= replied rcpt 250, QUIT",
       "bj\u00f6rn@example.org");
  play(greeted +
           "S: 250-mx\nS: 250 SMTPUTF8\nC: MAIL FROM:<bj\u00f6rn@example.net> SMTPUTF8\n"
           "closed\n= connection_lost mail (connection closed)",
       "bob@example.org", "bj\u00f6rn@example.net");
  const std::string unable =
      "= no_smtputf8 ehlo (the host does not offer SMTPUTF8, which the address needs), QUIT";
  play(greeted + "S: 250-mx\nS: 250 PIPELINING\n" + unable, "bj\u00f6rn@example.org");
  play(greeted + "S: 502 what?\nC: HELO probe.example.net\nS: 250 mx\n" + unable,
       "bj\u00f6rn@example.org");
}

// The script of a stage, and its name.
const std::vector<std::pair<std::string, std::string>>& stages() {
  static const std::string greeted = "S: 220 mx\nC: EHLO probe.example.net\n";
  static const std::string pipelined =
      greeted + "S: 250-mx\nS: 250 PIPELINING\nC: MAIL FROM:<>\nC: RCPT TO:<bob@example.org>\n";
  static const std::vector<std::pair<std::string, std::string>> all{
      {"", "greeting"},
      {greeted, "ehlo"},
      {greeted + "S: 500 what?\nC: HELO probe.example.net\n", "ehlo"},
      {greeted + "S: 250 mx\nC: MAIL FROM:<>\n", "mail"},
      {greeted + "S: 250 mx\nC: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<bob@example.org>\n", "rcpt"},
      {pipelined, "mail pipelined"},
      {pipelined + "S: 250 ok\n", "rcpt pipelined"},
  };
  return all;
}

TEST(ProbeMachine, TellsTroubleApartAtEveryStage) {
  std::string endless_lines;
  for (int i = 0; i < 200; ++i) endless_lines += "S: 550-more\n";
  struct trouble {
    std::string script;
    std::string ends;
  };
  for (const auto& [before, stage] : stages()) {
    const auto end = [&name = stage](const std::string& what, const std::string& why) {
      std::string line = "= " + what;
      line.append(" ").append(name).append(" (").append(why).append(")");
      return line;
    };
    for (const trouble& met : {
             trouble{"closed\n", end("connection_lost", "connection closed")},
             trouble{"s: 25\nclosed\n",
                     end("connection_lost", "connection closed in the middle of a reply")},
             trouble{"S: 250-a\nclosed\n",
                     end("connection_lost", "connection closed in the middle of a reply")},
             trouble{"s: 550 5.1.1 no such user\nclosed\n",
                     end("connection_lost", "connection closed in the middle of a reply")},
             trouble{"reset\n", end("connection_lost",
                                    error_code(boost::asio::error::connection_reset).message())},
             trouble{"timeout\n", end("timed_out", "no reply in time")},
             trouble{"S: 550-5.1.1 no\ntimeout\n", end("timed_out", "reply not completed in time")},
             trouble{"s: \x16\x03\x01\xff\n", end("bad_protocol", "not an SMTP reply")},
             trouble{"S: HTTP/1.1 400 Bad Request\n", end("bad_protocol", "not an SMTP reply")},
             trouble{"S: 250-a\nS: 550 b\n", end("bad_protocol", "not an SMTP reply")},
             trouble{"S: 150 wait\n", end("bad_protocol", "not an SMTP reply")},
             trouble{"s: 550 " + std::string(10'000, 'x') + '\n',
                     end("bad_protocol", "line too long")},
             trouble{endless_lines, end("bad_protocol", "over a limit")},
         }) {
      play(before + met.script + met.ends, "bob@example.org", "<>", {1, 7, 1'000'000});
    }
  }
}

TEST(ProbeMachine, RefusesRepliesThatAreOutOfPlace) {
  for (const auto& [before, stage] : stages()) {
    const std::size_t space = std::min(stage.find(' '), stage.size());
    const std::string ends = "\n= bad_protocol " + stage.substr(0, space) + " 354" +
                             stage.substr(space) + " (a reply out of place)";
    std::string script = before;
    script += "S: 354 go ahead" + ends;
    play(script);
  }
  play("S: 250 ok\n= bad_protocol greeting 250 (a reply out of place)");
  play(
      "S: 220 mx\nC: EHLO probe.example.net\nS: 220 mx\n"
      "= bad_protocol ehlo 220 (a reply out of place)");
}

// Octets that were there before the question are no answer to it.
TEST(ProbeMachine, RefusesAnswersBeforeTheQuestion) {
  const std::string early = " (the host spoke before it was asked)";
  const std::string greeted = "S: 220 mx\nC: EHLO probe.example.net\n";
  const auto once = [](const std::string& script) {
    play(script, "bob@example.org", "<>", at_once);
  };
  once("S: 220 mx\nS: 250 mx\n= bad_protocol greeting" + early);
  once("S: 220 mx\ns: 2\n= bad_protocol greeting" + early);
  once(greeted + "S: 250 mx\nS: 250 ok\n= bad_protocol ehlo" + early);
  once(greeted + "S: 500 what?\nS: 250 mx\n= bad_protocol ehlo" + early);
  once(greeted + "S: 250 mx\nC: MAIL FROM:<>\nS: 250 ok\nS: 550 5.1.1 no\n= bad_protocol mail" +
       early);
  // The same for a whole dialogue said into the wind.
  once("S: 220 mx\nS: 250 mx\nS: 250 ok\nS: 550 5.1.1 no\n= bad_protocol greeting" + early);
}

TEST(ProbeMachine, LetsAnAnswerStandWhateverFollowsIt) {
  for (const char* after : {"S: 421 too many errors\n", "s: \x16\x03\n", "S: 250 again\n"}) {
    play(
        "S: 220 mx\nC: EHLO probe.example.net\nS: 250-mx\nS: 250 PIPELINING\n"
        "C: MAIL FROM:<>\nC: RCPT TO:<bob@example.org>\nS: 250 ok\nS: 550 5.1.1 no\n" +
        std::string(after) + "= replied rcpt 550 pipelined, QUIT");
  }
}

// The limit of a stage is the driver's to keep; the machine says which one holds.
TEST(ProbeMachine, NamesTheStageWhoseLimitHolds) {
  probe_machine machine(plan_for("bob@example.org", "<>"));
  const auto at = [](const action& next) { return std::get<converse>(next).at; };
  EXPECT_EQ(at(machine.started()), stage::greeting);
  EXPECT_EQ(at(machine.received("220-m")), stage::greeting);
  EXPECT_EQ(at(machine.received("x\r\n220 mx\r\n")), stage::ehlo);
  EXPECT_EQ(at(machine.received("250-mx\r\n250 PIPELINING\r\n")), stage::mail);
  EXPECT_EQ(at(machine.received("250 o")), stage::mail);
  EXPECT_EQ(at(machine.received("k\r\n")), stage::rcpt);
}

}  // namespace
}  // namespace cbv::smtp
