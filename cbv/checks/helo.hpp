// What the argument of HELO or EHLO gives away (RFC 5321 sections 4.1.1.1, 4.1.4).
#ifndef CBV_CHECKS_HELO_HPP
#define CBV_CHECKS_HELO_HPP

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <vector>

#include "cbv/address/name_pattern.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/dns/mail_hosts.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::checks {

/// Each rule is one question, asked by itself. RFC 5321 section 4.1.4 forbids to refuse mail
/// because a name does not lead to the client, and many honest hosts have such a name: so that is
/// off.
struct helo_rules {
  rule_form syntax{{}, consequence::log};    // is a name of several labels, or an address literal
  rule_form literal{{}, consequence::log};   // an address literal is the client's address
  rule_form own{{}, consequence::reject};    // no stranger claims our name or our address
  rule_form resolves{{}, consequence::log};  // the name has an address, or else an MX
  rule_form matches{{}, consequence::off};   // one of its addresses is the client's
  name_list own_names;                       // that only we have
  std::vector<boost::asio::ip::address> own_addresses;
  std::vector<net::ip_network> own_networks;  // whose clients are no strangers
};

/// What the DNS says of the name.
struct helo_facts {
  std::optional<dns::mail_host> host;          // its addresses; nothing: not asked
  std::optional<dns::lookup_status> exchange;  // its MX, asked for if it has no address
};

/// Whether a rule cannot be answered without the DNS. Pure.
bool helo_needs_dns(const envelope& of, const helo_rules& rules);

/// All rules that are not off, in one finding: of those that failed, the strictest decides, and the
/// evidence names each. `skip` where no name is known, or all rules are off. Pure.
finding judge_helo(const envelope& of, const helo_rules& rules, const helo_facts& facts);

/// Asks what helo_needs_dns() is about, or nothing. `of` and `rules` outlive the look-up. Throws
/// only when cancelled.
awaitable<helo_facts> gather_helo(dns::resolver& names, const envelope& of, const helo_rules& rules,
                                  time_point deadline);

}  // namespace cbv::checks

#endif
