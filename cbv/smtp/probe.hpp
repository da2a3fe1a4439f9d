// One SMTP dialogue with one host: what is asked, and what came of it.
#ifndef CBV_SMTP_PROBE_HPP
#define CBV_SMTP_PROBE_HPP

#include <chrono>
#include <optional>
#include <string>

#include "cbv/address/mailbox.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::smtp {

/// What to ask of one host.
struct probe_plan {
  mailbox recipient;
  reverse_path mail_from;  // nothing is <>, the default of all probes
  std::string helo_name;   // our own name in EHLO
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
};

/// Limits of time, a stage each (RFC 5321 section 4.5.3.2 asks for more patience of mail, which
/// waits in a queue; a question does not).
struct stage_limits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds greeting{30'000};
  std::chrono::milliseconds ehlo{30'000};
  std::chrono::milliseconds mail{30'000};
  std::chrono::milliseconds rcpt{60'000};
  std::chrono::milliseconds quit{2'000};
};

}  // namespace cbv::smtp

#endif
