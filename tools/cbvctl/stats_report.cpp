#include "tools/cbvctl/stats_report.hpp"

#include <nlohmann/json.hpp>

#include "cbv/base/ascii.hpp"

namespace cbv::ctl {
namespace {

using nlohmann::ordered_json;

const ordered_json& member(const ordered_json& object, std::string_view name) {
  static const ordered_json nothing;
  const auto found = object.is_object() ? object.find(std::string(name)) : object.end();
  return object.is_object() && found != object.end() ? *found : nothing;
}

std::uint64_t number(const ordered_json& object, std::string_view name) {
  const ordered_json& found = member(object, name);
  return found.is_number_unsigned() ? found.get<std::uint64_t>() : 0;
}

std::optional<double> decimal(const ordered_json& object, std::string_view name) {
  const ordered_json& found = member(object, name);
  if (!found.is_number()) return std::nullopt;
  return found.get<double>();
}

std::string text(const ordered_json& object, std::string_view name) {
  const ordered_json& found = member(object, name);
  return found.is_string() ? ascii::printable(found.get<std::string>()) : std::string();
}

std::vector<named_number> numbers(const ordered_json& object) {
  std::vector<named_number> all;
  if (!object.is_object()) return all;
  for (const auto& [name, value] : object.items()) {
    if (value.is_number_unsigned())
      all.push_back({ascii::printable(name), value.get<std::uint64_t>()});
  }
  return all;
}

role_report read_role(const ordered_json& object) {
  role_report made;
  for (const funnel_step& step : funnel_steps) made.funnel.*step.count = number(object, step.name);
  made.by_status = numbers(member(object, "by_status"));
  made.by_reason = numbers(member(object, "by_reason"));
  made.advice = numbers(member(object, "advice"));
  const ordered_json& rates = member(object, "per_second");
  made.calls_per_second = decimal(rates, "calls").value_or(0);
  made.sessions_per_second = decimal(rates, "sessions").value_or(0);
  return made;
}

period_report read_period(const ordered_json& object) {
  return {text(object, "from"), text(object, "to"), read_role(member(object, "sender")),
          read_role(member(object, "recipient"))};
}

latency_report read_latency(const std::string& name, const ordered_json& object) {
  return {
      ascii::printable(name),    number(object, "count"),   decimal(object, "sum_ms").value_or(0),
      decimal(object, "p50_ms"), decimal(object, "p90_ms"), decimal(object, "p99_ms")};
}

ranking read_ranking(const ordered_json& array) {
  ranking made;
  if (!array.is_array()) return made;
  for (const ordered_json& one : array)
    made.push_back({text(one, "name"), number(one, "count"), number(one, "error")});
  return made;
}

/// Calls `visit(name, value)` for each member.
template <class F>
void for_each_member(const ordered_json& object, F visit) {
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) visit(name, value);
}

}  // namespace

std::optional<stats_report> read_stats(std::string_view result_json) {
  const auto result = ordered_json::parse(result_json, nullptr, false);
  if (!member(result, "sender").is_object() || !member(result, "recipient").is_object())
    return std::nullopt;
  stats_report made;
  made.by = text(result, "by");
  made.counted_since = text(result, "counted_since");
  made.sum = read_period(result);
  made.listing_alarms = number(result, "listing_alarms");
  for_each_member(member(result, "decisions"), [&](const std::string& name, const auto& value) {
    made.decisions.emplace_back(ascii::printable(name), numbers(value));
  });
  for_each_member(member(result, "latency"), [&](const std::string& name, const auto& value) {
    made.latency.push_back(read_latency(name, value));
  });
  for_each_member(member(result, "top"), [&](const std::string& name, const auto& value) {
    made.top.emplace_back(ascii::printable(name), read_ranking(value));
  });
  const ordered_json& periods = member(result, "periods");
  if (periods.is_array()) {
    for (const ordered_json& one : periods) made.periods.push_back(read_period(one));
  }
  made.now = numbers(member(result, "now"));
  made.history = text(member(result, "now"), "history");
  return made;
}

}  // namespace cbv::ctl
