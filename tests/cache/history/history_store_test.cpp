#include "cache/history/history_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/cache/damage_world.hpp"
#include "tests/cache/history/counted.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::calls;
using sample::noon;
using testing::HasSubstr;

constexpr time_point started{};

class HistoryStoreTest : public testing::Test {
 protected:
  history_store_options options() const {
    history_store_options made;
    made.directory = directory_;
    made.map_octets = 64 << 10;  // it grows
    made.reopen_pause = 0ms;
    made.clock_trust = 1h;
    return made;
  }

  history_store& open() {
    store_.reset();
    store_ = std::make_unique<history_store>(options(), log_.to());
    return *store_;
  }

  std::string file() const { return directory_ + "/history/data.mdb"; }

  static std::uint64_t calls_in(const history_answer& told) { return told.sum.recipient.calls; }
  static std::uint64_t calls_by(const history_answer& told) {
    std::uint64_t all = 0;
    for (const counted_period& each : told.periods) all += each.recipient.calls;
    return all;
  }

  const temporary_folder folder_{temporary_folder::in_memory()};
  const std::string directory_ = folder_.inside("cache");
  damage::captured_log log_;
  std::unique_ptr<history_store> store_;
};

TEST_F(HistoryStoreTest, WhatIsAddedIsToldOverRestarts) {
  ASSERT_TRUE(open().add(noon, calls(3)));
  ASSERT_TRUE(store_->add(noon + 10min, calls(4)));
  ASSERT_TRUE(open().add(noon + 1h, calls(5)));
  const history_answer told = open().read({{}, {}, span::hour}, noon + 1h + 5min);
  EXPECT_EQ(told.from, noon);
  EXPECT_EQ(told.to, noon + 2h);
  EXPECT_EQ(told.counted_since, noon);
  EXPECT_EQ(told.sum, calls(12));
  EXPECT_EQ(told.trouble, "");
  ASSERT_EQ(told.periods.size(), 2U);
  EXPECT_EQ(told.periods[0], (counted_period{noon, noon + 1h, {}, calls(7).recipient}));
  EXPECT_EQ(told.periods[1], (counted_period{noon + 1h, noon + 2h, {}, calls(5).recipient}));
}

TEST_F(HistoryStoreTest, NothingIsWrittenWhereNothingWasCounted) {
  ASSERT_TRUE(open().add(noon, {}));
  EXPECT_FALSE(std::filesystem::exists(file()));
  const history_answer told = store_->read({}, noon);
  EXPECT_EQ(told.sum, counters{});
  EXPECT_FALSE(told.counted_since);
}

TEST_F(HistoryStoreTest, HoursDaysAndMonthsAgree) {
  std::mt19937_64 random(20261121);
  const wall_time end = noon + 24h * 40;
  open();
  counters all;
  for (int i = 0; i < 400; ++i) {
    if (i % 50 == 0) open();
    const auto at = noon + std::chrono::seconds(random() % (24 * 3600 * 40));
    const counters more = sample::anything(random);
    ASSERT_TRUE(store_->add(at, more));
    all += more;
  }
  for (const history_question& asked :
       {history_question{}, history_question{{}, {}, span::hour},
        history_question{{}, {}, span::day}, history_question{{}, {}, span::month}}) {
    const history_answer told = open().read(asked, end);
    EXPECT_EQ(told.sum, all);
    if (!asked.by) continue;
    role_counters sender;
    counters sum;
    for (const counted_period& each : told.periods) {
      counters one;
      one.sender = each.sender;
      one.recipient = each.recipient;
      sum += one;
    }
    EXPECT_EQ(sum.sender, all.sender);
    EXPECT_EQ(sum.recipient, all.recipient);
  }
}

TEST_F(HistoryStoreTest, AnyStretchIsTheSumOfItsHours) {
  std::mt19937_64 random(7);
  std::map<wall_time, std::uint64_t> by_hour;
  open();
  for (int i = 0; i < 150; ++i) {
    const auto at = noon + std::chrono::hours(random() % 1440);
    by_hour[at] += static_cast<std::uint64_t>(i);
    ASSERT_TRUE(store_->add(at, calls(static_cast<std::uint64_t>(i))));
  }
  for (int i = 0; i < 200; ++i) {
    const auto from = noon + std::chrono::hours(random() % 1440);
    const auto to = from + std::chrono::hours(random() % 1440);
    std::uint64_t expected = 0;
    for (const auto& [hour, number] : by_hour) expected += hour >= from && hour < to ? number : 0;
    const history_answer told = store_->read({from, to, {}}, noon + 24h * 365);
    ASSERT_EQ(told.from, from);
    ASSERT_EQ(told.to, to);
    ASSERT_EQ(calls_in(told), expected);
  }
}

TEST_F(HistoryStoreTest, AClockThatJumpsBackAddsToTheEarlierHour) {
  ASSERT_TRUE(open().add(noon, calls(1)));
  ASSERT_TRUE(store_->add(noon - 25h, calls(2)));
  ASSERT_TRUE(store_->add(noon, calls(4)));
  const history_answer told = store_->read({{}, {}, span::hour}, noon);
  EXPECT_EQ(told.counted_since, noon - 25h);
  EXPECT_EQ(told.periods.size(), 26U);
  EXPECT_EQ(told.periods.front().recipient.calls, 2U);
  EXPECT_EQ(told.periods.back().recipient.calls, 5U);
}

TEST_F(HistoryStoreTest, HoursAndDaysThatAreOldGoAndMonthsStay) {
  open();
  for (int month = 0; month < 48; ++month) {
    ASSERT_TRUE(store_->add(noon + 24h * 30 * month, calls(1)));
  }
  const wall_time now = noon + 24h * 30 * 48;
  store_->look_after(now - 1h, started);
  EXPECT_EQ(store_->read({{}, {}, span::hour}, now).from, noon + 24h * 30 * 48 + 1h - 2000h);
  store_->look_after(now, started + 1h);

  for (const bool again : {false, true}) {
    if (again) open();
    const history_answer hours = store_->read({{}, {}, span::hour}, now);
    EXPECT_EQ(hours.from, begin_of(span::day, now - 24h * 60));
    EXPECT_EQ(calls_by(hours), 2U);
    const history_answer days = store_->read({{}, {}, span::day}, now);
    EXPECT_EQ(days.from, begin_of(span::month, now - 24h * 731));
    EXPECT_EQ(calls_by(days), 25U);
    const history_answer months = store_->read({{}, {}, span::month}, now);
    EXPECT_EQ(months.from, begin_of(span::month, noon));
    EXPECT_EQ(calls_by(months), 48U);
    EXPECT_EQ(calls_in(store_->read({}, now)), 48U);
    EXPECT_EQ(calls_in(store_->read({noon, noon + 1h, {}}, now)), 1U);
  }
  // What belongs to a time whose hours are gone is in its month.
  ASSERT_TRUE(store_->add(noon, calls(5)));
  EXPECT_EQ(calls_in(open().read({}, now)), 53U);
  EXPECT_EQ(calls_by(store_->read({{}, {}, span::month}, now)), 53U);
}

TEST_F(HistoryStoreTest, AClockThatIsYearsAheadForAWhileRemovesNothing) {
  ASSERT_TRUE(open().add(noon, calls(7)));
  store_->look_after(noon, started);
  store_->look_after(noon + 2h, started + 2h);
  const auto years = 24h * 3650;
  ASSERT_TRUE(store_->add(noon + years, calls(1)));
  store_->look_after(noon + years, started + 2h + 1s);
  store_->look_after(noon + years + 59min, started + 3h);
  store_->look_after(noon + 3h + 1min, started + 3h + 1min);
  store_->look_after(noon + 5h, started + 5h);
  const history_answer told = open().read({noon, {}, span::hour}, noon + 5h);
  EXPECT_EQ(told.from, noon);
  EXPECT_EQ(told.periods.front().recipient.calls, 7U);
}

TEST_F(HistoryStoreTest, WhileTheDiskTakesNothingItIsToldFromMemory) {
  std::ofstream(directory_) << "not a directory";
  open();
  EXPECT_FALSE(store_->add(noon, calls(3), {{{"spam.example", 3, 0}}, {}, {}}));
  EXPECT_FALSE(store_->add(noon + 1h, calls(4), {{{"spam.example", 4, 0}}, {}, {}}));
  EXPECT_TRUE(store_->is_behind());
  EXPECT_EQ(store_->progress().added, 7U);
  EXPECT_EQ(store_->progress().committed, 0U);
  const history_question by_hour{{}, {}, span::hour};
  const history_answer meanwhile = store_->read(by_hour, noon + 1h);
  EXPECT_EQ(meanwhile.sum, calls(7));
  EXPECT_EQ(meanwhile.counted_since, noon);
  ASSERT_EQ(meanwhile.periods.size(), 2U);
  EXPECT_EQ(meanwhile.periods[1].recipient.calls, 4U);
  EXPECT_EQ(meanwhile.top.domains, (ranking{{"spam.example", 7, 0}}));
  EXPECT_THAT(meanwhile.trouble, HasSubstr("the history in " + directory_ + "/history"));
  EXPECT_EQ(log_.lines("error history_not_opened").size(), 1U);

  std::filesystem::remove(directory_);
  ASSERT_TRUE(store_->add(noon + 1h, calls(10)));
  EXPECT_FALSE(store_->is_behind());
  EXPECT_EQ(store_->progress().committed, 17U);
  EXPECT_EQ(store_->trouble(), "");
  const history_answer told = open().read(by_hour, noon + 1h);
  EXPECT_EQ(told.sum, calls(17));
  EXPECT_EQ(calls_by(told), 17U);
  EXPECT_EQ(told.top, meanwhile.top);
}

TEST_F(HistoryStoreTest, WhatWaitsIsBoundedAndNotLost) {
  std::ofstream(directory_) << "not a directory";
  auto few = options();
  few.waiting_hours_max = 3;
  history_store store(few, log_.to());
  for (int hour = 0; hour < 10; ++hour) EXPECT_FALSE(store.add(noon + hour * 1h, calls(1)));
  const history_answer told = store.read({{}, {}, span::hour}, noon + 9h);
  ASSERT_EQ(told.periods.size(), 3U);
  EXPECT_EQ(told.periods[0].recipient.calls, 8U);
  EXPECT_EQ(told.sum, calls(10));
}

TEST_F(HistoryStoreTest, AFullFileIsToldAndNothingIsCountedTwice) {
  auto small = options();
  small.map_octets_max = small.map_octets;
  history_store store(small, log_.to());
  std::mt19937_64 random(1);
  counters all;
  int failed = 0;
  for (int hour = 0; hour < 60; ++hour) {
    const counters more = sample::anything(random);
    if (!store.add(noon + hour * 1h, more)) ++failed;
    all += more;
    ASSERT_EQ(store.read({}, noon + hour * 1h).sum, all) << hour;
  }
  EXPECT_GT(failed, 0);
  EXPECT_THAT(store.trouble(), HasSubstr("takes nothing: "));
  EXPECT_EQ(log_.lines("error history_failed").size(), 1U);
}

TEST_F(HistoryStoreTest, ADamagedFileIsSetAside) {
  ASSERT_TRUE(open().add(noon, calls(3)));
  store_.reset();
  std::string octets(std::filesystem::file_size(file()), '\x5a');
  std::fstream(file(), std::ios::in | std::ios::out | std::ios::binary).seekp(4096 * 2)
      << octets.substr(4096 * 2);
  ASSERT_TRUE(open().add(noon, calls(4)));
  EXPECT_EQ(calls_in(store_->read({}, noon)), 4U);
  EXPECT_EQ(log_.lines("error history_damaged").size(), 1U);
  int aside = 0;
  for (const auto& there : std::filesystem::directory_iterator(directory_ + "/history")) {
    if (there.path().filename().string().starts_with("data.mdb.damaged-")) ++aside;
  }
  EXPECT_EQ(aside, 1);
}

TEST_F(HistoryStoreTest, AFileThatIsNoHistoryStaysAsItIs) {
  environment_options of_a_cache;
  of_a_cache.directory = directory_ + "/history";
  { ASSERT_TRUE(environment::open(of_a_cache)); }
  EXPECT_FALSE(open().add(noon, calls(4)));
  EXPECT_THAT(store_->trouble(), HasSubstr("is not a history of cbvd"));
  EXPECT_EQ(calls_in(store_->read({}, noon)), 4U);
  store_.reset();
  EXPECT_TRUE(environment::open(of_a_cache)) << "still a cache";
}

/// A record is changed behind the store's back.
void put(const std::string& directory, table into, std::string_view key, std::string_view octets) {
  environment_options how;
  how.directory = directory + "/history";
  how.kind = &history_layout;
  const auto where = environment::open(how);
  ASSERT_TRUE(where) << where.error().message;
  auto writing = (*where)->begin_write();
  ASSERT_TRUE(writing);
  ASSERT_TRUE(writing->put(into, key, octets));
  ASSERT_TRUE(writing->commit());
}

TEST_F(HistoryStoreTest, ANewerFormatStaysAsItIs) {
  ASSERT_TRUE(open().add(noon, calls(3)));
  store_.reset();
  put(directory_, table::meta, "format", std::string("\x02\0\0\0", 4));
  EXPECT_FALSE(open().add(noon, calls(4)));
  EXPECT_THAT(store_->trouble(), HasSubstr("was written by a newer cbvd"));
}

TEST_F(HistoryStoreTest, ADamagedRecordIsNotBelieved) {
  ASSERT_TRUE(open().add(noon, calls(3)));
  store_.reset();
  put(directory_, table::periods, history_key(span::hour, noon), "x");
  EXPECT_EQ(calls_in(open().read({noon, noon + 1h, {}}, noon + 24h * 60)), 0U);
  EXPECT_EQ(calls_in(store_->read({{}, {}, span::month}, noon)), 3U);
  EXPECT_EQ(log_.lines("error history_record_corrupt").size(), 1U);
}

TEST_F(HistoryStoreTest, WhatItSaysOfItselfIsFoundOutAgain) {
  ASSERT_TRUE(open().add(noon - 24h * 900, calls(1)));
  ASSERT_TRUE(store_->add(noon - 24h * 100, calls(1)));
  ASSERT_TRUE(store_->add(noon, calls(1)));
  store_->look_after(noon, started);
  store_->look_after(noon + 1h, started + 1h);
  store_.reset();
  put(directory_, table::meta, history_state_key, "x");
  const history_answer told = open().read({}, noon + 1h);
  EXPECT_EQ(told.sum, calls(3));
  EXPECT_EQ(told.counted_since, begin_of(span::month, noon - 24h * 900));
  ASSERT_TRUE(store_->add(noon + 1h, calls(1)));
  EXPECT_EQ(calls_in(open().read({}, noon + 1h)), 4U);
}

TEST_F(HistoryStoreTest, TopListsAreKeptByPeriod) {
  open();
  for (int day = 0; day < 3; ++day) {
    for (int hour = 0; hour < 24; hour += 8) {
      rankings met;
      met.domains = {{"always.example", 5, 0}, {"day" + std::to_string(day) + ".example", 2, 0}};
      met.hosts = {{"mx.example", 1, 0}};
      ASSERT_TRUE(store_->add(noon + 24h * day + 1h * hour, calls(1), met));
    }
  }
  const wall_time end = noon + 24h * 10;
  const history_answer all = open().read({}, end);
  EXPECT_EQ(all.top.domains, (ranking{{"always.example", 45, 0},
                                      {"day0.example", 6, 0},
                                      {"day1.example", 6, 0},
                                      {"day2.example", 6, 0}}));
  EXPECT_EQ(all.top.hosts, (ranking{{"mx.example", 9, 0}}));
  EXPECT_TRUE(all.top.clients.empty());
  const history_answer one = store_->read({noon + 24h, noon + 32h, {}}, end);
  EXPECT_EQ(one.top.domains, (ranking{{"always.example", 5, 0}, {"day1.example", 2, 0}}));
}

TEST_F(HistoryStoreTest, TopListsAreBoundedAndSayHowSureTheyAre) {
  std::mt19937_64 random(3);
  std::map<std::string, std::uint64_t> exact;
  open();
  for (int i = 0; i < 200; ++i) {
    std::map<std::string, std::uint64_t> met;
    for (int n = 0; n < 30; ++n) {
      // Few names often, many seldom.
      const auto which = random() % (random() % 2 == 0 ? 10 : 5000);
      ++met["d" + std::to_string(which) + ".example"];
    }
    rankings list;
    for (const auto& [name, count] : met) {
      exact[name] += count;
      list.domains = merge(list.domains, {{name, count, 0}}, 1000, 1000);
    }
    ASSERT_TRUE(store_->add(noon + i * 1min, {}, list));
  }
  for (const history_question& asked : {history_question{noon, noon + 24h, {}}, history_question{},
                                        history_question{noon - 24h, {}, span::month}}) {
    const ranking told = store_->read(asked, noon + 24h).top.domains;
    ASSERT_EQ(told.size(), 100U);
    for (const ranked& each : told) {
      EXPECT_GE(each.count, exact[each.name]) << each.name;
      EXPECT_LE(each.count - each.error, exact[each.name]) << each.name;
    }
    for (int i = 0; i < 10; ++i) EXPECT_GT(exact[told[static_cast<std::size_t>(i)].name], 200U);
  }
}

}  // namespace
}  // namespace cbv::cache
