// cbvctl cache show, list, stats, forget: what is asked and shown.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "api/json_writer.hpp"
#include "api/verdict_json.hpp"
#include "cbv/base/amount.hpp"
#include "tools/cbvctl/cache_commands.hpp"
#include "tools/cbvctl/cache_text.hpp"
#include "tools/cbvctl/exit_status.hpp"

namespace cbv::ctl {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t page_most = 1'000;

void print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) < 0) throw stopped(exit_io, "cannot write the output");
}

wall_time time_in(const ordered_json& result) {
  const auto now = api::parse_rfc3339(result.value("now", ""));
  return now.value_or(wall_time{});
}

void print_records(const ordered_json& result, bool json, bool whole) {
  const wall_time now = time_in(result);
  for (const auto& record : result.at("records")) {
    const std::string text = record.dump();
    print(json ? text + '\n' : whole ? record_text(text, now) : record_line(text, now) + '\n');
  }
}

void give(api::json_writer& out, const char* name, const std::string& value) {
  if (value.empty()) return;
  out.key(name);
  out.text(value);
}

void give_age(api::json_writer& out, const char* name, const std::string& age) {
  if (age.empty()) return;
  out.key(name);
  out.number(std::chrono::duration_cast<std::chrono::seconds>(*parse_time(age)).count());
}

std::string list_params(const cache_options& asked, std::size_t limit, const std::string& cursor) {
  std::string params;
  api::json_writer out(params);
  out.begin_object();
  give(out, "table", asked.table);
  give(out, "role", asked.role);
  give(out, "status", asked.status);
  give(out, "reason", asked.reason);
  give(out, "domain", asked.domain);
  if (asked.subdomains) {
    out.key("subdomains");
    out.boolean(true);
  }
  give(out, "host", asked.host);
  give_age(out, "older_s", asked.older);
  give_age(out, "newer_s", asked.newer);
  give(out, "cursor", cursor);
  out.key("limit");
  out.number(limit);
  out.end_object();
  return params;
}

struct listed {
  std::size_t records = 0;
  std::size_t damaged = 0;
  std::string next;  // empty: that was all
};

/// Prints up to `most` records, however many calls that takes.
listed list_some(const cache_options& asked, link& to, std::size_t most) {
  listed all;
  all.next = asked.cursor;
  do {
    const std::size_t limit = std::min(most - all.records, page_most);
    const auto result =
        ordered_json::parse(to.ask("cache_list", list_params(asked, limit, all.next), true));
    print_records(result, asked.json, false);
    all.records += result.at("records").size();
    all.damaged += result.value("damaged", std::size_t{0});
    const auto& next = result.at("next");
    all.next = next.is_null() ? std::string() : next.get<std::string>();
  } while (!all.next.empty() && all.records < most);
  return all;
}

void tell_damaged(std::size_t damaged) {
  if (damaged == 0) return;
  std::fprintf(stderr, "cbvctl: %zu damaged records were passed over: cbvctl cache verify\n",
               damaged);
}

}  // namespace

int show(const cache_options& asked, link& to) {
  const bool is_address = asked.what.find('@') != std::string::npos;
  std::string params;
  api::json_writer out(params);
  out.begin_object();
  give(out, is_address ? "address" : "domain", asked.what);
  out.end_object();
  const auto result = ordered_json::parse(to.ask("cache_get", params, true));
  print_records(result, asked.json, true);
  std::size_t known = result.at("records").size();
  if (!is_address) {
    cache_options of_domain = asked;
    of_domain.domain = asked.what;
    const listed verdicts = list_some(of_domain, to, asked.limit);
    known += verdicts.records;
    tell_damaged(verdicts.damaged);
    if (!verdicts.next.empty()) {
      std::fprintf(stderr, "cbvctl: there is more: cbvctl cache list --all --domain %s\n",
                   asked.what.c_str());
    }
  }
  if (known > 0) return 0;
  if (!asked.json) print("nothing is known of " + asked.what + '\n');
  return exit_ill;
}

int list(const cache_options& asked, link& to) {
  constexpr std::size_t no_end = static_cast<std::size_t>(-1);
  if (asked.limit == 0) throw stopped(exit_usage, "--limit: expected at least 1");
  const listed all = list_some(asked, to, asked.all_pages ? no_end : asked.limit);
  tell_damaged(all.damaged);
  if (!all.next.empty()) {
    std::fprintf(stderr, "cbvctl: there is more: --cursor %s\n", all.next.c_str());
  }
  return 0;
}

int cache_stats(const cache_options& asked, link& to) {
  const std::string result = to.ask("cache_stats", "{}", true);
  print(asked.json ? result + '\n' : cache_stats_lines(result));
  return 0;
}

int forget(const cache_options& asked, link& to) {
  const char* const which = asked.command == "forget"          ? "address"
                            : asked.command == "forget-domain" ? "domain"
                                                               : "host";
  ordered_json sums = ordered_json::object();
  std::string cursor;
  do {
    std::string params;
    api::json_writer out(params);
    out.begin_object();
    give(out, which, asked.what);
    if (asked.subdomains) {
      out.key("subdomains");
      out.boolean(true);
    }
    give(out, "cursor", cursor);
    out.end_object();
    const auto step = ordered_json::parse(to.ask("cache_forget", params, true));
    for (const char* table : {"verdicts", "domains", "bookings", "hosts"}) {
      sums[table] = sums.value(table, std::uint64_t{0}) + step.at(table).get<std::uint64_t>();
    }
    sums["on_disk"] = step.at("on_disk");
    const auto& next = step.at("next");
    cursor = next.is_null() ? std::string() : next.get<std::string>();
  } while (!cursor.empty());
  print(asked.json ? sums.dump() + '\n' : "forgotten: " + forgotten_text(sums.dump()) + '\n');
  if (sums.at("on_disk") != true) {
    std::fprintf(stderr,
                 "cbvctl: the disk has not taken it yet: after a crash it would be known again; "
                 "see cbvctl health\n");
  }
  return 0;
}

}  // namespace cbv::ctl
