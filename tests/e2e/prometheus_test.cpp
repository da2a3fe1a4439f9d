// What cbvd counts, as a real Prometheus reads it; and what we give to those who look at it there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/prometheus.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr auto promtool = "/usr/bin/promtool";

class PrometheusTest : public postfix_test {
 protected:
  /// cbvd, which has asked Postfix about a few.
  void start_and_ask() {
    start({}, "[http]\ntcp = [\"" + address_ + ':' + std::to_string(port_) + "\"]\n");
    EXPECT_EQ(daemon_->ask("ann@example.org").status, "deliverable");
    EXPECT_EQ(daemon_->ask("ann@example.org").source, "cache");
    EXPECT_EQ(daemon_->ask("zed@example.org").status, "undeliverable");
    EXPECT_EQ(daemon_->ask("nonsense").reason, "syntax");
  }
  std::string metrics() const {
    const std::string answer = http_get(address_, port_, "/metrics");
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }
  finished_command said_by_promtool(const std::string& arguments) {
    if (!std::filesystem::exists(promtool)) {
      throw std::runtime_error(
          "promtool is not installed: apt-get install prometheus, or run tools/test");
    }
    return run({"/bin/sh", "-c", std::string(promtool) + ' ' + arguments}, place_.path());
  }

  const std::uint16_t port_ = free_port(address_);
};

TEST_F(PrometheusTest, PromtoolFindsNothingToSay) {
  start_and_ask();
  const auto file = place_.path() / "metrics";
  write_file(file, metrics());
  const finished_command said = said_by_promtool("check metrics < " + file.string());
  EXPECT_EQ(said.exit_status, 0);
  EXPECT_EQ(said.output, "");
  EXPECT_EQ(said.errors, "");
}

TEST_F(PrometheusTest, ARealPrometheusReadsWhatIsThere) {
  start_and_ask();
  const prometheus server(place_.path(), address_ + ':' + std::to_string(port_));
  const auto is_steady = [](const std::string& name) {
    for (const char* moving : {"cbv_uptime_seconds", "cbv_clients", "cbv_cache_", "cbv_store_",
                               "cbv_far_sessions", "cbv_callouts"}) {
      if (name.starts_with(moving) && name.find("_total") == std::string::npos) return false;
    }
    return true;
  };
  wait_for("Prometheus to look at cbvd", [&server] { return server.has_scraped(); });
  const auto shown = samples_of_text(metrics());
  wait_for("it to have seen the last answer", [&server] {
    const auto seen = server.samples("cbv_calls_total");
    const auto calls = seen.find("cbv_calls_total{role=recipient}");
    return calls != seen.end() && calls->second == 4;
  });
  const auto seen = server.samples(R"({__name__=~"cbv_.+"})");
  EXPECT_EQ(seen.size(), shown.size());
  std::size_t compared = 0;
  for (const auto& [name, value] : shown) {
    ASSERT_TRUE(seen.contains(name)) << name;
    if (!is_steady(name)) continue;
    EXPECT_DOUBLE_EQ(seen.at(name), value) << name;
    ++compared;
  }
  EXPECT_GT(compared, 100U);
  EXPECT_EQ(shown.at("cbv_refused_rcpt_to_total{role=recipient}"), 1);
}

/// All expressions of the dashboard, with its variables filled in.
std::vector<std::string> expressions_of_the_dashboard() {
  std::vector<std::string> all;
  const auto collect = [&all](const auto& self, const json& in) -> void {
    if (in.is_object() && in.contains("expr")) {
      std::string text = in["expr"];
      for (const auto& [variable, value] : {std::pair{"$__rate_interval", "5m"},
                                            {"$__range", "1h"},
                                            {"$role", "sender|recipient"}}) {
        if (text.find(variable) != std::string::npos) text = replaced(text, variable, value);
      }
      all.push_back(text);
    }
    for (const json& one : in) {
      if (one.is_structured()) self(self, one);
    }
  };
  collect(collect, json::parse(read_file(CBV_E2E_EXAMPLES "/grafana/cbv.json")));
  return all;
}

TEST_F(PrometheusTest, UnderstandsTheDashboardAndTheAlerts) {
  start_and_ask();
  const prometheus server(place_.path(), address_ + ':' + std::to_string(port_));
  const auto expressions = expressions_of_the_dashboard();
  EXPECT_GT(expressions.size(), 15U);
  for (const std::string& one : expressions) {
    EXPECT_EQ(json::parse(server.query(one))["status"], "success") << one;
    EXPECT_EQ(one.find('$'), std::string::npos) << one;
  }
  const finished_command said =
      said_by_promtool("check rules " CBV_E2E_EXAMPLES "/prometheus/cbv.rules.yml");
  EXPECT_EQ(said.exit_status, 0) << said.errors;
  EXPECT_THAT(said.output, HasSubstr("SUCCESS"));
}

}  // namespace
}  // namespace cbv::e2e
