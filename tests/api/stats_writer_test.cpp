#include "api/stats_writer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "api/verdict_json.hpp"
#include "cbv/envelope/check.hpp"

namespace cbv::api {
namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

wall_time at(const char* text) {
  return parse_rfc3339(text).value_or(wall_time{});
}

/// Two days of counting, the second not over yet.
history_answer two_days() {
  history_answer made;
  made.from = at("2026-11-20T00:00:00Z");
  made.to = at("2026-11-22T00:00:00Z");
  made.counted_since = at("2026-11-20T12:00:00Z");
  made.sum.recipient.calls = 86'400;
  made.sum.recipient.sessions = 20'125;
  made.sum.recipient.refused_rcpt_to = 15'374;
  made.sum.recipient.of(reason::greylisted) = 3;
  made.sum.recipient.of(action::reject) = 4;
  made.periods = {{made.from, at("2026-11-21T00:00:00Z"), {}, {}},
                  {at("2026-11-21T00:00:00Z"), made.to, {}, {}}};
  made.periods[1].recipient.calls = 43'200;
  made.periods[1].recipient.of(reason::greylisted) = 3;
  return made;
}

const wall_time noon = at("2026-11-21T12:00:00Z");

TEST(StatsWriter, ShowsEveryStepAndEveryWord) {
  history_answer found = two_days();
  found.sum.sender.refused_rcpt_to = 18'446'744'073'709'551'615U;
  found.sum.listing_alarms = 2;
  const json shown = json::parse(render_stats(found, std::nullopt, {}, noon));
  EXPECT_EQ(shown["from"], "2026-11-20T00:00:00Z");
  EXPECT_EQ(shown["to"], "2026-11-22T00:00:00Z");
  EXPECT_EQ(shown["by"], "total");
  EXPECT_EQ(shown["counted_since"], "2026-11-20T12:00:00Z");
  EXPECT_EQ(shown["listing_alarms"], 2);
  const json& recipient = shown["recipient"];
  for (const funnel_step& step : funnel_steps) {
    EXPECT_EQ(recipient[std::string(step.name)], found.sum.recipient.*step.count) << step.name;
    EXPECT_EQ(recipient["shares"].contains(std::string(step.name)), step.share_of != nullptr);
  }
  EXPECT_EQ(shown["sender"]["refused_rcpt_to"], 18'446'744'073'709'551'615U);
  EXPECT_EQ(recipient["by_reason"]["greylisted"], 3);
  EXPECT_EQ(recipient["by_reason"]["accepted"], 0);
  EXPECT_EQ(recipient["by_status"].size(), 3U);
  EXPECT_EQ(recipient["advice"], json::parse(R"({"accept":0,"reject":4,"defer":0})"));
  EXPECT_EQ(recipient.size(), funnel_steps.size() + 5);
  EXPECT_FALSE(shown.contains("periods"));
}

TEST(StatsWriter, SharesAreOfWhatTheyAreAShareOf) {
  const json shown = json::parse(render_stats(two_days(), std::nullopt, {}, noon));
  EXPECT_DOUBLE_EQ(shown["recipient"]["shares"]["refused_rcpt_to"], 0.763925);
  EXPECT_EQ(shown["recipient"]["shares"]["accepted"], 0);
  EXPECT_TRUE(shown["recipient"]["shares"]["no_mx"].is_null()) << "there were no callouts";
  EXPECT_TRUE(shown["sender"]["shares"]["refused_rcpt_to"].is_null());
}

TEST(StatsWriter, RatesAreMeansOverWhatWasCounted) {
  const json shown = json::parse(render_stats(two_days(), span::day, {}, noon));
  EXPECT_DOUBLE_EQ(shown["recipient"]["per_second"]["calls"], 1.0) << "24 hours of 48";
  EXPECT_DOUBLE_EQ(shown["periods"][1]["recipient"]["per_second"]["calls"], 1.0) << "12 hours";
  EXPECT_EQ(shown["periods"][0]["recipient"]["per_second"]["calls"], 0);
  history_answer nothing;
  nothing.from = nothing.to = noon;
  const json none = json::parse(render_stats(nothing, std::nullopt, {}, noon));
  EXPECT_EQ(none["recipient"]["per_second"]["calls"], 0) << "nothing was counted, over no time";
  EXPECT_TRUE(none["counted_since"].is_null());
}

TEST(StatsWriter, PeriodsHaveTheReasonsThatWereMet) {
  const json shown = json::parse(render_stats(two_days(), span::day, {}, noon));
  ASSERT_EQ(shown["periods"].size(), 2U);
  EXPECT_EQ(shown["by"], "day");
  EXPECT_EQ(shown["periods"][0]["from"], "2026-11-20T00:00:00Z");
  EXPECT_EQ(shown["periods"][0]["to"], "2026-11-21T00:00:00Z");
  EXPECT_EQ(shown["periods"][0]["recipient"]["by_reason"], json::object());
  EXPECT_EQ(shown["periods"][1]["recipient"]["by_reason"], json::parse(R"({"greylisted":3})"));
  EXPECT_EQ(shown["periods"][1]["recipient"]["by_status"].size(), 3U);
  const json none = json::parse(render_stats({}, span::hour, {}, noon));
  EXPECT_EQ(none["periods"], json::array());
}

TEST(StatsWriter, DecisionsGoByTheCheckThatDecided) {
  history_answer found;
  found.sum.decisions[0][0] = 5;
  found.sum.decisions[1 + envelope::index_of(envelope::check::helo)][1] = 3;
  found.sum.decisions[1 + envelope::index_of(envelope::check::sender_callback)][2] = 7;
  const json shown = json::parse(render_stats(found, std::nullopt, {}, noon))["decisions"];
  EXPECT_EQ(shown.size(), envelope::checks_count + 1);
  EXPECT_EQ(shown["none"], json::parse(R"({"accept":5,"reject":0,"defer":0})"));
  EXPECT_EQ(shown["helo"]["reject"], 3);
  EXPECT_EQ(shown["sender_callback"]["defer"], 7);
}

TEST(StatsWriter, LatenciesHaveTheirBucketsAndQuantiles) {
  history_answer found;
  for (int i = 0; i < 9; ++i) found.sum.callouts.add(1ms);
  found.sum.callouts.add(2s);
  const json latency = json::parse(render_stats(found, std::nullopt, {}, noon))["latency"];
  const json& callouts = latency["callouts"];
  EXPECT_EQ(callouts["count"], 10);
  EXPECT_DOUBLE_EQ(callouts["sum_ms"], 2009.0);
  ASSERT_EQ(callouts["buckets"].size(), 2U);
  EXPECT_EQ(callouts["buckets"][0]["count"], 9);
  EXPECT_EQ(callouts["buckets"][1]["count"], 1);
  EXPECT_GT(callouts["buckets"][0]["le_ms"], 1.0);
  EXPECT_LT(callouts["buckets"][0]["le_ms"], 1.26);
  EXPECT_EQ(callouts["p50_ms"], callouts["buckets"][0]["le_ms"]);
  EXPECT_EQ(callouts["p99_ms"], callouts["buckets"][1]["le_ms"]);
  EXPECT_EQ(latency["dns"], json::parse(R"({"count":0,"sum_ms":0,"p50_ms":null,"p90_ms":null,
                                            "p99_ms":null,"buckets":[]})"));
}

TEST(StatsWriter, RanksAtMostTwentyNames) {
  history_answer found;
  for (int i = 0; i < 25; ++i) found.top.hosts.push_back({"mx" + std::to_string(i), 100, 3});
  found.top.domains.push_back({"</script>\xff", 1, 0});
  const json top = json::parse(render_stats(found, std::nullopt, {}, noon))["top"];
  EXPECT_EQ(top["hosts"].size(), 20U);
  EXPECT_EQ(top["hosts"][0], json::parse(R"({"name":"mx0","count":100,"error":3})"));
  EXPECT_EQ(top["domains"][0]["name"], "</script>\xef\xbf\xbd");
  EXPECT_EQ(top["clients"], json::array());
}

TEST(StatsWriter, SaysHowItIsNow) {
  health_facts facts;
  facts.uptime = 60s;
  facts.callouts = 3;
  facts.sessions = 5;
  facts.breakers_open = 1;
  facts.clients = {{"json", 1}, {"http", 3}};
  facts.cache_records = {{"verdicts", 1000}, {"domains", 234}};
  facts.cache_file_octets = 1'048'576;
  const json now = json::parse(render_stats({}, std::nullopt, facts, noon))["now"];
  EXPECT_EQ(now, json::parse(R"({"callouts":3,"callouts_waiting":0,"sessions":5,"breakers_open":1,
      "clients":4,"cache_records":1234,"cache_queued":0,"cache_octets":1048576,"uptime_s":60,
      "history":"ok"})"));
  history_answer lost;
  lost.trouble = "the disk is full";
  EXPECT_EQ(json::parse(render_stats(lost, std::nullopt, facts, noon))["now"]["history"],
            "the disk is full");
}

}  // namespace
}  // namespace cbv::api
