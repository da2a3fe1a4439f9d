#include <array>
#include <string>
#include <vector>

#include "tools/cbvctl/stats_text.hpp"

namespace cbv::ctl {
namespace {

constexpr const char* line_end = "\r\n";

// Quoted where a comma, a quote or the end of a line is in it (RFC 4180 section 2).
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string made = "\"";
  for (const char octet : text) made += octet == '"' ? std::string("\"\"") : std::string(1, octet);
  return made + '"';
}

// The words of three lists that stay as they are; of reasons there come new ones, so they are no
// columns.
constexpr std::array statuses{status::deliverable, status::undeliverable, status::unknown};
constexpr std::array actions{action::accept, action::reject, action::defer};

std::uint64_t number_of(const std::vector<named_number>& in, std::string_view name) {
  for (const named_number& one : in) {
    if (one.name == name) return one.count;
  }
  return 0;
}

std::string names_line() {
  std::string line = "from,to,role";
  for (const funnel_step& step : funnel_steps) line.append(",").append(step.name);
  for (const status each : statuses) line.append(",").append(to_string(each));
  for (const action each : actions) line.append(",advice_").append(to_string(each));
  return line + line_end;
}

std::string line_of(const period_report& period, role side) {
  const role_report& in = period.of(side);
  std::string line = cell(period.from) + ',' + cell(period.to) + ',';
  line.append(to_string(side));
  for (const funnel_step& step : funnel_steps) line += ',' + std::to_string(in.funnel.*step.count);
  for (const status each : statuses)
    line += ',' + std::to_string(number_of(in.by_status, to_string(each)));
  for (const action each : actions)
    line += ',' + std::to_string(number_of(in.advice, to_string(each)));
  return line + line_end;
}

}  // namespace

std::string stats_csv(const stats_report& counted, const std::vector<role>& sides) {
  std::string made = names_line();
  const bool is_sum = counted.by.empty() || counted.by == "total";
  const std::vector<period_report> sum{counted.sum};
  for (const period_report& period : is_sum ? sum : counted.periods) {
    for (const role side : sides) made += line_of(period, side);
  }
  return made;
}

}  // namespace cbv::ctl
