// A cache that cannot be opened, or is damaged, or full: cbvd answers all the same, says what is
// wrong, and takes the cache up as soon as it can be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/cache/damage_world.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;
using testing::HasSubstr;

class WithoutCacheTest : public testing::Test {
 protected:
  lmdb_store_options options() const {
    lmdb_store_options made;
    made.environment = damage::in(directory_);
    made.queue.group_delay = 0ms;
    made.retry_pause = 1ms;
    made.reopen_pause = 1ms;
    return made;
  }

  std::unique_ptr<lmdb_store> open(lmdb_store_options how) {
    auto store = lmdb_store::open(std::move(how), log_.to());
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  std::unique_ptr<lmdb_store> open() { return open(options()); }

  std::string file() const { return directory_ + "/data.mdb"; }

  static void put(lmdb_store& store, int number) {
    store.put(role::recipient, damage::numbered(number), damage::numbered_verdict(number), noon);
  }
  static bool has(lmdb_store& store, int number) {
    const auto found = store.find(role::recipient, damage::numbered(number), noon + 1s);
    if (!found || !*found) return false;
    EXPECT_EQ((*found)->verdict.reply->text, damage::numbered_verdict(number).reply->text);
    return true;
  }

  const temporary_folder folder_;
  const std::string directory_ = folder_.inside("cache");
  damage::captured_log log_;
};

TEST_F(WithoutCacheTest, WorksInMemoryAndWritesOnceItCan) {
  struct row {
    const char* what;
    const char* said;
    void (*spoil)(const std::string& directory);
    void (*mend)(const std::string& directory);
  };
  const std::vector<row> rows{
      {"a file in place of the directory", "this is not a directory",
       [](const std::string& directory) { damage::write_content(directory, "a file"); },
       [](const std::string& directory) { std::filesystem::remove(directory); }},
      {"another program's file", "is not a cache of cbvd",
       [](const std::string& directory) {
         std::filesystem::create_directory(directory);
         damage::write_content(directory + "/data.mdb", std::string(10'000, 'x'));
       },
       [](const std::string& directory) {
         EXPECT_EQ(damage::content_of(directory + "/data.mdb"), std::string(10'000, 'x'));
         std::filesystem::rename(directory + "/data.mdb", directory + "/theirs");
       }},
      {"a directory in place of the lock", "cbvd.lock",
       [](const std::string& directory) {
         std::filesystem::create_directories(directory + "/cbvd.lock");
       },
       [](const std::string& directory) { std::filesystem::remove(directory + "/cbvd.lock"); }},
  };
  for (const auto& [what, said, spoil, mend] : rows) {
    SCOPED_TRACE(what);
    std::filesystem::remove_all(directory_);
    spoil(directory_);
    auto store = open();
    ASSERT_TRUE(store);
    EXPECT_THAT(store->trouble(), HasSubstr(said));
    EXPECT_THAT(store->trouble(), HasSubstr("the cache in " + directory_));
    EXPECT_FALSE(has(*store, 1));
    put(*store, 1);
    EXPECT_TRUE(has(*store, 1));
    EXPECT_FALSE(store->flush());
    EXPECT_FALSE(store->compact());
    EXPECT_EQ(store->counts().records, 0U);
    mend(directory_);
    while (!store->flush()) std::this_thread::yield();
    EXPECT_EQ(store->trouble(), "");
    EXPECT_EQ(store->counts().records, 1U);
    EXPECT_TRUE(has(*store, 1));
    store.reset();
    EXPECT_TRUE(has(*open(), 1));
  }
  EXPECT_EQ(log_.lines("error cache_not_opened").size(), rows.size()) << "one line a minute";
  EXPECT_EQ(log_.lines("error cache_commit_failed").size(), 0U);
}

TEST_F(WithoutCacheTest, HoldsOnlySoMuchInMemory) {
  damage::write_content(directory_, "a file");
  auto how = options();
  how.queue.records_max = 10;
  auto store = open(how);
  for (int i = 0; i < 30; ++i) put(*store, i);
  EXPECT_EQ(store->counts().queued, 10U);
  EXPECT_EQ(store->counts().dropped, 20U);
  EXPECT_TRUE(has(*store, 9));
  EXPECT_FALSE(has(*store, 10));
}

TEST_F(WithoutCacheTest, LeavesANewerFormatAlone) {
  std::string content = damage::make_file(directory_);
  const std::string key = std::string("format") + std::string("\1\0\0\0", 4);
  for (auto at = content.find(key); at != std::string::npos; at = content.find(key, at + 1)) {
    content[at + 6] = 2;
  }
  damage::write_content(file(), content);
  auto store = open();
  EXPECT_THAT(store->trouble(),
              HasSubstr("was written by a newer cbvd (format 2; this one knows 1"));
  EXPECT_FALSE(has(*store, 1));
  put(*store, 1);
  EXPECT_FALSE(store->flush());
  store.reset();
  EXPECT_TRUE(damage::content_of(file()) == content);
  EXPECT_TRUE(damage::set_aside_in(directory_).empty());
}

TEST_F(WithoutCacheTest, SetsDamagedFilesAsideAndNeverOneOverAnother) {
  for (std::size_t i = 1; i <= 3; ++i) {
    std::string content(8192, '\0');
    content[100] = static_cast<char>('0' + i);
    std::filesystem::create_directories(directory_);
    damage::write_content(file(), content.substr(0, 50) + std::string(i, '\0'));
    auto store = open();
    EXPECT_EQ(store->trouble(), "");
    put(*store, 1);
    EXPECT_TRUE(store->flush());
    store.reset();
    EXPECT_EQ(damage::set_aside_in(directory_).size(), i);
  }
  EXPECT_EQ(log_.lines("error cache_damaged").size(), 3U);
  EXPECT_THAT(log_.lines("error cache_damaged")[0], HasSubstr("data.mdb is damaged: "));
}

TEST_F(WithoutCacheTest, FindsWhatIsSoundBeforeTheDamageIsSetAside) {
  std::string content = damage::make_file(directory_);
  const inspection before = inspect(file());
  const std::size_t root = before.roots[index_of(table::verdicts)]->root * 4096;
  const page_number leaf = child_at(std::string_view(content).substr(root, 4096), 1);
  content[leaf * 4096 + 13] = '\xff';
  damage::write_content(file(), content);
  auto env = environment::open(damage::in(directory_));
  ASSERT_TRUE(env);
  int found = 0;
  int damaged = 0;
  for (int i = 0; i < damage::records; ++i) {
    auto reading = (*env)->begin_read();
    ASSERT_TRUE(reading);
    const auto value = reading->get(table::verdicts, damage::key_of(i));
    if (!value) {
      EXPECT_EQ(value.error(), page_damaged());
      ++damaged;
    } else if (*value) {
      EXPECT_EQ(**value, damage::record_of(i));
      ++found;
    }
  }
  EXPECT_GT(damaged, 0);
  EXPECT_GT(found, damage::records / 2);
  EXPECT_FALSE((*env)->begin_write());
  EXPECT_THAT((*env)->fault(), HasSubstr("odd bounds (page " + std::to_string(leaf)));
}

TEST_F(WithoutCacheTest, WalksWhatIsSoundBeforeTheDamageIsSetAside) {
  std::string content = damage::make_file(directory_);
  std::vector<std::string> keys;
  for (int i = 0; i < damage::records; ++i) {
    if (damage::is_kept(i)) keys.push_back(damage::key_of(i));
  }
  std::sort(keys.begin(), keys.end());
  const inspection before = inspect(file());
  const std::size_t root = before.roots[index_of(table::verdicts)]->root * 4096;
  const std::string page = content.substr(root, 4096);
  constexpr std::size_t damaged = 20;
  const auto begin_of = [&](std::size_t leaf) {
    const auto first = std::lower_bound(keys.begin(), keys.end(), key_at(page, leaf));
    return static_cast<std::size_t>(first - keys.begin());
  };
  content[child_at(page, damaged) * 4096 + 13] = '\xff';
  damage::write_content(file(), content);
  auto env = environment::open(damage::in(directory_));
  ASSERT_TRUE(env);
  constexpr std::size_t most = 100;
  for (std::size_t from = 0; from < keys.size(); ++from) {
    std::size_t at = from;
    const auto walked = (*env)->begin_read()->walk_from(
        table::verdicts, keys[from], [&](std::string_view key, std::string_view) {
          EXPECT_EQ(key, keys[at]);
          return ++at < from + most;
        });
    // One leaf ahead is looked at.
    const bool before_it = from + most - 1 <= begin_of(damaged - 1);
    EXPECT_EQ(walked.has_value(), before_it || from >= begin_of(damaged + 1)) << from;
    if (walked) {
      EXPECT_EQ(at, std::min(from + most, keys.size()));
    } else {
      EXPECT_EQ(walked.error(), page_damaged());
      EXPECT_LE(at, std::max(from, begin_of(damaged)));
    }
  }
  EXPECT_FALSE((*env)->is_checked());
  EXPECT_FALSE((*env)->begin_write());
}

TEST_F(WithoutCacheTest, CompactsUnderReadersThatSeeNothingOfIt) {
  damage::make_file(directory_);
  auto store = open();
  const auto before = std::filesystem::file_size(file());
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::atomic<int> asked{0};
  std::vector<std::thread> readers;
  readers.reserve(3);
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&, r] {
      for (int i = r; !done; i = (i + 1) % damage::records) {
        const auto found = store->find(role::recipient, damage::numbered(i), noon + 1s);
        if (!found || found->has_value() != damage::is_kept(i)) ++wrong;
        ++asked;
      }
    });
  }
  for (int round = 0; round < 5; ++round) {
    const auto compacted = store->compact();
    ASSERT_TRUE(compacted) << compacted.error().message;
    if (round == 0) {
      EXPECT_EQ(compacted->octets_before, before);
    }
    EXPECT_LE(compacted->octets_after, compacted->octets_before);
    put(*store, damage::records + round);
    ASSERT_TRUE(store->flush());
  }
  while (asked < 1000) std::this_thread::yield();
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LT(std::filesystem::file_size(file()), before);
  store.reset();
  store = open();
  for (int i = 0; i < damage::records + 5; ++i) {
    EXPECT_EQ(has(*store, i), i >= damage::records || damage::is_kept(i)) << i;
  }
  EXPECT_FALSE(std::filesystem::exists(file() + ".new"));
  EXPECT_TRUE(log_.lines("error").empty());
}

TEST_F(WithoutCacheTest, GoesOnWithAFileThatAKilledProcessLeftHalfMade) {
  std::filesystem::create_directory(directory_);
  damage::write_content(file() + ".new", "half of it");
  damage::write_content(file(), "");
  auto store = open();
  EXPECT_EQ(store->trouble(), "");
  put(*store, 1);
  EXPECT_TRUE(store->flush());
}

/// The name of who is not to be let in: root is let in everywhere, so it is someone else then.
std::string outsider() {
  return ::geteuid() == 0 ? "nobody" : ::getpwuid(::geteuid())->pw_name;
}

/// In a child without rights: what it says of the cache, and whether it works all the same.
std::string seen_by_outsider(const lmdb_store_options& how) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(1);
    damage::captured_log log;
    std::string text = "did not start";
    if (auto store = lmdb_store::open(how, log.to())) {
      (*store)->put(role::recipient, damage::numbered(1), damage::numbered_verdict(1), noon);
      const auto found = (*store)->find(role::recipient, damage::numbered(1), noon);
      text = (found && *found ? "works: " : "does not work: ") + (*store)->trouble();
    }
    [[maybe_unused]] const auto written = ::write(ends[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text(1000, '\0');
  const ssize_t length = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return text;
}

/// What nobody may, its owner may not either; so it needs no root.
TEST_F(WithoutCacheTest, SaysWhoMayNotReadOrWriteIt) {
  const auto allow = [](const std::string& path, unsigned mode) {
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
  };
  const auto denied = [](const std::string& doing) {
    return HasSubstr(doing + ": Permission denied");
  };
  allow(folder_.path(), 0555);
  EXPECT_THAT(seen_by_outsider(options()),
              testing::AllOf(HasSubstr("works: the cache in " + directory_),
                             denied("cannot make the directory"),
                             HasSubstr("let " + outsider() + " read and write there")));
  allow(folder_.path(), 0755);
  damage::make_file(directory_);
  allow(directory_, 0755);
  for (const auto* const one : {"/cbvd.lock", "/data.mdb"}) {
    allow(directory_ + one, 0);
    EXPECT_THAT(seen_by_outsider(options()), denied("cannot open " + directory_ + one));
    allow(directory_ + one, 0666);
  }
  allow(directory_ + "/lock.mdb", 0666);
  allow(file(), 0444);
  EXPECT_THAT(seen_by_outsider(options()), denied("cannot open " + file()));
}

}  // namespace
}  // namespace cbv::cache
