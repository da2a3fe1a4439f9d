// SPF (RFC 7208) as a check: what each of its results comes to.
#ifndef CBV_CHECKS_SENDER_POLICY_HPP
#define CBV_CHECKS_SENDER_POLICY_HPP

#include <optional>
#include <string>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/spf/check_host.hpp"

namespace cbv::checks {

/// What each result of one identity comes to; `pass` is always a pass. A temperror is never
/// rejected, whatever its rule says: at most deferred.
struct spf_results {
  rule_form none{{}, consequence::off};
  rule_form neutral{{}, consequence::off};
  rule_form softfail{{}, consequence::log};
  rule_form fail{{}, consequence::reject};
  rule_form temperror{{}, consequence::log};
  rule_form permerror{{}, consequence::log};

  friend bool operator==(const spf_results&, const spf_results&) = default;
};

struct spf_rules {
  bool checks_helo = true;       // the identity of HELO (section 2.3)
  bool checks_mail_from = true;  // the identity of MAIL FROM (section 2.4)
  spf_results helo;
  spf_results mail_from;
  bool says_explanation = false;  // a fail's reply has the words of exp=, which are a stranger's
  spf::check_options how;         // who we are, and the limits
};

/// What was found for each identity; nothing: not asked.
struct spf_facts {
  std::optional<spf::outcome> helo;
  std::optional<spf::outcome> mail_from;
};

/// Both identities in one finding: the stricter decision counts, HELO's where they are alike; a
/// fail of one weighs more than a pass of the other. A result whose rule is off is a skip. Pure.
finding judge_spf(const envelope& of, const spf_rules& rules, const spf_facts& facts);

/// The result for the sender (for the null reverse-path, that of HELO, section 2.4); nothing if it
/// was not asked. For who gates a call-back by it.
std::optional<spf::evaluation> spf_of_sender(const spf_facts& facts);

/// Both identities side by side; one question where they are the same. Nothing is asked of a client
/// that is not known, nor of a HELO that is not known. `of` and `rules` outlive the look-up. Throws
/// only when cancelled.
awaitable<spf_facts> gather_spf(dns::resolver& names, const clock& time, const envelope& of,
                                const spf_rules& rules, time_point deadline);

}  // namespace cbv::checks

#endif
