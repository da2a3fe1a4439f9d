#include "tools/cbvctl/cache_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/verdict_json.hpp"
#include "cbv/base/amount.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::ctl {
namespace {

using nlohmann::ordered_json;

ordered_json member(const ordered_json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() ? ordered_json() : *found;
}

std::string plain(const ordered_json& value) {
  if (value.is_null()) return {};
  return ascii::printable(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string text(const ordered_json& object, const char* name) {
  return plain(member(object, name));
}

void add_line(std::string& to, const std::string& name, const std::string& value) {
  if (value.empty()) return;
  to += "  " + name + std::string(name.size() < 12 ? 12 - name.size() : 1, ' ') + value + '\n';
}

std::string time_and_distance(const ordered_json& object, const char* name, wall_time now) {
  const std::string written = text(object, name);
  const auto when = api::parse_rfc3339(written);
  return when ? written + " (" + from_now(*when, now) + ')' : written;
}

std::string host_text(const ordered_json& record) {
  const std::string name = text(record, "host");
  const std::string ip = text(record, "host_ip");
  if (ip.empty()) return name;
  return name.empty() ? '[' + ip + ']' : name + " [" + ip + ']';
}

std::string reply_text(const ordered_json& record) {
  const ordered_json reply = member(record, "reply");
  if (!reply.is_object()) return {};
  std::string all = text(reply, "code");
  for (const char* part : {"enhanced", "text"}) {
    if (const std::string said = text(reply, part); !said.empty()) all += ' ' + said;
  }
  return all;
}

std::string catch_all_text(const ordered_json& record) {
  const ordered_json found = member(record, "catch_all");
  if (found.is_null()) return "not known";
  return found == true ? "yes: it takes any local-part" : "no";
}

std::string tls_text(const ordered_json& record) {
  const ordered_json tls = member(record, "tls");
  if (!tls.is_object()) return {};
  return text(tls, "protocol") +
         (member(tls, "verified") == true ? ", verified" : ", not verified");
}

std::string verdict_text(const ordered_json& record, wall_time now) {
  std::string all = text(record, "address") + " as " + text(record, "role") + ": " +
                    text(record, "status") + ", " + text(record, "reason") + '\n';
  add_line(all, "decided at", text(record, "stage") + ", from " + text(record, "source"));
  add_line(all, "host", host_text(record));
  add_line(all, "tls", tls_text(record));
  add_line(all, "reply", reply_text(record));
  add_line(all, "detail", text(record, "detail"));
  add_line(all, "catch-all", catch_all_text(record));
  if (const auto failures = member(record, "failures"); failures.is_number() && failures != 0) {
    add_line(all, "failures", plain(failures) + " in a row");
  }
  if (const std::string by = text(record, "disputed_by"); !by.empty()) {
    add_line(all, "disputed", "refused once since, " + by);
  }
  add_line(all, "checked", time_and_distance(record, "checked_at", now));
  add_line(all, "refresh", time_and_distance(record, "refresh_at", now));
  add_line(all, "expires", time_and_distance(record, "expires_at", now));
  add_line(all, "took", text(record, "elapsed_ms") + " ms");
  return all;
}

std::string domain_text(const ordered_json& record, wall_time now) {
  std::string all =
      "the domain " + text(record, "domain") + " for a " + text(record, "role") + '\n';
  add_line(all, "catch-all", catch_all_text(record));
  add_line(all, "found out", time_and_distance(record, "catch_all_at", now));
  add_line(all, "tested", time_and_distance(record, "catch_all_tested_at", now));
  add_line(all, "refuses <>", time_and_distance(record, "null_sender_refused_at", now));
  return all;
}

std::string booking_text(const ordered_json& record, wall_time now) {
  std::string all =
      "a re-probe of " + text(record, "address") + " as " + text(record, "role") + '\n';
  add_line(all, "due", time_and_distance(record, "due_at", now));
  add_line(all, "tries", text(record, "tries"));
  return all;
}

std::string host_record_text(const ordered_json& record, wall_time now) {
  std::string all = "the host " + text(record, "host_ip") + '\n';
  for (const char* which : {"unreachable", "refused"}) {
    const ordered_json trouble = member(record, which);
    if (!trouble.is_object()) continue;
    add_line(all, which,
             plain(member(trouble, "in_a_row")) + " in a row, since " + text(trouble, "since"));
    add_line(all, "last", time_and_distance(trouble, "last", now));
    add_line(all, "left alone", "until " + time_and_distance(trouble, "until", now));
    add_line(all, "it said", text(trouble, "said"));
  }
  return all;
}

std::string damaged_text(const ordered_json& record) {
  return "damaged: " + text(record, "name") + " in " + text(record, "table") + ", " +
         text(record, "size") + " octets";
}

}  // namespace

std::string from_now(wall_time when, wall_time now) {
  const bool past = when <= now;
  const auto distance = (past ? now - when : when - now).count();
  if (distance == 0) return "now";
  constexpr std::array units{std::pair{std::int64_t{86'400}, "d"},
                             std::pair{std::int64_t{3'600}, "h"},
                             std::pair{std::int64_t{60}, "min"}};
  std::string length = std::to_string(distance) + " s";
  for (const auto& [seconds, unit] : units) {
    if (distance < 2 * seconds) continue;
    length = std::to_string(distance / seconds) + ' ' + unit;
    break;
  }
  return past ? length + " ago" : "in " + length;
}

std::string record_text(std::string_view record_json, wall_time now) {
  const auto record = ordered_json::parse(record_json, nullptr, false);
  if (member(record, "damaged") == true) return damaged_text(record) + '\n';
  const std::string table = text(record, "table");
  if (table == "verdicts") return verdict_text(record, now);
  if (table == "domains") return domain_text(record, now);
  if (table == "bookings") return booking_text(record, now);
  return host_record_text(record, now);
}

std::string record_line(std::string_view record_json, wall_time now) {
  const auto record = ordered_json::parse(record_json, nullptr, false);
  if (member(record, "damaged") == true) return damaged_text(record);
  if (text(record, "table") == "verdicts") {
    std::string line = text(record, "address") + "  " + text(record, "role") + "  " +
                       text(record, "status") + "  " + text(record, "reason");
    const auto checked = api::parse_rfc3339(text(record, "checked_at"));
    const auto expires = api::parse_rfc3339(text(record, "expires_at"));
    if (checked) line += "  checked " + from_now(*checked, now);
    if (expires) line += (*expires <= now ? "  expired " : "  expires ") + from_now(*expires, now);
    if (const std::string host = host_text(record); !host.empty()) line += "  " + host;
    if (const std::string reply = reply_text(record); !reply.empty()) line += "  " + reply;
    return line;
  }
  std::string line = record_text(record_json, now);
  std::string flat;
  for (const char c : line) {
    if (c == '\n') {
      flat += ';';
    } else if (c != ' ' || !flat.ends_with(' ')) {
      flat += c;
    }
  }
  if (flat.ends_with(';')) flat.pop_back();
  return flat;
}

std::string cache_stats_lines(std::string_view result_json) {
  const auto stats = ordered_json::parse(result_json, nullptr, false);
  std::string lines;
  if (!stats.is_object()) return lines;
  for (const auto& [name, value] : stats.items()) {
    const bool is_size = name.ends_with("_octets") && value.is_number_unsigned();
    const std::string shown = is_size ? size_text(value.get<std::uint64_t>()) : plain(value);
    lines += name + std::string(name.size() < 16 ? 16 - name.size() : 1, ' ') + shown + '\n';
  }
  return lines;
}

std::string forgotten_text(std::string_view sums_json) {
  const auto sums = ordered_json::parse(sums_json, nullptr, false);
  constexpr std::array words{std::pair{"verdicts", "verdict"}, std::pair{"domains", "domain"},
                             std::pair{"bookings", "booking"}, std::pair{"hosts", "host"}};
  std::string all;
  for (const auto& [table, word] : words) {
    const ordered_json count = member(sums, table);
    if (!count.is_number() || count == 0) continue;
    if (!all.empty()) all += ", ";
    all += plain(count) + ' ' + word + (count == 1 ? "" : "s");
  }
  return all.empty() ? "nothing" : all;
}

}  // namespace cbv::ctl
