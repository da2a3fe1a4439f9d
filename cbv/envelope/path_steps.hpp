// The steps about the two paths themselves: their syntax, the recipient, the sender's call-back.
#ifndef CBV_ENVELOPE_PATH_STEPS_HPP
#define CBV_ENVELOPE_PATH_STEPS_HPP

#include <functional>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/envelope/step.hpp"
#include "cbv/spf/record.hpp"
#include "cbv/verdict/advice.hpp"
#include "cbv/verdict/query.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::envelope {

/// Answers a question about one address, as verifier::verify() does.
using verify_function = std::function<awaitable<verdict>(query)>;

struct path_rules {
  checks::rule_form syntax{{}, checks::consequence::reject};  // as advise() has it by default
  /// With which results of SPF for the sender it may be called back; `none` where it is not known.
  std::vector<spf::evaluation> callback_when{
      spf::evaluation::none,     spf::evaluation::neutral,   spf::evaluation::pass,
      spf::evaluation::softfail, spf::evaluation::temperror, spf::evaluation::permerror};
  advice_options advice;  // what verdicts come to; `observe` is the checker's, and off here
};

/// Is each path what RFC 5321 allows? A path that is not whole passes. `rules` is copied.
step syntax_step(const path_rules& rules);

/// Would the server behind take mail for it? Fails on proof only; unknown, it may be deferred.
step recipient_step(verify_function verify, const clock& time, const path_rules& rules);

/// Could a bounce be delivered? Memory answers it in any case. The sender's host is called back
/// only for a recipient that is good, as far as it was to be asked about, and if SPF does not
/// forbid it; whether at all is up to the verifier.
step sender_callback_step(verify_function verify, const clock& time, const path_rules& rules);

}  // namespace cbv::envelope

#endif
