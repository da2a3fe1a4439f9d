// The dialogue with one host, without I/O: bytes and events in, steps and answers out.
#ifndef CBV_SMTP_SESSION_MACHINE_HPP
#define CBV_SMTP_SESSION_MACHINE_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cbv/base/fifo.hpp"
#include "cbv/smtp/command.hpp"
#include "cbv/smtp/probe.hpp"
#include "cbv/smtp/reply.hpp"

namespace cbv::smtp {

/// Write `send`, if it is not empty, then read; report what came. The time limit of stage `at`
/// holds for each `turn`: it begins anew when something is sent and when the turn is another one
/// than the last time. A peer that drips octets does not prolong it.
struct converse {
  std::string send;
  stage at = stage::greeting;
  std::uint64_t turn = 0;
};

/// Begin TLS as its client, and report secured() or not_secured().
struct secure {};

/// There is nothing to ask now. Read all the same: the host may end the session; or resume(), or
/// leave().
struct idle {};

/// The session is over. `goodbye` is what may still be said, out of courtesy, to a host that can
/// understand it; if it is empty the connection is dropped at once.
struct ended {
  probe_outcome how;       // what ended it; after leave() and at its limits: replied, no reply
  bool was_ready = false;  // a mailbox could be asked about: if not, `how` is true of all who wait
  bool clear_may_help = false;  // TLS failed, and the plan lets a new connection do without it
  std::string goodbye;
};

using step = std::variant<converse, secure, idle, ended>;

/// Asks one host about one mailbox after the other (RFC 5321 section 3): greeting, EHLO (HELO if
/// the host does not know EHLO), STARTTLS and EHLO again as the plan wants it, then a transaction a
/// mailbox: MAIL FROM, RCPT TO, RSET. Where PIPELINING is offered the commands of several
/// transactions leave in one write (RFC 2920), never more of them than the limits of the session
/// allow to be refused. Never DATA: nothing is ever delivered.
///
/// Questions are taken from the source when they can be sent, and their answers are given in that
/// order. Call started() once, then one of the other events after each step but `ended`; take the
/// answers after each.
///
/// What it is sure of: a reply counts only for the command it answers. A reply that comes before it
/// was asked for ends the session, and after a timeout nothing is read any more. If MAIL was
/// refused, that decides, whatever the host says to a RCPT that was already on its way. An answer
/// stands, whatever comes after it. Nothing that was said before TLS counts after it, and octets
/// that came with the reply to STARTTLS end the session.
class session_machine {
 public:
  /// The next question, or nothing; called when it could be sent at once.
  using source = std::function<std::optional<inquiry>()>;

  /// The outcome of a question; nothing: the session ended before it was the host's turn to answer,
  /// so that it may be asked in another one.
  using answer = std::optional<probe_outcome>;

  session_machine(session_plan plan, source next, reply_limits limits = {});

  /// The connection is open.
  step started();

  /// The peer sent these octets.
  step received(std::string_view bytes);

  /// The peer closed the connection.
  step closed();

  /// The connection broke.
  step failed(error_code why);

  /// The time of the stage is over.
  step timed_out();

  /// After `secure`: what came of it. `verified` is to be true if the plan asks for it.
  step secured(tls_facts protection);
  step not_secured(std::string why);

  /// While idle: the source may have something.
  step resume();

  /// While idle: no more is to be asked.
  step leave();

  /// The answers since the last call, in the order in which the questions were taken.
  std::vector<answer> take_answers();

  /// What is to be counted, since the last call; to be taken before the answers, each time.
  std::vector<counted_reply> take_counted() { return std::exchange(counted_, {}); }

  /// Where the dialogue stands.
  stage at() const noexcept;

  /// The host is introduced, and mailboxes may be asked about.
  bool is_ready() const noexcept { return ready_; }

  /// A question has been taken and has no answer yet.
  bool is_asking() const noexcept { return in_flight_ > 0; }

  /// A certificate that is not good must fail the handshake.
  bool must_verify() const noexcept { return plan_.tls == tls_policy::verify; }

 private:
  enum class awaited : std::uint8_t {
    greeting,
    noop,
    ehlo,
    helo,
    starttls,
    handshake,
    auth,
    mail,
    rcpt,
    rset
  };

  std::optional<step> on_reply(reply said);
  std::optional<step> on_greeting(reply said);
  std::optional<step> on_ehlo(reply said);
  std::optional<step> on_starttls(reply said);
  std::optional<step> on_auth(reply said);
  std::optional<step> on_mail(reply said);
  std::optional<step> on_rcpt(reply said);
  std::optional<step> on_rset(const reply& said);
  std::optional<step> next_reply();

  step send(awaited next, std::string command);
  step introduce();
  step greet(extensions offered);

  std::size_t room() const noexcept;
  bool take_question();
  step ask_next();
  step ask_together();
  step ask_one();
  step rest();
  std::string expect(awaited next, std::string command);

  void count(const reply& said);
  probe_outcome outcome(probe_end end, std::string detail = {}) const;
  void answer_front(reply said);
  void answer_front(probe_outcome with);
  step refused(reply said);
  step broken(probe_end end, std::string detail);
  step over(probe_outcome how, std::string goodbye = {});

  session_plan plan_;
  source next_;
  reply_parser parser_;
  extensions offered_;
  std::optional<tls_facts> tls_;
  fifo<awaited> expected_;          // the replies that are to come, in order
  std::optional<inquiry> current_;  // taken, and not yet all said
  std::vector<answer> answers_;
  std::vector<counted_reply> counted_;
  std::uint64_t turn_ = 0;
  std::size_t asked_ = 0;      // RCPT commands sent
  std::size_t refused_ = 0;    // of these, refused
  std::size_t in_flight_ = 0;  // questions taken, without an answer
  std::size_t answered_ = 0;   // questions that had their answer from this session
  bool ready_ = false;         // mailboxes may be asked about
  bool mail_refused_ = false;  // of the transaction whose RCPT is awaited
  bool needs_rset_ = false;    // a transaction was begun and not ended
  bool pipelined_ = false;
};

}  // namespace cbv::smtp

#endif
