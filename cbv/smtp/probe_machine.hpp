// The dialogue of a callout, without I/O: bytes and events in, actions out.
#ifndef CBV_SMTP_PROBE_MACHINE_HPP
#define CBV_SMTP_PROBE_MACHINE_HPP

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "cbv/smtp/command.hpp"
#include "cbv/smtp/probe.hpp"
#include "cbv/smtp/reply.hpp"

namespace cbv::smtp {

/// Write `send`, if it is not empty, then read; report what came. The time limit of stage `at`
/// holds for all of it. It begins anew when something is sent and when `at` differs from the last
/// one; a peer that drips octets does not prolong it.
struct converse {
  std::string send;
  stage at = stage::greeting;
};

/// The answer is known. `goodbye` is what may still be said, out of courtesy, to a host that can
/// understand it; if it is empty the connection is dropped at once.
struct finished {
  probe_outcome outcome;
  std::string goodbye;
};

using action = std::variant<converse, finished>;

/// Asks one host about one mailbox (RFC 5321 section 3): greeting, EHLO (HELO if the host does not
/// know EHLO), MAIL FROM, RCPT TO; where PIPELINING is offered the last two leave together (RFC
/// 2920). Never DATA: nothing is ever delivered.
///
/// Call started() once, then one of the other events after each `converse`, until `finished` comes;
/// after that the machine is used up.
///
/// What it is sure of: a reply counts only for the command it answers. A reply that comes before it
/// was asked for is bad_protocol, and after a timeout nothing is read any more. If MAIL was
/// refused, that decides, whatever the host says to a RCPT that was already on its way. An answer
/// to RCPT stands, whatever comes after it.
class probe_machine {
 public:
  explicit probe_machine(probe_plan plan, reply_limits limits = {});

  /// The connection is open.
  action started();

  /// The peer sent these octets.
  action received(std::string_view bytes);

  /// The peer closed the connection.
  action closed();

  /// The connection broke.
  action failed(error_code why);

  /// The time of the stage, or of the whole, is over.
  action timed_out();

 private:
  enum class awaited { greeting, ehlo, helo, mail, rcpt };

  std::optional<action> on_reply(reply said);
  std::optional<action> on_greeting(reply said);
  std::optional<action> on_ehlo(reply said);
  std::optional<action> on_helo(reply said);
  std::optional<action> on_mail(reply said);

  action ask(awaited answer, std::string command);
  action ask_for_mailbox(const extensions& offered);
  action decided_by(reply said);
  action finish(probe_end end, std::string detail, std::string goodbye = {});
  stage at() const noexcept;

  probe_plan plan_;
  reply_parser parser_;
  awaited awaiting_ = awaited::greeting;
  bool pipelined_ = false;
};

}  // namespace cbv::smtp

#endif
