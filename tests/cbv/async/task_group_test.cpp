#include "cbv/async/task_group.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>

#include "tests/sim/sim_timer.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;

class TaskGroupTest : public testing::Test {
 protected:
  awaitable<void> sleep(std::chrono::milliseconds span) {
    struct running {
      int& count;
      ~running() { --count; }
    } const one{++running_};
    co_await time_.sleep_until(time_.now() + span);
    ++finished_;
  }
  awaitable<void> fail() {
    co_await time_.sleep_until(time_.now() + 1ms);
    throw std::logic_error("a bug");
  }
  void wait_for_the_group() {
    asio::co_spawn(io_, group_.wait_until_empty(), [this](const std::exception_ptr& thrown) {
      EXPECT_FALSE(thrown);
      emptied_ = true;
    });
  }
  void pass(std::chrono::milliseconds span) {
    sim::run_until(io_, time_, time_.now() + span, [] { return false; });
  }

  asio::io_context io_{1};
  sim::sim_timer time_;
  task_group group_{io_.get_executor()};
  int running_ = 0;
  int finished_ = 0;
  bool emptied_ = false;
};

TEST_F(TaskGroupTest, ATaskWithADeadlineIsCancelledThenAndNotBefore) {
  group_.spawn_until(time_, time_.now() + 100ms, sleep(99ms));
  group_.spawn_until(time_, time_.now() + 100ms, sleep(200ms));
  group_.spawn(sleep(300ms));
  wait_for_the_group();
  pass(99ms);
  EXPECT_EQ(finished_, 1);
  EXPECT_EQ(running_, 2);
  pass(1ms);
  EXPECT_EQ(running_, 1);
  EXPECT_EQ(finished_, 1);
  EXPECT_FALSE(emptied_);
  pass(200ms);
  EXPECT_EQ(finished_, 2);
  EXPECT_TRUE(emptied_);
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(TaskGroupTest, IsEmptyWhenTheLastTaskHasEnded) {
  group_.spawn(sleep(100ms));
  group_.spawn(sleep(200ms));
  wait_for_the_group();
  pass(199ms);
  EXPECT_EQ(group_.size(), 1U);
  EXPECT_FALSE(emptied_);
  pass(1ms);
  EXPECT_EQ(group_.size(), 0U);
  EXPECT_TRUE(emptied_);
  EXPECT_EQ(finished_, 2);
}

TEST_F(TaskGroupTest, AnEmptyGroupIsNotWaitedFor) {
  wait_for_the_group();
  pass(0ms);
  EXPECT_TRUE(emptied_);
}

TEST_F(TaskGroupTest, CancelEndsThoseThatRunAndNoneThatComeLater) {
  group_.spawn(sleep(1h));
  group_.spawn(sleep(1h));
  pass(0ms);
  EXPECT_EQ(running_, 2);
  group_.cancel();
  group_.spawn(sleep(1s));
  pass(0ms);
  EXPECT_EQ(running_, 1);
  pass(1s);
  EXPECT_EQ(finished_, 1);
  EXPECT_EQ(group_.size(), 0U);
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(TaskGroupTest, CancelBeforeTheFirstStepEndsATask) {
  group_.spawn(sleep(1h));
  group_.cancel();
  pass(0ms);
  EXPECT_EQ(group_.size(), 0U);
  EXPECT_EQ(finished_, 0);
}

TEST_F(TaskGroupTest, ABugIsThrownWhereTheExecutorRuns) {
  group_.spawn(fail());
  EXPECT_THROW(pass(1s), std::logic_error);
  EXPECT_EQ(group_.size(), 0U);
}

TEST_F(TaskGroupTest, TasksMaySpawnTasks) {
  struct chain {
    static awaitable<void> run(task_group& group, int left, int& ended) {
      ++ended;
      if (left > 0) group.spawn(run(group, left - 1, ended));
      co_return;
    }
  };
  int ended = 0;
  group_.spawn(chain::run(group_, 99, ended));
  wait_for_the_group();
  pass(0ms);
  EXPECT_EQ(ended, 100);
  EXPECT_TRUE(emptied_);
}

// What an executor still holds when it goes is destroyed, not run.
TEST(TaskGroup, GoesWithItsExecutor) {
  const auto held = std::make_shared<int>(0);
  auto io = std::make_unique<asio::io_context>(1);
  auto group = std::make_unique<task_group>(io->get_executor());
  struct waiting {
    static awaitable<void> for_ever(std::shared_ptr<int> keep, wakeup& never) {
      while (*keep == 0) co_await never.wait();
    }
  };
  auto never = std::make_unique<wakeup>(io->get_executor());
  group->spawn(waiting::for_ever(held, *never));
  io->poll();
  EXPECT_EQ(held.use_count(), 2);
  group.reset();
  never.reset();
  io.reset();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace cbv
