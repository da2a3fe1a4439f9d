// One SMTP dialogue with one host: what is asked, and what came of it.
#ifndef CBV_SMTP_PROBE_HPP
#define CBV_SMTP_PROBE_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "cbv/address/mailbox.hpp"
#include "cbv/smtp/command.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/tls_policy.hpp"
#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::smtp {

/// What is asked: one mailbox, in a transaction of its own.
struct inquiry {
  mailbox recipient;
  reverse_path mail_from;  // nothing is <>, the default of all probes
};

/// How the sessions with a host are opened, and how far one may be used.
struct session_plan {
  std::string helo_name;  // our own name in EHLO
  tls_policy tls = tls_policy::never;
  bool lmtp = false;             // LHLO, no HELO (RFC 2033)
  bool noop = false;             // NOOP after the greeting, as the prober of 2003 did
  bool own_name_is_loop = true;  // a greeting with our own name ends it
  std::optional<credentials> auth;
  bool is_local = false;         // a unix socket, as good as TLS for saying a password
  bool keep = true;              // RSET after each answer: more may be asked
  std::size_t rcpts_max = 20;    // RCPT commands
  std::size_t refusals_max = 4;  // of these, refused

  friend bool operator==(const session_plan&, const session_plan&) = default;
};

/// How a dialogue ended.
enum class probe_end {
  replied,          // `reply` at `at` decided: a 2xx or a refusal at RCPT, or a refusal before it
  connect_failed,   // refused, unreachable, or no connection in time
  timed_out,        // a reply did not come in time
  connection_lost,  // the host closed or reset without a word
  bad_protocol,     // what it sent is no SMTP reply, or more than we take
  loop,             // the greeting carries our own name: we dialled ourselves
  no_smtputf8,      // the address needs SMTPUTF8 and the host does not offer it
  tls_missing,      // TLS is needed, and the host does not offer it or refuses to begin
  tls_failed,       // the handshake failed, or the certificate is not good
  auth_failed,      // we could not log in
};

std::string_view to_string(probe_end end) noexcept;

/// What came of one dialogue. `at` is the stage that was reached: where the reply was given or the
/// trouble happened.
struct probe_outcome {
  probe_end end = probe_end::connect_failed;
  stage at = stage::connect;
  std::optional<smtp::reply> reply;
  std::string detail;  // for people: "connection refused"
  bool pipelined = false;
  bool first_of_connection = true;  // what else comes of the same connection is not
  bool at_noop = false;             // the reply was given to NOOP
  std::optional<tls_facts> tls;     // nothing: in clear
};

/// A reply that is counted: a refusal, for now or for good, in the greeting and at NOOP, EHLO
/// (unless HELO is tried then), HELO and MAIL, and any to RCPT that is one.
struct counted_reply {
  stage at = stage::greeting;
  bool at_noop = false;
  int code = 0;
  /// At MAIL and RCPT: which of the questions without an answer it is about, from 0 on.
  std::size_t question = 0;

  friend bool operator==(const counted_reply&, const counted_reply&) = default;
};

/// Limits of time, a stage each (RFC 5321 section 4.5.3.2 asks for more patience of mail, which
/// waits in a queue; a question does not).
struct stage_limits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds greeting{60'000};
  std::chrono::milliseconds ehlo{60'000};
  std::chrono::milliseconds starttls{30'000};  // the handshake
  std::chrono::milliseconds mail{60'000};
  std::chrono::milliseconds rcpt{180'000};
  std::chrono::milliseconds quit{2'000};
};

}  // namespace cbv::smtp

#endif
