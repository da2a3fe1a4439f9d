#include "tools/cbvctl/stats_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "api/verdict_json.hpp"
#include "cbv/base/amount.hpp"
#include "cbv/counting/period.hpp"
#include "tools/cbvctl/text_table.hpp"

namespace cbv::ctl {
namespace {

constexpr std::size_t indent = 12;

// As the columns were called in 2003, in the order they had.
struct column {
  const char* name;
  std::uint64_t role_counters::*count;
};
constexpr std::array columns{
    column{"calls", &role_counters::calls},
    column{"skips", &role_counters::skips},
    column{"bad_domain", &role_counters::bad_domain},
    column{"no_mx", &role_counters::no_mx},
    column{"bad_connects", &role_counters::bad_connects},
    column{"sessions", &role_counters::sessions},
    column{"welcome", &role_counters::refused_welcome},
    column{"noop", &role_counters::refused_noop},
    column{"helo", &role_counters::refused_helo},
    column{"mail_from", &role_counters::refused_mail_from},
    column{"rcpt_to", &role_counters::refused_rcpt_to},
};

std::string share_text(const role_counters& in, std::uint64_t role_counters::*count) {
  const auto* const step =
      std::find_if(funnel_steps.begin(), funnel_steps.end(),
                   [count](const funnel_step& one) { return one.count == count; });
  if (step == funnel_steps.end() || step->share_of == nullptr) return {};
  return percent_text(in.*count, in.*(step->share_of));
}

std::vector<std::string> numbers_row(const std::string& name, const role_counters& in) {
  std::vector<std::string> row{name};
  for (const column& one : columns) row.push_back(std::to_string(in.*one.count));
  return row;
}

std::vector<std::string> shares_row(const std::string& name, const role_counters& in) {
  std::vector<std::string> row{name};
  for (const column& one : columns) row.push_back(share_text(in, one.count));
  return row;
}

std::string fixed(double value, int digits) {
  std::array<char, 64> text{};
  const int count = std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return {text.data(), static_cast<std::size_t>(std::clamp(count, 0, 63))};
}

std::string with_share(const std::string& name, std::uint64_t part, std::uint64_t whole) {
  std::string made = name + ' ' + std::to_string(part);
  if (whole > 0) made += " (" + percent_text(part, whole) + ')';
  return made;
}

std::uint64_t sum_of(const std::vector<named_number>& all) {
  std::uint64_t sum = 0;
  for (const named_number& one : all) sum += one.count;
  return sum;
}

/// The largest first, those that are zero left out.
std::vector<std::string> largest(std::vector<named_number> all, std::size_t most) {
  std::stable_sort(all.begin(), all.end(),
                   [](const named_number& a, const named_number& b) { return a.count > b.count; });
  const std::uint64_t sum = sum_of(all);
  std::vector<std::string> pieces;
  for (const named_number& one : all) {
    if (one.count == 0 || pieces.size() == most) break;
    pieces.push_back(with_share(one.name, one.count, sum));
  }
  return pieces;
}

std::vector<std::string> each(const std::vector<named_number>& all) {
  std::vector<std::string> pieces;
  pieces.reserve(all.size());
  const std::uint64_t sum = sum_of(all);
  for (const named_number& one : all) pieces.push_back(with_share(one.name, one.count, sum));
  return pieces;
}

std::string rate_text(double per_second) {
  return fixed(per_second, per_second < 0.1 ? 4 : 2) + "/s";
}

// What the table has no column for.
std::string more_of(const role_report& in, const stats_form& as) {
  const role_counters& of = in.funnel;
  const auto list = [&as](const char* name, const std::vector<std::string>& pieces) {
    return list_text(name, pieces, indent, as.width);
  };
  std::string made = list("shares", {"skips of calls", "bad_domain and no_mx of callouts",
                                     "welcome to rcpt_to of sessions"});
  made +=
      list("answered",
           {with_share("cached", of.cached, of.calls), with_share("local", of.local, of.calls),
            with_share("joined", of.joined, of.calls), with_share("asked", of.asked, of.calls)});
  made += list("callouts", {std::to_string(of.callouts) + " ended",
                            with_share("refreshes", of.refreshes, of.callouts),
                            with_share("re-probes", of.re_probes, of.callouts),
                            with_share("accepted", of.accepted, of.sessions),
                            with_share("deferred", of.deferred, of.sessions)});
  made += list("status", each(in.by_status));
  made += list("reasons", largest(in.by_reason, as.top));
  made += list("advice", each(in.advice));
  if (in.calls_per_second > 0 || in.sessions_per_second > 0) {
    made += list("rates", {"calls " + rate_text(in.calls_per_second),
                           "sessions " + rate_text(in.sessions_per_second)});
  }
  return made;
}

std::string decisions_text(const stats_report& counted) {
  text_rows rows{{"decided by", "accept", "reject", "defer"}};
  for (const auto& [check, said] : counted.decisions) {
    if (sum_of(said) == 0) continue;
    std::vector<std::string> row{check};
    for (const char* word : {"accept", "reject", "defer"}) {
      const auto found = std::find_if(said.begin(), said.end(),
                                      [word](const named_number& one) { return one.name == word; });
      row.push_back(found == said.end() ? "-" : std::to_string(found->count));
    }
    rows.push_back(std::move(row));
  }
  return rows.size() > 1 ? '\n' + table_text(rows, static_cast<std::size_t>(-1)) : std::string();
}

std::string latency_text(const stats_report& counted) {
  text_rows rows{{"latency", "count", "mean", "median", "90 %", "99 %"}};
  const auto cell = [](const std::optional<double>& ms) {
    return ms ? duration_text(*ms) : std::string("-");
  };
  for (const latency_report& one : counted.latency) {
    if (one.count == 0) continue;
    rows.push_back({one.name, std::to_string(one.count),
                    duration_text(one.sum_ms / static_cast<double>(one.count)), cell(one.p50_ms),
                    cell(one.p90_ms), cell(one.p99_ms)});
  }
  return rows.size() > 1 ? '\n' + table_text(rows, static_cast<std::size_t>(-1)) : std::string();
}

std::string top_text(const stats_report& counted, const stats_form& as) {
  std::string made;
  for (const auto& [name, names] : counted.top) {
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i < std::min(names.size(), as.top); ++i) {
      const ranked& one = names[i];
      // How often it was met lies between the two.
      const std::uint64_t least = one.count - std::min(one.count, one.error);
      pieces.push_back(one.name + ' ' +
                       (one.error > 0 ? std::to_string(least) + " to " : std::string()) +
                       std::to_string(one.count));
    }
    made += list_text(name, pieces, indent, as.width);
  }
  return made.empty() ? made : "\ntop\n" + made;
}

std::string now_text(const stats_report& counted, const stats_form& as) {
  std::vector<std::string> pieces;
  for (const named_number& one : counted.now) {
    constexpr std::uint64_t longest = 1'000'000'000'000;
    std::string value = std::to_string(one.count);
    std::string name = one.name;
    if (name == "uptime_s") {
      name = "up";
      value = one.count == 0 ? "0s" : time_text(std::chrono::seconds(std::min(one.count, longest)));
    } else if (name == "cache_octets") {
      name = "cache";
      value = fixed(static_cast<double>(one.count) / 1048576.0, 1) + " MiB";
    }
    std::replace(name.begin(), name.end(), '_', ' ');
    pieces.push_back(name.append(" ").append(value));
  }
  return pieces.empty() ? std::string() : '\n' + list_text("now", pieces, indent, as.width);
}

// "2003-11-01 00:00"
std::string short_time(const std::string& rfc3339) {
  if (rfc3339.size() < 16) return rfc3339;
  return rfc3339.substr(0, 10) + ' ' + rfc3339.substr(11, 5);
}

std::string heading(const stats_report& counted, role side) {
  std::string made(to_string(side));
  if (!counted.sum.from.empty()) {
    made += ", " + short_time(counted.sum.from) + " to " + short_time(counted.sum.to) + " UTC";
  } else {
    made += ", since the daemon was started";
  }
  return made + '\n';
}

}  // namespace

std::string percent_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  // Hundredths of a percent, in whole numbers where they are exact.
  constexpr std::uint64_t exact_max = 1'000'000'000'000;
  if (part >= exact_max || whole >= exact_max)
    return fixed(100.0 * static_cast<double>(part) / static_cast<double>(whole), 2) + " %";
  const std::uint64_t hundredths = (part * 20'000 + whole) / (2 * whole);
  std::string digits = std::to_string(hundredths);
  if (digits.size() < 3) digits.insert(0, 3 - digits.size(), '0');
  return digits.insert(digits.size() - 2, ".") + " %";
}

std::string period_text(const std::string& from, const std::string& to) {
  const auto begin = api::parse_rfc3339(from);
  const auto end = api::parse_rfc3339(to);
  if (begin && end) {
    for (const auto& [of, octets] :
         {std::pair{span::month, 7U}, {span::day, 10U}, {span::hour, 0U}}) {
      if (!is_begin_of(of, *begin) || end_of(of, *begin) != *end) continue;
      return octets == 0 ? short_time(from) : from.substr(0, octets);
    }
  }
  return short_time(from) + " to " + short_time(to);
}

std::string duration_text(double milliseconds) {
  struct unit {
    double ms;
    const char* name;
  };
  constexpr std::array units{unit{1e-6, "ns"}, unit{1e-3, "us"}, unit{1, "ms"}, unit{1e3, "s"}};
  const unit* fit = &units.front();
  for (const unit& one : units) {
    if (milliseconds >= one.ms) fit = &one;
  }
  const double value = milliseconds / fit->ms;
  return fixed(value, value < 10 && fit != &units.front() ? 1 : 0) + ' ' + fit->name;
}

std::string funnel_text(const stats_report& counted, role side, std::size_t width) {
  text_rows rows{{counted.by.empty() || counted.by == "total" ? "" : counted.by}};
  for (const column& one : columns) rows.front().emplace_back(one.name);
  const bool has_sum = counted.periods.size() != 1;
  const std::vector<std::string> nothing(rows.front().size());
  for (const period_report& one : counted.periods)
    rows.push_back(numbers_row(period_text(one.from, one.to), one.of(side).funnel));
  if (has_sum) rows.push_back(numbers_row("total", counted.sum.of(side).funnel));
  rows.push_back(nothing);
  for (const period_report& one : counted.periods)
    rows.push_back(shares_row(period_text(one.from, one.to), one.of(side).funnel));
  if (has_sum) rows.push_back(shares_row("total", counted.sum.of(side).funnel));
  return table_text(rows, width);
}

std::string stats_text(const stats_report& counted, const stats_form& as) {
  std::string made;
  for (const role side : as.sides) {
    if (!made.empty()) made += '\n';
    made += heading(counted, side);
    const role_report& in = counted.sum.of(side);
    if (in.funnel == role_counters()) {
      made += "nothing was asked\n";
    } else {
      made += '\n' + funnel_text(counted, side, as.width) + '\n' + more_of(in, as);
    }
  }
  made += decisions_text(counted) + latency_text(counted) + top_text(counted, as);
  made += now_text(counted, as);
  std::vector<std::string> notes{"listing alarms " + std::to_string(counted.listing_alarms)};
  if (!counted.counted_since.empty())
    notes.push_back("counted since " + short_time(counted.counted_since) + " UTC");
  if (!counted.history.empty() && counted.history != "ok")
    notes.push_back("not kept over a restart: " + counted.history);
  return made + list_text("", notes, counted.now.empty() ? 0 : indent, as.width);
}

}  // namespace cbv::ctl
