// All that was learnt about one address. Look-ups and callouts only add to it; decide() judges it.
#ifndef CBV_POLICY_EVIDENCE_HPP
#define CBV_POLICY_EVIDENCE_HPP

#include <optional>
#include <string>
#include <vector>

#include "cbv/address/syntax_error.hpp"
#include "cbv/dns/mail_hosts.hpp"
#include "cbv/smtp/probe.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::policy {

/// One dialogue, or a host that could not be dialled.
struct attempt {
  std::string host;
  std::string host_ip;
  smtp::probe_outcome outcome;
  bool null_sender = true;  // MAIL FROM was <>
  std::string asked = {};   // the address in RCPT TO; empty: not known
};

struct evidence {
  std::optional<syntax_error> syntax;
  std::optional<dns::mail_hosts> hosts;
  bool no_usable_address = false;  // MX hosts were found, and every one is unresolvable by the
                                   // DNS's own word or never dialled
  std::vector<attempt> attempts;   // in the order in which they were made
  bool held_back = false;          // a host was left out because of our own limits
  std::string held_back_why;       // for people
  bool tried_implicit_mx = false;  // the domain has no MX records: its own address was turned to
  bool opted_out = false;          // a host, or the domain, does not want to be called
  bool null_sender_known_refused = false;  // remembered of the domain: MAIL FROM:<> is refused, and
                                           // there is no other sender to ask with
  cbv::catch_all catch_all = catch_all::untested;  // as it is known of the domain
  bool walk_finished = false;                      // no further host will be tried
};

}  // namespace cbv::policy

#endif
