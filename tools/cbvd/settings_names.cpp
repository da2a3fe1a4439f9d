#include "tools/cbvd/settings_names.hpp"

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <utility>

#include "cbv/net/interface_addresses.hpp"
#include "tools/cbvd/settings_check_rule.hpp"
#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

// A rule of one of these checks, and its key.
template <class Rules>
struct keyed_rule {
  const char* key;
  checks::rule_form Rules::*rule;
};

constexpr keyed_rule<checks::helo_rules> helo_keys[] = {
    {"check.helo.syntax", &checks::helo_rules::syntax},
    {"check.helo.literal", &checks::helo_rules::literal},
    {"check.helo.own", &checks::helo_rules::own},
    {"check.helo.resolves", &checks::helo_rules::resolves},
    {"check.helo.matches", &checks::helo_rules::matches},
};

constexpr keyed_rule<checks::client_name_rules> client_name_keys[] = {
    {"check.client_name.no_name", &checks::client_name_rules::no_name},
    {"check.client_name.not_confirmed", &checks::client_name_rules::not_confirmed},
};

constexpr keyed_rule<checks::sender_domain_rules> sender_domain_keys[] = {
    {"check.sender_domain.not_found", &checks::sender_domain_rules::not_found},
    {"check.sender_domain.null_mx", &checks::sender_domain_rules::null_mx},
    {"check.sender_domain.no_mail_host", &checks::sender_domain_rules::no_mail_host},
    {"check.sender_domain.unusable", &checks::sender_domain_rules::unusable},
};

template <class Rules, std::size_t Count>
void add_rules(std::vector<setting>& all, const keyed_rule<Rules> (&keys)[Count], Rules& rules) {
  for (const auto& each : keys) add_rule(all, each.key, rules.*each.rule);
}

template <class Rules, std::size_t Count>
void add_contradictions(std::vector<std::string>& wrong, const keyed_rule<Rules> (&keys)[Count],
                        const Rules& rules) {
  for (const auto& each : keys) {
    for (std::string& odd : rule_contradictions(each.key, rules.*each.rule))
      wrong.push_back(std::move(odd));
  }
}

name_list with_more(const name_list& names, std::vector<name_pattern> more) {
  more.insert(more.end(), names.patterns().begin(), names.patterns().end());
  return name_list(more);
}

// Those of this machine, and the one that far hosts see.
std::vector<asio::ip::address> own_addresses_of(const settings& with) {
  std::vector<asio::ip::address> own;
  for (const asio::ip::address& each : net::interface_addresses())
    own.push_back(net::unmapped(each));
  error_code none;
  const auto seen = asio::ip::make_address(with.own_ip, none);
  if (!none) own.push_back(net::unmapped(seen));
  return own;
}

}  // namespace

void add_names(std::vector<setting>& all, settings& into) {
  const std::string pattern =
      "\"example.org\", \"*.example.org\" (below it) or \".example.org\" (both)";
  all.push_back(
      list_setting("check.helo.own_names", into.helo_own_names, pattern, name_pattern_text()));
  add_rules(all, helo_keys, into.checks.helo);
  add_rules(all, client_name_keys, into.checks.client_name);
  all.push_back(list_setting("check.sender_domain.own_domains", into.sender_own_domains, pattern,
                             name_pattern_text()));
  add_rules(all, sender_domain_keys, into.checks.sender_domain);
}

std::vector<std::string> names_contradictions(const settings& read) {
  std::vector<std::string> wrong;
  add_contradictions(wrong, helo_keys, read.checks.helo);
  add_contradictions(wrong, client_name_keys, read.checks.client_name);
  add_contradictions(wrong, sender_domain_keys, read.checks.sender_domain);
  return wrong;
}

void complete_name_rules(envelope::check_rules& rules, const settings& with) {
  std::vector<name_pattern> names = with.helo_own_names;
  // Of one label it is the name of many: "localhost", "mail".
  const bool is_qualified = with.callout.helo_name.find('.') != std::string::npos;
  if (auto own = name_pattern::parse(with.callout.helo_name); own && is_qualified)
    names.push_back(*std::move(own));
  rules.helo.own_names = with_more(rules.helo.own_names, std::move(names));
  rules.helo.own_addresses = own_addresses_of(with);
  rules.helo.own_networks = with.checker.skips.own_networks;
  std::vector<name_pattern> domains = with.sender_own_domains;
  for (const checks::own_domain& each : rules.own_domains.all())
    domains.insert(domains.end(), each.domains.begin(), each.domains.end());
  rules.sender_domain.own_domains = with_more(rules.sender_domain.own_domains, std::move(domains));
  rules.sender_domain.permit_networks = with.callout.permit_networks;
}

}  // namespace cbv::cbvd
