#include "tools/cbvd/settings_reply_rule.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using smtp::added_rule;
using smtp::code_range;
using smtp::rule_place;

constexpr std::size_t rules_max = 1'000;

/// One [[reply_rule]].
struct rule_draft {
  added_rule one;
  std::vector<stage> stages{stage::rcpt};
};

std::string codes_text(const code_range& codes) {
  std::string first = std::to_string(codes.first);
  if (codes.first == codes.last) return first;
  if (codes.first % 100 == 0 && codes.last == codes.first + 99) return first.substr(0, 1) + "xx";
  return first + '-' + std::to_string(codes.last);
}

std::vector<setting> settings_of_rule(rule_draft& into) {
  const auto as_it_is = [](const std::string& text) { return text; };
  std::vector<setting> all;
  all.push_back(text_setting("name", into.one.name, "a name for people", any_text_or_none()));
  all.push_back(choice_setting<rule_place>(
      "where", into.one.where, {{"before", rule_place::before}, {"after", rule_place::after}}));
  all.push_back(list_setting("stages", into.stages, "a stage",
                             text_form<stage>{smtp::parse_reply_stage, [](const stage& at) {
                                                return std::string(to_string(at));
                                              }}));
  all.push_back(text_setting("codes", into.one.codes, "reply codes, such as \"550\" or \"5xx\"",
                             text_form<code_range>{smtp::parse_code_range, codes_text}));
  all.push_back(text_setting("enhanced", into.one.enhanced,
                             "enhanced codes, such as \"5.1.1|x.2.2\"",
                             text_form<std::string>{smtp::parse_enhanced_pattern, as_it_is}));
  all.push_back(text_setting("text", into.one.text, "a pattern, such as \"no such user/mailbox\"",
                             text_form<std::string>{smtp::parse_text_pattern, as_it_is}));
  all.push_back(
      text_setting("provider", into.one.provider, "a name for people", any_text_or_none()));
  all.push_back(text_setting("reason", into.one.why, "what the reply means",
                             text_form<reason>{smtp::parse_rule_reason, [](const reason& why) {
                                                 return std::string(to_string(why));
                                               }}));
  return all;
}

std::vector<std::string> keep(const rule_draft& draft, std::vector<added_rule>& into) {
  added_rule one = draft.one;
  one.at = {};
  for (const stage at : draft.stages) one.at = one.at | smtp::only(at);
  if (const auto wrong = smtp::contradiction(one)) return {*wrong};
  const bool taken = std::any_of(into.begin(), into.end(), [&one](const added_rule& other) {
    return !one.name.empty() && other.name == one.name;
  });
  if (taken) return {"name: expected one rule named " + one.name + ", got two"};
  into.push_back(std::move(one));
  return {};
}

}  // namespace

table_list reply_rule_list(std::vector<added_rule>& into) {
  return table_list_setting<rule_draft>(
      "reply_rule", rules_max, settings_of_rule,
      [&into](const rule_draft& draft) { return keep(draft, into); });
}

}  // namespace cbv::cbvd
