// The settings of block lists and allow lists in the DNS: [check.dnsbl] and [[dns_list]].
#ifndef CBV_TOOLS_CBVD_SETTINGS_DNS_LISTS_HPP
#define CBV_TOOLS_CBVD_SETTINGS_DNS_LISTS_HPP

#include <string>
#include <vector>

#include "cbv/checks/dns_lists.hpp"
#include "tools/cbvd/setting.hpp"

namespace cbv::cbvd {

void add_dns_lists(std::vector<setting>& all, checks::dns_list_rules& into);

/// A list for each [[dns_list]].
table_list dns_list_list(std::vector<checks::dns_list>& into);

/// What does not fit together, each as a text; none if all is well.
std::vector<std::string> dns_list_contradictions(const checks::dns_list_rules& read);

}  // namespace cbv::cbvd

#endif
