// cbvctl stats: what was counted, once or again and again.
#ifndef CBV_TOOLS_CBVCTL_STATS_HPP
#define CBV_TOOLS_CBVCTL_STATS_HPP

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "tools/cbvctl/link.hpp"

namespace CLI {
class App;
}

namespace cbv::ctl {

/// What the command line says.
struct stats_options {
  bool is_given = false;
  std::string by;  // these three as the daemon takes them; empty: not given
  std::string from;
  std::string to;
  std::string role = "both";
  std::size_t top = 5;
  bool csv = false;
  bool json = false;
  std::optional<std::chrono::milliseconds> watch;
};

/// Adds the command `stats`; what is given goes into `into`, which outlives the app.
void add_stats_command(CLI::App& app, stats_options& into);

/// The parameters of the call, as JSON.
std::string stats_params(const stats_options& asked);

/// What is to be shown, out of what the daemon answered. Throws `stopped`.
std::string shown_stats(const stats_options& asked, link& to, std::size_t width);

/// The exit status, or throws `stopped`. With `watch` it ends only by a signal.
int stats(const stats_options& asked, link& to);

}  // namespace cbv::ctl

#endif
