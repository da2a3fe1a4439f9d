#include "cbv/async/side_by_side.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/sim_timer.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;

class SideBySideTest : public testing::Test {
 protected:
  awaitable<void> part(std::string name, std::chrono::seconds lasting) {
    co_await time_.sleep_until(time_.now() + lasting);
    if (name == "bad") throw std::runtime_error("bad part");
    ended_.push_back(name);
  }

  void start(const std::vector<std::pair<std::string, std::chrono::seconds>>& parts) {
    std::vector<awaitable<void>> all;
    all.reserve(parts.size());
    for (const auto& [name, lasting] : parts) all.push_back(part(name, lasting));
    asio::co_spawn(io_, side_by_side(std::move(all)),
                   asio::bind_cancellation_slot(cancel_.slot(), [this](std::exception_ptr thrown) {
                     returned_at_ = time_.now() - start_;
                     thrown_ = std::move(thrown);
                   }));
  }

  void run(std::chrono::seconds for_so_long = 100s) {
    sim::run_until(io_, time_, time_.now() + for_so_long, [] { return false; });
  }

  std::string what_was_thrown() const {
    try {
      if (thrown_) std::rethrow_exception(thrown_);
    } catch (const std::exception& thrown) {
      return thrown.what();
    }
    return "nothing";
  }

  sim::sim_timer time_;
  asio::io_context io_;
  const time_point start_ = time_.now();
  asio::cancellation_signal cancel_;
  std::vector<std::string> ended_;
  time_point::duration returned_at_{-1};
  std::exception_ptr thrown_;
};

TEST_F(SideBySideTest, RunsAllAtOnce) {
  start({{"a", 30s}, {"b", 10s}, {"c", 20s}});
  run();
  EXPECT_EQ(ended_, (std::vector<std::string>{"b", "c", "a"}));
  EXPECT_EQ(returned_at_, 30s);
  EXPECT_EQ(what_was_thrown(), "nothing");
}

TEST_F(SideBySideTest, ReturnsAtOnceIfThereIsNothing) {
  start({});
  run();
  EXPECT_EQ(returned_at_, 0s);
}

TEST_F(SideBySideTest, EndsAllWhenOneThrows) {
  start({{"a", 30s}, {"bad", 10s}, {"c", 20s}});
  run();
  EXPECT_EQ(what_was_thrown(), "bad part");
  EXPECT_EQ(returned_at_, 10s);
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(SideBySideTest, PassesCancellationOn) {
  start({{"a", 30s}, {"b", 10s}});
  run(1s);
  cancel_.emit(asio::cancellation_type::terminal);
  run(0s);
  EXPECT_EQ(what_was_thrown(), boost::system::system_error(asio::error::operation_aborted).what());
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(SideBySideTest, MayBeLeftUnderWayAtTheEnd) {
  start({{"a", 30s}, {"b", 10s}});
  run(1s);
}

}  // namespace
}  // namespace cbv
