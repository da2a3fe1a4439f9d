// What was counted, for people and for spreadsheets. Pure.
#ifndef CBV_TOOLS_CBVCTL_STATS_TEXT_HPP
#define CBV_TOOLS_CBVCTL_STATS_TEXT_HPP

#include <cstddef>
#include <string>
#include <vector>

#include "cbv/verdict/words.hpp"
#include "tools/cbvctl/stats_report.hpp"

namespace cbv::ctl {

struct stats_form {
  std::vector<role> sides{role::recipient, role::sender};
  std::size_t top = 5;      // names of a top list, and reasons
  std::size_t width = 120;  // of the terminal, in columns
};

/// The table of 2003: a line a period with the numbers, then a line a period with the shares; and
/// below it what else was counted in all of the time.
std::string stats_text(const stats_report& counted, const stats_form& as);

/// The two halves of the table for one side, and nothing else.
std::string funnel_text(const stats_report& counted, role side, std::size_t width);

/// RFC 4180: a line of names, then a line for each period and side. Times as RFC 3339.
std::string stats_csv(const stats_report& counted, const std::vector<role>& sides);

/// "76.39 %", rounded as in school; "-" if it is a share of nothing.
std::string percent_text(std::uint64_t part, std::uint64_t whole);

/// "2003-12", "2003-12-24", "2003-12-24 18:00", by how long it is; of anything else both ends.
std::string period_text(const std::string& from, const std::string& to);

/// "64 ns", "1.2 ms", "48 s".
std::string duration_text(double milliseconds);

}  // namespace cbv::ctl

#endif
