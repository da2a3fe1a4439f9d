#include "api/verdict_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "cbv/base/ascii.hpp"

namespace cbv::api {
namespace {

char* two_digits(char* at, int number, std::optional<char> then) noexcept {
  *at++ = static_cast<char>('0' + number / 10);
  *at++ = static_cast<char>('0' + number % 10);
  if (then) *at++ = *then;
  return at;
}

}  // namespace

char* write_rfc3339(char* at, wall_time when) noexcept {
  using namespace std::chrono;
  constexpr wall_time latest =
      sys_days(year(9999) / 12 / 31) + hours(23) + minutes(59) + seconds(59);
  when = std::clamp(when, wall_time{}, latest);
  const sys_days day = floor<days>(when);
  const year_month_day date(day);
  const hh_mm_ss time(when - day);
  const int year = static_cast<int>(date.year());
  at = two_digits(at, year / 100, {});
  at = two_digits(at, year % 100, '-');
  at = two_digits(at, static_cast<int>(static_cast<unsigned>(date.month())), '-');
  at = two_digits(at, static_cast<int>(static_cast<unsigned>(date.day())), 'T');
  at = two_digits(at, static_cast<int>(time.hours().count()), ':');
  at = two_digits(at, static_cast<int>(time.minutes().count()), ':');
  return two_digits(at, static_cast<int>(time.seconds().count()), 'Z');
}

std::string rfc3339(wall_time when) {
  if (when.time_since_epoch().count() <= 0) return {};
  std::array<char, rfc3339_octets> text;  // NOLINT(*-member-init): written before it is read
  write_rfc3339(text.data(), when);
  return {text.data(), text.size()};
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
