#include "api/cache_desk.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "api/cache_line.hpp"
#include "api/json_writer.hpp"
#include "api/verdict_json.hpp"
#include "cache/records/domain_record.hpp"
#include "cache/records/host_record.hpp"
#include "cache/records/record.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::api {
namespace {

using cache::catalogue;
using cache::key_range;
using cache::table;
using outcome = cache_answer;

/// Looked at in one step, and so behind one answer: a few milliseconds where it is in memory.
constexpr std::size_t step_records_max = 2'000;

/// Read at once: what does not fit into the answer is read again.
constexpr std::size_t page_records_max = 100;

/// What records may take in an answer, so that its line keeps below 64 KiB.
constexpr std::size_t answer_octets_max = 62'000;

/// Lines of an import that are complained of one by one in an answer.
constexpr std::size_t complaints_max = 100;

fault cannot(std::string_view doing, const error_code& why) {
  return {fault_code::internal_error,
          "the cache cannot be " + std::string(doing) + ": " + why.message()};
}

void write_next(json_writer& json, const std::optional<cache_place>& next) {
  json.key("next");
  next ? json.text(cursor_of(*next)) : json.null();
}

template <class Number>
void write_count(json_writer& json, std::string_view name, Number value) {
  json.key(name);
  json.number(static_cast<std::uint64_t>(value));
}

// --- cache_get

/// The records under both roles' keys; and where they were learnt, if they say.
std::optional<fault> get_both(catalogue& all, table of,
                              const std::function<cache::record_key(role)>& key_of,
                              std::vector<cache_record>& found) {
  for (const role side : {role::sender, role::recipient}) {
    const std::string key(key_of(side).octets());
    auto octets = all.octets(of, key);
    if (!octets) return cannot("read", octets.error());
    if (*octets) found.push_back({of, key, **std::move(octets)});
  }
  return {};
}

/// What is known of the hosts that said the verdicts.
std::optional<fault> get_hosts(catalogue& all, std::vector<cache_record>& found) {
  std::set<std::string> keys;
  for (const cache_record& one : found) {
    if (one.of != table::verdicts) continue;
    const auto held = cache::decode_record(one.key, one.octets);
    if (!held) continue;
    boost::system::error_code none;
    const auto ip = boost::asio::ip::make_address(held->verdict.host_ip, none);
    if (!none) keys.insert(cache::encode_host_key(ip));
  }
  for (const std::string& key : keys) {
    auto octets = all.octets(table::hosts, key);
    if (!octets) return cannot("read", octets.error());
    if (*octets) found.push_back({table::hosts, key, **std::move(octets)});
  }
  return {};
}

outcome get(const cache_call& asked, catalogue& all, wall_time now) {
  std::vector<cache_record> found;
  std::optional<fault> bad;
  if (asked.address) {
    const auto key = [&](role side) { return cache::encode_key(side, *asked.address); };
    bad = get_both(all, table::verdicts, key, found);
    if (!bad) bad = get_both(all, table::bookings, key, found);
  }
  const domain& at = asked.address ? asked.address->domain() : *asked.at;
  const auto domain_key = [&](role side) { return cache::encode_domain_key(side, at); };
  if (!bad) bad = get_both(all, table::domains, domain_key, found);
  if (!bad) bad = get_hosts(all, found);
  if (bad) return *std::move(bad);
  std::string out;
  json_writer json(out);
  json.begin_object();
  json.key("now");
  json.text(rfc3339(now));
  json.key("records");
  json.begin_array();
  for (const cache_record& one : found) json.raw(render_line(one));
  json.end_array();
  json.end_object();
  return out;
}

// --- going through the tables in steps

/// The stretches of a table that are gone through, in their order.
std::vector<key_range> stretches(const cache_call& asked) {
  if (!asked.at) return {{"", ""}};
  return cache::ranges_of(*asked.at, asked.subdomains);
}

/// The first stretch that a place is in or before, from there on; nothing: it is behind them all.
std::optional<std::pair<std::size_t, key_range>> go_on(const std::vector<key_range>& all,
                                                       std::string_view from) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    key_range left = all[i];
    if (!left.until.empty() && from >= left.until) continue;
    if (from > left.from) left.from = from;
    return std::pair{i, left};
  }
  return std::nullopt;
}

bool is_host(const verdict& v, const far_host& wanted) {
  if (!wanted.ip) return ascii::iequals(v.host, wanted.name);
  boost::system::error_code none;
  const auto ip = boost::asio::ip::make_address(v.host_ip, none);
  return !none && cache::encode_host_key(ip) == cache::encode_host_key(*wanted.ip);
}

bool is_wanted(const cache_call& asked, const cache_record& one, wall_time now) {
  if (asked.role) {
    const auto name = cache::decode_key(one.key);
    if (!name || name->role != *asked.role) return false;
  }
  if (asked.status || asked.reason || asked.host) {
    const auto held = cache::decode_record(one.key, one.octets);
    if (!held) return false;
    if (asked.status && held->verdict.status != *asked.status) return false;
    if (asked.reason && held->verdict.reason != *asked.reason) return false;
    if (asked.host && !is_host(held->verdict, *asked.host)) return false;
  }
  if (asked.older || asked.newer) {
    const auto learnt = cache::learnt_at(one.of, one.key, one.octets);
    if (!learnt) return false;
    if (asked.older && *learnt > now - *asked.older) return false;
    if (asked.newer && *learnt < now - *asked.newer) return false;
  }
  return true;
}

outcome list(const cache_call& asked, catalogue& all, wall_time now) {
  const table of = asked.of.value_or(table::verdicts);
  const auto ranges = stretches(asked);
  std::string out;
  json_writer json(out);
  json.begin_object();
  json.key("records");
  json.begin_array();
  std::optional<cache_place> next = asked.from.value_or(cache_place{of, {}});
  std::size_t looked_at = 0;
  std::size_t listed = 0;
  std::size_t damaged = 0;
  while (next && looked_at < step_records_max) {
    const auto left = go_on(ranges, next->key);
    next.reset();
    if (!left) break;
    const auto& [which, range] = *left;
    // Not many more than will fit, by the length of those before.
    const std::size_t fit =
        listed == 0 ? page_records_max : (answer_octets_max - out.size()) * listed / out.size() + 2;
    const std::size_t most = std::min({page_records_max, step_records_max - looked_at, fit});
    auto page = all.page(of, range.from, range.until, most);
    if (!page) return cannot("read", page.error());
    if (page->next) {
      next = cache_place{of, *std::move(page->next)};
    } else if (which + 1 < ranges.size()) {
      next = cache_place{of, ranges[which + 1].from};
    }
    looked_at += std::max<std::size_t>(page->records.size(), 1);
    for (auto& [key, octets] : page->records) {
      const cache_record one{of, key, std::move(octets)};
      if (!is_wanted(asked, one, now)) continue;
      const auto line = line_of(one);
      if (!line) {
        ++damaged;
        continue;
      }
      if (listed == asked.limit || out.size() + line->size() > answer_octets_max) {
        next = cache_place{of, one.key};
        looked_at = step_records_max;
        break;
      }
      json.raw(*line);
      ++listed;
    }
    if (listed == asked.limit) break;
  }
  json.end_array();
  write_count(json, "damaged", damaged);
  write_next(json, next);
  json.key("now");
  json.text(rfc3339(now));
  json.end_object();
  return out;
}

// --- cache_forget

struct gone_counts {
  std::array<std::uint64_t, cache::tables> by_table{};
  std::optional<cache_place> next;
};

std::optional<fault> forget_key(catalogue& all, table of, std::string_view key, gone_counts& gone) {
  const auto went = all.forget(of, key);
  if (!went) return cannot("changed", went.error());
  gone.by_table[cache::index_of(of)] += *went;
  return {};
}

std::optional<fault> forget_address(const mailbox& address, catalogue& all, gone_counts& gone) {
  for (const role side : {role::sender, role::recipient}) {
    const auto key = cache::encode_key(side, address);
    for (const table of : {table::verdicts, table::bookings}) {
      if (auto bad = forget_key(all, of, key.octets(), gone)) return bad;
    }
  }
  return {};
}

/// The tables after one another, each with its stretches.
std::optional<fault> forget_domain(const cache_call& asked, catalogue& all, gone_counts& gone) {
  constexpr std::array of_domains{table::verdicts, table::domains, table::bookings};
  const auto ranges = stretches(asked);
  const cache_place from = asked.from.value_or(cache_place{table::verdicts, {}});
  std::size_t looked_at = 0;
  for (const table of : of_domains) {
    if (of < from.in) continue;
    std::string at = of == from.in ? from.key : std::string();
    while (const auto left = go_on(ranges, at)) {
      if (looked_at >= step_records_max) {
        gone.next = cache_place{of, left->second.from};
        return {};
      }
      const auto step = all.forget(of, left->second, step_records_max - looked_at,
                                   [](auto, auto) { return true; });
      if (!step) return cannot("changed", step.error());
      gone.by_table[cache::index_of(of)] += step->records;
      looked_at += std::max<std::size_t>(step->records, 1);
      at = step->next ? *step->next : left->second.until;
    }
  }
  return {};
}

/// There is no index by host: all verdicts are looked at, a step at a time. A name stands for the
/// addresses that the verdicts have beside it.
std::optional<fault> forget_host(const cache_call& asked, catalogue& all, gone_counts& gone) {
  const far_host& wanted = *asked.host;
  std::set<std::string> addresses;
  if (wanted.ip && !asked.from) addresses.insert(cache::encode_host_key(*wanted.ip));
  const key_range rest{asked.from ? asked.from->key : std::string(), {}};
  const auto step = all.forget(table::verdicts, rest, step_records_max, [&](auto key, auto octets) {
    const auto held = cache::decode_record(key, octets);
    if (!held || !is_host(held->verdict, wanted)) return false;
    boost::system::error_code none;
    const auto ip = boost::asio::ip::make_address(held->verdict.host_ip, none);
    if (!none) addresses.insert(cache::encode_host_key(ip));
    return true;
  });
  if (!step) return cannot("changed", step.error());
  gone.by_table[cache::index_of(table::verdicts)] += step->records;
  if (step->next) gone.next = cache_place{table::verdicts, *step->next};
  for (const std::string& key : addresses) {
    if (auto bad = forget_key(all, table::hosts, key, gone)) return bad;
  }
  return {};
}

outcome forget(const cache_call& asked, catalogue& all) {
  gone_counts gone;
  std::optional<fault> bad;
  if (asked.address) {
    bad = forget_address(*asked.address, all, gone);
  } else if (asked.at) {
    bad = forget_domain(asked, all, gone);
  } else {
    bad = forget_host(asked, all, gone);
  }
  if (bad) return *std::move(bad);
  // Nobody finds them from here on; that they stay gone after a crash is for the disk to say.
  const bool on_disk = gone.next || all.flush().has_value();
  std::string out;
  json_writer json(out);
  json.begin_object();
  for (const table of : cache::kept_tables) {
    write_count(json, cache::table_names[cache::index_of(of)], gone.by_table[cache::index_of(of)]);
  }
  json.key("on_disk");
  json.boolean(on_disk && !gone.next);
  write_next(json, gone.next);
  json.end_object();
  return out;
}

// --- cache_import

outcome import(const cache_call& asked, catalogue& all) {
  std::uint64_t written = 0;
  std::uint64_t same = 0;
  std::uint64_t newer = 0;
  std::uint64_t refused = 0;
  std::string complaints;
  json_writer wrong(complaints);
  wrong.begin_array();
  std::uint64_t number = 0;
  const auto complain = [&](const std::string& why) {
    if (refused++ >= complaints_max || complaints.size() > answer_octets_max) return;
    wrong.begin_object();
    write_count(wrong, "line", number);
    wrong.key("why");
    wrong.text(why.substr(0, 300));
    wrong.end_object();
  };
  for (std::string_view rest = asked.lines; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = ascii::trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (line.empty()) continue;
    auto read = read_line(line);
    if (const auto* complaint = std::get_if<std::string>(&read)) {
      complain(*complaint);
      continue;
    }
    auto& record = std::get<cache_record>(read);
    const auto put = all.put(record.of, record.key, std::move(record.octets), asked.overwrite);
    if (!put) return cannot("changed", put.error());
    written += *put == catalogue::outcome::written ? 1 : 0;
    same += *put == catalogue::outcome::same ? 1 : 0;
    newer += *put == catalogue::outcome::newer_kept ? 1 : 0;
    if (*put == catalogue::outcome::too_many) complain("more bookings than are kept");
  }
  wrong.end_array();
  if (asked.flush) {
    if (const auto flushed = all.flush(); !flushed) return cannot("written", flushed.error());
  }
  std::string out;
  json_writer json(out);
  json.begin_object();
  write_count(json, "written", written);
  write_count(json, "same", same);
  write_count(json, "newer_kept", newer);
  write_count(json, "refused", refused);
  json.key("complaints");
  json.raw(complaints);
  json.end_object();
  return out;
}

// --- cache_stats

outcome stats(catalogue& all) {
  const cache::store_counts counts = all.counts();
  std::string out;
  json_writer json(out);
  json.begin_object();
  for (const table of : cache::kept_tables) {
    write_count(json, cache::table_names[cache::index_of(of)], counts.used.of(of).records);
  }
  write_count(json, "queued", counts.queued);
  write_count(json, "committed", counts.committed);
  write_count(json, "dropped", counts.dropped);
  write_count(json, "swept", counts.swept);
  write_count(json, "pruned", counts.pruned);
  write_count(json, "corrupt", counts.corrupt);
  write_count(json, "failed_reads", counts.failed_reads);
  write_count(json, "failed_commits", counts.failed_commits);
  write_count(json, "used_octets", counts.used.octets);
  write_count(json, "file_octets", counts.file_octets);
  write_count(json, "map_octets", counts.map_octets);
  json.end_object();
  return out;
}

// --- cache_verify

std::optional<cache_place> after(table of) {
  const auto here = std::find(cache::kept_tables.begin(), cache::kept_tables.end(), of);
  if (here == cache::kept_tables.end() || here + 1 == cache::kept_tables.end()) return std::nullopt;
  return cache_place{*(here + 1), {}};
}

outcome verify(const cache_call& asked, catalogue& all) {
  std::string out;
  json_writer json(out);
  json.begin_object();
  json.key("damaged");
  json.begin_array();
  std::optional<cache_place> next = asked.from.value_or(cache_place{});
  std::size_t looked_at = 0;
  while (next && looked_at < step_records_max && out.size() < answer_octets_max) {
    const table of = next->in;
    auto page = all.page(of, next->key, {}, page_records_max);
    if (!page) return cannot("read", page.error());
    next = page->next ? std::optional(cache_place{of, *std::move(page->next)}) : after(of);
    for (auto& [key, octets] : page->records) {
      const cache_record one{of, key, std::move(octets)};
      if (out.size() > answer_octets_max) {
        next = cache_place{of, key};
        break;
      }
      ++looked_at;
      if (is_damaged(one)) json.raw(render_line(one));
    }
  }
  json.end_array();
  write_count(json, "looked_at", looked_at);
  write_next(json, next);
  json.end_object();
  return out;
}

// --- cache_compact

outcome compact(catalogue& all) {
  const auto done = all.compact();
  if (!done) return fault{fault_code::internal_error, done.error().message};
  std::string out;
  json_writer json(out);
  json.begin_object();
  write_count(json, "octets_before", done->octets_before);
  write_count(json, "octets_after", done->octets_after);
  json.end_object();
  return out;
}

}  // namespace

cache_answer answer_cache_call(const cache_call& asked, cache::catalogue& all, wall_time now) {
  switch (asked.method) {
    case method::cache_get:
      return get(asked, all, now);
    case method::cache_list:
      return list(asked, all, now);
    case method::cache_forget:
      return forget(asked, all);
    case method::cache_import:
      return import(asked, all);
    case method::cache_stats:
      return stats(all);
    case method::cache_verify:
      return verify(asked, all);
    case method::cache_compact:
      return compact(all);
    default:
      return fault{fault_code::internal_error, "not a method of the cache"};
  }
}

bool is_forgotten_by(const cache_call& asked, role /*side*/, const mailbox& address) {
  if (asked.method != method::cache_forget) return false;
  if (asked.address) return cache_key(address) == cache_key(*asked.address);
  if (!asked.at) return false;
  const std::string& at = address.domain().text();
  const std::string& gone = asked.at->text();
  return at == gone || (asked.subdomains && at.ends_with("." + gone));
}

}  // namespace cbv::api
