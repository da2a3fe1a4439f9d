#include "cbv/async/event.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/sim_timer.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;

class EventTest : public testing::Test {
 protected:
  awaitable<void> wait(std::shared_ptr<event> happens, std::string name) {
    co_await happens->wait();
    told_.push_back(name + " set");
  }
  awaitable<void> wait_until(std::shared_ptr<event> happens, std::string name, time_point end) {
    const bool is_set = co_await happens->wait_until(time_, end);
    told_.push_back(name + (is_set ? " set" : " late"));
  }
  void start(awaitable<void> waiting) {
    auto ended = [this](const std::exception_ptr& e) {
      if (e) told_.emplace_back("threw");
    };
    asio::cancellation_signal& stop = stops_.emplace_back();
    asio::co_spawn(io_, std::move(waiting), asio::bind_cancellation_slot(stop.slot(), ended));
  }
  void pass(std::chrono::seconds so_long) {
    sim::run_until(io_, time_, time_.now() + so_long, [] { return false; });
  }

  sim::sim_timer time_;
  std::list<asio::cancellation_signal> stops_;  // of each that was started
  asio::io_context io_;
  std::shared_ptr<event> one_ = std::make_shared<event>();
  std::vector<std::string> told_;
};

using lines = std::vector<std::string>;

TEST_F(EventTest, WakesAllWhoWaitAndDelaysNobodyAfterwards) {
  start(wait(one_, "ann"));
  start(wait_until(one_, "bob", time_.now() + 10s));
  pass(1s);
  EXPECT_EQ(told_, lines{});
  one_->set();
  EXPECT_EQ(told_, lines{}) << "not within the call";
  pass(1s);
  EXPECT_EQ(told_, (lines{"ann set", "bob set"}));
  start(wait(one_, "cid"));
  start(wait_until(one_, "dan", time_.now() - 1s));
  pass(0s);
  EXPECT_EQ(told_, (lines{"ann set", "bob set", "cid set", "dan set"}));
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST_F(EventTest, TellsThoseWhoAreTooLateAndNoneElse) {
  start(wait_until(one_, "past", time_.now()));
  start(wait_until(one_, "ann", time_.now() + 2s));
  start(wait_until(one_, "bob", time_.now() + 4s));
  start(wait(one_, "cid"));
  pass(0s);
  EXPECT_EQ(told_, lines{"past late"});
  pass(3s);
  EXPECT_EQ(told_, (lines{"past late", "ann late"}));
  one_->set();
  pass(9s);
  EXPECT_EQ(told_, (lines{"past late", "ann late", "bob set", "cid set"}));
}

TEST_F(EventTest, ThrowsWhenItIsCancelled) {
  start(wait(one_, "ann"));
  pass(1s);
  stops_.back().emit(asio::cancellation_type::terminal);
  pass(1s);
  start(wait_until(one_, "bob", time_.now() + 10s));
  pass(1s);
  stops_.back().emit(asio::cancellation_type::terminal);
  pass(1s);
  EXPECT_EQ(told_, (lines{"threw", "threw"}));
  EXPECT_EQ(time_.sleepers(), 0U);
  one_->set();
  pass(20s);
  EXPECT_EQ(told_.size(), 2U);
}

}  // namespace
}  // namespace cbv
