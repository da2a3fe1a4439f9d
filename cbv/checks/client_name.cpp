#include "cbv/checks/client_name.hpp"

#include <algorithm>
#include <string>

#include "cbv/base/ascii.hpp"
#include "cbv/base/shown.hpp"

namespace cbv::checks {
namespace {

constexpr std::size_t shown_octets_max = 255;

std::string list_of(const std::vector<dns::pointer>& names) {
  std::string all;
  for (const dns::pointer& each : names) all += (all.empty() ? "" : ", ") + each.name;
  return shown(all, shown_octets_max);
}

finding without_name(const envelope& of, const client_name_rules& rules) {
  const std::string evidence = of.client->to_string() + " has no name in the DNS (PTR)";
  if (!is_on(rules.no_name)) return finding{outcome::skip, evidence};
  return failed(evidence, rules.no_name, {0, "5.7.25", "Your address has no name in the DNS"});
}

finding not_confirmed(const envelope& of, const client_name_rules& rules,
                      const dns::pointers& names) {
  const std::string named = of.client->to_string() + " is named " + list_of(names.names);
  const bool may_be = names.names_left_out > 0 ||
                      std::any_of(names.names.begin(), names.names.end(), [](const auto& each) {
                        return !dns::is_authoritative(each.forward);
                      });
  if (!is_on(rules.not_confirmed)) return finding{outcome::skip, named};
  if (may_be) return not_known(named + "; whether that leads back, the DNS did not say");
  return failed(named + ", which does not lead back to it", rules.not_confirmed,
                {0, "5.7.25", "The name of your address does not lead back to it"});
}

}  // namespace

bool is_client_name_known(const envelope& of) noexcept {
  return !of.client_name.empty() && !ascii::iequals(of.client_name, "unknown");
}

finding judge_client_name(const envelope& of, const client_name_rules& rules,
                          const client_name_facts& facts) {
  if (is_client_name_known(of)) {
    return finding{outcome::pass, shown(of.client_name, shown_octets_max) + ", says the edge"};
  }
  if (!of.client) return finding{outcome::skip, "the client's address is not known"};
  if (!is_on(rules.no_name) && !is_on(rules.not_confirmed)) return finding{outcome::skip, "off"};
  if (!facts.names) return not_known("the names of the client were not looked up");
  const dns::pointers& names = *facts.names;
  if (!dns::is_authoritative(names.status)) {
    return not_known("looking up the names of " + of.client->to_string() + ": " +
                     std::string(to_string(names.status)));
  }
  if (names.names.empty()) return without_name(of, rules);
  for (const dns::pointer& each : names.names) {
    if (each.is_confirmed) return finding{outcome::pass, shown(each.name, shown_octets_max)};
  }
  return not_confirmed(of, rules, names);
}

awaitable<client_name_facts> gather_client_name(dns::resolver& names, const envelope& of,
                                                const client_name_rules& rules,
                                                time_point deadline) {
  client_name_facts facts;
  const bool asks = is_on(rules.no_name) || is_on(rules.not_confirmed);
  if (!asks || !of.client || is_client_name_known(of)) co_return facts;
  facts.names = co_await dns::find_pointers(names, *of.client, rules.names_max, deadline);
  co_return facts;
}

}  // namespace cbv::checks
