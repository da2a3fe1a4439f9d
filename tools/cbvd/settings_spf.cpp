#include "tools/cbvd/settings_spf.hpp"

#include <utility>

#include "tools/cbvd/settings_check_rule.hpp"
#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using checks::consequence;
using checks::rule_form;
using checks::spf_results;

struct keyed_result {
  const char* name;
  rule_form spf_results::*rule;
};

constexpr keyed_result results[] = {
    {"none", &spf_results::none},           {"neutral", &spf_results::neutral},
    {"softfail", &spf_results::softfail},   {"fail", &spf_results::fail},
    {"temperror", &spf_results::temperror}, {"permerror", &spf_results::permerror},
};

setting action_setting(std::string key, rule_form& into) {
  return choice_setting<consequence>(std::move(key), into.if_failed,
                                     {{"off", consequence::off},
                                      {"log", consequence::log},
                                      {"defer", consequence::defer},
                                      {"reject", consequence::reject}});
}

// RFC 7208 section 2.6.6: the DNS did not say, so nothing is proved.
void add_temperror_contradiction(std::vector<std::string>& wrong, const std::string& key,
                                 const spf_results& read) {
  if (read.temperror.if_failed == consequence::reject)
    wrong.push_back(key + ": expected off, log or defer, got reject");
}

}  // namespace

void add_spf(std::vector<setting>& all, checks::spf_rules& into) {
  all.push_back(flag_setting("check.spf.check_helo", into.checks_helo));
  all.push_back(flag_setting("check.spf.check_mail_from", into.checks_mail_from));
  all.push_back(flag_setting("check.spf.say_explanation", into.says_explanation));
  all.push_back(text_setting("check.spf.receiver", into.how.receiver,
                             "a name, such as \"mx.example.org\"", any_text()));
  for (const keyed_result& each : results)
    add_rule(all, std::string("check.spf.") + each.name, into.mail_from.*each.rule);
  for (const keyed_result& each : results)
    all.push_back(action_setting(std::string("check.spf.helo.") + each.name, into.helo.*each.rule));
}

std::vector<std::string> spf_contradictions(const checks::spf_rules& read) {
  std::vector<std::string> wrong;
  for (const keyed_result& each : results) {
    const std::string key = std::string("check.spf.") + each.name;
    for (std::string& odd : rule_contradictions(key, read.mail_from.*each.rule))
      wrong.push_back(std::move(odd));
  }
  add_temperror_contradiction(wrong, "check.spf.temperror.action", read.mail_from);
  add_temperror_contradiction(wrong, "check.spf.helo.temperror", read.helo);
  return wrong;
}

void complete_spf_rules(checks::spf_rules& rules) {
  for (const keyed_result& each : results) {
    const rule_form& of_sender = rules.mail_from.*each.rule;
    rule_form& of_helo = rules.helo.*each.rule;
    // Codes are of the class of an action.
    if (of_helo.if_failed == of_sender.if_failed) {
      of_helo = of_sender;
    } else {
      of_helo.text = of_sender.text;
    }
  }
}

}  // namespace cbv::cbvd
