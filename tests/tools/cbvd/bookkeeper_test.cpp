#include "tools/cbvd/bookkeeper.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cbv/async/task_group.hpp"
#include "tests/cache/history/counted.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;
using cache::sample::calls;

/// Virtual time whose wall clock can be set. It begins at ten seconds and a half before an hour.
class set_clock final : public timer {
 public:
  explicit set_clock(sim::sim_timer& of) : of_(of), begun_(of.now()) {}

  time_point now() const noexcept override { return of_.now(); }
  wall_time wall_now() const noexcept override {
    return std::chrono::floor<std::chrono::seconds>(exactly());
  }
  std::chrono::nanoseconds into_second() const { return exactly() - wall_now(); }
  awaitable<void> sleep_until(time_point when) override { return of_.sleep_until(when); }
  std::unique_ptr<alarm> call_at(const asio::any_io_executor& executor, time_point when,
                                 std::function<void()> what) override {
    return of_.call_at(executor, when, std::move(what));
  }

  static constexpr wall_time hour{1'795'262'400s};  // 2026-11-21T12:00:00Z
  std::chrono::nanoseconds ahead{0};

 private:
  std::chrono::sys_time<std::chrono::nanoseconds> exactly() const {
    return hour - 10'500ms + (of_.now() - begun_) + ahead;
  }

  sim::sim_timer& of_;
  const time_point begun_;
};

/// What was counted comes from the test; the thread of the disk is the one and only.
class BookkeeperTest : public testing::Test {
 protected:
  BookkeeperTest() { open(); }

  void open() {
    keeping_.cancel();
    io_.restart();
    io_.poll();
    books_.reset();
    store_.reset();
    cache::history_store_options options;
    options.directory = directory_;
    options.reopen_pause = 0ms;
    store_ = std::make_unique<cache::history_store>(std::move(options), logger());
    counted_ = {};
    counting_sources from;
    from.count = [this]() -> awaitable<counters> { co_return counted_; };
    from.take_rankings = [this]() -> awaitable<rankings> {
      ++rankings_taken_;
      co_return std::exchange(met_, {});
    };
    books_ = std::make_unique<bookkeeper>(io_.get_executor(), io_.get_executor(), time_, *store_,
                                          std::move(from), [this] { return time_.into_second(); });
    keeping_.spawn(books_->keep());
  }

  void count(std::uint64_t number) { counted_ += calls(number); }

  /// Time passes, and at the end of it all is done that can be.
  void pass(std::chrono::nanoseconds how_long) {
    io_.restart();
    sim::run_until(io_, virtual_, virtual_.now() + how_long, [] { return false; });
  }

  template <class T>
  T value_of(awaitable<T> work) {
    std::optional<T> value;
    asio::co_spawn(io_, std::move(work),
                   [&value](const std::exception_ptr&, T made) { value.emplace(std::move(made)); });
    io_.restart();
    io_.poll();
    if (!value) throw std::logic_error("it waits for time to pass");
    return *std::move(value);
  }

  void close() {
    bool closed = false;
    asio::co_spawn(io_, books_->close(), [&closed](const std::exception_ptr&) { closed = true; });
    io_.restart();
    io_.poll();
    ASSERT_TRUE(closed);
  }

  /// Calls by hour, as the file has them.
  std::vector<std::uint64_t> written() {
    cache::history_store other({directory_ + "-copy"}, logger());
    std::filesystem::remove_all(directory_ + "-copy");
    std::filesystem::create_directory(directory_ + "-copy");
    std::filesystem::create_directory(directory_ + "-copy/history");
    std::filesystem::copy(directory_ + "/history/data.mdb", directory_ + "-copy/history");
    std::vector<std::uint64_t> all;
    for (const auto& each : other.read({{}, {}, span::hour}, time_.wall_now()).periods) {
      all.push_back(each.recipient.calls);
    }
    return all;
  }

  const temporary_folder folder_{temporary_folder::in_memory()};
  const std::string directory_ = folder_.inside("cache");
  sim::sim_timer virtual_;
  set_clock time_{virtual_};
  asio::io_context io_{1};
  counters counted_;
  rankings met_;
  int rankings_taken_ = 0;
  std::unique_ptr<cache::history_store> store_;
  std::unique_ptr<bookkeeper> books_;
  task_group keeping_{io_.get_executor()};
};

TEST_F(BookkeeperTest, WhatWasCountedIsOnTheDiskWhenTheSecondEnds) {
  count(3);
  pass(499ms);
  EXPECT_EQ(store_->progress().added, 0U);
  pass(1ms);
  EXPECT_EQ(store_->progress().committed, 3U);
  EXPECT_EQ(written(), std::vector<std::uint64_t>{3});
  count(4);
  pass(999ms);
  EXPECT_EQ(store_->progress().added, 3U);
  pass(1ms);
  EXPECT_EQ(store_->progress().committed, 7U);
}

TEST_F(BookkeeperTest, ACallBelongsToTheHourInWhichItsSecondBegan) {
  pass(9'500ms);
  count(1);
  pass(999ms);  // the last of the hour
  count(2);
  pass(1ms);
  count(4);
  pass(1s);
  EXPECT_EQ(written(), (std::vector<std::uint64_t>{3, 4}));
}

TEST_F(BookkeeperTest, AnAnswerHasAllThatWasCountedBeforeItWasAskedFor) {
  count(5);
  met_.domains = {{"spam.example", 5, 0}};
  const history_answer told = value_of(books_->look_back({}));
  EXPECT_EQ(told.sum, calls(5));
  EXPECT_EQ(told.top.domains, (ranking{{"spam.example", 5, 0}}));
  EXPECT_EQ(value_of(books_->look_back({})).sum, calls(5));
}

TEST_F(BookkeeperTest, SeveralWhoAskAtOnceAllHaveIt) {
  count(5);
  std::vector<std::uint64_t> told;
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(io_, books_->look_back({}),
                   [&told](const std::exception_ptr&, const history_answer& answer) {
                     told.push_back(answer.sum.recipient.calls);
                   });
  }
  io_.restart();
  io_.poll();
  EXPECT_EQ(told, (std::vector<std::uint64_t>{5, 5, 5}));
}

TEST_F(BookkeeperTest, AnAskerWhoGoesAwayTakesNothingAlong) {
  count(5);
  met_.hosts = {{"mx.example", 2, 0}};
  asio::cancellation_signal gone;
  asio::co_spawn(io_, books_->look_back({}),
                 asio::bind_cancellation_slot(gone.slot(), asio::detached));
  for (int steps = 0; steps < 20; ++steps) {
    io_.restart();
    io_.poll_one();
    if (steps % 3 == 0) gone.emit(asio::cancellation_type::terminal);
  }
  const history_answer told = value_of(books_->look_back({}));
  EXPECT_EQ(told.sum, calls(5));
  EXPECT_EQ(told.top.hosts, (ranking{{"mx.example", 2, 0}}));
}

TEST_F(BookkeeperTest, TopListsAreTakenEveryTenSecondsAndAtTheEndOfAnHour) {
  met_.domains = {{"one.example", 1, 0}};
  pass(9'000ms);
  EXPECT_EQ(rankings_taken_, 0);
  pass(1'500ms);  // the hour ends
  EXPECT_EQ(rankings_taken_, 1);
  met_.domains = {{"two.example", 1, 0}};
  pass(10s);
  EXPECT_EQ(rankings_taken_, 2);
  const history_question first{set_clock::hour - 1h, set_clock::hour, {}};
  EXPECT_EQ(value_of(books_->look_back(first)).top.domains, (ranking{{"one.example", 1, 0}}));
}

TEST_F(BookkeeperTest, AClockThatJumpsBackCountsInTheEarlierHour) {
  pass(20s);
  count(1);
  pass(1s);
  time_.ahead = -2h;
  count(2);  // since the second that began before the jump
  pass(1s);
  count(4);
  pass(2s);
  EXPECT_EQ(written(), (std::vector<std::uint64_t>{4}));
  time_.ahead = 0h;
  pass(1s);
  EXPECT_EQ(written(), (std::vector<std::uint64_t>{4, 0, 3}));
}

TEST_F(BookkeeperTest, ClosingWritesWhatWasCountedLast) {
  pass(5s);
  count(7);
  met_.clients = {{"192.0.2.1", 7, 0}};
  close();
  EXPECT_FALSE(store_->is_behind());
  EXPECT_EQ(store_->progress().committed, 7U);
  open();
  EXPECT_EQ(value_of(books_->look_back({})).sum, calls(7));
  EXPECT_EQ(value_of(books_->look_back({})).top.clients, (ranking{{"192.0.2.1", 7, 0}}));
}

TEST_F(BookkeeperTest, WithoutADiskItCountsOnAndWritesLater) {
  std::ofstream(directory_) << "not a directory";
  count(3);
  pass(20s);
  const history_answer told = value_of(books_->look_back({}));
  EXPECT_EQ(told.sum, calls(3));
  EXPECT_NE(told.trouble, "");
  std::filesystem::remove(directory_);
  pass(1s);  // nothing was counted meanwhile
  EXPECT_EQ(store_->progress().committed, 3U);
  EXPECT_EQ(written().front(), 3U);
}

TEST_F(BookkeeperTest, ClosingDoesNotWaitForADiskThatTakesNothing) {
  std::ofstream(directory_) << "not a directory";
  count(3);
  close();
  EXPECT_TRUE(store_->is_behind());
}

}  // namespace
}  // namespace cbv::cbvd
