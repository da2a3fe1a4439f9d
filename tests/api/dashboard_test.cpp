// The dashboard and the alert rules that we give to others show metrics that there are.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "api/metrics.hpp"
#include "cbv/base/file.hpp"

namespace cbv::api {
namespace {

using json = nlohmann::json;

std::string example(const std::string& name) {
  const auto text = read_file(CBV_SOURCE_DIR "/tools/examples/" + name);
  EXPECT_TRUE(text) << name;
  return text ? *text : std::string();
}

/// As they are queried: with _bucket, _sum and _count of histograms.
std::set<std::string> metric_names() {
  std::set<std::string> names;
  std::istringstream lines(render_metrics({}, {}));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash;
    std::string what;
    std::string name;
    std::string type;
    words >> hash >> what >> name >> type;
    if (what != "TYPE") continue;
    if (type != "histogram") names.insert(name);
    for (const char* part : {"_bucket", "_sum", "_count"}) {
      if (type == "histogram") names.insert(name + part);
    }
  }
  return names;
}

std::set<std::string> names_in(const std::string& expressions) {
  const std::regex name("cbv_[a-z_]+");
  std::set<std::string> found;
  for (std::sregex_iterator one(expressions.begin(), expressions.end(), name), end; one != end;
       ++one)
    found.insert(one->str());
  return found;
}

struct panels_seen {
  std::string expressions;
  std::set<int> ids;
};

void look_at(const json& panel, panels_seen& seen) {
  EXPECT_TRUE(seen.ids.insert(panel.at("id").get<int>()).second) << panel.at("id");
  const json& at = panel.at("gridPos");
  EXPECT_LE(at.at("x").get<int>() + at.at("w").get<int>(), 24) << panel.at("title");
  if (panel.at("type") == "row") return;
  EXPECT_EQ(panel.at("datasource").at("uid"), "${datasource}") << panel.at("title");
  EXPECT_FALSE(panel.at("targets").empty()) << panel.at("title");
  for (const json& target : panel.at("targets"))
    seen.expressions += target.at("expr").get<std::string>() + '\n';
}

TEST(Dashboard, ShowsMetricsThatThereAre) {
  const json board = json::parse(example("grafana/cbv.json"));
  panels_seen seen;
  for (const json& panel : board.at("panels")) look_at(panel, seen);
  const auto known = metric_names();
  for (const std::string& name : names_in(seen.expressions))
    EXPECT_TRUE(known.contains(name)) << name;
  for (const char* needed :
       {"cbv_sessions_total", "cbv_refused_rcpt_to_total", "cbv_answers_by_reason_total",
        "cbv_advice_total", "cbv_decisions_total", "cbv_hit_duration_seconds_bucket",
        "cbv_dns_lookup_duration_seconds_bucket", "cbv_callout_duration_seconds_bucket",
        "cbv_breakers_open", "cbv_far_sessions", "cbv_listing_alarms_total", "cbv_cache_records"})
    EXPECT_TRUE(names_in(seen.expressions).contains(needed)) << needed;
}

TEST(Dashboard, HasAVariableForTheSourceAndOneForTheRole) {
  const json board = json::parse(example("grafana/cbv.json"));
  const json& variables = board.at("templating").at("list");
  ASSERT_EQ(variables.size(), 2U);
  EXPECT_EQ(variables[0].at("name"), "datasource");
  EXPECT_EQ(variables[0].at("query"), "prometheus");
  EXPECT_EQ(variables[1].at("name"), "role");
  EXPECT_EQ(variables[1].at("query"), "sender,recipient");
}

TEST(Dashboard, TheAlertsAreAboutMetricsThatThereAre) {
  const auto known = metric_names();
  const auto named = names_in(example("prometheus/cbv.rules.yml"));
  EXPECT_GT(named.size(), 5U);
  for (const std::string& name : named) EXPECT_TRUE(known.contains(name)) << name;
}

}  // namespace
}  // namespace cbv::api
