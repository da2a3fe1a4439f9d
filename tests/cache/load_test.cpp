// The store under threads: what ThreadSanitizer is to see at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cache/lmdb_store.hpp"
#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

class LoadTest : public testing::Test {
 protected:
  void open(std::uint64_t records_max) {
    lmdb_store_options how = options();
    how.sweeping.keep.records_max = records_max;
    open(std::move(how));
  }
  lmdb_store_options options() const {
    lmdb_store_options how;
    how.environment.directory = place_.inside("cache");
    how.environment.map_octets = 64 << 10;
    how.environment.simultaneous_readers_max = 3;
    how.queue.group_delay = 0ms;
    how.queue.group_records_max = group;
    how.sweep_pause = 0ms;
    how.sweeping.step_records_max = 100;
    how.sweeping.hurried_records_max = 500;
    how.sweeping.rest = 0s;
    how.sweeping.clock_trust = 0s;
    return how;
  }
  void open(lmdb_store_options how) {
    auto opened_here = lmdb_store::open(std::move(how), {});
    ASSERT_TRUE(opened_here) << opened_here.error().message;
    store_ = std::move(*opened_here);
  }

  static std::string name(int number) {
    return "user" + std::to_string(number) + "@d" + std::to_string(number % 31) + ".example";
  }
  static mailbox numbered(int number) { return sample::address(name(number)); }
  verdict put(int number, wall_time now) {
    verdict made = sample::refused();
    made.reply->text = "no such user: " + name(number);
    return store_->put(role::recipient, numbered(number), made, now);
  }
  /// Whether it is remembered; never with another's words.
  bool has(int number, wall_time now) {
    const auto found = store_->find(role::recipient, numbered(number), now);
    if (!found || !*found) return false;
    if ((*found)->verdict.reply->text != "no such user: " + name(number)) ++wrong_;
    return true;
  }
  std::uint64_t held() {
    const usage used = store_->counts().used;
    return used.of(table::verdicts).records + used.of(table::domains).records +
           used.of(table::hosts).records;
  }

  static constexpr std::size_t group = 50;
  temporary_folder place_;
  std::unique_ptr<lmdb_store> store_;
  std::atomic<int> wrong_{0};
};

TEST_F(LoadTest, KeepsToItsBoundWhileNewAddressesFloodIn) {
  constexpr std::uint64_t bound = 1000;
  constexpr int writers = 3;
  constexpr int each = 3000;
  open(bound);
  std::atomic<int> running{writers};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < each; ++i) put(writer * each + i, noon + std::chrono::seconds{i / 10});
      --running;
    });
  }
  while (running > 0) {
    ASSERT_LE(held(), bound + bound / 20 + group);
    std::this_thread::yield();
  }
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(store_->flush());
  EXPECT_LE(held(), bound + bound / 20 + group);
  EXPECT_EQ(store_->counts().dropped, 0u);
  EXPECT_GE(store_->counts().pruned, std::uint64_t{writers * each} - bound - bound / 20 - group);
  // The last of all were there when the last were removed, and were the youngest.
  const wall_time now = noon + std::chrono::seconds{each / 10};
  for (int writer = 0; writer < writers; ++writer) {
    EXPECT_TRUE(has(writer * each + each - 1, now)) << writer;
    EXPECT_FALSE(has(writer * each, now)) << writer;
  }
  EXPECT_EQ(wrong_, 0);
}

TEST_F(LoadTest, GoesOnInAMapThatIsTooSmallForAllOfThem) {
  auto how = options();
  how.environment.map_octets_max = 1 << 20;
  how.retry_pause = 0ms;
  open(std::move(how));
  constexpr int addresses = 6000;
  for (int i = 0; i < addresses; ++i) put(i, noon + std::chrono::seconds{i / 10});
  while (store_->counts().queued > 0) (void)store_->flush();
  EXPECT_LE(store_->counts().file_octets, std::uint64_t{1 << 20});
  EXPECT_GT(store_->counts().used.of(table::verdicts).records, 500u);
  const wall_time now = noon + std::chrono::seconds{addresses / 10};
  int there = 0;
  for (int i = addresses - 200; i < addresses; ++i) there += has(i, now) ? 1 : 0;
  EXPECT_GT(there, 190) << "of the youngest";
  EXPECT_EQ(store_->counts().dropped, 0u);
}

TEST_F(LoadTest, ReadsWritesPrunesAndForgetsAtOnce) {
  constexpr int addresses = 1500;
  constexpr int rounds = 3000;
  open(700);
  std::atomic<bool> writing{true};
  std::atomic<int> lost{0};
  std::vector<std::thread> threads;
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&, reader] {
      for (int i = reader; writing; i = (i + 7) % addresses) has(i, noon);
    });
  }
  // Younger than all that the writers put, or it may be pruned as soon as it is written.
  const wall_time youngest = noon + std::chrono::seconds{rounds / 100} + 10s;
  threads.emplace_back([&] {
    const auto host = [](int i) {
      return boost::asio::ip::address_v4(0xc0000200U + static_cast<unsigned>(i) % 200);
    };
    for (int i = 0; writing; ++i) {
      const domain of = *domain::parse("d" + std::to_string(i % 31) + ".example");
      store_->domains().note_catch_all(role::recipient, of, catch_all::yes, noon);
      store_->domains().forget(of);
      store_->hosts().note_trouble(host(i), host_fault::refused, noon + 5min, "421", youngest);
      if (!store_->hosts().facts(host(i), youngest).refused) ++lost;
      store_->hosts().forget(host(i));
      if (store_->hosts().facts(host(i), youngest).refused) ++lost;
      store_->counts();
    }
  });
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 2; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < rounds; ++i) {
        const int number = (i * 13 + writer * 5) % addresses;
        put(number, noon + std::chrono::seconds{i / 100});
        if (i % 500 == 0 && !store_->flush()) ++lost;
      }
    });
  }
  for (auto& thread : writers) thread.join();
  writing = false;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong_, 0);
  EXPECT_EQ(lost, 0);
  EXPECT_GT(store_->counts().pruned, 0u);
  EXPECT_EQ(store_->counts().failed_reads, 0u);
  EXPECT_EQ(store_->counts().failed_commits, 0u);
  EXPECT_EQ(store_->counts().corrupt, 0u);
}

}  // namespace
}  // namespace cbv::cache
