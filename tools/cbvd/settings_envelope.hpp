// The settings of whole envelopes: [check] and [decision_log].
#ifndef CBV_TOOLS_CBVD_SETTINGS_ENVELOPE_HPP
#define CBV_TOOLS_CBVD_SETTINGS_ENVELOPE_HPP

#include <string>
#include <vector>

#include "tools/cbvd/setting.hpp"
#include "tools/cbvd/settings.hpp"

namespace cbv::cbvd {

void add_envelope(std::vector<setting>& all, settings& into);

/// What does not fit together, each as a text; none if all is well.
std::vector<std::string> envelope_contradictions(const settings& read);

}  // namespace cbv::cbvd

#endif
