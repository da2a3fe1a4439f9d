// The bookkeeper with a real thread for the disk, and several who count and ask at the same time.
#include "tools/cbvd/bookkeeper.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cbv/async/side_by_side.hpp"
#include "cbv/async/task_group.hpp"
#include "tests/cache/history/counted.hpp"
#include "tests/cbv/run.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cbvd {
namespace {

using cache::sample::calls;

constexpr int askers = 4;
constexpr int questions = 50;

class BookkeeperThreadTest : public testing::Test {
 protected:
  cache::history_store_options options() const {
    cache::history_store_options made;
    made.directory = folder_.inside("cache");
    return made;
  }

  counting_sources sources() {
    counting_sources from;
    from.count = [this] { return count(); };
    from.take_rankings = []() -> awaitable<rankings> { co_return rankings{}; };
    return from;
  }

  /// As the daemon's: part of it is counted on another thread.
  awaitable<counters> count() {
    const counters here = counted_;
    co_await asio::post(other_, asio::use_awaitable);
    co_await asio::post(io_, asio::use_awaitable);
    co_return here;
  }

  awaitable<void> ask_on_and_on(bookkeeper& books) {
    for (int i = 0; i < questions; ++i) {
      counted_ += calls(1);
      const std::uint64_t at_least = counted_.recipient.calls;
      auto looking = books.look_back(history_question());
      const history_answer told = co_await std::move(looking);
      EXPECT_GE(told.sum.recipient.calls, at_least);
      EXPECT_GE(store_.progress().added, store_.progress().committed);
      EXPECT_EQ(store_.trouble(), "");
    }
  }

  awaitable<void> ask_at_once(bookkeeper& books) {
    std::vector<awaitable<void>> all;
    for (int i = 0; i < askers; ++i) all.push_back(ask_on_and_on(books));
    co_await side_by_side(std::move(all));
    co_await books.close();
  }

  const temporary_folder folder_{temporary_folder::in_memory()};
  system_timer time_;
  asio::io_context io_{1};
  counters counted_;
  cache::history_store store_{options(), logger()};
  asio::thread_pool disk_{1};
  asio::thread_pool other_{1};
};

TEST_F(BookkeeperThreadTest, EveryAnswerIsLiveAndAllIsWritten) {
  bookkeeper books(io_.get_executor(), disk_.get_executor(), time_, store_, sources(),
                   [] { return std::chrono::nanoseconds(0); });
  auto asking = ask_at_once(books);
  run(io_, std::move(asking));
  EXPECT_EQ(store_.progress().committed, std::uint64_t{askers * questions});
  EXPECT_FALSE(store_.is_behind());
  disk_.join();
  EXPECT_EQ(store_.read({}, time_.wall_now()).sum, calls(askers * questions));
}

}  // namespace
}  // namespace cbv::cbvd
