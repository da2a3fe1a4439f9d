#include "api/stats_writer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "api/json_writer.hpp"
#include "api/verdict_json.hpp"
#include "cbv/envelope/check.hpp"

namespace cbv::api {
namespace {

constexpr std::array actions{action::accept, action::reject, action::defer};
constexpr std::size_t ranked_max = 20;
constexpr int share_digits = 6;
constexpr int rate_digits = 6;

// In a sum every word is there, so that whoever reads finds the same members always; in periods, of
// which there are many, only those that were met.
enum class words : std::uint8_t { all, met };

/// How long of a time was counted.
class counted_time {
 public:
  counted_time(const history_answer& in, wall_time now) : since_(in.counted_since), now_(now) {}

  std::chrono::seconds between(wall_time from, wall_time to) const {
    if (!since_) return {};
    return std::max(std::chrono::seconds(0), std::min(to, now_) - std::max(from, *since_));
  }

 private:
  std::optional<wall_time> since_;
  wall_time now_;
};

void write_number(json_writer& json, std::string_view name, std::uint64_t value) {
  json.key(name);
  json.number(value);
}

template <class Word>
void write_words(json_writer& json, std::string_view name, const role_counters& counted,
                 words which) {
  json.key(name);
  json.begin_object();
  for (unsigned number = 0; number <= 255; ++number) {
    const auto word = word_from_number<Word>(static_cast<std::uint8_t>(number));
    if (!word || (which == words::met && counted.of(*word) == 0)) continue;
    write_number(json, to_string(*word), counted.of(*word));
  }
  json.end_object();
}

void write_shares(json_writer& json, const role_counters& counted) {
  json.key("shares");
  json.begin_object();
  for (const funnel_step& step : funnel_steps) {
    if (step.share_of == nullptr) continue;
    json.key(step.name);
    const std::uint64_t whole = counted.*step.share_of;
    if (whole == 0) {
      json.null();
    } else {
      json.decimal(static_cast<double>(counted.*step.count) / static_cast<double>(whole),
                   share_digits);
    }
  }
  json.end_object();
}

void write_rates(json_writer& json, const role_counters& counted, std::chrono::seconds time) {
  const auto rate = [&](std::string_view name, std::uint64_t count) {
    json.key(name);
    json.decimal(
        time.count() > 0 ? static_cast<double>(count) / static_cast<double>(time.count()) : 0.0,
        rate_digits);
  };
  json.key("per_second");
  json.begin_object();
  rate("calls", counted.calls);
  rate("callouts", counted.callouts);
  rate("sessions", counted.sessions);
  json.end_object();
}

void write_role(json_writer& json, role side, const role_counters& counted, words which,
                std::chrono::seconds time) {
  json.key(to_string(side));
  json.begin_object();
  for (const funnel_step& step : funnel_steps) write_number(json, step.name, counted.*step.count);
  write_words<status>(json, "by_status", counted, words::all);
  write_words<reason>(json, "by_reason", counted, which);
  json.key("advice");
  json.begin_object();
  for (const action each : actions) write_number(json, to_string(each), counted.of(each));
  json.end_object();
  write_shares(json, counted);
  write_rates(json, counted, time);
  json.end_object();
}

void write_decisions(json_writer& json, const counters& counted) {
  json.key("decisions");
  json.begin_object();
  for (std::size_t i = 0; i < deciders; ++i) {
    if (decider_name(i).empty()) continue;
    json.key(decider_name(i));
    json.begin_object();
    for (const action each : actions) {
      write_number(json, to_string(each),
                   counted.decisions.at(i).at(static_cast<std::size_t>(each)));
    }
    json.end_object();
  }
  json.end_object();
}

void write_ms(json_writer& json, std::string_view name, std::chrono::nanoseconds time) {
  constexpr int down_to_ns = 6;
  json.key(name);
  json.decimal(std::chrono::duration<double, std::milli>(time).count(), down_to_ns);
}

void write_quantile(json_writer& json, std::string_view name, const latency_histogram& of,
                    double share) {
  if (of.count() > 0) return write_ms(json, name, of.quantile(share));
  json.key(name);
  json.null();
}

void write_latency(json_writer& json, std::string_view name, const latency_histogram& of) {
  json.key(name);
  json.begin_object();
  write_number(json, "count", of.count());
  write_ms(json, "sum_ms", of.sum());
  write_quantile(json, "p50_ms", of, 0.5);
  write_quantile(json, "p90_ms", of, 0.9);
  write_quantile(json, "p99_ms", of, 0.99);
  json.key("buckets");
  json.begin_array();
  for (std::size_t i = 0; i < latency_histogram::buckets; ++i) {
    if (of.in_bucket(i) == 0) continue;
    json.begin_object();
    write_ms(json, "le_ms", latency_histogram::end_of(i));
    write_number(json, "count", of.in_bucket(i));
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_ranking(json_writer& json, std::string_view name, const ranking& of) {
  json.key(name);
  json.begin_array();
  for (std::size_t i = 0; i < std::min(of.size(), ranked_max); ++i) {
    json.begin_object();
    json.key("name");
    json.text(of[i].name);
    write_number(json, "count", of[i].count);
    write_number(json, "error", of[i].error);
    json.end_object();
  }
  json.end_array();
}

std::uint64_t sum_of(const std::vector<named_count>& all) {
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const named_count& one) { return sum + one.count; });
}

void write_now(json_writer& json, const health_facts& facts, const std::string& trouble) {
  json.key("now");
  json.begin_object();
  write_number(json, "callouts", facts.callouts);
  write_number(json, "callouts_waiting", facts.callouts_waiting);
  write_number(json, "sessions", facts.sessions);
  write_number(json, "breakers_open", facts.breakers_open);
  write_number(json, "clients", sum_of(facts.clients));
  write_number(json, "cache_records", sum_of(facts.cache_records));
  write_number(json, "cache_queued", facts.cache_queued);
  write_number(json, "cache_octets", facts.cache_file_octets);
  write_number(json, "uptime_s", static_cast<std::uint64_t>(facts.uptime.count()));
  json.key("history");
  json.text(trouble.empty() ? "ok" : trouble);
  json.end_object();
}

}  // namespace

std::string_view decider_name(std::size_t index) noexcept {
  if (index == 0) return "none";
  if (index > envelope::checks_count) return {};
  return to_string(static_cast<envelope::check>(index - 1));
}

std::string render_stats(const history_answer& found, std::optional<span> by,
                         const health_facts& facts, wall_time now) {
  const counted_time counted(found, now);
  std::string out;
  json_writer json(out);
  json.begin_object();
  write_time(json, "from", found.from);
  write_time(json, "to", found.to);
  json.key("by");
  json.text(by ? to_string(*by) : "total");
  write_time(json, "counted_since", found.counted_since.value_or(wall_time{}));
  for (const role side : {role::sender, role::recipient}) {
    write_role(json, side, found.sum.of(side), words::all, counted.between(found.from, found.to));
  }
  write_number(json, "listing_alarms", found.sum.listing_alarms);
  write_decisions(json, found.sum);
  json.key("latency");
  json.begin_object();
  write_latency(json, "hits", found.sum.hits);
  write_latency(json, "dns", found.sum.dns);
  write_latency(json, "callouts", found.sum.callouts);
  json.end_object();
  json.key("top");
  json.begin_object();
  write_ranking(json, "domains", found.top.domains);
  write_ranking(json, "hosts", found.top.hosts);
  write_ranking(json, "clients", found.top.clients);
  json.end_object();
  if (by) {
    json.key("periods");
    json.begin_array();
    for (const counted_period& one : found.periods) {
      const std::chrono::seconds time = counted.between(one.from, one.to);
      json.begin_object();
      write_time(json, "from", one.from);
      write_time(json, "to", one.to);
      write_role(json, role::sender, one.sender, words::met, time);
      write_role(json, role::recipient, one.recipient, words::met, time);
      json.end_object();
    }
    json.end_array();
  }
  write_now(json, facts, found.trouble);
  json.end_object();
  return out;
}

}  // namespace cbv::api
