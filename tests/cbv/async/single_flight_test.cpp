#include "cbv/async/single_flight.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "cbv/async/deadline.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;

class SingleFlightTest : public testing::Test {
 protected:
  // One asker: asks for `key` until `deadline`; a started flight lasts `flight_time`.
  void ask(const std::string& key, time_point deadline, std::chrono::seconds flight_time = 10s) {
    asio::co_spawn(io_, asker(key, deadline, flight_time), asio::detached);
  }

  awaitable<void> asker(std::string key, time_point deadline, std::chrono::seconds flight_time) {
    std::function<awaitable<std::string>()> start = [this, key, flight_time] {
      return flight(key, flight_time);
    };
    awaitable<result<std::string>> joined = join(key, std::move(start));
    try {
      const result<std::string> value = co_await with_deadline(time_, deadline, std::move(joined));
      heard_.push_back(value ? *value : value.error().message());
    } catch (const std::exception& thrown) {
      heard_.push_back(std::string("threw ") + thrown.what());
    }
  }

  awaitable<result<std::string>> join(std::string key,
                                      std::function<awaitable<std::string>()> start) {
    co_return co_await flights_->run(std::move(key), std::move(start));
  }

  awaitable<std::string> flight(std::string key, std::chrono::seconds lasting) {
    ++started_;
    co_await time_.sleep_until(time_.now() + lasting);
    ++ended_;
    if (key == "bad") throw std::runtime_error("bad key");
    co_return key + " landed";
  }

  void run(std::chrono::seconds for_so_long = 100s) {
    sim::run_until(io_, time_, time_.now() + for_so_long, [] { return false; });
  }

  sim::sim_timer time_;
  asio::io_context io_;
  std::unique_ptr<single_flight<std::string>> flights_ =
      std::make_unique<single_flight<std::string>>();
  std::vector<std::string> heard_;
  int started_ = 0;
  int ended_ = 0;
};

TEST_F(SingleFlightTest, StartsOnceForAllWhoAskAtOnce) {
  for (int i = 0; i < 100; ++i) ask("a", time_.now() + 60s);
  run(5s);
  EXPECT_EQ(flights_->in_flight(), 1U);
  EXPECT_TRUE(flights_->is_in_flight("a"));
  ask("a", time_.now() + 60s);
  run();
  EXPECT_EQ(started_, 1);
  EXPECT_EQ(heard_, std::vector<std::string>(101, "a landed"));
  EXPECT_EQ(flights_->in_flight(), 0U);
}

TEST_F(SingleFlightTest, KeepsKeysApart) {
  ask("a", time_.now() + 60s);
  ask("b", time_.now() + 60s, 5s);
  run();
  EXPECT_EQ(started_, 2);
  EXPECT_EQ(heard_, (std::vector<std::string>{"b landed", "a landed"}));
}

TEST_F(SingleFlightTest, StartsAgainOnceLanded) {
  ask("a", time_.now() + 60s);
  run();
  ask("a", time_.now() + 60s);
  run();
  EXPECT_EQ(started_, 2);
}

TEST_F(SingleFlightTest, GoesOnWhenAnAskerGivesUp) {
  ask("a", time_.now() + 1s);
  ask("a", time_.now() + 60s);
  run();
  EXPECT_EQ(started_, 1);
  EXPECT_EQ(heard_, (std::vector<std::string>{"timed out", "a landed"}));
}

TEST_F(SingleFlightTest, GoesOnWhenAllHaveGivenUp) {
  ask("a", time_.now() + 1s);
  run();
  EXPECT_EQ(heard_, std::vector<std::string>{"timed out"});
  EXPECT_EQ(ended_, 1);
  EXPECT_EQ(flights_->in_flight(), 0U);
}

TEST_F(SingleFlightTest, BeginsWithoutAnyoneWaiting) {
  flights_->begin(io_.get_executor(), "a", [this] { return flight("a", 10s); });
  EXPECT_TRUE(flights_->is_in_flight("a"));
  flights_->begin(io_.get_executor(), "a", [this] { return flight("a", 10s); });
  run(1s);
  ask("a", time_.now() + 60s);
  run();
  EXPECT_EQ(started_, 1);
  EXPECT_EQ(heard_, std::vector<std::string>{"a landed"});
  EXPECT_EQ(flights_->in_flight(), 0U);
}

TEST_F(SingleFlightTest, PassesOnWhatAFlightThrows) {
  ask("bad", time_.now() + 60s);
  ask("bad", time_.now() + 60s);
  run();
  EXPECT_EQ(heard_, (std::vector<std::string>{"threw bad key", "threw bad key"}));
  EXPECT_EQ(flights_->in_flight(), 0U);
}

TEST_F(SingleFlightTest, CancelsAllThatIsUnderWay) {
  ask("a", time_.now() + 60s);
  ask("b", time_.now() + 60s);
  run(1s);
  flights_->cancel();
  run(0s);
  EXPECT_EQ(flights_->in_flight(), 0U);
  EXPECT_EQ(heard_.size(), 2U);
  EXPECT_EQ(ended_, 0);
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(SingleFlightTest, DrainsOnceAllHasLanded) {
  ask("a", time_.now() + 1s);
  ask("b", time_.now() + 1s, 20s);
  run(2s);
  bool drained = false;
  asio::co_spawn(io_, flights_->drain(), [&](const std::exception_ptr&) { drained = true; });
  run(10s);
  EXPECT_FALSE(drained);
  run(10s);
  EXPECT_TRUE(drained);
}

TEST_F(SingleFlightTest, MayBeDestroyedWithFlightsUnderWay) {
  ask("a", time_.now() + 60s);
  run(1s);
  flights_.reset();
  run();
  EXPECT_EQ(heard_.size(), 1U);
  EXPECT_EQ(ended_, 0);
}

TEST_F(SingleFlightTest, MayBeLeftUnderWayAtTheEnd) {
  ask("a", time_.now() + 60s);
  run(1s);
  EXPECT_EQ(flights_->in_flight(), 1U);
}

}  // namespace
}  // namespace cbv
