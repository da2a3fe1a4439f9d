// The settings of the administrator's own lists and limits: [check.access], [[own_domain]],
// [check.rate].
#ifndef CBV_TOOLS_CBVD_SETTINGS_ACCESS_HPP
#define CBV_TOOLS_CBVD_SETTINGS_ACCESS_HPP

#include <string>
#include <vector>

#include "cbv/checks/list_book.hpp"
#include "cbv/checks/own_domain.hpp"
#include "cbv/checks/rate_control.hpp"
#include "tools/cbvd/setting.hpp"

namespace cbv::cbvd {

void add_access(std::vector<setting>& all, checks::list_options& into);
void add_rate(std::vector<setting>& all, checks::rate_options& into);

/// The list of [[own_domain]], kept in `into`.
table_list own_domain_list(checks::own_domain_table& into);

/// What does not fit together, each as a text; none if all is well.
std::vector<std::string> rate_contradictions(const checks::rate_options& read);

}  // namespace cbv::cbvd

#endif
