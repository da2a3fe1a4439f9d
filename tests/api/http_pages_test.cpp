#include "api/http_pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "api/metrics.hpp"
#include "api/page/document.hpp"
#include "cbv/base/file.hpp"

namespace cbv::api {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

http_request asking(std::string method, std::string path, std::string type = "") {
  http_request made;
  made.method = std::move(method);
  made.path = std::move(path);
  made.content_type = std::move(type);
  return made;
}

unsigned status_of(const http_request& asked) {
  const auto found = find_page(asked);
  const auto* refused = std::get_if<http_answer>(&found);
  return refused == nullptr ? 200 : refused->status;
}

TEST(HttpPages, AreFoundByTheirPathAndMethod) {
  for (const char* path : {"/", "/healthz", "/readyz", "/metrics", "/stats"}) {
    EXPECT_EQ(status_of(asking("GET", path)), 200U) << path;
    EXPECT_EQ(status_of(asking("HEAD", path)), 200U) << path;
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get", "CONNECT"})
      EXPECT_EQ(status_of(asking(method, path, "application/json")), 405U) << method << path;
  }
  EXPECT_EQ(status_of(asking("POST", "/rpc", "application/json")), 200U);
  EXPECT_EQ(status_of(asking("GET", "/rpc")), 405U);
  for (const char* path : {"", "*", "/x", "/healthz/", "//healthz", "/../healthz", "healthz"})
    EXPECT_EQ(status_of(asking("GET", path)), 404U) << path;
}

TEST(HttpPages, ARefusedMethodIsToldWhatIsAllowed) {
  EXPECT_EQ(std::get<http_answer>(find_page(asking("POST", "/stats"))).header,
            "Allow: GET, HEAD\r\n");
  EXPECT_EQ(std::get<http_answer>(find_page(asking("GET", "/rpc"))).header, "Allow: POST\r\n");
}

TEST(HttpPages, CallsSayThatTheyAreJson) {
  for (const char* type : {"application/json", "application/json; charset=utf-8",
                           "Application/JSON", "application/json-rpc", "application/jsonrequest"})
    EXPECT_EQ(status_of(asking("POST", "/rpc", type)), 200U) << type;
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded",
                           "multipart/form-data; boundary=application/json", "application/jsonx"})
    EXPECT_EQ(status_of(asking("POST", "/rpc", type)), 415U) << type;
}

TEST(HttpPages, TheIndexIsADocumentThatMayLoadNothing) {
  const http_answer page = render_page(http_page::index, {}, {});
  EXPECT_EQ(page.status, 200U);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page.body, page_document());
  EXPECT_THAT(page.header,
              HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page.header, HasSubstr("Referrer-Policy: no-referrer\r\n"));
}

TEST(HttpPages, WhatTheDaemonKnowsIsForThoseWithTheToken) {
  for (const http_page page : {http_page::metrics, http_page::stats, http_page::rpc})
    EXPECT_TRUE(wants_token(page));
  for (const http_page page : {http_page::index, http_page::healthz, http_page::readyz})
    EXPECT_FALSE(wants_token(page));
}

TEST(HttpPages, SayWhetherQuestionsAreTaken) {
  health_facts facts;
  EXPECT_EQ(render_page(http_page::readyz, {}, facts).status, 200U);
  facts.overloaded = true;
  EXPECT_EQ(render_page(http_page::readyz, {}, facts).status, 200U) << "memory answers";
  EXPECT_EQ(render_page(http_page::readyz, {}, facts).body, "ready, but overloaded\n");
  facts.store_ok = false;
  EXPECT_EQ(render_page(http_page::readyz, {}, facts).status, 200U) << "it answers all the same";
  EXPECT_EQ(render_page(http_page::readyz, {}, facts).body, "ready, without its cache\n");
  facts.stopping = true;
  EXPECT_EQ(render_page(http_page::readyz, {}, facts).status, 503U);
  EXPECT_EQ(render_page(http_page::healthz, {}, facts).status, 200U) << "it is alive";
}

TEST(HttpPages, CallsWithoutResponsesHaveNoContent) {
  EXPECT_EQ(rpc_answer("").status, 204U);
  EXPECT_EQ(rpc_answer("{}\n").status, 200U);
}

// The text format: HELP, TYPE, then samples of that metric; no sample twice.
TEST(Metrics, AreWellFormed) {
  const std::regex sample(
      R"(([a-z_]+)(\{[a-z]+="[a-zI0-9_.+]+"(,[a-z]+="[a-z0-9_.]+")*\})? ([0-9.]+))");
  health_facts facts;
  facts.clients = {{"json", 1}, {"policy_service", 2}};
  facts.cache_records = {{"verdicts", 3}, {"domains", 4}};
  std::istringstream lines(render_metrics({}, facts));
  std::string name;
  std::string type;
  std::set<std::string> names;
  std::set<std::string> samples;
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (line.starts_with("# HELP ")) {
      name = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_GT(line.size(), 8 + name.size() + 5) << line;
      EXPECT_TRUE(names.insert(name).second) << line;
      type.clear();
    } else if (line.starts_with("# TYPE ")) {
      ASSERT_TRUE(line.starts_with("# TYPE " + name + ' ')) << line;
      type = line.substr(8 + name.size());
      EXPECT_TRUE(type == "counter" || type == "gauge" || type == "histogram") << line;
      EXPECT_EQ(type == "counter", name.ends_with("_total")) << line;
    } else {
      ASSERT_TRUE(std::regex_match(line, parts, sample)) << line;
      if (type == "histogram") {
        EXPECT_TRUE(parts[1] == name + "_bucket" || parts[1] == name + "_sum" ||
                    parts[1] == name + "_count")
            << line;
      } else {
        EXPECT_EQ(parts[1], name) << line;
      }
      EXPECT_FALSE(type.empty()) << line;
      EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
  }
}

TEST(Metrics, HaveHistogramsWithBoundsThatStay) {
  counters counted;
  for (const std::chrono::nanoseconds took :
       std::vector<std::chrono::nanoseconds>{900ns, 1us, 3us, 500ms, 100s})
    counted.hits.add(took);
  const std::string text = render_metrics(counted, {});
  for (const char* line : {
           "\n# TYPE cbv_hit_duration_seconds histogram\n"
           "cbv_hit_duration_seconds_bucket{le=\"0.000001024\"} 2\n"
           "cbv_hit_duration_seconds_bucket{le=\"0.000002048\"} 2\n"
           "cbv_hit_duration_seconds_bucket{le=\"0.000004096\"} 3\n",
           "\ncbv_hit_duration_seconds_bucket{le=\"0.268435456\"} 3\n"
           "cbv_hit_duration_seconds_bucket{le=\"0.536870912\"} 4\n"
           "cbv_hit_duration_seconds_bucket{le=\"1.073741824\"} 4\n"
           "cbv_hit_duration_seconds_bucket{le=\"+Inf\"} 5\n"
           "cbv_hit_duration_seconds_sum 100.5000049\n"
           "cbv_hit_duration_seconds_count 5\n",
           "\ncbv_dns_lookup_duration_seconds_bucket{le=\"0.000131072\"} 0\n",
           "\ncbv_dns_lookup_duration_seconds_bucket{le=\"34.359738368\"} 0\n"
           "cbv_dns_lookup_duration_seconds_bucket{le=\"+Inf\"} 0\n"
           "cbv_dns_lookup_duration_seconds_sum 0\n"
           "cbv_dns_lookup_duration_seconds_count 0\n",
           "\ncbv_callout_duration_seconds_bucket{le=\"549.755813888\"} 0\n"
           "cbv_callout_duration_seconds_bucket{le=\"+Inf\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, StandInTheDocumentation) {
  const auto page = read_file(CBV_SOURCE_DIR "/api/HTTP.md");
  ASSERT_TRUE(page);
  std::istringstream lines(render_metrics({}, {}));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    const std::string name = line.substr(7, line.find(' ', 7) - 7);
    EXPECT_TRUE(std::regex_search(*page, std::regex("[ ,]" + name + "[ ,]"))) << name;
    ++count;
  }
  EXPECT_GT(count, funnel_steps.size());
}

TEST(Metrics, HaveWhatIsCounted) {
  counters counted;
  counted.sender.calls = 11;
  counted.recipient.refused_rcpt_to = 12;
  counted.recipient.of(status::undeliverable) = 13;
  counted.sender.of(reason::greylisted) = 14;
  counted.listing_alarms = 15;
  counted.sender.of(action::defer) = 31;
  counted.decisions[0][0] = 32;
  counted.decisions[2][1] = 33;
  health_facts facts;
  facts.sessions = 34;
  facts.breakers_open = 35;
  facts.history_detail = "the disk is full";
  facts.writes = 16;
  facts.writes_committed = 17;
  facts.uptime = std::chrono::seconds(18);
  facts.callouts = 19;
  facts.callouts_waiting = 20;
  facts.overloaded = true;
  facts.clients = {{"json", 21}, {"policy_service", 22}};
  facts.cache_records = {{"verdicts", 23}, {"domains", 24}};
  facts.cache_queued = 25;
  facts.cache_file_octets = 26;
  const std::string text = render_metrics(counted, facts);
  for (const char* line : {
           "\ncbv_calls_total{role=\"sender\"} 11\n",
           "\ncbv_calls_total{role=\"recipient\"} 0\n",
           "\ncbv_refused_rcpt_to_total{role=\"recipient\"} 12\n",
           "\ncbv_answers_by_status_total{role=\"recipient\",status=\"undeliverable\"} 13\n",
           "\ncbv_answers_by_reason_total{role=\"sender\",reason=\"greylisted\"} 14\n",
           "\ncbv_advice_total{role=\"sender\",action=\"defer\"} 31\n",
           "\ncbv_decisions_total{check=\"none\",action=\"accept\"} 32\n",
           "\ncbv_decisions_total{check=\"rate\",action=\"reject\"} 33\n",
           "\ncbv_far_sessions 34\n",
           "\ncbv_breakers_open 35\n",
           "\ncbv_history_up 0\n",
           "\ncbv_listing_alarms_total 15\n",
           "\ncbv_store_writes_total 16\n",
           "\ncbv_store_writes_committed_total 17\n",
           "\ncbv_callouts 19\n",
           "\ncbv_callouts_waiting 20\n",
           "\ncbv_overloaded 1\n",
           "\ncbv_clients{protocol=\"json\"} 21\n",
           "\ncbv_clients{protocol=\"policy_service\"} 22\n",
           "\ncbv_cache_records{table=\"verdicts\"} 23\n",
           "\ncbv_cache_records{table=\"domains\"} 24\n",
           "\ncbv_cache_queued_records 25\n",
           "\ncbv_cache_file_bytes 26\n",
           "\ncbv_uptime_seconds 18\n",
           "\ncbv_store_up 1\n",
       })
    EXPECT_THAT(text, HasSubstr(line));
  facts.store_ok = false;
  EXPECT_THAT(render_metrics(counted, facts), HasSubstr("\ncbv_store_up 0\n"));
}

TEST(HttpPages, AServerKnowsItsNames) {
  const name_list names({*name_pattern::parse("cbv.example.org")});
  for (const char* own :
       {"", "127.0.0.1", "127.0.0.1:8029", "[::1]", "[::1]:8029", "192.0.2.1:80", "localhost",
        "LOCALHOST.:80", "cbv.localhost", "cbv.example.org:8029", "CBV.example.org."})
    EXPECT_TRUE(is_own_host(own, names)) << own;
  for (const char* strange : {"strange.example", "localhost.example:8029", "xlocalhost",
                              "127.0.0.1.strange.example", "www.cbv.example.org", "[::1", "[]x"})
    EXPECT_FALSE(is_own_host(strange, names)) << strange;
}

}  // namespace
}  // namespace cbv::api
