// The settings of SPF: [check.spf].
#ifndef CBV_TOOLS_CBVD_SETTINGS_SPF_HPP
#define CBV_TOOLS_CBVD_SETTINGS_SPF_HPP

#include <string>
#include <vector>

#include "cbv/checks/sender_policy.hpp"
#include "tools/cbvd/setting.hpp"

namespace cbv::cbvd {

void add_spf(std::vector<setting>& all, checks::spf_rules& into);

/// What does not fit together, each as a text; none if all is well.
std::vector<std::string> spf_contradictions(const checks::spf_rules& read);

/// What is said of HELO is said in the words that there are for MAIL FROM.
void complete_spf_rules(checks::spf_rules& rules);

}  // namespace cbv::cbvd

#endif
