// Whether mail could be sent back to the sender's domain, as far as the DNS knows.
#ifndef CBV_CHECKS_SENDER_DOMAIN_HPP
#define CBV_CHECKS_SENDER_DOMAIN_HPP

#include <optional>
#include <vector>

#include "cbv/address/name_pattern.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/random.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/dns/mail_hosts.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::checks {

struct sender_domain_rules {
  rule_form not_found{{}, consequence::reject};     // there is no such domain
  rule_form null_mx{{}, consequence::reject};       // it says that it takes no mail (RFC 7505)
  rule_form no_mail_host{{}, consequence::reject};  // it has neither MX nor address
  rule_form unusable{{}, consequence::reject};      // no MX has an address that mail can go to
  name_list own_domains;  // of ours, and routed ones: the outer DNS need not know them
  std::vector<net::ip_network> permit_networks;  // usable, although private or reserved
};

struct sender_domain_facts {
  std::optional<dns::mail_hosts> hosts;  // nothing: not asked
};

/// `skip`: the null reverse-path, a sender that is no mailbox (the syntax is another check's), one
/// of our own domains, or all rules are off. Pure.
finding judge_sender_domain(const envelope& of, const paths& parsed,
                            const sender_domain_rules& rules, const sender_domain_facts& facts);

/// Asks unless it is a skip. `parsed` and `rules` outlive the look-up. Throws only when cancelled.
awaitable<sender_domain_facts> gather_sender_domain(dns::resolver& names, random_source& chance,
                                                    const paths& parsed,
                                                    const sender_domain_rules& rules,
                                                    time_point deadline);

}  // namespace cbv::checks

#endif
