#include "tools/cbvd/settings_dns_lists.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "tools/cbvd/settings_check_rule.hpp"
#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using checks::code_pattern;
using checks::consequence;
using checks::dns_list;

constexpr std::size_t lists_max = 100;
constexpr int weight_most = 1'000;

/// What a list is for, in one word.
enum class list_action { weigh, log, defer, reject, allow };

/// One [[dns_list]].
struct list_draft {
  dns_list one;
  list_action action = list_action::weigh;
};

consequence alone_of(list_action action) {
  switch (action) {
    case list_action::log:
      return consequence::log;
    case list_action::defer:
      return consequence::defer;
    case list_action::reject:
      return consequence::reject;
    default:
      return consequence::off;
  }
}

text_form<code_pattern> code_pattern_text() {
  return {[](std::string_view text) { return code_pattern::parse(text); },
          [](const code_pattern& pattern) { return pattern.text(); }};
}

std::vector<setting> settings_of_list(list_draft& draft) {
  dns_list& one = draft.one;
  std::vector<setting> all;
  all.push_back(text_setting("zone", one.zone, "the domain of a list, such as \"bl.example.net\"",
                             host_name()));
  all.push_back(list_setting("codes", one.codes,
                             "an answer, such as \"127.0.0.2\", \"127.0.0.[2..11]\" or "
                             "\"&0.0.0.4\" (that bit)",
                             code_pattern_text()));
  all.push_back(choice_setting<list_action>("action", draft.action,
                                            {{"weigh", list_action::weigh},
                                             {"log", list_action::log},
                                             {"defer", list_action::defer},
                                             {"reject", list_action::reject},
                                             {"allow", list_action::allow}}));
  all.push_back(number_setting("weight", one.weight, -weight_most, weight_most));
  all.push_back(number_setting("code", one.alone.code, 0, 599));
  all.push_back(text_setting("enhanced", one.alone.enhanced, "an enhanced code, such as \"5.7.1\"",
                             any_text_or_none()));
  all.push_back(text_setting("text", one.alone.text, "a text", any_text_or_none()));
  return all;
}

std::vector<std::string> keep(const list_draft& draft, std::vector<dns_list>& into) {
  dns_list one = draft.one;
  one.alone.if_failed = alone_of(draft.action);
  one.allows = draft.action == list_action::allow;
  if (one.zone.empty()) return {"zone: expected the domain of a list, got none"};
  if (one.zone.front() == '[') return {"zone: expected a name, got " + one.zone};
  std::vector<std::string> wrong;
  for (const std::string& odd : rule_contradictions("", one.alone))
    wrong.push_back(odd.substr(1));  // without the dot before the key
  const bool is_there = std::any_of(into.begin(), into.end(), [&one](const dns_list& other) {
    return other.zone == one.zone && other.codes == one.codes;
  });
  if (is_there)
    wrong.push_back("zone: expected " + one.zone + " with these codes once, got it twice");
  if (wrong.empty()) into.push_back(std::move(one));
  return wrong;
}

}  // namespace

void add_dns_lists(std::vector<setting>& all, checks::dns_list_rules& into) {
  all.push_back(number_setting("check.dnsbl.threshold", into.threshold, 1, weight_most));
  all.push_back(flag_setting("check.dnsbl.ask_text", into.asks_words));
  add_rule(all, "check.dnsbl", into.heavy);
}

table_list dns_list_list(std::vector<dns_list>& into) {
  return table_list_setting<list_draft>(
      "dns_list", lists_max, settings_of_list,
      [&into](const list_draft& draft) { return keep(draft, into); });
}

std::vector<std::string> dns_list_contradictions(const checks::dns_list_rules& read) {
  return rule_contradictions("check.dnsbl", read.heavy);
}

}  // namespace cbv::cbvd
