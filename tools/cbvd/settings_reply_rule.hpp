// The settings of rules for replies: the tables [[reply_rule]].
#ifndef CBV_TOOLS_CBVD_SETTINGS_REPLY_RULE_HPP
#define CBV_TOOLS_CBVD_SETTINGS_REPLY_RULE_HPP

#include <vector>

#include "cbv/smtp/reply_rulebook.hpp"
#include "tools/cbvd/setting.hpp"

namespace cbv::cbvd {

/// The list of [[reply_rule]], added to `into` in the order of the file. What is added may be given
/// to smtp::reply_rulebook.
table_list reply_rule_list(std::vector<smtp::added_rule>& into);

}  // namespace cbv::cbvd

#endif
