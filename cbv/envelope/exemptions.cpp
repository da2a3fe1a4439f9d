#include "cbv/envelope/exemptions.hpp"

#include <algorithm>
#include <optional>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/checks/client_name.hpp"
#include "cbv/verifier/subject.hpp"

namespace cbv::envelope {
namespace {

// For our own users: their addresses, names and words are no sign of anything, and their mail is
// ours. What they write is looked at, and whether it can be delivered.
constexpr check_set of_our_own{check::rate,        check::access,        check::helo,
                               check::client_name, check::dnsbl,         check::own_domain,
                               check::spf,         check::sender_domain, check::sender_callback};

// A forwarder, the backup MX: it brings mail of others.
constexpr check_set of_the_allowed{check::rate,  check::helo,       check::client_name,
                                   check::dnsbl, check::own_domain, check::spf};

// There is no domain in it. SPF looks at HELO in its place.
constexpr check_set of_the_null_path{check::own_domain, check::sender_domain,
                                     check::sender_callback};

constexpr check_set of_a_postmaster{
    check::rate,          check::syntax,    check::access,         check::helo,
    check::client_name,   check::dnsbl,     check::own_domain,     check::spf,
    check::sender_domain, check::recipient, check::sender_callback};

constexpr check_set of_the_unfiltered{
    check::access,     check::helo, check::client_name,   check::dnsbl,
    check::own_domain, check::spf,  check::sender_domain, check::sender_callback};

constexpr check_set of_the_skipped{check::helo,           check::client_name, check::dnsbl,
                                   check::own_domain,     check::spf,         check::sender_domain,
                                   check::sender_callback};

bool is_in(const std::optional<boost::asio::ip::address>& client,
           const std::vector<net::ip_network>& networks) {
  return client && std::any_of(networks.begin(), networks.end(),
                               [&](const net::ip_network& one) { return one.contains(*client); });
}

bool is_for_postmaster(const checks::envelope& of, const checks::paths& parsed) {
  if (ascii::iequals(of.recipient, "postmaster")) return true;
  return parsed.recipient && is_postmaster(*parsed.recipient);
}

bool wants_all(const checks::paths& parsed, const skip_rules& rules) {
  if (!parsed.recipient) return false;
  if (!rules.unfiltered_domains.empty() &&
      rules.unfiltered_domains.matches(parsed.recipient->domain().text())) {
    return true;
  }
  return !rules.unfiltered_addresses.empty() &&
         std::binary_search(rules.unfiltered_addresses.begin(), rules.unfiltered_addresses.end(),
                            cache_key(*parsed.recipient));
}

}  // namespace

void exemptions::add(check_set these, std::string_view why) {
  for (const check one : all_checks()) {
    if (these.has(one) && !has(one)) why_.at(index_of(one)) = why;
  }
}

void exemptions::add_of_a_list() {
  add(of_the_skipped, "an access list skips it");
}

checks::finding exemptions::found() const {
  checks::finding said;
  std::vector<std::string_view> reasons;
  for (const std::string_view why : why_) {
    if (!why.empty() && std::find(reasons.begin(), reasons.end(), why) == reasons.end())
      reasons.push_back(why);
  }
  if (!reasons.empty()) said.outcome = checks::outcome::skip;
  for (const std::string_view why : reasons) {
    if (!said.evidence.empty()) said.evidence += "; ";
    said.evidence += why;
  }
  return said;
}

exemptions exemptions_of(const checks::envelope& of, const checks::paths& parsed,
                         const skip_rules& rules) {
  exemptions all;
  if (is_for_postmaster(of, parsed))
    all.add(of_a_postmaster, "a postmaster is always to be reached");
  if (rules.authenticated && of.authenticated) all.add(of_our_own, "the client has authenticated");
  if (is_in(of.client, rules.own_networks))
    all.add(of_our_own, "the client is in our own networks");
  if (is_in(of.client, rules.allowed_networks) ||
      (checks::is_client_name_known(of) && rules.allowed_clients.matches(of.client_name))) {
    all.add(of_the_allowed, "the client is an allowed one");
  }
  if (wants_all(parsed, rules)) all.add(of_the_unfiltered, "the recipient wants all of its mail");
  if (of.sender.empty() || of.sender == "<>")
    all.add(of_the_null_path, "the reverse-path is null or not known");
  return all;
}

}  // namespace cbv::envelope
