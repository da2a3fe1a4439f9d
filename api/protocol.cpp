#include "api/protocol.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include "api/json_writer.hpp"
#include "cbv/base/utf8.hpp"

namespace cbv::api {
namespace {

struct named_method {
  std::string_view name;
  api::method method;
};

constexpr std::array methods{
    named_method{"verify_sender", method::verify_sender},
    named_method{"verify_recipient", method::verify_recipient},
    named_method{"stats", method::stats},
    named_method{"health", method::health},
    named_method{"version", method::version},
};

bool is_verify(method which) {
  return which == method::verify_sender || which == method::verify_recipient;
}

// Names come from whoever asks: shown, but not at any length.
std::string shown(std::string_view name) {
  constexpr std::size_t name_octets_max = 64;
  std::string text(utf8::truncate(name, name_octets_max));
  if (text.size() < name.size()) text += "...";
  return text;
}

// 5000, 5e3 and 5000.0 are the same number in JSON.
std::optional<std::int64_t> whole_number(const std::string& text) {
  constexpr double exact_max = 9007199254740992.0;  // 2^53
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || stopped != end) return std::nullopt;
  if (!(std::abs(number) <= exact_max) || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

fault wrong(std::string_view name, std::string_view what) {
  std::string detail = "params.";
  detail += shown(name);
  detail += ": ";
  detail += what;
  return {fault_code::invalid_params, std::move(detail)};
}

fault expected(std::string_view wanted, const json_member& got) {
  std::string what = "expected ";
  what += wanted;
  what += ", got ";
  what +=
      got.value.is == json_value::kind::number ? shown(got.value.text) : to_string(got.value.is);
  return wrong(got.name, what);
}

using taken = std::optional<fault>;

taken take_text(const json_member& given, std::string& into) {
  if (given.value.is != json_value::kind::string) return expected("a string", given);
  into = given.value.text;
  return {};
}

taken take_truth(const json_member& given, bool& into) {
  if (given.value.is != json_value::kind::boolean) return expected("true or false", given);
  into = given.value.truth;
  return {};
}

taken take_wait(const json_member& given, std::chrono::milliseconds& into) {
  const auto number =
      given.value.is == json_value::kind::number ? whole_number(given.value.text) : std::nullopt;
  if (!number || *number < 0 || *number > wait_max.count()) {
    return expected("a whole number from 0 to " + std::to_string(wait_max.count()), given);
  }
  into = std::chrono::milliseconds(*number);
  return {};
}

taken take_address(const json_member& given, query& into) {
  return take_text(given, into.address);
}
taken take_client_ip(const json_member& given, query& into) {
  return take_text(given, into.client_ip);
}
taken take_helo(const json_member& given, query& into) {
  return take_text(given, into.helo);
}
taken take_wait_ms(const json_member& given, query& into) {
  return take_wait(given, into.wait);
}
taken take_fresh(const json_member& given, query& into) {
  return take_truth(given, into.fresh);
}
taken take_cached_only(const json_member& given, query& into) {
  return take_truth(given, into.cached_only);
}

struct verify_param {
  std::string_view name;
  taken (*take)(const json_member&, query&);
};

constexpr std::array verify_params{
    verify_param{"address", take_address}, verify_param{"client_ip", take_client_ip},
    verify_param{"helo", take_helo},       verify_param{"wait_ms", take_wait_ms},
    verify_param{"fresh", take_fresh},     verify_param{"cached_only", take_cached_only},
};

taken read_query(const request& asked, query& into) {
  std::array<bool, verify_params.size()> seen{};
  for (const json_member& given : asked.params) {
    std::size_t i = 0;
    while (i < verify_params.size() && verify_params[i].name != given.name) ++i;
    if (i == verify_params.size()) return wrong(given.name, "unknown parameter");
    if (std::exchange(seen[i], true)) return wrong(given.name, "given twice");
    if (taken bad = verify_params[i].take(given, into)) return bad;
  }
  if (!seen[0]) return wrong("address", "missing");
  return {};
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

void write_advice(json_writer& json, const advice& given) {
  json.key("advice");
  json.begin_object();
  json.key("action");
  json.text(to_string(given.action));
  json.key("code");
  json.number(given.code);
  json.key("enhanced");
  json.text(given.enhanced);
  json.key("text");
  json.text(given.text);
  json.end_object();
}

// Every word of the enumeration is written, so that whoever reads finds the same members always.
template <class Word>
void write_words(json_writer& json, std::string_view name, const role_counters& counted) {
  json.key(name);
  json.begin_object();
  for (unsigned number = 0; number <= 255; ++number) {
    const auto word = word_from_number<Word>(static_cast<std::uint8_t>(number));
    if (!word) continue;
    json.key(to_string(*word));
    json.number(counted.of(*word));
  }
  json.end_object();
}

void write_role(json_writer& json, std::string_view name, const role_counters& counted) {
  json.key(name);
  json.begin_object();
  for (const funnel_step& step : funnel_steps) {
    json.key(step.name);
    json.number(counted.*step.count);
  }
  write_words<status>(json, "by_status", counted);
  write_words<reason>(json, "by_reason", counted);
  json.end_object();
}

}  // namespace

std::variant<call, fault> read_call(const request& asked) {
  const named_method* known = nullptr;
  for (const named_method& candidate : methods) {
    if (candidate.name == asked.method) known = &candidate;
  }
  if (known == nullptr) return fault{fault_code::method_not_found, shown(asked.method)};
  if (asked.by_position && !asked.params.empty()) {
    return fault{fault_code::invalid_params, "params: expected an object, got an array"};
  }
  call made;
  made.method = known->method;
  if (!is_verify(known->method)) {
    if (asked.params.empty()) return made;
    return wrong(asked.params.front().name, "unknown parameter");
  }
  made.asked.role = known->method == method::verify_sender ? role::sender : role::recipient;
  if (taken bad = read_query(asked, made.asked)) return *std::move(bad);
  return made;
}

std::string render_verdict(std::string_view address, const verdict& found, const advice& given) {
  std::string out;
  json_writer json(out);
  json.begin_object();
  json.key("address");
  json.text(address);
  json.key("status");
  json.text(to_string(found.status));
  json.key("reason");
  json.text(to_string(found.reason));
  json.key("stage");
  json.text(to_string(found.stage));
  json.key("source");
  json.text(to_string(found.source));
  write_catch_all(json, found.catch_all);
  json.key("host");
  json.text_or_null(found.host);
  json.key("host_ip");
  json.text_or_null(found.host_ip);
  write_tls(json, found.tls);
  write_reply(json, found.reply);
  json.key("detail");
  json.text_or_null(found.detail);
  write_time(json, "checked_at", found.checked_at);
  write_time(json, "refresh_at", found.refresh_at);
  write_time(json, "expires_at", found.expires_at);
  json.key("elapsed_ms");
  json.number(found.elapsed.count());
  write_advice(json, given);
  json.end_object();
  return out;
}

std::string render_stats(const counters& counted) {
  std::string out;
  json_writer json(out);
  json.begin_object();
  write_role(json, "sender", counted.sender);
  write_role(json, "recipient", counted.recipient);
  json.key("listing_alarms");
  json.number(counted.listing_alarms);
  json.end_object();
  return out;
}

std::string render_health(const health_facts& facts) {
  std::string out;
  json_writer json(out);
  json.begin_object();
  json.key("status");
  json.text(facts.store_ok ? "ok" : "degraded");
  json.key("store");
  json.text(facts.store_ok ? "ok" : "failed");
  json.key("store_detail");
  json.text_or_null(facts.store_detail);
  json.key("uptime_s");
  json.number(facts.uptime.count());
  json.end_object();
  return out;
}

std::string render_version() {
  std::string out;
  json_writer json(out);
  json.begin_object();
  json.key("name");
  json.text("cbv");
  json.key("version");
  json.text(CBV_VERSION);
  json.key("protocol");
  json.number(1);
  json.end_object();
  return out;
}

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

}  // namespace cbv::api
