#include "cbv/async/wakeup.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

namespace cbv {
namespace {

class WakeupTest : public testing::Test {
 protected:
  awaitable<void> wait_once() {
    co_await changed_.wait();
    ++woken_;
  }
  void settle() {
    io_.restart();
    io_.poll();
  }

  asio::io_context io_{1};
  wakeup changed_{io_.get_executor()};
  int woken_ = 0;
};

TEST_F(WakeupTest, WakesAllWhoWaitAndNoneWhoComeLater) {
  changed_.notify();
  asio::co_spawn(io_, wait_once(), asio::detached);
  asio::co_spawn(io_, wait_once(), asio::detached);
  settle();
  EXPECT_EQ(woken_, 0) << "what was before does not count";
  changed_.notify();
  EXPECT_EQ(woken_, 0) << "not from within";
  settle();
  EXPECT_EQ(woken_, 2);
  asio::co_spawn(io_, wait_once(), asio::detached);
  settle();
  EXPECT_EQ(woken_, 2);
  changed_.notify();
  settle();
  EXPECT_EQ(woken_, 3);
}

TEST_F(WakeupTest, CancelledItThrows) {
  asio::cancellation_signal cancel;
  bool threw = false;
  asio::co_spawn(io_, wait_once(),
                 asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& thrown) {
                   threw = thrown != nullptr;
                 }));
  settle();
  cancel.emit(asio::cancellation_type::terminal);
  settle();
  EXPECT_TRUE(threw);
  EXPECT_EQ(woken_, 0);
}

}  // namespace
}  // namespace cbv
