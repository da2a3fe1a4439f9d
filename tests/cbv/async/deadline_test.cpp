#include "cbv/async/deadline.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/sim/sim_timer.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;

class DeadlineTest : public testing::Test {
 protected:
  // Something that takes `lasting`, within `limit`.
  awaitable<void> bounded(std::chrono::seconds lasting, std::chrono::seconds limit) {
    awaitable<result<int>> operation = takes(lasting);
    const time_point deadline = time_.now() + limit;
    heard_ = co_await with_deadline(time_, deadline, std::move(operation));
    at_ = time_.now() - start_;
  }

  awaitable<result<int>> takes(std::chrono::seconds lasting) {
    co_await time_.sleep_until(time_.now() + lasting);
    if (lasting == 13s) co_return errc::over_limit;
    if (lasting == 17s) throw std::runtime_error("seventeen");
    co_return 7;
  }

  void spawn(awaitable<void> what) {
    asio::co_spawn(io_, std::move(what),
                   asio::bind_cancellation_slot(cancel_.slot(), [this](std::exception_ptr thrown) {
                     thrown_ = std::move(thrown);
                   }));
  }

  std::string what_was_thrown() const {
    try {
      if (thrown_) std::rethrow_exception(thrown_);
    } catch (const std::exception& thrown) {
      return thrown.what();
    }
    return "nothing";
  }

  void run(std::chrono::seconds for_so_long = 100s) {
    sim::run_until(io_, time_, time_.now() + for_so_long, [] { return false; });
  }

  sim::sim_timer time_;
  asio::io_context io_;
  const time_point start_ = time_.now();
  asio::cancellation_signal cancel_;
  std::optional<result<int>> heard_;
  time_point::duration at_{};
  std::exception_ptr thrown_;
};

TEST_F(DeadlineTest, GivesWhatComesInTime) {
  spawn(bounded(5s, 10s));
  run();
  ASSERT_TRUE(heard_ && *heard_);
  EXPECT_EQ(**heard_, 7);
  EXPECT_EQ(at_, 5s);
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(DeadlineTest, EndsAtTheDeadline) {
  spawn(bounded(50s, 10s));
  run();
  ASSERT_TRUE(heard_);
  EXPECT_EQ(heard_->error(), errc::timed_out);
  EXPECT_EQ(at_, 10s);
  EXPECT_EQ(time_.sleepers(), 0U) << "the operation goes on";
}

TEST_F(DeadlineTest, GivesAFailureAtOnce) {
  spawn(bounded(13s, 60s));
  run();
  ASSERT_TRUE(heard_);
  EXPECT_EQ(heard_->error(), errc::over_limit);
  EXPECT_EQ(at_, 13s);
}

TEST_F(DeadlineTest, PassesCancellationOn) {
  spawn(bounded(50s, 60s));
  run(1s);
  cancel_.emit(asio::cancellation_type::terminal);
  run(0s);
  EXPECT_FALSE(heard_);
  EXPECT_EQ(what_was_thrown(), boost::system::system_error(asio::error::operation_aborted).what());
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(DeadlineTest, LeavesNothingBehindWhenItsExecutorIsGone) {
  auto io = std::make_unique<asio::io_context>();
  asio::co_spawn(*io, bounded(50s, 60s), [](const std::exception_ptr&) { FAIL(); });
  io->poll();
  EXPECT_EQ(time_.sleepers(), 2U);
  io.reset();
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(DeadlineTest, PassesOnAtOnceWhatTheOperationThrows) {
  spawn(bounded(17s, 60s));
  run(20s);
  EXPECT_EQ(what_was_thrown(), "seventeen");
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(DeadlineTest, CarriesWhatHasNoDefault) {
  struct only_from {
    explicit only_from(int n) : number(n) {}
    only_from(only_from&&) = default;
    int number;
  };
  int got = 0;
  const auto make = [this]() -> awaitable<result<only_from>> {
    co_await time_.sleep_until(time_.now() + 1s);
    co_return only_from(3);
  };
  const auto ask = [&]() -> awaitable<void> {
    awaitable<result<only_from>> operation = make();
    const time_point deadline = time_.now() + 2s;
    const auto made = co_await with_deadline(time_, deadline, std::move(operation));
    got = made->number;
  };
  spawn(ask());
  run();
  EXPECT_EQ(got, 3);
}

TEST_F(DeadlineTest, Nests) {
  const auto nested = [this]() -> awaitable<result<int>> {
    awaitable<result<int>> operation = takes(50s);
    const time_point inner = time_.now() + 10s;
    co_return co_await with_deadline(time_, inner, std::move(operation));
  };
  const auto outer = [&]() -> awaitable<void> {
    awaitable<result<int>> operation = nested();
    const time_point deadline = time_.now() + 20s;
    heard_ = co_await with_deadline(time_, deadline, std::move(operation));
    at_ = time_.now() - start_;
  };
  spawn(outer());
  run();
  ASSERT_TRUE(heard_);
  EXPECT_EQ(heard_->error(), errc::timed_out);
  EXPECT_EQ(at_, 10s);
}

}  // namespace
}  // namespace cbv
