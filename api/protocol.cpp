#include "api/protocol.hpp"

#include <array>
#include <optional>
#include <utility>

#include "api/cache_call.hpp"
#include "api/check_call.hpp"
#include "api/json_writer.hpp"
#include "api/params.hpp"
#include "api/stats_call.hpp"
#include "api/verdict_json.hpp"

namespace cbv::api {
namespace {

struct named_method {
  std::string_view name;
  api::method method;
};

constexpr std::array methods{
    named_method{"verify_sender", method::verify_sender},
    named_method{"verify_recipient", method::verify_recipient},
    named_method{"check", method::check},
    named_method{"stats", method::stats},
    named_method{"health", method::health},
    named_method{"version", method::version},
    named_method{"reload", method::reload},
    named_method{"authenticate", method::authenticate},
    named_method{"cache_get", method::cache_get},
    named_method{"cache_list", method::cache_list},
    named_method{"cache_forget", method::cache_forget},
    named_method{"cache_import", method::cache_import},
    named_method{"cache_stats", method::cache_stats},
    named_method{"cache_verify", method::cache_verify},
    named_method{"cache_compact", method::cache_compact},
};

constexpr std::size_t complaints_max = 20;

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

constexpr std::array<param<query>, 6> verify_params{{
    {"address", take_address},
    {"client_ip", take_client_ip},
    {"helo", take_helo},
    {"wait_ms", take_wait_ms},
    {"fresh", take_fresh},
    {"cached_only", take_cached_only},
}};

taken read_query(const request& asked, query& into) {
  std::array<bool, verify_params.size()> seen{};
  if (taken bad = read_params(asked, verify_params, into, seen)) return bad;
  if (!seen[0]) return wrong("address", "missing");
  return {};
}

taken take_token(const json_member& given, std::string& into) {
  return take_text(given, into);
}

constexpr std::array<param<std::string>, 1> authenticate_params{{{"token", take_token}}};

taken read_token(const request& asked, std::string& into) {
  std::array<bool, authenticate_params.size()> seen{};
  if (taken bad = read_params(asked, authenticate_params, into, seen)) return bad;
  if (!seen[0]) return wrong("token", "missing");
  return {};
}

}  // namespace

std::string_view to_string(method which) noexcept {
  for (const named_method& each : methods) {
    if (each.method == which) return each.name;
  }
  return "";
}

std::optional<method> method_from_name(std::string_view name) noexcept {
  for (const named_method& each : methods) {
    if (each.name == name) return each.method;
  }
  return std::nullopt;
}

std::variant<call, fault> read_call(const request& asked) {
  const auto known = method_from_name(asked.method);
  if (!known) return fault{fault_code::method_not_found, shown(asked.method)};
  if (asked.by_position && !asked.params.empty()) {
    return fault{fault_code::invalid_params, "params: expected an object, got an array"};
  }
  call made;
  made.method = *known;
  if (is_of_the_cache(*known)) {
    if (taken bad = read_cache_call(*known, asked, made.of_cache)) return *std::move(bad);
    return made;
  }
  if (*known == method::authenticate) {
    if (taken bad = read_token(asked, made.token)) return *std::move(bad);
    return made;
  }
  if (*known == method::check) {
    if (taken bad = read_check_call(asked, made.of_envelope)) return *std::move(bad);
    return made;
  }
  if (*known == method::stats) {
    if (taken bad = read_stats_call(asked, made.of_past)) return *std::move(bad);
    return made;
  }
  if (!is_verify(*known)) {
    if (asked.params.empty()) return made;
    return wrong(asked.params.front().name, "unknown parameter");
  }
  made.asked.role = *known == method::verify_sender ? role::sender : role::recipient;
  if (taken bad = read_query(asked, made.asked)) return *std::move(bad);
  return made;
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
  json.key("writes");
  json.number(facts.writes);
  json.key("writes_committed");
  json.number(facts.writes_committed);
  json.key("history_detail");
  json.text_or_null(facts.history_detail);
  json.key("calls");
  json.number(facts.calls);
  json.key("calls_committed");
  json.number(facts.calls_committed);
  json.key("callouts");
  json.number(facts.callouts);
  json.key("callouts_waiting");
  json.number(facts.callouts_waiting);
  json.key("overloaded");
  json.boolean(facts.overloaded);
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

std::string render_authenticated() {
  return R"({"authenticated":true})";
}

std::string render_reloaded(const reload_report& made) {
  std::string out;
  json_writer json(out);
  json.begin_object();
  json.key("needs_a_restart");
  json.begin_array();
  for (const std::string& key : made.needs_a_restart) json.text(key);
  json.end_array();
  json.end_object();
  return out;
}

fault fault_of(const reload_report& made) {
  fault why{fault_code::settings_not_read, {}};
  for (std::size_t i = 0; i < made.wrong.size() && i < complaints_max; ++i)
    why.detail += (i > 0 ? "\n" : "") + made.wrong[i];
  if (made.wrong.size() > complaints_max) why.detail += "\nand more, which the log has";
  return why;
}

}  // namespace cbv::api
