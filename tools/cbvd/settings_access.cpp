#include "tools/cbvd/settings_access.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "tools/cbvd/settings_check_rule.hpp"
#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;
using checks::consequence;

constexpr std::size_t own_domains_max = 10'000;
constexpr std::uint32_t rate_max = 1'000'000;

void add_limits(std::vector<setting>& all, const std::string& what, checks::rate_limits& into) {
  const std::string key = "check.rate." + what;
  all.push_back(number_setting<std::uint32_t>(key + "_per_minute", into.per_minute, 0, rate_max));
  all.push_back(number_setting<std::uint32_t>(key + "_per_hour", into.per_hour, 0, rate_max));
}

std::vector<setting> settings_of_owner(checks::own_domain& one) {
  std::vector<setting> all;
  all.push_back(
      list_setting("domains", one.domains,
                   "\"example.org\", \"*.example.org\" (below it) or \".example.org\" (both)",
                   name_pattern_text()));
  all.push_back(list_setting("networks", one.networks, "a network, such as \"192.0.2.0/24\"",
                             network_text()));
  all.push_back(choice_setting<consequence>("action", one.stranger.if_failed,
                                            {{"off", consequence::off},
                                             {"log", consequence::log},
                                             {"defer", consequence::defer},
                                             {"reject", consequence::reject}}));
  all.push_back(number_setting("code", one.stranger.code, 0, 599));
  all.push_back(text_setting("enhanced", one.stranger.enhanced,
                             "an enhanced code, such as \"5.7.1\"", any_text_or_none()));
  all.push_back(text_setting("text", one.stranger.text, "a text", any_text_or_none()));
  return all;
}

std::vector<std::string> keep(const checks::own_domain& draft, checks::own_domain_table& into) {
  if (draft.domains.empty()) return {"domains: expected at least one, got none"};
  std::vector<std::string> wrong;
  for (const std::string& odd : rule_contradictions("", draft.stranger))
    wrong.push_back(odd.substr(1));  // without the dot before the key
  if (wrong.empty() && !into.add(draft))
    wrong.emplace_back("domains: expected each domain once, got one that is there already");
  return wrong;
}

}  // namespace

void add_access(std::vector<setting>& all, checks::list_options& into) {
  all.push_back(
      list_setting("check.access.files", into.files, "an absolute path", absolute_path()));
  all.push_back(time_setting("check.access.look_every", into.look_every, 1s, 1h));
}

void add_rate(std::vector<setting>& all, checks::rate_options& into) {
  all.push_back(choice_setting<consequence>(
      "check.rate.action", into.over.if_failed,
      {{"off", consequence::off}, {"log", consequence::log}, {"defer", consequence::defer}}));
  add_reply(all, "check.rate", into.over);
  all.push_back(number_setting("check.rate.ipv4_prefix", into.ipv4_prefix, 8U, 32U));
  all.push_back(number_setting("check.rate.ipv6_prefix", into.ipv6_prefix, 16U, 64U));
  add_limits(all, "questions", into.questions);
  add_limits(all, "unknown_recipients", into.unknown_recipients);
  add_limits(all, "failures", into.failures);
  all.push_back(
      number_setting<std::size_t>("check.rate.clients_max", into.clients_max, 1'000, 20'000'000));
  all.push_back(
      number_setting<std::uint32_t>("check.rate.refuse_after", into.refuse_after, 0, rate_max));
  add_reply(all, "check.rate.refuse", into.refused);
}

table_list own_domain_list(checks::own_domain_table& into) {
  return table_list_setting<checks::own_domain>(
      "own_domain", own_domains_max, settings_of_owner,
      [&into](const checks::own_domain& draft) { return keep(draft, into); });
}

std::vector<std::string> rate_contradictions(const checks::rate_options& read) {
  std::vector<std::string> wrong = rule_contradictions("check.rate", read.over);
  const checks::rule_form refused{read.refused, consequence::reject};
  for (std::string& odd : rule_contradictions("check.rate.refuse", refused))
    wrong.push_back(std::move(odd));
  return wrong;
}

}  // namespace cbv::cbvd
