// Shows something again and again.
#ifndef CBV_TOOLS_CBVCTL_WATCH_HPP
#define CBV_TOOLS_CBVCTL_WATCH_HPP

#include <chrono>
#include <functional>
#include <string>

namespace cbv::ctl {

/// Prints what `look` gives, every `interval`: on a terminal in place of what was there, else one
/// block below the other. While `look` throws that there is no daemon (`stopped` with
/// exit_no_daemon), that is printed, and it goes on; what else it throws is thrown. Ends the
/// program with 0 on SIGINT and SIGTERM, but never in the midst of a block.
[[noreturn]] int watch(const std::function<std::string()>& look,
                       std::chrono::milliseconds interval);

}  // namespace cbv::ctl

#endif
