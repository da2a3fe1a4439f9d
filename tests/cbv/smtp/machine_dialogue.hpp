// Dialogues with session_machine, written down, and the far host's part in them played.
#ifndef CBV_TESTS_CBV_SMTP_MACHINE_DIALOGUE_HPP
#define CBV_TESTS_CBV_SMTP_MACHINE_DIALOGUE_HPP

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <deque>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cbv/smtp/session_machine.hpp"

namespace cbv::smtp {

inline session_plan plan_of(tls_policy tls = tls_policy::never) {
  session_plan plan;
  plan.helo_name = "probe.example.net";
  plan.tls = tls;
  return plan;
}

inline session_plan once() {
  session_plan plan = plan_of();
  plan.keep = false;
  return plan;
}

inline std::string words(const probe_outcome& outcome) {
  std::string text = std::string(to_string(outcome.end)) + ' ' + std::string(to_string(outcome.at));
  if (outcome.reply) text += ' ' + std::to_string(outcome.reply->code);
  if (outcome.pipelined) text += " pipelined";
  if (outcome.at_noop) text += " noop";
  if (outcome.tls) text += ' ' + outcome.tls->protocol;
  if (!outcome.first_of_connection) text += " later";
  if (!outcome.detail.empty()) text += " (" + outcome.detail + ')';
  return text;
}

/// Plays the far host's part in a dialogue written down like this:
///
///     Q: bob@example.org           a question that may be taken from now on; a sender may follow
///     S: 220 mx                    the host says a line; lines in a row come at once
///     s: 22                        the host sends these octets without a line end
///     C: QUIT                      what the machine sent last; lines in a row were one write
///     +: mail 451 0                what is to be counted next: of which question, of those open;
///                                  if one is foreseen all must be
///     A: replied rcpt 250          the next answer; "elsewhere": to be asked in another session
///     closed, reset, timeout, resume, leave, not secured, secured      what happens
///     idle, secure                 what the machine does now
///     = replied greeting 554, QUIT     how it ended; "ready" if mailboxes could be asked about
class dialogue {
 public:
  dialogue(std::string_view script, std::size_t piece, session_plan plan)
      : script_(script), piece_(piece), machine_(std::move(plan), [this] { return next(); }) {}

  void play() {
    std::istringstream lines{std::string(script_)};
    std::string line;
    bool begun = false;
    while (std::getline(lines, line)) {
      line.erase(0, line.find_first_not_of(' '));
      if (line.empty()) continue;
      const std::string said = line.substr(std::min<std::size_t>(3, line.size()));
      if (!line.starts_with("Q: ") && !std::exchange(begun, true)) take(machine_.started());
      if (line.starts_with("C: ")) {
        flush();
        expected_ += said + "\r\n";
        continue;
      }
      check_sent();
      if (line.starts_with("S: ")) {
        incoming_ += said + "\r\n";
      } else if (line.starts_with("s: ")) {
        incoming_ += said;
      } else {
        flush();
        happen(line, said);
      }
    }
    check_sent();
    flush();
    EXPECT_TRUE(answers_.empty()) << "not foreseen: " << answers_.front() << '\n' << where();
    if (script_.find("+: ") != std::string_view::npos) {
      EXPECT_TRUE(counted_.empty()) << "not foreseen: " << counted_.front() << '\n' << where();
    }
    if (!ended_.empty()) {
      EXPECT_EQ(answered_, taken_) << where();
    }
  }

 private:
  std::optional<inquiry> next() {
    EXPECT_TRUE(machine_.is_ready()) << where();
    if (waiting_.empty()) return std::nullopt;
    inquiry one = std::move(waiting_.front());
    waiting_.pop_front();
    ++taken_;
    return one;
  }

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

  void happen(const std::string& line, const std::string& said) {
    if (line.starts_with("Q: ")) {
      const std::string recipient = said.substr(0, said.find(" <"));
      inquiry one{*parse_mailbox(recipient), std::nullopt};
      if (recipient != said) one.mail_from = *parse_reverse_path(said.substr(recipient.size() + 1));
      waiting_.push_back(std::move(one));
      return;
    }
    if (line.starts_with("A: ")) {
      ASSERT_FALSE(answers_.empty()) << "no answer: " << line << '\n' << where();
      EXPECT_EQ(answers_.front(), said) << where();
      answers_.pop_front();
      return;
    }
    if (line.starts_with("+: ")) {
      ASSERT_FALSE(counted_.empty()) << "not counted: " << line << '\n' << where();
      EXPECT_EQ(counted_.front(), said) << where();
      counted_.pop_front();
      return;
    }
    EXPECT_EQ(sent_, "") << "not foreseen\n" << where();
    if (line.starts_with("= ")) {
      EXPECT_EQ(ended_, line.substr(2)) << where();
      return;
    }
    EXPECT_EQ(ended_, "") << "ended before: " << line << '\n' << where();
    if (line == "closed") {
      take(machine_.closed());
    } else if (line == "reset") {
      take(machine_.failed(boost::asio::error::connection_reset));
    } else if (line == "timeout") {
      take(machine_.timed_out());
    } else if (line == "resume") {
      take(machine_.resume());
    } else if (line == "leave") {
      take(machine_.leave());
    } else if (line == "secured") {
      take(machine_.secured(tls_facts{"TLSv1.3", true}));
    } else if (line == "not secured") {
      take(machine_.not_secured("wrong version number"));
    } else if (line == "idle" || line == "secure") {
      EXPECT_EQ(doing_, line) << where();
    } else {
      ADD_FAILURE() << "not understood: " << line;
    }
  }

  void take(const step& next) {
    doing_ = std::holds_alternative<idle>(next)     ? "idle"
             : std::holds_alternative<secure>(next) ? "secure"
                                                    : "";
    if (const auto* what = std::get_if<converse>(&next)) {
      EXPECT_EQ(what->at, machine_.at()) << where();
      sent_ += what->send;
    } else if (const auto* last = std::get_if<ended>(&next)) {
      ended_ = words(last->how);
      if (last->was_ready) ended_ += ", ready";
      if (last->clear_may_help) ended_ += ", clear may help";
      if (!last->goodbye.empty()) {
        EXPECT_EQ(last->goodbye, "QUIT\r\n");
        ended_ += ", QUIT";
      }
    }
    for (const counted_reply& one : machine_.take_counted()) {
      counted_.push_back(std::string(one.at_noop ? "noop" : to_string(one.at)) + ' ' +
                         std::to_string(one.code) + ' ' + std::to_string(one.question));
    }
    for (const auto& one : machine_.take_answers()) {
      ++answered_;
      answers_.push_back(one ? words(*one) : "elsewhere");
    }
  }

  std::string where() const {
    return "in pieces of " + std::to_string(piece_) + ":\n" + std::string(script_);
  }

  std::string_view script_;
  std::size_t piece_;
  std::deque<inquiry> waiting_;
  std::deque<std::string> answers_;
  std::deque<std::string> counted_;
  std::size_t taken_ = 0;
  std::size_t answered_ = 0;
  std::string incoming_;
  std::string sent_;
  std::string expected_;
  std::string doing_;
  std::string ended_;
  session_machine machine_;
};

inline void play(const session_plan& plan, std::string_view script,
                 const std::vector<std::size_t>& pieces = {1, 2, 3, 1'000'000}) {
  for (const std::size_t piece : pieces) dialogue(script, piece, plan).play();
}

inline const std::vector<std::size_t> at_once{1'000'000};

// Beginnings. One question, and a host that is asked step by step; several, and one that pipelines.
inline const std::string bob = "Q: bob@example.org\n";
inline const std::string four = "Q: a@x.org\nQ: b@x.org\nQ: c@x.org\nQ: d@x.org\n";
inline const std::string greeted = "S: 220 mx\nC: EHLO probe.example.net\n";
inline const std::string stepwise = greeted + "S: 250 mx\nC: MAIL FROM:<>\n";
inline const std::string pipelining = greeted + "S: 250-mx\nS: 250 PIPELINING\n";

inline std::string asks(const std::string& local) {
  return "C: MAIL FROM:<>\nC: RCPT TO:<" + local + "@x.org>\n";
}

inline const std::string asks_four = asks("a") + "C: RSET\n" + asks("b") + "C: RSET\n" + asks("c") +
                                     "C: RSET\n" + asks("d") + "C: RSET\n";

inline const std::string left = " (no more is asked), ready, QUIT\n";

}  // namespace cbv::smtp

#endif
