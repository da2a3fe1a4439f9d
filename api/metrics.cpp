#include "api/metrics.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "cbv/verdict/words.hpp"

namespace cbv::api {
namespace {

constexpr std::array roles{role::sender, role::recipient};

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
    out_.append(name_);
    if (!labels.empty()) out_.append("{").append(labels).append("}");
    out_.append(" ").append(std::to_string(value)).append("\n");
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
  std::string take() && { return std::move(out_); }

 private:
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
  all.one("cbv_overloaded", "gauge", "1 while no more callouts may wait, so that misses are busy.",
          facts.overloaded ? 1 : 0);
  all.one("cbv_uptime_seconds", "gauge", "How long the daemon has been running.",
          static_cast<std::uint64_t>(facts.uptime.count()));
  all.begin("cbv_build_info", "gauge", "Always 1; the version is in the label.");
  all.sample(label("version", CBV_VERSION), 1);
  return std::move(all).take();
}

}  // namespace cbv::api
