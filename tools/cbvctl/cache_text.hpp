// What the cache remembers, for people. Pure.
#ifndef CBV_TOOLS_CBVCTL_CACHE_TEXT_HPP
#define CBV_TOOLS_CBVCTL_CACHE_TEXT_HPP

#include <string>
#include <string_view>

#include "cbv/base/clock.hpp"

namespace cbv::ctl {

/// "in 3 h", "5 min ago", "now".
std::string from_now(wall_time when, wall_time now);

/// A record (PROTOCOL.md) as an indented paragraph, everything that is known of it.
std::string record_text(std::string_view record_json, wall_time now);

/// And as one line.
std::string record_line(std::string_view record_json, wall_time now);

/// The result of `cache_stats` as lines "name  number"; sizes as sizes.
std::string cache_stats_lines(std::string_view result_json);

/// "3 verdicts, 1 domain"; "nothing".
std::string forgotten_text(std::string_view sums_json);

}  // namespace cbv::ctl

#endif
