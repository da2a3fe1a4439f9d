// What cbvd says about itself, for people. Pure.
#ifndef CBV_TOOLS_CBVCTL_REPORT_HPP
#define CBV_TOOLS_CBVCTL_REPORT_HPP

#include <string>
#include <string_view>

namespace cbv::ctl {

/// The result of `health` as "name: value" lines.
std::string health_lines(std::string_view result_json);

/// The result of `reload`: that it was done, and a line for each setting that needs a restart.
std::string reload_lines(std::string_view result_json);

/// What `health` says is well: "status" is "ok".
bool is_well(std::string_view health_json);

}  // namespace cbv::ctl

#endif
