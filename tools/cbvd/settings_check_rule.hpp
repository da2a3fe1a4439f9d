// The settings that every check has: what its failure comes to, and in what words.
#ifndef CBV_TOOLS_CBVD_SETTINGS_CHECK_RULE_HPP
#define CBV_TOOLS_CBVD_SETTINGS_CHECK_RULE_HPP

#include <string>
#include <vector>

#include "cbv/checks/finding.hpp"
#include "tools/cbvd/setting.hpp"

namespace cbv::cbvd {

/// KEY.action, KEY.code, KEY.enhanced, KEY.text.
void add_rule(std::vector<setting>& all, const std::string& key, checks::rule_form& into);

/// KEY.code, KEY.enhanced, KEY.text: where the action is no choice.
void add_reply(std::vector<setting>& all, const std::string& key, checks::reply_form& into);

/// What does not fit together in one ("check.syntax.code: expected ..."); none if all is well.
std::vector<std::string> rule_contradictions(const std::string& key, const checks::rule_form& one);

}  // namespace cbv::cbvd

#endif
