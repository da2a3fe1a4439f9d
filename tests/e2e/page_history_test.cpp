// The page over a history that is known: what is drawn is what was kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cache/history/history_store.hpp"
#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/viewed_page.hpp"

namespace cbv::e2e {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto settings = R"(
listen.unix = ["{folder}/socket"]
cache.directory = "{folder}/cache"
callout.helo_name = "edge.example.net"
dns.servers = ["{dns}"]

[http]
tcp = ["{http}"]
)";

/// What is looked at of a period.
struct counted {
  std::uint64_t calls = 0;
  std::uint64_t undeliverable = 0;

  counted& operator+=(const counted& more) {
    calls += more.calls;
    undeliverable += more.undeliverable;
    return *this;
  }
};

/// A row of the table beside the chart: from when, and what was counted then.
struct shown_period {
  wall_time from{};
  counted sums;
  std::string rate;
};

std::uint64_t number(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ','), text.end());
  return std::stoull(text);
}

std::string percent(const counted& of) {
  if (of.calls == 0) return "–";
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.2f%%",
                100.0 * static_cast<double>(of.undeliverable) / static_cast<double>(of.calls));
  return text.data();
}

class PageHistoryTest : public testing::Test {
 protected:
  void SetUp() override {
    write_history();
    daemon_ = std::make_unique<cbvd>(
        place_.path(), settings,
        std::map<std::string, std::string>{{"dns", own_listener()}, {"http", http_}});
    page_.open(http_);
    page_.wait_for_state("live");
  }

  void TearDown() override {
    EXPECT_THAT(page_.in().complaints(), IsEmpty()) << "on the page's console";
    if (!HasFailure()) return;
    keep_screenshot("history_failed");
    if (daemon_) std::cerr << "-- cbvd:\n" << daemon_->log();
  }

  /// More than a day by hours, more than a year by days; each another one.
  void write_history() {
    const wall_time now =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    cache::history_store_options options;
    options.directory = (place_.path() / "cbvd/cache").string();
    std::filesystem::create_directories(options.directory);
    cache::history_store kept(options, logger{});
    for (int day = 400; day > 2; --day) write_hour(kept, now - day * 24h);
    for (int hour = 50; hour >= 0; --hour) write_hour(kept, now - hour * 1h);
    ASSERT_FALSE(kept.is_behind()) << kept.trouble();
  }

  void write_hour(cache::history_store& into, wall_time at) {
    const auto hour = std::chrono::floor<std::chrono::hours>(at.time_since_epoch()).count();
    const counted sums{static_cast<std::uint64_t>(600 + 100 * (hour % 24)),
                       static_cast<std::uint64_t>(40 + 30 * (hour % 7))};
    counters made;
    role_counters& asked = made.recipient;
    asked.calls = sums.calls;
    asked.cached = sums.calls / 2;
    asked.asked = sums.calls - asked.cached;
    asked.callouts = asked.asked;
    asked.bad_connects = 9;
    asked.sessions = asked.callouts - 10;
    asked.refused_rcpt_to = sums.undeliverable;
    asked.refused_mail_from = 5;
    asked.deferred = 20;
    asked.accepted = asked.sessions - asked.refused_rcpt_to - 25;
    asked.of(status::undeliverable) = sums.undeliverable;
    asked.of(reason::mailbox_not_found) = sums.undeliverable;
    asked.of(status::unknown) = asked.of(reason::greylisted) = 20;
    asked.of(status::deliverable) = asked.of(reason::accepted) =
        sums.calls - sums.undeliverable - 20;
    asked.of(action::reject) = sums.undeliverable;
    asked.of(action::defer) = 20;
    asked.of(action::accept) = asked.of(status::deliverable);
    made.sender.calls = made.sender.skips = 7;
    made.sender.of(status::unknown) = made.sender.of(reason::not_asked) = 7;
    made.sender.of(action::accept) = 7;
    for (int i = 0; i < 100; ++i) {
      made.hits.add(std::chrono::microseconds(20 + i));
      made.dns.add(std::chrono::milliseconds(2 + i / 4));
      made.callouts.add(std::chrono::milliseconds(80 + 10 * i));
    }
    rankings met;
    met.domains = {{"spam.example", 12, 0}, {"<b>bold</b>.example", 3, 0}};
    met.hosts = {{"mx1.example.org", 9, 0}};
    met.clients = {{"192.0.2.7", 8, 0}, {"2001:db8::25", 2, 0}};
    ASSERT_TRUE(into.add(at, made, met));
    history_[begin_of(span::hour, at)] += sums;
  }

  /// What was kept of a period that begins then. The senders' calls are in `both`.
  counted kept(span of, wall_time from) const {
    counted sum;
    const auto end = history_.lower_bound(end_of(of, from));
    for (auto hour = history_.lower_bound(from); hour != end; ++hour) {
      sum += hour->second;
      sum.calls += 7;
    }
    return sum;
  }

  /// The rows of the table by periods, the latest first.
  std::vector<shown_period> shown() {
    std::vector<shown_period> found;
    for (const auto& row : page_.rows_of("rate-table")) {
      const std::string at = page_.in().evaluate("Date.parse('" + row.at(0) + " UTC') / 1000");
      found.push_back({wall_time(std::chrono::seconds(std::stoll(at))),
                       {number(row.at(1)), number(row.at(2))},
                       row.at(3)});
    }
    return found;
  }

  /// Chooses a period of so many rows, and waits until it is shown.
  void show(const std::string& period, std::size_t rows) {
    page_.choose("period", period);
    page_.in().wait_until("document.querySelectorAll('#rate-table tbody tr').length === " +
                          std::to_string(rows));
  }

  /// The same, and compares each row with what was kept.
  void expect_shown(const std::string& period, std::size_t rows, span of) {
    show(period, rows);
    counted sum;
    for (const shown_period& row : shown()) {
      const counted expected = kept(of, row.from);
      EXPECT_EQ(row.from, begin_of(of, row.from));
      EXPECT_EQ(row.sums.calls, expected.calls) << period;
      EXPECT_EQ(row.sums.undeliverable, expected.undeliverable) << period;
      EXPECT_EQ(row.rate, percent(expected)) << period;
      sum += row.sums;
    }
    const auto calls = page_.row_of("funnel-table", "calls");
    EXPECT_EQ(number(calls.at(1)), sum.calls) << period;
    page_.wait_for_pixels("rate-chart", "calls");
    page_.wait_for_pixels("rate-chart", "bad");
  }

  void keep_screenshot(const std::string& name) {
    RecordProperty("screenshot_" + name, page_.keep_screenshot(name));
  }

  const temporary_directory place_;
  const std::string http_ = own_listener();
  std::map<wall_time, counted> history_;
  viewed_page page_{place_.path()};
  std::unique_ptr<cbvd> daemon_;
};

TEST_F(PageHistoryTest, EachPeriodIsDrawnAsItWasKept) {
  expect_shown("day", 24, span::hour);
  keep_screenshot("history_day");
  expect_shown("month", 30, span::day);
  keep_screenshot("history_month");
  expect_shown("year", 12, span::month);
  keep_screenshot("history_year");
  EXPECT_NE(page_.text_of("#covered").find("counted since"), std::string::npos);
}

TEST_F(PageHistoryTest, EveryChartIsDrawnInLightAndDark) {
  for (const std::string scheme : {"light", "dark"}) {
    page_.in().set_colours(scheme);
    for (const char* chart : {"rate-chart", "funnel-chart", "reasons-chart"})
      page_.wait_for_pixels(chart, "bad");
    for (const char* chart : {"rate-chart", "funnel-chart", "latency-chart"})
      page_.wait_for_pixels(chart, "calls");
    keep_screenshot("history_" + scheme);
  }
  page_.in().resize(360, 740);
  show("month", 30);
  EXPECT_TRUE(page_.fits_its_width());
  show("year", 12);
  EXPECT_TRUE(page_.fits_its_width()) << "a million calls";
  keep_screenshot("history_telephone");
}

TEST_F(PageHistoryTest, ARoleIsShownByItself) {
  page_.choose("role", "sender");
  page_.in().wait_until(
      "document.getElementById('reasons-table').textContent.includes('not asked')");
  EXPECT_THAT(page_.rows_of("reasons-table"),
              ElementsAre(ElementsAre("not asked", testing::_, "100.00%")));
  EXPECT_EQ(page_.row_of("funnel-table", "skips").at(2), "100.00%");
  EXPECT_EQ(page_.row_of("advice-table", "accept").at(2), "100.00%");
  // It stands in the address, and so may be bookmarked.
  const std::string address = page_.in().evaluate("location.hash");
  EXPECT_EQ(address, "#period=day&role=sender");
  page_.in().open("about:blank");
  page_.in().open("http://" + http_ + "/" + address);
  page_.in().wait_until(
      "document.getElementById('reasons-table').textContent.includes('not asked')");
  EXPECT_EQ(page_.rows_of("reasons-table").size(), 1U);
}

// Names come from far hosts and clients.
TEST_F(PageHistoryTest, TheTopListsAreText) {
  EXPECT_EQ(page_.rows_of("domains-table").at(0).at(0), "spam.example");
  EXPECT_EQ(page_.rows_of("domains-table").at(1).at(0), "<b>bold</b>.example");
  EXPECT_EQ(page_.rows_of("hosts-table").at(0).at(0), "mx1.example.org");
  EXPECT_EQ(page_.rows_of("clients-table").at(1).at(0), "2001:db8::25");
  EXPECT_EQ(number(page_.rows_of("domains-table").at(0).at(1)) % 12, 0U);
  EXPECT_EQ(page_.in().evaluate("document.querySelectorAll('main b').length"), "0");
}

}  // namespace
}  // namespace cbv::e2e
