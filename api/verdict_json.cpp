#include "api/verdict_json.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "cbv/base/ascii.hpp"

namespace cbv::api {

std::string rfc3339(wall_time when) {
  using namespace std::chrono;
  constexpr wall_time latest =
      sys_days(year(9999) / 12 / 31) + hours(23) + minutes(59) + seconds(59);
  if (when.time_since_epoch().count() <= 0) return {};
  if (when > latest) when = latest;
  const sys_days day = floor<days>(when);
  const year_month_day date(day);
  const hh_mm_ss time(when - day);
  std::array<char, 32> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<wall_time> parse_rfc3339(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00Z";
  if (text.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '0' ? !ascii::is_digit(text[i]) : text[i] != form[i]) return std::nullopt;
  }
  const auto number = [text](std::size_t from, std::size_t length) {
    int value = 0;
    std::from_chars(text.data() + from, text.data() + from + length, value);
    return value;
  };
  using namespace std::chrono;
  const year_month_day date{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                            day(static_cast<unsigned>(number(8, 2)))};
  if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) {
    return std::nullopt;
  }
  return sys_days(date) + hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2));
}

void write_time(json_writer& json, std::string_view name, wall_time when) {
  json.key(name);
  json.text_or_null(rfc3339(when));
}

void write_reply(json_writer& json, const std::optional<far_reply>& reply) {
  json.key("reply");
  if (!reply) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("code");
  json.number(reply->code);
  json.key("enhanced");
  json.text_or_null(reply->enhanced);
  json.key("text");
  json.text(reply->text);
  json.end_object();
}

void write_tls(json_writer& json, const std::optional<tls_facts>& tls) {
  json.key("tls");
  if (!tls) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("protocol");
  json.text(tls->protocol);
  json.key("verified");
  json.boolean(tls->verified);
  json.end_object();
}

void write_catch_all(json_writer& json, catch_all found) {
  json.key("catch_all");
  if (found == catch_all::untested) {
    json.null();
  } else {
    json.boolean(found == catch_all::yes);
  }
}

}  // namespace cbv::api
