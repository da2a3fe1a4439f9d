#include "cbv/counting/period.hpp"

#include <chrono>

namespace cbv {
namespace {

std::chrono::sys_days first_of_month(wall_time at, std::chrono::months later) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(at));
  return std::chrono::sys_days((day.year() / day.month() + later) / 1);
}

}  // namespace

std::string_view to_string(span of) noexcept {
  switch (of) {
    case span::hour:
      return "hour";
    case span::day:
      return "day";
    case span::month:
      return "month";
  }
  return "";
}

std::optional<span> span_from_name(std::string_view name) noexcept {
  for (const span each : {span::hour, span::day, span::month}) {
    if (to_string(each) == name) return each;
  }
  return std::nullopt;
}

wall_time begin_of(span of, wall_time at) noexcept {
  switch (of) {
    case span::hour:
      return std::chrono::floor<std::chrono::hours>(at);
    case span::day:
      return std::chrono::floor<std::chrono::days>(at);
    case span::month:
      return first_of_month(at, std::chrono::months(0));
  }
  return at;
}

wall_time end_of(span of, wall_time at) noexcept {
  switch (of) {
    case span::hour:
      return begin_of(of, at) + std::chrono::hours(1);
    case span::day:
      return begin_of(of, at) + std::chrono::days(1);
    case span::month:
      return first_of_month(at, std::chrono::months(1));
  }
  return at;
}

}  // namespace cbv
