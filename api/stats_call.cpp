#include "api/stats_call.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "api/verdict_json.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/shown.hpp"

namespace cbv::api {
namespace {

constexpr std::size_t shown_octets_max = 64;

constexpr std::string_view time_wanted =
    "expected a time such as 2026-11-21T10:00:00Z, a date such as 2026-11-21 or a month such as "
    "2026-11";

// Both ends of what a text names; of a time, both are that second.
struct stretch {
  wall_time begin;
  wall_time end;
};

std::string got(std::string_view what, std::string_view text) {
  return std::string(what) + ", got \"" + cbv::shown(text, shown_octets_max) + '"';
}

// "+02:00"; "Z" is no offset.
std::optional<std::chrono::minutes> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  if (text.size() != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-')) return {};
  const auto two = [text](std::size_t at) {
    return ascii::is_digit(text[at]) && ascii::is_digit(text[at + 1])
               ? (text[at] - '0') * 10 + text[at + 1] - '0'
               : 99;
  };
  if (two(1) > 23 || two(4) > 59) return {};
  const std::chrono::minutes ahead(two(1) * 60 + two(4));
  return text[0] == '-' ? -ahead : ahead;
}

// RFC 3339 section 5.6, without leap seconds.
std::optional<stretch> read_time(std::string_view text) {
  constexpr std::size_t seconds_end = 19;
  if (text.size() <= seconds_end) return {};
  std::string whole(text.substr(0, seconds_end));
  if (whole[10] == 't' || whole[10] == ' ') whole[10] = 'T';
  const auto local = parse_rfc3339(whole + 'Z');
  text.remove_prefix(seconds_end);
  bool is_between_seconds = false;
  if (text.starts_with('.')) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789", 1), text.size());
    if (digits == 1) return {};
    is_between_seconds = text.substr(1, digits - 1).find_first_not_of('0') != std::string::npos;
    text.remove_prefix(digits);
  }
  const auto ahead = read_offset(text);
  if (!local || !ahead) return {};
  const wall_time begin = *local - *ahead;
  return stretch{begin, begin + std::chrono::seconds(is_between_seconds ? 1 : 0)};
}

std::optional<stretch> read_stretch(std::string_view text) {
  constexpr std::string_view midnight = "T00:00:00Z";
  const bool is_month = text.size() == 7;
  if (!is_month && text.size() != 10) return read_time(text);
  std::string first(text);
  first.append(is_month ? "-01" : "").append(midnight);
  const auto begin = parse_rfc3339(first);
  if (!begin) return {};
  return stretch{*begin, end_of(is_month ? span::month : span::day, *begin)};
}

wrong_parameter wrong_time(std::string_view name, std::string_view text) {
  const bool is_leap_second =
      text.size() > 19 && text.substr(16, 3) == ":60" && ascii::is_digit(text[0]);
  return std::string(name) + ": " +
         got(is_leap_second ? "expected a time that is no leap second" : time_wanted, text);
}

// Both ends, as long as what is kept of them can be said.
std::optional<stretch> within_our_years(const std::optional<stretch>& read) {
  using namespace std::chrono;
  constexpr wall_time last = sys_days(year(10000) / 1 / 1);
  if (!read || read->begin < wall_time{} || read->end > last) return {};
  return read;
}

using taking = wrong_parameter (*)(std::string_view text, history_question& into);

wrong_parameter take_from(std::string_view text, history_question& into) {
  const auto read = read_stretch(text);
  if (!read) return wrong_time("from", text);
  if (!within_our_years(read)) return "from: " + got("expected a time from 1970 to 9999", text);
  into.from = read->begin;
  return {};
}

wrong_parameter take_to(std::string_view text, history_question& into) {
  const auto read = read_stretch(text);
  if (!read) return wrong_time("to", text);
  if (!within_our_years(read)) return "to: " + got("expected a time from 1970 to 9999", text);
  into.to = read->end;
  return {};
}

wrong_parameter take_by(std::string_view text, history_question& into) {
  into.by = span_from_name(text);
  if (into.by || text == "total") return {};
  return "by: " + got("expected hour, day, month or total", text);
}

struct parameter {
  std::string_view name;
  taking take;
};

constexpr std::array parameters{parameter{"from", take_from}, parameter{"to", take_to},
                                parameter{"by", take_by}};
using given = std::array<bool, parameters.size()>;

wrong_parameter take(std::string_view name, std::string_view text, history_question& into,
                     given& seen) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters.at(i).name != name) continue;
    if (std::exchange(seen.at(i), true)) return std::string(name) + ": given twice";
    return parameters.at(i).take(text, into);
  }
  return cbv::shown(name, shown_octets_max) + ": unknown parameter";
}

wrong_parameter why_out_of_order(const history_question& asked) {
  if (!asked.from || !asked.to || *asked.from < *asked.to) return {};
  return "from: expected a time before `to`, got " + rfc3339(*asked.from) + " and " +
         rfc3339(*asked.to);
}

// %41 is an A. Nothing for a % without two digits.
std::optional<std::string> decoded(std::string_view text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      made += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return {};
    unsigned octet = 0;
    const char* const end = text.data() + i + 3;
    const auto [stopped, failed] = std::from_chars(text.data() + i + 1, end, octet, 16);
    if (failed != std::errc{} || stopped != end) return {};
    made += static_cast<char>(octet);
    i += 2;
  }
  return made;
}

std::int64_t count_of(span by, wall_time from, wall_time to) {
  using namespace std::chrono;
  if (to <= from) return 0;
  const wall_time begin = begin_of(by, from);
  const wall_time end = end_of(by, to - seconds(1));
  if (by == span::hour) return (end - begin) / hours(1);
  if (by == span::day) return (end - begin) / days(1);
  const year_month_day first(floor<days>(begin));
  const year_month_day last(floor<days>(end));
  return (last.year() / last.month() - first.year() / first.month()).count();
}

}  // namespace

taken read_stats_call(const request& asked, history_question& into) {
  given seen{};
  for (const json_member& one : asked.params) {
    const bool is_known =
        std::any_of(parameters.begin(), parameters.end(),
                    [&one](const parameter& known) { return known.name == one.name; });
    if (!is_known) return wrong(one.name, "unknown parameter");
    std::string text;
    if (taken bad = take_text(one, text)) return bad;
    if (const wrong_parameter bad = take(one.name, text, into, seen); !bad.empty())
      return fault_of(bad);
  }
  if (const wrong_parameter bad = why_out_of_order(into); !bad.empty()) return fault_of(bad);
  return {};
}

std::variant<history_question, wrong_parameter> read_stats_query(std::string_view query) {
  history_question made;
  given seen{};
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    if (one.empty()) continue;
    const std::size_t equals = std::min(one.find('='), one.size());
    const auto name = decoded(one.substr(0, equals));
    const auto value = decoded(one.substr(std::min(equals + 1, one.size())));
    if (!name || !value) return got("expected two hex digits behind each %", one);
    if (wrong_parameter wrong = take(*name, *value, made, seen); !wrong.empty()) return wrong;
  }
  if (wrong_parameter wrong = why_out_of_order(made); !wrong.empty()) return wrong;
  return made;
}

wrong_parameter why_too_long(const history_question& asked, wall_time since, wall_time now) {
  constexpr auto most = static_cast<std::int64_t>(longest_history);
  if (!asked.by) return {};
  const wall_time from = asked.from.value_or(since);
  const wall_time to = std::min(asked.to.value_or(now), end_of(*asked.by, now));
  const std::int64_t count = count_of(*asked.by, from, to);
  if (count <= most) return {};
  std::string made = "by: " + std::to_string(count) + " of one " +
                     std::string(to_string(*asked.by)) + " each are more than " +
                     std::to_string(most) + ", expected ";
  for (const span wider : {span::day, span::month}) {
    if (count_of(wider, from, to) <= most) return made + std::string(to_string(wider));
  }
  return made + "total";
}

fault fault_of(const wrong_parameter& about_params) {
  return {fault_code::invalid_params, "params." + about_params};
}

}  // namespace cbv::api
