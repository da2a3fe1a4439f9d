#include "cbv/checks/sender_domain.hpp"

#include <string>

#include "cbv/base/shown.hpp"
#include "cbv/policy/decision.hpp"
#include "cbv/policy/usable_hosts.hpp"

namespace cbv::checks {
namespace {

constexpr std::size_t shown_octets_max = 255;

// More than is dialled, so that a usable address is not hidden behind some that are not.
constexpr std::size_t addresses_max = 32;

// Why the domain is not to be looked at; empty: it is.
std::string reason_to_skip(const paths& parsed, const sender_domain_rules& rules) {
  if (!parsed.sender) return "no sender to look at";
  if (rules.own_domains.matches(parsed.sender->domain().text())) return "one of our own domains";
  const bool asks = is_on(rules.not_found) || is_on(rules.null_mx) || is_on(rules.no_mail_host) ||
                    is_on(rules.unusable);
  return asks ? "" : "off";
}

const rule_form& rule_for(reason why, const sender_domain_rules& rules) {
  switch (why) {
    case reason::null_mx:
      return rules.null_mx;
    case reason::no_mail_host:
      return rules.no_mail_host;
    case reason::mx_unusable:
      return rules.unusable;
    default:
      return rules.not_found;
  }
}

// As a call-back would have it said.
reply_form reply_for(const verdict& made) {
  const advice said = advise(made, role::sender, {});
  return {said.code, said.enhanced,
          "Sender address: " + std::string(bare_text(said, role::sender))};
}

std::string where_to(const dns::mail_hosts& hosts) {
  const std::string first = hosts.hosts.empty() ? "" : hosts.hosts.front().name;
  return "mail for it goes to " + shown(first, shown_octets_max);
}

}  // namespace

finding judge_sender_domain(const envelope& of, const paths& parsed,
                            const sender_domain_rules& rules, const sender_domain_facts& facts) {
  if (of.sender.empty()) return finding{outcome::skip, "the null sender"};
  if (std::string why = reason_to_skip(parsed, rules); !why.empty()) {
    return finding{outcome::skip, std::move(why)};
  }
  const std::string& name = parsed.sender->domain().text();
  if (!facts.hosts) return not_known(name + " was not looked up");
  policy::evidence learnt;
  learnt.hosts = *facts.hosts;
  learnt.no_usable_address = policy::has_no_usable_address(*facts.hosts, rules.permit_networks);
  const auto made = policy::decide(learnt, {});
  if (!made) return finding{outcome::pass, name + ": " + where_to(*facts.hosts)};
  const std::string evidence = name + ": " + made->detail;
  if (made->status != status::undeliverable) return not_known(evidence);
  const rule_form& rule = rule_for(made->reason, rules);
  if (!is_on(rule)) return finding{outcome::skip, evidence};
  return failed(evidence, rule, reply_for(*made));
}

awaitable<sender_domain_facts> gather_sender_domain(dns::resolver& names, random_source& chance,
                                                    const paths& parsed,
                                                    const sender_domain_rules& rules,
                                                    time_point deadline) {
  sender_domain_facts facts;
  if (!reason_to_skip(parsed, rules).empty()) co_return facts;
  dns::mail_hosts_options options;
  options.addresses_max = addresses_max;
  facts.hosts =
      co_await dns::find_mail_hosts(names, chance, parsed.sender->domain(), options, deadline);
  co_return facts;
}

}  // namespace cbv::checks
