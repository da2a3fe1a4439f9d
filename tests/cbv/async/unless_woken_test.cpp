#include "cbv/async/unless_woken.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>

#include "tests/sim/sim_timer.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;
using outcome = result<std::optional<int>>;

class UnlessWokenTest : public testing::Test {
 protected:
  awaitable<result<int>> answer(std::chrono::milliseconds after, result<int> with) {
    try {
      co_await time_.sleep_until(start_ + after);
    } catch (...) {
      cancelled_ = true;
      throw;
    }
    co_return with;
  }

  awaitable<result<int>> fail(std::chrono::milliseconds after) {
    co_await time_.sleep_until(start_ + after);
    throw std::logic_error("a bug");
  }

  awaitable<void> wake(std::chrono::milliseconds after) {
    co_await time_.sleep_until(start_ + after);
  }

  void start(awaitable<outcome> work) {
    asio::co_spawn(io_, std::move(work),
                   asio::bind_cancellation_slot(
                       cancel_.slot(), [this](const std::exception_ptr& thrown, outcome got) {
                         thrown_ = thrown;
                         got_ = std::move(got);
                         done_ = true;
                       }));
  }

  void run_until(std::chrono::milliseconds after) {
    sim::run_until(io_, time_, start_ + after, [this] { return done_; });
  }

  sim::sim_timer time_;
  time_point start_ = time_.now();
  asio::io_context io_{1};
  asio::cancellation_signal cancel_;
  std::exception_ptr thrown_;
  std::optional<outcome> got_;
  bool done_ = false;
  bool cancelled_ = false;
};

TEST_F(UnlessWokenTest, GivesWhatTheOperationGives) {
  start(unless_woken(wake(1h), answer(1s, 42)));
  run_until(2h);
  ASSERT_TRUE(done_ && !thrown_);
  EXPECT_EQ(**got_, 42);
  EXPECT_EQ(time_.now(), start_ + 1s);
  EXPECT_EQ(time_.sleepers(), 0U) << "who was to wake is cancelled";
}

TEST_F(UnlessWokenTest, GivesItsErrorToo) {
  start(unless_woken(wake(1h), answer(1s, error_code(asio::error::eof))));
  run_until(2h);
  ASSERT_TRUE(done_ && !thrown_);
  EXPECT_EQ(got_->error(), asio::error::eof);
}

TEST_F(UnlessWokenTest, GivesNothingWhenItIsWokenFirst) {
  start(unless_woken(wake(1s), answer(1h, 42)));
  run_until(2h);
  ASSERT_TRUE(done_ && !thrown_);
  EXPECT_FALSE(**got_ ? true : got_->has_error());
  EXPECT_EQ(time_.now(), start_ + 1s);
  EXPECT_TRUE(cancelled_);
  EXPECT_EQ(time_.sleepers(), 0U);
}

// Octets that were read are never lost, whoever came first by a hair.
TEST_F(UnlessWokenTest, LosesNoOutcomeThatComesAtTheSameTime) {
  start(unless_woken(wake(1s), answer(1s, 42)));
  run_until(2h);
  ASSERT_TRUE(done_ && !thrown_);
  const bool is_there = got_->has_value() && **got_ == 42;
  EXPECT_TRUE(is_there || cancelled_) << "it either gave its outcome or did not have it yet";
}

TEST_F(UnlessWokenTest, GivesWhatIsThereAtOnce) {
  start(unless_woken(wake(0ms), answer(0ms, 42)));
  run_until(1h);
  ASSERT_TRUE(done_ && !thrown_);
  EXPECT_TRUE(cancelled_ || **got_ == 42);
}

TEST_F(UnlessWokenTest, ThrowsWhatTheOperationThrows) {
  start(unless_woken(wake(1h), fail(1s)));
  run_until(2h);
  ASSERT_TRUE(done_);
  ASSERT_TRUE(thrown_);
  EXPECT_THROW(std::rethrow_exception(thrown_), std::logic_error);
  EXPECT_EQ(time_.now(), start_ + 1s);
}

TEST_F(UnlessWokenTest, CancelledItCancelsBothAndThrows) {
  start(unless_woken(wake(1h), answer(1h, 42)));
  run_until(1s);
  cancel_.emit(asio::cancellation_type::terminal);
  run_until(1s);
  ASSERT_TRUE(done_);
  ASSERT_TRUE(thrown_);
  try {
    std::rethrow_exception(thrown_);
  } catch (const boost::system::system_error& failed) {
    EXPECT_EQ(failed.code(), asio::error::operation_aborted);
  }
  EXPECT_TRUE(cancelled_);
  EXPECT_EQ(time_.sleepers(), 0U);
}

}  // namespace
}  // namespace cbv
