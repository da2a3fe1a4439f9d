#include "cache/lmdb_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;
using testing::HasSubstr;
using testing::StartsWith;

/// Keeps what is logged.
class captured_log {
 public:
  logger to() {
    return logger(severity::debug, [this](severity level, std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(std::string(to_string(level)) + " " + std::string(line));
    });
  }
  std::vector<std::string> lines(const std::string& start) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const auto& line : lines_) {
      if (line.starts_with(start)) found.push_back(line);
    }
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

mailbox numbered(int number) {
  return sample::address("user" + std::to_string(number) + "@d" + std::to_string(number % 97) +
                         ".example");
}

/// A verdict that belongs to one address and no other.
verdict numbered_verdict(int number) {
  verdict v = sample::refused();
  v.reply->text = "no user " + std::to_string(number);
  return v;
}

class LmdbStoreTest : public testing::Test {
 protected:
  lmdb_store_options options() const {
    lmdb_store_options made;
    made.environment.directory = place_.inside("cache");
    made.environment.map_octets = 1 << 20;
    made.environment.map_octets_max = 64 << 20;
    made.sweeping.clock_trust = 0s;
    return made;
  }

  std::unique_ptr<lmdb_store> open(lmdb_store_options how) {
    auto store = lmdb_store::open(std::move(how), log_.to());
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  std::unique_ptr<lmdb_store> open() { return open(options()); }

  static std::optional<remembered> find(lmdb_store& store, const mailbox& who, wall_time now) {
    const auto found = store.find(role::recipient, who, now);
    EXPECT_TRUE(found);
    return found ? *found : std::nullopt;
  }

  temporary_folder place_;
  captured_log log_;
  const mailbox bob_ = sample::address("bob@example.org");
};

/// What is told from memory of `told`.
verdict from_cache(verdict told) {
  told.source = source::cache;
  return told;
}

TEST_F(LmdbStoreTest, FindsItsOwnWriteAtOnceAfterTheCommitAndAfterAReopen) {
  auto how = options();
  how.queue.group_delay = 24h;
  auto store = open(how);
  EXPECT_FALSE(find(*store, bob_, noon));
  const verdict told = store->put(role::recipient, bob_, sample::refused(), noon);
  EXPECT_EQ(told.source, source::callout);
  EXPECT_EQ(told.checked_at, noon);
  EXPECT_EQ(told.expires_at, noon + 24h);

  for (const char* when : {"queued", "committed", "reopened"}) {
    const auto found = find(*store, bob_, noon + 1s);
    ASSERT_TRUE(found) << when;
    EXPECT_EQ(found->verdict, from_cache(told)) << when;
    EXPECT_FALSE(found->refresh_due) << when;
    if (when == std::string("queued")) {
      EXPECT_EQ(store->counts().queued, 1u);
      ASSERT_TRUE(store->flush());
      EXPECT_EQ(store->counts().queued, 0u);
      EXPECT_EQ(store->counts().records, 1u);
      EXPECT_EQ(store->counts().committed, 1u);
    } else if (when == std::string("committed")) {
      store.reset();
      store = open();
    }
  }
}

TEST_F(LmdbStoreTest, FindsAnAddressHoweverItIsWrittenAndInItsRoleOnly) {
  auto store = open();
  store->put(role::recipient, bob_, sample::refused(), noon);
  EXPECT_TRUE(find(*store, sample::address("BOB@Example.org"), noon));
  EXPECT_TRUE(find(*store, sample::address("\"bob\"@example.org"), noon));
  EXPECT_FALSE(find(*store, sample::address("bob@mx.example.org"), noon));
  EXPECT_FALSE(*store->find(role::sender, bob_, noon));
}

TEST_F(LmdbStoreTest, SaysWhenARefreshIsDueAndForgetsWhatHasExpired) {
  auto store = open();
  store->put(role::recipient, bob_, sample::accepted(), noon);
  EXPECT_FALSE(find(*store, bob_, noon + 24h - 1s)->refresh_due);
  EXPECT_TRUE(find(*store, bob_, noon + 24h)->refresh_due);
  EXPECT_TRUE(find(*store, bob_, noon + 7 * 24h - 1s)->refresh_due);
  EXPECT_FALSE(find(*store, bob_, noon + 7 * 24h));
}

TEST_F(LmdbStoreTest, SettlesWithWhatIsQueuedAndWithWhatIsOnDisk) {
  for (const bool on_disk : {false, true}) {
    auto how = options();
    how.environment.directory = place_.inside(on_disk ? "disk" : "queue");
    how.queue.group_delay = 24h;
    auto store = open(how);
    const auto after_each = [&] {
      if (on_disk) {
        ASSERT_TRUE(store->flush());
      }
    };
    store->put(role::recipient, bob_, sample::accepted(), noon);
    after_each();
    const verdict stale = store->put(role::recipient, bob_, sample::timed_out(), noon + 24h);
    EXPECT_EQ(stale.status, status::deliverable);
    EXPECT_EQ(stale.source, source::stale);
    EXPECT_EQ(stale.refresh_at, noon + 24h + 5min);
    after_each();
    EXPECT_EQ(find(*store, bob_, noon + 24h)->verdict, stale);
    const verdict disputed = store->put(role::recipient, bob_, sample::refused(), noon + 25h);
    EXPECT_EQ(disputed.status, status::deliverable);
    after_each();
    EXPECT_EQ(find(*store, bob_, noon + 25h)->verdict, disputed);
    const verdict refused =
        store->put(role::recipient, bob_, sample::refused(), noon + 25h + 10min);
    EXPECT_EQ(refused.status, status::undeliverable);
    after_each();
    EXPECT_EQ(find(*store, bob_, noon + 25h + 10min)->verdict, from_cache(refused));
  }
}

TEST_F(LmdbStoreTest, NeverKeepsBusy) {
  auto store = open();
  const verdict busy = sample::made(status::unknown, reason::busy, stage::policy, source::policy);
  EXPECT_EQ(store->put(role::recipient, bob_, busy, noon).reason, reason::busy);
  EXPECT_FALSE(find(*store, bob_, noon));
  EXPECT_EQ(store->counts().queued, 0u);
}

TEST_F(LmdbStoreTest, CommitsWhatIsQueuedWhenItIsDestroyed) {
  auto how = options();
  how.queue.group_delay = 24h;
  how.queue.group_records_max = 7;
  auto store = open(how);
  for (int i = 0; i < 100; ++i) {
    store->put(role::recipient, numbered(i), numbered_verdict(i), noon);
  }
  store.reset();
  store = open();
  EXPECT_EQ(store->counts().records, 100u);
  EXPECT_THAT(log_.lines("error"), testing::IsEmpty());
}

TEST_F(LmdbStoreTest, GrowsItsMapWhileItIsUsed) {
  auto how = options();
  how.environment.map_octets = 64 << 10;
  auto store = open(how);
  constexpr int records = 3000;
  for (int i = 0; i < records; ++i) {
    store->put(role::recipient, numbered(i), numbered_verdict(i), noon);
  }
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(store->counts().records, std::uint64_t{records});
  EXPECT_GT(store->counts().map_octets, std::uint64_t{64 << 10});
  for (int i = 0; i < records; ++i) {
    ASSERT_EQ(find(*store, numbered(i), noon)->verdict.reply->text, "no user " + std::to_string(i));
  }
}

TEST_F(LmdbStoreTest, DropsWhatTheQueueCannotTakeAndSaysSoOnce) {
  auto how = options();
  how.queue.group_delay = 24h;
  how.queue.records_max = 10;
  auto store = open(how);
  for (int i = 0; i < 30; ++i) {
    const verdict told = store->put(role::recipient, numbered(i), numbered_verdict(i), noon);
    EXPECT_EQ(told.reply->text, "no user " + std::to_string(i));
    EXPECT_EQ(find(*store, numbered(i), noon).has_value(), i < 10) << i;
  }
  EXPECT_EQ(store->counts().dropped, 20u);
  EXPECT_THAT(log_.lines("warning"),
              testing::ElementsAre("warning cache_write_dropped queued=10 dropped=1"));
}

TEST_F(LmdbStoreTest, AnswersFromMemoryWhileTheDiskTakesNothing) {
  auto how = options();
  how.environment.map_octets = 64 << 10;
  how.environment.map_octets_max = 64 << 10;
  how.octets_by_map = false;
  how.retry_pause = 24h;
  how.queue.group_records_max = 50;
  auto store = open(how);
  constexpr int records = 2000;
  for (int i = 0; i < records; ++i) {
    store->put(role::recipient, numbered(i), numbered_verdict(i), noon);
  }
  // Pages that a reader held may let one more group through; then no more goes in.
  ASSERT_FALSE(store->flush());
  ASSERT_FALSE(store->flush());
  const auto flushed = store->flush();
  ASSERT_FALSE(flushed);
  EXPECT_TRUE(is_map_full(flushed.error())) << flushed.error().message();
  for (int i = 0; i < records; ++i) {
    ASSERT_EQ(find(*store, numbered(i), noon)->verdict.reply->text, "no user " + std::to_string(i));
  }
  const store_counts counts = store->counts();
  EXPECT_GT(counts.records, 0u);
  EXPECT_EQ(counts.records + counts.queued, std::uint64_t{records});
  EXPECT_GE(counts.failed_commits, 1u);
  ASSERT_EQ(log_.lines("error").size(), 1u);
  EXPECT_THAT(log_.lines("error")[0], StartsWith("error cache_commit_failed error=\"MDB_MAP_FULL"));
  store.reset();
  ASSERT_EQ(log_.lines("error").size(), 2u);
  EXPECT_EQ(log_.lines("error")[1],
            "error cache_writes_lost records=" + std::to_string(counts.queued));
}

TEST_F(LmdbStoreTest, BelievesNoDamagedRecordAndReplacesIt) {
  const record_key key = encode_key(role::recipient, bob_);
  {
    auto where = environment::open(options().environment);
    ASSERT_TRUE(where);
    std::string octets =
        encode_record(key.octets(), sample::remembered_at(noon, sample::refused(), 3h, 24h));
    octets[1] = 1;
    auto writing = (*where)->begin_write();
    ASSERT_TRUE(writing);
    ASSERT_TRUE(writing->put(table::verdicts, key.octets(), octets));
    ASSERT_TRUE(writing->commit());
  }
  auto store = open();
  for (int i = 0; i < 2; ++i) {
    const auto found = store->find(role::recipient, bob_, noon);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error(), errc::record_corrupt);
  }
  EXPECT_EQ(store->counts().corrupt, 2u);
  EXPECT_THAT(log_.lines("error"), testing::ElementsAre("error cache_record_corrupt"));
  store->put(role::recipient, bob_, sample::accepted(), noon);
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(find(*store, bob_, noon)->verdict.status, status::deliverable);
}

TEST_F(LmdbStoreTest, SweepsWhatIsForgotten) {
  auto how = options();
  how.sweep_pause = 0ms;
  how.sweeping.step_records_max = 10;
  auto store = open(how);
  for (int i = 0; i < 100; ++i) {
    store->put(role::recipient, numbered(i), numbered_verdict(i), noon);
  }
  ASSERT_TRUE(store->flush());
  store->put(role::recipient, bob_, sample::accepted(), noon + 24h);
  while (store->counts().swept < 100) std::this_thread::yield();
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(store->counts().records, 1u);
  EXPECT_TRUE(find(*store, bob_, noon + 24h));
}

TEST_F(LmdbStoreTest, RefusesToShareItsDirectory) {
  auto store = open();
  const auto second = lmdb_store::open(options(), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, open_fault::in_use);
}

TEST_F(LmdbStoreTest, SaysThatItWasOpened) {
  open().reset();
  open().reset();
  const auto lines = log_.lines("notice cache_opened");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], HasSubstr("made=yes records=0"));
  EXPECT_THAT(lines[1], HasSubstr("made=no records=0"));
}

TEST_F(LmdbStoreTest, ServesManyReadersAndWritersWhileItGrowsAndSweeps) {
  auto how = options();
  how.environment.map_octets = 64 << 10;
  how.environment.simultaneous_readers_max = 3;
  how.queue.group_delay = 0ms;
  how.sweep_pause = 0ms;
  how.sweeping.step_records_max = 100;
  how.sweeping.rest = 0s;
  auto store = open(how);
  constexpr int writers = 3;
  constexpr int readers = 4;
  constexpr int records = 600;
  std::atomic<int> written{0};
  std::atomic<int> wrong{0};
  const auto is_right = [&](int i, const std::optional<remembered>& found) {
    return found && found->verdict.status == status::undeliverable &&
           found->verdict.reply->text == "no user " + std::to_string(i);
  };
  std::vector<std::thread> threads;
  threads.reserve(writers + readers + 1);
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w] {
      for (int i = w; i < records; i += writers) {
        store->put(role::recipient, numbered(i), numbered_verdict(i), noon);
        const auto found = store->find(role::recipient, numbered(i), noon);
        if (!found || !is_right(i, *found)) ++wrong;
        ++written;
      }
    });
  }
  for (int r = 0; r < readers; ++r) {
    threads.emplace_back([&, r] {
      for (int i = r; written < records; i = (i + 7) % records) {
        const auto found = store->find(role::recipient, numbered(i), noon);
        if (!found || (*found && !is_right(i, *found))) ++wrong;
        const auto expired = store->find(role::recipient, numbered(i), noon + 24h);
        if (!expired || *expired) ++wrong;
      }
    });
  }
  threads.emplace_back([&] {
    while (written < records) {
      if (!store->flush()) ++wrong;
      store->counts();
    }
  });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(store->counts().records, std::uint64_t{records});
}

TEST_F(LmdbStoreTest, SettlesPutsOfOneAddressOneAfterTheOther) {
  // With no delay every failed refresh is in its time, and counted: none may be lost.
  constexpr int writers = 4;
  constexpr int puts = 50;
  auto how = options();
  how.times.unknown_first = 0s;
  how.times.unknown_longest = 0s;
  how.queue.group_delay = 0ms;
  auto store = open(how);
  store->put(role::recipient, bob_, sample::accepted(), noon);
  std::vector<std::thread> threads;
  threads.reserve(writers);
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < puts; ++j) {
        store->put(role::recipient, bob_, sample::timed_out(), noon + 24h);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  store.reset();

  auto where = environment::open(options().environment);
  ASSERT_TRUE(where);
  const record_key key = encode_key(role::recipient, bob_);
  const auto reading = (*where)->begin_read();
  ASSERT_TRUE(reading);
  const auto found = reading->get(table::verdicts, key.octets());
  ASSERT_TRUE(found && *found);
  const auto held = decode_record(key.octets(), **found);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->failures, writers * puts);
}

/// In a child: puts and flushes, tells how many are flushed, and puts on until it is killed.
[[noreturn]] void put_until_killed(lmdb_store_options how, int first, int tell) {
  auto store = lmdb_store::open(std::move(how), {});
  if (!store) ::_exit(1);
  int next = first;
  while (true) {
    for (int i = 0; i < 20; ++i, ++next) {
      (*store)->put(role::recipient, numbered(next), numbered_verdict(next), noon);
    }
    if (!(*store)->flush()) ::_exit(2);
    if (::write(tell, &next, sizeof next) != sizeof next) ::_exit(3);
  }
}

TEST_F(LmdbStoreTest, HasAllThatWasFlushedWhenItWasKilled) {
  auto how = options();
  how.environment.map_octets = 64 << 10;
  int flushed = 0;
  for (int round = 0; round < 10; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe_ends[0]);
      put_until_killed(how, flushed, pipe_ends[1]);
    }
    ::close(pipe_ends[1]);
    // Killed at another moment each round: after that many flushes, in the midst of what follows.
    for (int i = 0; i <= round % 4; ++i) {
      int told = 0;
      ASSERT_EQ(::read(pipe_ends[0], &told, sizeof told), static_cast<ssize_t>(sizeof told));
      flushed = told;
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ::close(pipe_ends[0]);
    ASSERT_TRUE(WIFSIGNALED(status));

    auto store = open(how);
    ASSERT_TRUE(store);
    for (int i = 0; i < flushed; ++i) {
      const auto found = find(*store, numbered(i), noon);
      ASSERT_TRUE(found) << i << " in round " << round;
      ASSERT_EQ(found->verdict.reply->text, "no user " + std::to_string(i));
    }
    EXPECT_GE(store->counts().records, static_cast<std::uint64_t>(flushed));
  }
}

}  // namespace
}  // namespace cbv::cache
