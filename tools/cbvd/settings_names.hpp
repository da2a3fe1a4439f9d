// The settings of the checks of names: [check.helo], [check.client_name], [check.sender_domain].
#ifndef CBV_TOOLS_CBVD_SETTINGS_NAMES_HPP
#define CBV_TOOLS_CBVD_SETTINGS_NAMES_HPP

#include <string>
#include <vector>

#include "cbv/envelope/steps.hpp"
#include "tools/cbvd/setting.hpp"
#include "tools/cbvd/settings.hpp"

namespace cbv::cbvd {

void add_names(std::vector<setting>& all, settings& into);

/// What does not fit together, each as a text; none if all is well.
std::vector<std::string> names_contradictions(const settings& read);

/// What these checks have to know that stands elsewhere in the settings: our names, addresses,
/// networks and domains.
void complete_name_rules(envelope::check_rules& rules, const settings& with);

}  // namespace cbv::cbvd

#endif
