#include "tools/cbvd/worker.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/client.hpp"
#include "api/server.hpp"
#include "cache/lmdb_store.hpp"
#include "cbv/async/side_by_side.hpp"
#include "cbv/async/wakeup.hpp"
#include "cbv/net/listener.hpp"
#include "tests/api/fake_backend.hpp"
#include "tests/cache/sample.hpp"
#include "tests/cbv/run.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cbvd {
namespace {

namespace sample = cache::sample;
using nlohmann::json;
using namespace std::chrono_literals;

query asked_about(std::string address) {
  query asked;
  asked.address = std::move(address);
  asked.wait = 30s;
  return asked;
}

// An owner whose io_context the test runs, and workers beside it.
class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    cache::lmdb_store_options options;
    options.environment.directory = folder_.path() / "cache";
    memory_ = *cache::lmdb_store::open(std::move(options), logger());
  }
  ~WorkerTest() override {
    for (worker& each : workers_) each.end();
  }

  worker& begin_worker(std::vector<mailbox> own_senders = {}) {
    worker& made = workers_.emplace_back(io_.get_executor(), behind_, *memory_, time_,
                                         known_addresses{std::move(own_senders)});
    made.begin();
    return made;
  }
  void remember(const std::string& address, verdict made) {
    memory_->put(role::recipient, sample::address(address), std::move(made), time_.wall_now());
  }
  // Runs it on the worker's thread, and the owner here meanwhile.
  template <class T>
  T run_on(worker& at, awaitable<T> work) {
    const auto hop = [&]() -> awaitable<T> {
      co_return co_await asio::co_spawn(at.executor(), std::move(work), asio::use_awaitable);
    };
    auto hopping = hop();
    return run(io_, std::move(hopping));
  }

  temporary_folder folder_;
  system_timer time_;
  asio::io_context io_{1};
  std::unique_ptr<cache::lmdb_store> memory_;
  api::fake_backend behind_{time_};
  std::list<worker> workers_;
};

awaitable<std::optional<verdict>> at_once(api::backend& of, query asked) {
  co_return of.verify_at_once(asked);
}

TEST_F(WorkerTest, AnswersByItselfWhatIsRememberedForGood) {
  remember("ann@example.org", sample::accepted());
  worker& one = begin_worker();
  const auto told = run_on(one, at_once(one.backend(), asked_about("Ann@EXAMPLE.org")));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->status, status::deliverable);
  const auto wrong = run_on(one, at_once(one.backend(), asked_about("no address")));
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->reason, reason::syntax);
  const counters counted = run(io_, one.counted());
  EXPECT_EQ(counted.recipient.calls, 2U);
  EXPECT_EQ(counted.recipient.cached, 1U);
  EXPECT_EQ(counted.recipient.local, 1U);
  EXPECT_EQ(counted.recipient.of(status::undeliverable), 1U);
  EXPECT_EQ(counted.hits.count(), 2U);
}

TEST_F(WorkerTest, TellsWhomItHasMetMostOften) {
  remember("bob@example.org", sample::refused());
  worker& one = begin_worker();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(run_on(one, at_once(one.backend(), asked_about("bob@EXAMPLE.org"))));
  }
  EXPECT_EQ(run(io_, one.take_rankings()).domains, (ranking{{"example.org", 3, 0}}));
  EXPECT_EQ(run(io_, one.take_rankings()), rankings{});
}

TEST_F(WorkerTest, LeavesToTheOwnerWhatNeedsMore) {
  remember("greylisted@example.org", sample::made(status::unknown, reason::greylisted));
  worker& one = begin_worker({sample::address("probe@example.net")});
  query fresh = asked_about("ann@example.org");
  remember("ann@example.org", sample::accepted());
  fresh.fresh = true;
  for (const query& each : {fresh, asked_about("greylisted@example.org"),
                            asked_about("zed@example.org"), asked_about("probe@example.net")}) {
    EXPECT_FALSE(run_on(one, at_once(one.backend(), each))) << each.address;
  }
  EXPECT_EQ(run(io_, one.counted()), counters()) << "nothing that was not answered";
}

TEST_F(WorkerTest, KnowsWhoStandsInATableAndLearnsOfAnother) {
  worker& one = begin_worker();
  const query asked = asked_about("bob@example.org");
  EXPECT_FALSE(run_on(one, at_once(one.backend(), asked)));
  known_addresses known;
  known.recipients = [](const mailbox&) {
    return sample::made(status::undeliverable, reason::not_in_table, stage::table, source::table);
  };
  one.change(std::move(known));
  const auto told = run_on(one, at_once(one.backend(), asked));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->reason, reason::not_in_table);
}

TEST_F(WorkerTest, AsksTheOwnerAndBringsTheAnswerBack) {
  worker& one = begin_worker();
  const auto ask = [&]() -> awaitable<verdict> {
    const auto here = std::this_thread::get_id();
    const verdict told = co_await one.backend().verify(asked_about("20@example.org"));
    EXPECT_EQ(std::this_thread::get_id(), here);
    co_return told;
  };
  auto asking = ask();
  EXPECT_EQ(run_on(one, std::move(asking)).status, status::deliverable);
  ASSERT_EQ(behind_.questions.size(), 1U);
  EXPECT_EQ(behind_.questions[0].address, "20@example.org");
}

TEST_F(WorkerTest, WhatIsThrownThereIsThrownHere) {
  worker& one = begin_worker();
  auto asking = one.backend().verify(asked_about("throw@example.org"));
  EXPECT_THROW(run_on(one, std::move(asking)), std::runtime_error);
}

TEST_F(WorkerTest, ABugOnItsThreadEndsTheOwnersRun) {
  worker& one = begin_worker();
  asio::post(one.executor(), [] { throw std::logic_error("a bug"); });
  const auto staying = asio::make_work_guard(io_);
  EXPECT_THROW(io_.run(), std::logic_error);
}

TEST_F(WorkerTest, AQuestionThatIsGivenUpThereIsGivenUpHere) {
  worker& one = begin_worker();
  const auto give_up = [&]() -> awaitable<bool> {
    asio::cancellation_signal stop;
    bool ended = false;
    auto asking = one.backend().verify(asked_about("60000@example.org"));
    asio::co_spawn(one.executor(), std::move(asking),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&ended](const std::exception_ptr& thrown, const verdict&) {
                         EXPECT_TRUE(thrown);
                         ended = true;
                       }));
    while (true) {  // until the owner has it
      const auto facts = co_await one.backend().count();
      if (facts.recipient.calls > 0) break;
    }
    stop.emit(asio::cancellation_type::terminal);
    while (!ended) co_await one.backend().count();
    co_return true;
  };
  // That the question is there is shown in the counters that the owner gives.
  const auto note = [&]() -> awaitable<void> {
    while (behind_.in_flight == 0) co_await asio::post(io_, asio::use_awaitable);
    behind_.counted.recipient.calls = 1;
  };
  auto noting = note();
  asio::co_spawn(io_, std::move(noting), asio::detached);
  auto giving_up = give_up();
  EXPECT_TRUE(run_on(one, std::move(giving_up)));
  EXPECT_EQ(behind_.in_flight, 0U);
}

// A server whose clients are spread over the owner and two workers, over real sockets.
class RoomsTest : public WorkerTest {
 protected:
  static constexpr int clients = 12;
  static constexpr int questions = 60;  // of each client, at once

  void serve() {
    std::vector<api::seat> seats{seat_of(io_.get_executor(), behind_)};
    for (int i = 0; i < 2; ++i) {
      worker& each = begin_worker();
      seats.push_back(seat_of(each.executor(), each.backend()));
    }
    server_.emplace(std::move(seats), time_, api::server_bounds{}, silent_, io_.get_executor());
    where_ = folder_.path() / "socket";
    auto made = net::listen_local(io_.get_executor(), where_);
    ASSERT_TRUE(made);
    server_->serve(*std::move(made));
  }
  api::seat seat_of(const asio::any_io_executor& executor, api::backend& behind) {
    const auto begin = [this, executor, &behind](std::unique_ptr<net::stream> client) {
      {
        const std::lock_guard alone(threads_of_clients_lock_);
        threads_of_clients_.insert(std::this_thread::get_id());
      }
      return std::make_unique<api::session>(std::move(client), behind, time_,
                                            api::session_options{}, silent_, executor);
    };
    return api::seat{api::service{begin, {}}, executor};
  }

  awaitable<void> ask_all(int first) {
    auto connected = co_await api::client::connect(where_, time_);
    if (!connected) throw boost::system::system_error(connected.error());
    for (int i = 0; i < questions; ++i) {
      asio::co_spawn(io_, ask_one(**connected, first + i), asio::detached);
      ++open_;
    }
    while (open_ > 0) co_await changed_.wait();
  }
  awaitable<void> stop_when_asked() {
    while (behind_.in_flight == 0) co_await asio::post(io_, asio::use_awaitable);
    co_await server_->stop();
  }
  awaitable<void> ask_one(api::client& with, int number) {
    // A third is in memory, a third waits at the owner, a third is there but not at once.
    const std::string at = "@" + std::to_string(number) + ".example";
    const std::string address = number % 3 == 0   ? "known" + at
                                : number % 3 == 1 ? std::to_string(1 + number % 20) + at
                                                  : "soon" + at;
    const query asked = asked_about(address);
    const auto told =
        co_await with.call(api::verify_method(asked), api::verify_params(asked), time_.now() + 30s);
    if (told && !told->failed && json::parse(told->result)["address"] == address) ++right_;
    --open_;
    changed_.notify();
  }

  const logger silent_;
  std::optional<api::server> server_;
  std::string where_;
  std::mutex threads_of_clients_lock_;
  std::set<std::thread::id> threads_of_clients_;
  wakeup changed_{io_.get_executor()};
  int open_ = 0;
  int right_ = 0;
};

TEST_F(RoomsTest, AllAreAnsweredWhereverTheyAreServed) {
  for (int i = 0; i < clients * questions; i += 3)
    remember("known@" + std::to_string(i) + ".example", sample::accepted());
  serve();
  const auto ask = [&]() -> awaitable<void> {
    std::vector<awaitable<void>> asking;
    for (int i = 0; i < clients; ++i) asking.push_back(ask_all(i * questions));
    co_await side_by_side(std::move(asking));
    co_await server_->stop();
  };
  auto asking = ask();
  run(io_, std::move(asking));
  EXPECT_EQ(right_, clients * questions);
  EXPECT_EQ(threads_of_clients_.size(), 3U);
  EXPECT_EQ(server_->clients(), 0U);
}

TEST_F(RoomsTest, StoppedTheyAnswerTheQuestionsInFlight) {
  serve();
  const auto ask = [&]() -> awaitable<void> {
    std::vector<awaitable<void>> asking;
    for (int i = 0; i < clients; ++i) asking.push_back(ask_all(i * questions));
    asking.push_back(stop_when_asked());
    co_await side_by_side(std::move(asking));
  };
  auto asking = ask();
  run(io_, std::move(asking));
  EXPECT_EQ(server_->clients(), 0U);
  EXPECT_EQ(behind_.in_flight, 0U);
  EXPECT_GE(right_, static_cast<int>(behind_.questions.size()));
}

}  // namespace
}  // namespace cbv::cbvd
