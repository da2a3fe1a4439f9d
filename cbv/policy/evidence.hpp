// All that was learnt about one address. Look-ups and callouts only add to it; decide() judges it.
#ifndef CBV_POLICY_EVIDENCE_HPP
#define CBV_POLICY_EVIDENCE_HPP

#include <optional>
#include <string>
#include <vector>

#include "cbv/address/syntax_error.hpp"
#include "cbv/dns/mail_hosts.hpp"
#include "cbv/smtp/probe.hpp"

namespace cbv::policy {

/// One dialogue, or a host that could not be dialled.
struct attempt {
  std::string host;
  std::string host_ip;
  smtp::probe_outcome outcome;
};

struct evidence {
  std::optional<syntax_error> syntax;
  std::optional<dns::mail_hosts> hosts;
  bool no_usable_address = false;  // MX hosts were found, and every one is unresolvable by the
                                   // DNS's own word or never dialled
  std::vector<attempt> attempts;   // in the order in which they were made
  bool held_back = false;          // a host was left out because of our own limits
  bool walk_finished = false;      // no further host will be tried
};

}  // namespace cbv::policy

#endif
