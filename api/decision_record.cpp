#include "api/decision_record.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "api/json_writer.hpp"
#include "api/logfmt.hpp"
#include "api/verdict_json.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/utf8.hpp"

namespace cbv::api {
namespace {

constexpr std::size_t text_octets_max = 512;

enum class kind { text, number, truth };

struct member {
  std::string_view name;
  std::string decision_record::*at;
  kind is = kind::text;
};

// In the order in which they are written.
constexpr std::array members{
    member{"time", &decision_record::time},
    member{"id", &decision_record::id},
    member{"action", &decision_record::action},
    member{"enforced", &decision_record::enforced},
    member{"code", &decision_record::code, kind::number},
    member{"enhanced", &decision_record::enhanced},
    member{"text", &decision_record::text},
    member{"decided_by", &decision_record::decided_by},
    member{"client", &decision_record::client},
    member{"client_name", &decision_record::client_name},
    member{"reverse_client_name", &decision_record::reverse_client_name},
    member{"helo", &decision_record::helo},
    member{"sender", &decision_record::sender},
    member{"recipient", &decision_record::recipient},
    member{"instance", &decision_record::instance},
    member{"authenticated", &decision_record::authenticated, kind::truth},
    member{"tls", &decision_record::tls, kind::truth},
    member{"pending", &decision_record::pending, kind::truth},
    member{"ms", &decision_record::ms, kind::number},
};

std::string cut(std::string_view text) {
  return std::string(utf8::truncate(text, text_octets_max));
}

std::string yes_or_no(bool it_is) {
  return it_is ? "yes" : "no";
}

const member* member_of(std::string_view name) {
  const auto* const found = std::find_if(members.begin(), members.end(),
                                         [name](const member& one) { return one.name == name; });
  return found == members.end() ? nullptr : found;
}

constexpr std::string_view check_prefix = "check.";  // some checks are called as members are

// "check.dnsbl", "check.dnsbl.ms", "check.dnsbl.evidence".
void take_check_field(decision_record& into, std::string_view key, std::string value) {
  if (!key.starts_with(check_prefix)) return;
  key.remove_prefix(check_prefix.size());
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) {
    into.checks.push_back({std::string(key), std::move(value), {}, {}});
  } else if (!into.checks.empty() && into.checks.back().check == key.substr(0, dot)) {
    const std::string_view part = key.substr(dot + 1);
    if (part == "ms") {
      into.checks.back().ms = std::move(value);
    } else if (part == "evidence") {
      into.checks.back().evidence = std::move(value);
    }
  }
}

std::optional<decision_record> read_logfmt(std::string_view line) {
  auto fields = read_fields(line);
  if (!fields) return std::nullopt;
  decision_record made;
  for (auto& [key, value] : *fields) {
    if (const member* known = member_of(key)) {
      made.*(known->at) = std::move(value);
    } else {
      take_check_field(made, key, std::move(value));
    }
  }
  if (made.id.empty() || made.action.empty()) return std::nullopt;
  return made;
}

using nlohmann::ordered_json;

std::string text_of(const ordered_json& value) {
  if (value.is_null()) return {};
  if (value.is_boolean()) return yes_or_no(value.get<bool>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string text_under(const ordered_json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : text_of(*found);
}

std::optional<decision_record> read_json(std::string_view line) {
  const auto parsed = ordered_json::parse(line, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  decision_record made;
  for (const member& one : members) made.*(one.at) = text_under(parsed, one.name.data());
  const auto checks = parsed.find("checks");
  if (checks != parsed.end() && checks->is_array()) {
    for (const auto& one : *checks) {
      if (!one.is_object()) continue;
      made.checks.push_back({text_under(one, "check"), text_under(one, "outcome"),
                             text_under(one, "ms"), text_under(one, "evidence")});
    }
  }
  if (made.id.empty() || made.action.empty()) return std::nullopt;
  return made;
}

bool is_number(std::string_view text) {
  const bool leads_with_zero = text.size() > 1 && text.front() == '0';
  return !text.empty() && !leads_with_zero &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void write_member(json_writer& json, kind is, const std::string& value) {
  switch (is) {
    case kind::text:
      return json.text_or_null(value);
    case kind::number:
      return is_number(value) ? json.raw(value) : json.null();  // a log may be damaged
    case kind::truth:
      return json.boolean(value == "yes");
  }
}

}  // namespace

decision_record record_of(const envelope::question& asked, const envelope::judgement& told,
                          wall_time when) {
  const checks::envelope& about = asked.about;
  decision_record made;
  made.time = rfc3339(when);
  made.id = told.id;
  made.action = to_string(told.given.action);
  made.enforced = to_string(told.meant.action);
  made.code = std::to_string(told.meant.code);
  made.enhanced = told.meant.enhanced;
  made.text = told.meant.text;
  if (told.decided_by) made.decided_by = to_string(*told.decided_by);
  if (about.client) made.client = about.client->to_string();
  made.client_name = cut(about.client_name);
  made.reverse_client_name = cut(about.reverse_client_name);
  made.helo = cut(about.helo);
  made.sender = about.sender.empty() && asked.is_sender_whole ? "<>" : cut(about.sender);
  made.recipient = cut(about.recipient);
  made.instance = cut(about.instance);
  made.authenticated = yes_or_no(about.authenticated);
  made.tls = yes_or_no(about.tls);
  made.pending = yes_or_no(told.is_pending);
  made.ms = std::to_string(told.elapsed.count());
  for (const envelope::check_made& one : told.made) {
    made.checks.push_back({std::string(to_string(one.which)), std::string(to_string(one.outcome)),
                           std::to_string(one.cost.count()), cut(one.evidence)});
  }
  return made;
}

std::string as_logfmt(const decision_record& one) {
  std::string line;
  for (const member& each : members) append_field(line, each.name, one.*(each.at));
  for (const decision_record::made& each : one.checks) {
    const std::string key = std::string(check_prefix) + each.check;
    append_field(line, key, each.outcome);
    append_field(line, key + ".ms", each.ms);
    if (!each.evidence.empty()) append_field(line, key + ".evidence", each.evidence);
  }
  return line;
}

std::string as_json(const decision_record& one) {
  std::string line;
  json_writer json(line);
  json.begin_object();
  for (const member& each : members) {
    json.key(each.name);
    write_member(json, each.is, one.*(each.at));
  }
  json.key("checks");
  json.begin_array();
  for (const decision_record::made& each : one.checks) {
    json.begin_object();
    json.key("check");
    json.text(each.check);
    json.key("outcome");
    json.text(each.outcome);
    json.key("ms");
    write_member(json, kind::number, each.ms);
    json.key("evidence");
    json.text_or_null(each.evidence);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return line;
}

std::optional<decision_record> read_decision(std::string_view line) {
  line = ascii::trim(line);
  if (line.starts_with('{')) return read_json(line);
  constexpr std::string_view event = "decided ";
  const std::size_t at = line.find("decided time=");
  if (at != std::string_view::npos && !line.starts_with("time="))
    line.remove_prefix(at + event.size());
  if (!line.starts_with("time=")) return std::nullopt;
  return read_logfmt(line);
}

}  // namespace cbv::api
