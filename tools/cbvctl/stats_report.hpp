// What `stats` answered, read. Pure.
#ifndef CBV_TOOLS_CBVCTL_STATS_REPORT_HPP
#define CBV_TOOLS_CBVCTL_STATS_REPORT_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/counting/counters.hpp"
#include "cbv/counting/ranking.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::ctl {

struct named_number {
  std::string name;
  std::uint64_t count = 0;
};

struct role_report {
  role_counters funnel;  // the steps only
  std::vector<named_number> by_status;
  std::vector<named_number> by_reason;
  std::vector<named_number> advice;
  double calls_per_second = 0;
  double sessions_per_second = 0;
};

/// Times as the daemon wrote them: RFC 3339, UTC.
struct period_report {
  std::string from;
  std::string to;
  role_report sender;
  role_report recipient;

  const role_report& of(role side) const { return side == role::sender ? sender : recipient; }
};

struct latency_report {
  std::string name;
  std::uint64_t count = 0;
  double sum_ms = 0;
  std::optional<double> p50_ms;
  std::optional<double> p90_ms;
  std::optional<double> p99_ms;
};

/// Without the members that a daemon did not give.
struct stats_report {
  std::string by;
  std::string counted_since;
  period_report sum;
  std::uint64_t listing_alarms = 0;
  std::vector<std::pair<std::string, std::vector<named_number>>> decisions;  // by check
  std::vector<latency_report> latency;
  std::vector<std::pair<std::string, ranking>> top;
  std::vector<period_report> periods;
  std::vector<named_number> now;
  std::string history;  // "ok", or why nothing is kept
};

/// Nothing if it is no answer to `stats`. What is missing is zero. Texts are fit to be shown.
std::optional<stats_report> read_stats(std::string_view result_json);

}  // namespace cbv::ctl

#endif
