// The settings of what MTAs speak: [policy_service], [socketmap] and [[advice.rule]].
#ifndef CBV_TOOLS_CBVD_SETTINGS_EDGE_HPP
#define CBV_TOOLS_CBVD_SETTINGS_EDGE_HPP

#include <string>
#include <vector>

#include "cbv/verdict/advice.hpp"
#include "tools/cbvd/setting.hpp"
#include "tools/cbvd/settings.hpp"

namespace cbv::cbvd {

void add_edge(std::vector<setting>& all, settings& into);

/// A rule for each [[advice.rule]].
table_list advice_rule_list(std::vector<advice_rule>& into);

/// What does not fit together, each as a text; none if all is well.
std::vector<std::string> edge_contradictions(const settings& read);

}  // namespace cbv::cbvd

#endif
