#include "api/metrics.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "api/stats_writer.hpp"
#include "cbv/counting/latency_histogram.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::api {
namespace {

constexpr std::array roles{role::sender, role::recipient};
constexpr std::array actions{action::accept, action::reject, action::defer};

// "0.001048576": exactly, and the same always.
std::string seconds(std::chrono::nanoseconds time) {
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t ns = time.count();
  std::string rest = std::to_string(second + ns % second).substr(1);
  rest.erase(rest.find_last_not_of('0') + 1);
  return std::to_string(ns / second) + (rest.empty() ? "" : "." + rest);
}

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + '"';
}

class page {
 public:
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
    out_.append(name).append(" ").append(type).append("\n");
  }
  /// `labels` are those in the braces; the values are words of ours, with nothing to escape.
  void sample(std::string_view labels, std::uint64_t value) {
    line("", labels, std::to_string(value));
  }
  void one(std::string_view name, std::string_view type, std::string_view help,
           std::uint64_t value) {
    begin(name, type, help);
    sample("", value);
  }
  void each(std::string_view name, std::string_view type, std::string_view help,
            std::string_view label_name, const std::vector<named_count>& counts) {
    begin(name, type, help);
    for (const named_count& one : counts) sample(label(label_name, one.name), one.count);
  }
  /// With an upper bound an octave, from `first` to `last`; these and those between are ends of
  /// buckets that the histogram has.
  void histogram(std::string_view name, std::string_view help, const latency_histogram& of,
                 std::chrono::nanoseconds first, std::chrono::nanoseconds last) {
    begin(name, "histogram", help);
    std::uint64_t count = 0;
    std::chrono::nanoseconds next = first;
    for (std::size_t i = 0; i < latency_histogram::buckets; ++i) {
      count += of.in_bucket(i);
      if (next > last || latency_histogram::end_of(i) != next) continue;
      line("_bucket", label("le", seconds(next)), std::to_string(count));
      next *= 2;
    }
    line("_bucket", R"(le="+Inf")", std::to_string(count));
    line("_sum", "", seconds(of.sum()));
    line("_count", "", std::to_string(count));
  }
  std::string take() && { return std::move(out_); }

 private:
  void line(std::string_view suffix, std::string_view labels, std::string_view value) {
    out_.append(name_).append(suffix);
    if (!labels.empty()) out_.append("{").append(labels).append("}");
    out_.append(" ").append(value).append("\n");
  }

  std::string out_;
  std::string_view name_;
};

template <class Word>
void add_words(page& to, std::string_view label_name, const counters& counted) {
  for (const role side : roles) {
    for (unsigned number = 0; number <= 255; ++number) {
      const auto word = word_from_number<Word>(static_cast<std::uint8_t>(number));
      if (!word) continue;
      to.sample(label("role", to_string(side)) + ',' + label(label_name, to_string(*word)),
                counted.of(side).of(*word));
    }
  }
}

void add_said(page& to, const counters& counted) {
  to.begin("cbv_advice_total", "counter", "Answers given, by what was advised with them.");
  for (const role side : roles) {
    for (const action each : actions) {
      to.sample(label("role", to_string(side)) + ',' + label("action", to_string(each)),
                counted.of(side).of(each));
    }
  }
  to.begin("cbv_decisions_total", "counter",
           "Envelopes judged, by the check that decided and by what was said.");
  for (std::size_t i = 0; i < deciders; ++i) {
    if (decider_name(i).empty()) continue;
    for (const action each : actions) {
      to.sample(label("check", decider_name(i)) + ',' + label("action", to_string(each)),
                counted.decisions.at(i).at(static_cast<std::size_t>(each)));
    }
  }
}

// The bounds are fixed, for what is scraped is compared with what was; from what each takes at
// best to what it takes at worst.
void add_latencies(page& to, const counters& counted) {
  constexpr auto bound = [](unsigned power_of_two) {
    return std::chrono::nanoseconds(std::int64_t{1} << power_of_two);
  };
  to.histogram("cbv_hit_duration_seconds",
               "How long answers from memory, from the address itself and from tables took.",
               counted.hits, bound(10), bound(30));
  to.histogram("cbv_dns_lookup_duration_seconds",
               "How long look-ups took that a name server was asked.", counted.dns, bound(17),
               bound(35));
  to.histogram("cbv_callout_duration_seconds", "How long callouts took that ended.",
               counted.callouts, bound(20), bound(39));
}

}  // namespace

std::string render_metrics(const counters& counted, const health_facts& facts) {
  page all;
  for (const funnel_step& step : funnel_steps) {
    const std::string name = "cbv_" + std::string(step.name) + "_total";
    all.begin(name, "counter", step.help);
    for (const role side : roles)
      all.sample(label("role", to_string(side)), counted.of(side).*step.count);
  }
  all.begin("cbv_answers_by_status_total", "counter", "Answers given, by their status.");
  add_words<status>(all, "status", counted);
  all.begin("cbv_answers_by_reason_total", "counter", "Answers given, by their reason.");
  add_words<reason>(all, "reason", counted);
  add_said(all, counted);
  add_latencies(all, counted);
  all.one("cbv_listing_alarms_total", "counter",
          "How often hosts everywhere refused callouts, as if this address were on a block list.",
          counted.listing_alarms);
  all.one("cbv_store_up", "gauge", "1 while what is learnt can be kept on disk.",
          facts.store_ok ? 1 : 0);
  all.one("cbv_store_writes_total", "counter", "Changes that were given to the store.",
          facts.writes);
  all.one("cbv_store_writes_committed_total", "counter", "Of these, those that are on disk.",
          facts.writes_committed);
  all.each("cbv_cache_records", "gauge", "Records of the cache that are on disk, by table.",
           "table", facts.cache_records);
  all.one("cbv_cache_queued_records", "gauge", "Records that are not on disk yet.",
          facts.cache_queued);
  all.one("cbv_cache_file_bytes", "gauge", "Size of the file of the cache.",
          facts.cache_file_octets);
  all.each("cbv_clients", "gauge", "Clients connected, by what is spoken with them.", "protocol",
           facts.clients);
  all.one("cbv_callouts", "gauge", "Callouts under way.", facts.callouts);
  all.one("cbv_callouts_waiting", "gauge", "Callouts that wait for one under way to end.",
          facts.callouts_waiting);
  all.one("cbv_far_sessions", "gauge", "Connections with far hosts, asked something or resting.",
          facts.sessions);
  all.one("cbv_breakers_open", "gauge", "Far hosts that are left alone for a while.",
          facts.breakers_open);
  all.one("cbv_overloaded", "gauge", "1 while no more callouts may wait, so that misses are busy.",
          facts.overloaded ? 1 : 0);
  all.one("cbv_history_up", "gauge", "1 while what is counted is kept over a restart.",
          facts.history_detail.empty() ? 1 : 0);
  all.one("cbv_uptime_seconds", "gauge", "How long the daemon has been running.",
          static_cast<std::uint64_t>(facts.uptime.count()));
  all.begin("cbv_build_info", "gauge", "Always 1; the version is in the label.");
  all.sample(label("version", CBV_VERSION), 1);
  return std::move(all).take();
}

}  // namespace cbv::api
