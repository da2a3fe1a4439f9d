// The settings of callouts: how hosts are asked, and what they are spared.
#ifndef CBV_TOOLS_CBVD_SETTINGS_CALLOUT_HPP
#define CBV_TOOLS_CBVD_SETTINGS_CALLOUT_HPP

#include <string>
#include <vector>

#include "cbv/callout/host_limits.hpp"
#include "cbv/smtp/tls_policy.hpp"
#include "tools/cbvd/setting.hpp"
#include "tools/cbvd/settings.hpp"

namespace cbv::cbvd {

/// Adds the settings of [callout] and the tables below it.
void add_callout(std::vector<setting>& all, settings& into);

/// What is wrong between them, as contradictions().
std::vector<std::string> callout_contradictions(const settings& read);

// What routes have, too.

/// Adds "PREFIXconnections_max" and all others.
void add_host_limits(std::vector<setting>& all, const std::string& prefix,
                     callout::host_limits& limits);

setting tls_setting(std::string key, smtp::tls_policy& target);

}  // namespace cbv::cbvd

#endif
