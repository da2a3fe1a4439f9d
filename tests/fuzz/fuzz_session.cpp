// The dialogue with one host, which sends what it likes, in pieces as it likes.
//
// Four octets say how the session is opened and what is asked; the rest is what the host sends.
// In it an octet below 9 is an event (see play()), 16 takes the next one as it is. Beside the
// machine runs a simpler reader of the same dialogue, which says what each reply belongs to.
#include <algorithm>
#include <boost/asio/error.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cbv/smtp/command.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/session_machine.hpp"

namespace {

using namespace cbv;
using namespace cbv::smtp;

constexpr reply_limits limits{200, 8, 600};
constexpr std::size_t questions_max = 40;

void require(bool holds, int line = __builtin_LINE()) {
  if (holds) return;
  std::fprintf(stderr, "line %d\n", line);
  std::abort();
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// What became of one question, as the simple reader sees it.
struct seen_question {
  bool wants_utf8 = false;
  std::string path;  // as RCPT TO has to say it
  int mail_code = 0;
  int rcpt_code = 0;
};

session_plan read_plan(std::uint8_t bits, std::uint8_t numbers) {
  session_plan plan;
  plan.helo_name = "probe.example.net";
  plan.tls = static_cast<tls_policy>(bits & 3U);
  plan.lmtp = (bits & 4U) != 0;
  plan.noop = (bits & 8U) != 0;
  plan.own_name_is_loop = (bits & 16U) != 0;
  if ((bits & 32U) != 0) plan.auth = credentials{"cbv", "secret"};
  plan.is_local = (bits & 64U) != 0;
  plan.keep = (bits & 128U) != 0;
  plan.rcpts_max = numbers & 15U;
  plan.refusals_max = numbers >> 4U;
  return plan;
}

class game {
 public:
  game(std::uint8_t bits, std::uint8_t numbers, std::uint8_t questions, std::uint8_t utf8)
      : plan_(read_plan(bits, numbers)),
        left_(questions & 15U),
        with_sender_((questions & 16U) != 0),
        utf8_(utf8),
        heard_(limits),
        machine_(
            plan_, [this] { return next(); }, limits) {
    awaited_.emplace_back("greeting");
    take(machine_.started());
  }

  void play(std::string_view input) {
    for (std::size_t i = 0; i < input.size() && !is_over(); ++i) {
      const auto octet = static_cast<unsigned char>(input[i]);
      if (octet >= 9) {
        if (octet == 16 && ++i == input.size()) break;
        piece_ += input[i];
        continue;
      }
      deliver();
      if (!is_over()) happen(octet);
    }
    if (!is_over()) deliver();
    if (!is_over()) take(is_securing() ? machine_.not_secured("no") : machine_.closed());
    require(is_over() && answers_ == taken_.size());
  }

 private:
  bool is_over() const { return std::holds_alternative<ended>(now_); }
  bool is_securing() const { return std::holds_alternative<secure>(now_); }
  bool is_idle() const { return std::holds_alternative<idle>(now_); }

  std::optional<inquiry> next() {
    require(greeted_ && !is_over() && awaited_.empty());
    if (left_ == 0 || taken_.size() == questions_max) return std::nullopt;
    --left_;
    const std::size_t number = taken_.size();
    seen_question one;
    one.wants_utf8 = (utf8_ >> (number % 8) & 1U) != 0;
    const std::string local = (one.wants_utf8 ? "\u00f6" : "q") + std::to_string(number);
    one.path = '<' + local + "@example.org>";
    inquiry asked{*parse_mailbox(local + "@example.org"), std::nullopt};
    if (with_sender_) asked.mail_from = *parse_mailbox("verify@example.net");
    taken_.push_back(std::move(one));
    return asked;
  }

  void deliver() {
    if (piece_.empty()) return;
    const std::string bytes = std::exchange(piece_, {});
    if (is_securing()) return;  // they would be TLS's
    hear(bytes);
    take(machine_.received(bytes));
    if (heard_failed_ || heard_unasked_) require(is_over());
  }

  void happen(unsigned event) {
    if (is_securing()) {
      if (event == 4) secured();
      if (event == 5) take(machine_.not_secured("no"));
      return;
    }
    switch (event) {
      case 1:
        return take(machine_.closed());
      case 2:
        return take(machine_.failed(boost::asio::error::connection_reset));
      case 3:
        return take(is_idle() ? machine_.leave() : machine_.timed_out());
      case 6:
        if (is_idle()) take(machine_.resume());
        return;
      case 7:
        if (is_idle()) take(machine_.leave());
        return;
      case 8:
        left_ = std::min(left_ + 1, questions_max);
        return;
      default:
        return;  // the end of a piece
    }
  }

  void secured() {
    in_tls_ = true;
    greeted_ = false;
    offered_ = {};
    take(machine_.secured(tls_facts{"TLSv1.3", true}));
  }

  // What the host has said, by a parser of its own.
  void hear(std::string_view bytes) {
    heard_.feed(bytes);
    while (true) {
      auto said = heard_.next();
      if (!said) {
        heard_failed_ = true;
        return;
      }
      if (!*said) return;
      if (awaited_.empty()) {
        heard_unasked_ = true;
        return;
      }
      const std::string command = std::move(awaited_.front());
      awaited_.pop_front();
      answer_to(command, **said);
    }
  }

  void answer_to(std::string_view command, const reply& said) {
    if (said.code == 421) heard_421_ = true;
    if (command.starts_with("EHLO") || command.starts_with("LHLO")) {
      greeted_ = said.code == 250;
      if (greeted_) offered_ = parse_extensions(said);
    } else if (command.starts_with("HELO")) {
      greeted_ = said.code == 250;
    } else if (command.starts_with("AUTH")) {
      logged_in_ = said.code == 235;
    } else if (command.starts_with("MAIL")) {
      asked_[mails_heard_++]->mail_code = said.code;
      if (said.code >= 400) ++refused_;
      const bool is_last = mails_heard_ == asked_.size();
      if (said.code != 250 && is_last) in_transaction_ = false;  // none was begun
    } else if (command.starts_with("RCPT")) {
      for (seen_question& one : taken_) {
        if (!contains(command, one.path)) continue;
        one.rcpt_code = said.code;
        if (one.mail_code == 250 && said.code >= 400) ++refused_;
      }
    }
  }

  void take(step next) {
    require(!is_over());
    now_ = std::move(next);
    if (const auto* what = std::get_if<converse>(&now_)) {
      require(what->at == machine_.at() && what->turn >= turn_);
      turn_ = what->turn;
      if (!what->send.empty()) say(what->send);
      require(!awaited_.empty());
    } else if (is_securing()) {
      require(awaited_.empty() && !heard_.has_pending() && !in_tls_);
      require(plan_.tls != tls_policy::never && !machine_.is_ready());
    } else if (is_idle()) {
      require(awaited_.empty() && plan_.keep && machine_.is_ready());
    }
    for (const auto& answer : machine_.take_answers()) check(answer);
    if (is_over()) check_end();
  }

  void say(std::string_view commands) {
    // Never while something is awaited, never over what the host is saying.
    require(awaited_.empty() && !heard_.has_pending());
    require(commands.ends_with("\r\n"));
    std::size_t lines = 0;
    while (!commands.empty()) {
      const std::size_t end = commands.find("\r\n");
      const std::string_view line = commands.substr(0, end);
      require(line.find_first_of("\r\n") == std::string_view::npos);
      commands.remove_prefix(end + 2);
      check_command(line);
      awaited_.emplace_back(line);
      ++lines;
    }
    require(lines == 1 || offered_.pipelining);
    // As many as may be refused, and no more.
    const auto open = static_cast<std::size_t>(
        std::count_if(asked_.begin(), asked_.end(),
                      [](const seen_question* one) { return one->mail_code == 0; }));
    require(refused_ + open <= plan_.refusals_max && rcpts_ <= plan_.rcpts_max);
  }

  void check_command(std::string_view line) {
    if (line == "EHLO probe.example.net") return require(!plan_.lmtp);
    if (line == "LHLO probe.example.net") return require(plan_.lmtp);
    if (line == "HELO probe.example.net") return require(!plan_.lmtp && !in_tls_);
    if (line == "NOOP") return require(plan_.noop);
    if (line == "STARTTLS") return require(greeted_ && offered_.starttls && !in_tls_);
    if (line.starts_with("AUTH PLAIN ")) {
      return require(plan_.auth && greeted_ && (in_tls_ || plan_.is_local));
    }
    // All else is about mailboxes.
    require(greeted_ && machine_.is_ready());
    require(in_tls_ || (plan_.tls != tls_policy::need && plan_.tls != tls_policy::verify));
    require(!plan_.auth || logged_in_);
    if (line == "RSET") {
      in_transaction_ = false;
      return;
    }
    if (line.starts_with("MAIL FROM:")) {
      require(!in_transaction_);
      in_transaction_ = true;
      asked_.push_back(&next_to_ask());
      require(line.starts_with(with_sender_ ? "MAIL FROM:<verify@example.net>" : "MAIL FROM:<>"));
      require(line.ends_with(" SMTPUTF8") == asked_.back()->wants_utf8);
      return;
    }
    require(line == "RCPT TO:" + asked_.back()->path && in_transaction_);
    ++rcpts_;
  }

  // Those whom this host can't be asked about are passed over.
  seen_question& next_to_ask() {
    while (true) {
      require(said_ < taken_.size());
      seen_question& one = taken_[said_++];
      if (!one.wants_utf8 || offered_.smtputf8) return one;
    }
  }

  void check(const session_machine::answer& given) {
    require(answers_ < taken_.size());
    const seen_question& about = taken_[answers_++];
    if (!given) {
      require(is_over());
      missed_ = true;
      return;
    }
    require(!missed_);  // who waits behind others has no better lot
    const probe_outcome& got = *given;
    require(got.tls.has_value() == in_tls_);
    require((got.end == probe_end::no_smtputf8) <= (about.wants_utf8 && !offered_.smtputf8));
    if (got.end != probe_end::replied) {
      require(got.end == probe_end::no_smtputf8 || (is_over() && !ended_badly_));
      ended_badly_ = is_over();
      return;
    }
    require(got.reply && (got.at == stage::mail || got.at == stage::rcpt));
    if (got.reply->code == 421) return require(is_over());
    if (got.at == stage::mail)
      return require(got.reply->code >= 400 && got.reply->code == about.mail_code);
    require(greeted_ && about.mail_code == 250 && got.reply->code == about.rcpt_code);
  }

  void check_end() {
    const auto& last = std::get<ended>(now_);
    require(last.goodbye.empty() || last.goodbye == "QUIT\r\n");
    require(last.was_ready == machine_.is_ready());
    require(!last.clear_may_help || (plan_.tls == tls_policy::may && !in_tls_));
    require(!last.was_ready || greeted_ || heard_421_ || heard_unasked_);
    if (last.how.reply && last.how.reply->code == 421) require(last.goodbye.empty());
    const bool may_not_be_read = last.how.end == probe_end::timed_out ||
                                 last.how.end == probe_end::connection_lost ||
                                 last.how.end == probe_end::tls_failed;
    if (may_not_be_read) require(last.goodbye.empty());
  }

  session_plan plan_;
  std::size_t left_;  // questions that nobody has taken yet
  bool with_sender_;
  unsigned utf8_;
  reply_parser heard_;
  std::deque<std::string> awaited_;    // commands without a reply
  std::deque<seen_question> taken_;    // in the order in which they were taken
  std::vector<seen_question*> asked_;  // those with a MAIL of their own
  extensions offered_;
  std::string piece_;
  std::uint64_t turn_ = 0;
  std::size_t mails_heard_ = 0;
  std::size_t said_ = 0;
  std::size_t answers_ = 0;
  std::size_t refused_ = 0;
  std::size_t rcpts_ = 0;
  bool greeted_ = false;
  bool in_tls_ = false;
  bool logged_in_ = false;
  bool in_transaction_ = false;
  bool heard_failed_ = false;
  bool heard_unasked_ = false;
  bool heard_421_ = false;
  bool missed_ = false;
  bool ended_badly_ = false;
  step now_ = idle{};
  session_machine machine_;  // asks us, and so comes last
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  game one(data[0], data[1], data[2], data[3]);
  one.play(std::string_view(reinterpret_cast<const char*>(data) + 4, size - 4));
  return 0;
}
