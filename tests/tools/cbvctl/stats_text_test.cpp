#include "tools/cbvctl/stats_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/tools/cbvctl/counted_2003.hpp"

namespace cbv::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

stats_report read(const std::string& json) {
  const auto made = read_stats(json);
  EXPECT_TRUE(made) << json;
  return made.value_or(stats_report());
}

std::size_t longest_line(const std::string& text) {
  std::size_t most = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
  return most;
}

/// 2003, and what nobody counted then.
stats_report with_more() {
  history_answer counted = counted_2003();
  role_counters& all = counted.sum.recipient;
  all.cached = 3000;
  all.asked = 20000;
  all.of(status::deliverable) = 1;
  all.of(status::undeliverable) = 3;
  all.of(reason::greylisted) = 1;
  all.of(reason::mailbox_not_found) = 3;
  all.of(action::reject) = 4;
  counted.sum.listing_alarms = 2;
  counted.sum.decisions[0][0] = 4000;
  counted.sum.decisions[5][1] = 300;
  counted.sum.hits.add(20us);
  counted.top.domains = {{"spam.example", 1200, 0}, {"x\n\x1b[2J.example", 800, 3}};
  counted.trouble = "the disk is full";
  api::health_facts now;
  now.uptime = 90s;
  now.sessions = 8;
  now.cache_file_octets = 3 << 20;
  return read(api::render_stats(counted, span::month, now, at("2004-01-20T00:00:00Z")));
}

TEST(CtlStatsText, PrintsTheTableOf2003AsItWasPrintedThen) {
  EXPECT_EQ(funnel_text(read(stats_of_2003()), role::recipient, 120),
            "month   calls   skips bad_domain  no_mx bad_connects sessions welcome   noop   helo "
            "mail_from rcpt_to\n"
            "2003-11  6834    4204        323      0          583     1981      12      0      1 "
            "      129    1060\n"
            "2003-12 47782   19615       2808    829         6749    20125     350   1012      5 "
            "      885   15374\n"
            "2004-01  4972    3864        218    103          247      843      11     49      0 "
            "       25     785\n"
            "total   59588   27683       3349    932         7579    22949     373   1061      6 "
            "     1039   17219\n"
            "\n"
            "2003-11       61.52 %    12.28 % 0.00 %                        0.61 % 0.00 % 0.05 % "
            "   6.51 % 53.51 %\n"
            "2003-12       41.05 %     9.97 % 2.94 %                        1.74 % 5.03 % 0.02 % "
            "   4.40 % 76.39 %\n"
            "2004-01       77.72 %    19.68 % 9.30 %                        1.30 % 5.81 % 0.00 % "
            "   2.97 % 93.12 %\n"
            "total         46.46 %    10.50 % 2.92 %                        1.63 % 4.62 % 0.03 % "
            "   4.53 % 75.03 %\n");
}

TEST(CtlStatsText, AOnePeriodTableHasNoTotal) {
  stats_report counted = read(stats_of_2003());
  counted.periods.resize(1);
  const std::string text = funnel_text(counted, role::recipient, 120);
  EXPECT_THAT(text, Not(HasSubstr("total")));
  counted.periods.clear();
  EXPECT_THAT(funnel_text(counted, role::recipient, 120), HasSubstr("\ntotal 59588 "));
}

TEST(CtlStatsText, FitsIntoTheTerminal) {
  for (const std::size_t width : {80U, 100U, 120U}) {
    const std::string text = stats_text(with_more(), {{role::recipient, role::sender}, 20, width});
    EXPECT_LE(longest_line(text), width);
    EXPECT_THAT(text, HasSubstr("76.39 %"));
  }
}

TEST(CtlStatsText, HasWhatTheTableHasNoColumnFor) {
  const std::string text = stats_text(with_more(), {});
  EXPECT_THAT(text, StartsWith("recipient, 2003-11-01 00:00 to 2004-02-01 00:00 UTC\n\nmonth "));
  for (const char* part : {
           "\nanswered    cached 3000 (5.03 %), local 0 (0.00 %), joined 0 (0.00 %), asked 20000 "
           "(33.56 %)\n",
           "\ncallouts    31905 ended, refreshes 0 (0.00 %)",
           "\nstatus      deliverable 1 (25.00 %), undeliverable 3 (75.00 %), unknown 0 (0.00 %)\n",
           "\nreasons     mailbox_not_found 3 (75.00 %), greylisted 1 (25.00 %)\n",
           "\nadvice      accept 0 (0.00 %), reject 4 (100.00 %), defer 0 (0.00 %)\n",
           "\nrates       calls 0.0122/s, sessions 0.0047/s\n",
           "\nsender, 2003-11-01 00:00 to 2004-02-01 00:00 UTC\nnothing was asked\n",
           "\ndecided by accept reject defer\nnone         4000      0     0\nhelo            0    "
           "300     0\n",
           "\nlatency count  mean median  90 %  99 %\nhits        1 20 us  20 us 20 us 20 us\n",
           "\ntop\ndomains     spam.example 1200, x\\x0a\\x1b[2J.example 797 to 800\n",
           "sessions 8",
           "cache 3.0 MiB",
           "up 90s",
           "listing alarms 2, counted since 2003-11-24 15:00 UTC",
           "not kept over a restart: the disk is full",
       }) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(CtlStatsText, ShowsSoManyNamesAsAreWanted) {
  const std::string one = stats_text(with_more(), {{role::recipient}, 1, 120});
  EXPECT_THAT(one, HasSubstr("reasons     mailbox_not_found 3 (75.00 %)\n"));
  EXPECT_THAT(one, HasSubstr("domains     spam.example 1200\n"));
  EXPECT_THAT(one, Not(HasSubstr("\nsender")));
  const std::string none = stats_text(with_more(), {{role::recipient}, 0, 120});
  EXPECT_THAT(none, Not(HasSubstr("reasons")));
  EXPECT_THAT(none, Not(HasSubstr("\ntop")));
}

// One of before the history, whose answer has less.
TEST(CtlStatsText, ShowsWhatAnOlderDaemonCounts) {
  const stats_report old = read(
      R"({"sender":{"calls":12,"by_status":{"unknown":12}},"recipient":{"calls":4,"skips":1}})");
  const std::string text = stats_text(old, {});
  EXPECT_THAT(text, StartsWith("recipient, since the daemon was started\n\n      calls "));
  EXPECT_THAT(text, HasSubstr("\ntotal     4       1 "));
  EXPECT_THAT(text, HasSubstr("status      unknown 12 (100.00 %)\n"));
}

TEST(CtlStatsText, IsNotUpsetByWhatIsNoReport) {
  for (const char* text : {"", "[]", "5", "{}", R"({"sender":5})", R"({"sender":{}})"})
    EXPECT_FALSE(read_stats(text)) << text;
  for (const char* text :
       {R"({"sender":{},"recipient":{}})",
        R"({"sender":{"calls":-1,"by_status":5},"recipient":{"calls":"x","shares":[]},"top":7,
            "latency":[1],"decisions":{"x":3},"periods":[1,{}],"now":null,"from":3})"}) {
    EXPECT_FALSE(stats_text(read(text), {}).empty()) << text;
    EXPECT_FALSE(stats_csv(read(text), {role::sender}).empty()) << text;
  }
}

TEST(CtlStatsText, RoundsAsInSchool) {
  EXPECT_EQ(percent_text(885, 20125), "4.40 %");
  EXPECT_EQ(percent_text(15374, 20125), "76.39 %");
  EXPECT_EQ(percent_text(1, 1), "100.00 %");
  EXPECT_EQ(percent_text(0, 1), "0.00 %");
  EXPECT_EQ(percent_text(1, 20'000), "0.01 %") << "half of a hundredth";
  EXPECT_EQ(percent_text(1, 20'001), "0.00 %");
  EXPECT_EQ(percent_text(3, 2), "150.00 %");
  EXPECT_EQ(percent_text(1, 0), "-");
  EXPECT_EQ(percent_text(9'000'000'000'000'000'000U, 18'000'000'000'000'000'000U), "50.00 %");
}

TEST(CtlStatsText, NamesAPeriodByItsLength) {
  EXPECT_EQ(period_text("2003-12-01T00:00:00Z", "2004-01-01T00:00:00Z"), "2003-12");
  EXPECT_EQ(period_text("2003-12-01T00:00:00Z", "2003-12-02T00:00:00Z"), "2003-12-01");
  EXPECT_EQ(period_text("2003-12-01T00:00:00Z", "2003-12-01T01:00:00Z"), "2003-12-01 00:00");
  EXPECT_EQ(period_text("2003-12-01T00:00:00Z", "2003-12-05T00:00:00Z"),
            "2003-12-01 00:00 to 2003-12-05 00:00");
  EXPECT_EQ(period_text("soon", ""), "soon to ");
}

TEST(CtlStatsText, SaysDurationsShortly) {
  EXPECT_EQ(duration_text(0), "0 ns");
  EXPECT_EQ(duration_text(0.000064), "64 ns");
  EXPECT_EQ(duration_text(0.00128), "1.3 us");
  EXPECT_EQ(duration_text(12.4), "12 ms");
  EXPECT_EQ(duration_text(1250), "1.2 s");
  EXPECT_EQ(duration_text(48'000), "48 s");
}

TEST(CtlStatsCsv, HasALineForEachPeriodAndRole) {
  const std::string csv = stats_csv(read(stats_of_2003()), {role::sender, role::recipient});
  EXPECT_THAT(csv, StartsWith("from,to,role,calls,skips,cached,local,joined,asked,callouts,"
                              "refreshes,re_probes,bad_domain,no_mx,bad_connects,sessions,"
                              "refused_welcome,refused_noop,refused_helo,refused_mail_from,"
                              "refused_rcpt_to,accepted,deferred,deliverable,undeliverable,"
                              "unknown,advice_accept,advice_reject,advice_defer\r\n"
                              "2003-11-01T00:00:00Z,2003-12-01T00:00:00Z,sender,0,"));
  EXPECT_THAT(csv, HasSubstr("\r\n2003-12-01T00:00:00Z,2004-01-01T00:00:00Z,recipient,47782,19615,"
                             "0,0,0,0,28167,0,0,2808,829,6749,20125,350,1012,5,885,15374,0,0,0,0,0,"
                             "0,0,0\r\n"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 7);
}

TEST(CtlStatsCsv, HasTheSumsWhereThereAreNoPeriods) {
  const std::string csv = stats_csv(
      read(api::render_stats(counted_2003(), std::nullopt, {}, wall_time())), {role::recipient});
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 2);
  EXPECT_THAT(csv, HasSubstr("\r\n2003-11-01T00:00:00Z,2004-02-01T00:00:00Z,recipient,59588,"));
}

}  // namespace
}  // namespace cbv::ctl
