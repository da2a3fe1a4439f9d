// cbvd with a cache that cannot be used, or only later: on file systems of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cache/lmdb_store.hpp"
#include "cbv/address/mailbox.hpp"
#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Nobody has to be asked about an address of this machine itself.
constexpr auto settings = R"(
listen.unix = ["{folder}/socket"]
cache.directory = "{folder}/cache"
self_test.at_start = false
)";
constexpr auto own_address = "bob@[127.0.0.1]";

/// A tmpfs that only this process and its children see; gone with it.
class own_disk {
 public:
  own_disk(std::filesystem::path at, const std::string& options) : at_(std::move(at)) {
    std::filesystem::create_directories(at_);
    private_ = ::unshare(CLONE_NEWNS) == 0 &&
               ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    mounted_ = private_ && ::mount("tmpfs", at_.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  own_disk(const own_disk&) = delete;
  own_disk& operator=(const own_disk&) = delete;
  ~own_disk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }

  bool is_there() const noexcept { return mounted_; }

  bool remount(unsigned long flags) {
    return ::mount("tmpfs", at_.c_str(), nullptr, MS_REMOUNT | flags, nullptr) == 0;
  }

  /// Leaves room for about so many octets.
  void fill_up_to(std::uintmax_t room) {
    const std::uintmax_t free = std::filesystem::space(at_).available;
    std::ofstream ballast(at_ / "ballast", std::ios::binary);
    const std::string piece(4096, 'b');
    for (std::uintmax_t left = free > room ? free - room : 0; left >= piece.size();
         left -= piece.size()) {
      ballast << piece;
    }
  }
  void make_room() { std::filesystem::remove(at_ / "ballast"); }

 private:
  const std::filesystem::path at_;
  bool private_ = false;
  bool mounted_ = false;
};

class CacheFaultsTest : public testing::Test {
 protected:
  std::filesystem::path cache() const { return folder_.path() / "cbvd" / "cache"; }

  static nlohmann::json health(const cbvd& daemon) {
    const auto line = daemon.ask_line(R"({"jsonrpc":"2.0","id":1,"method":"health"})");
    return nlohmann::json::parse(line).at("result");
  }

  static bool is_well(const cbvd& daemon) { return health(daemon).at("status") == "ok"; }

  /// It answers, and says what is wrong.
  static void expect_degraded(const cbvd& daemon, const std::string& said) {
    EXPECT_EQ(daemon.ask(own_address).reason, "mx_unusable");
    const auto how = health(daemon);
    EXPECT_EQ(how.at("status"), "degraded");
    EXPECT_THAT(how.at("store_detail").get<std::string>(), HasSubstr(said));
    EXPECT_EQ(lines_with(daemon.log(), "cache_not_opened"), 1U) << daemon.log();
  }

  const temporary_directory folder_;
};

TEST_F(CacheFaultsTest, TakesUpAReadOnlyDiskOnceItIsWritable) {
  own_disk disk(cache(), "size=64m");
  ASSERT_TRUE(disk.is_there()) << "no mount namespace of our own: this needs root";
  ASSERT_TRUE(disk.remount(MS_RDONLY));
  cbvd daemon(folder_.path(), settings, {});
  expect_degraded(daemon, "cbvd.lock: Read-only file system; make the file system writable");
  ASSERT_TRUE(disk.remount(0));
  wait_for("cbvd to open its cache", [&] { return is_well(daemon); });
  wait_for("what it learnt meanwhile to be written",
           [&] { return daemon.committed_verdicts() == 1; });
  EXPECT_EQ(daemon.stop(), 0);

  // And back: what is there is left as it is.
  ASSERT_TRUE(disk.remount(MS_RDONLY));
  daemon.start();
  EXPECT_EQ(daemon.ask(own_address).reason, "mx_unusable");
  EXPECT_EQ(health(daemon).at("status"), "degraded");
  EXPECT_EQ(daemon.stop(), 0);
}

TEST_F(CacheFaultsTest, StartsOnAFullDiskAndGoesOnWhenThereIsRoom) {
  own_disk disk(cache(), "size=1m");
  ASSERT_TRUE(disk.is_there()) << "no mount namespace of our own: this needs root";
  disk.fill_up_to(4096);
  cbvd daemon(folder_.path(), settings, {});
  expect_degraded(daemon, "No space left on device; make room there");
  disk.make_room();
  wait_for("cbvd to open its cache", [&] { return is_well(daemon); });
  EXPECT_FALSE(std::filesystem::exists(cache() / "data.mdb.new"));
  EXPECT_EQ(daemon.stop(), 0);
}

TEST_F(CacheFaultsTest, AnswersFromMemoryWhileTheDiskIsFull) {
  own_disk disk(cache(), "size=64m");
  ASSERT_TRUE(disk.is_there()) << "no mount namespace of our own: this needs root";
  cache::lmdb_store_options how;
  how.environment.directory = cache();
  how.queue.group_delay = 0ms;
  how.queue.records_max = 3000;
  how.retry_pause = 1ms;
  how.reopen_pause = 1ms;
  auto store = cache::lmdb_store::open(how, {});
  ASSERT_TRUE(store) << store.error().message;
  const wall_time now{1'795'262'400s};
  const auto numbered = [](int number) {
    return *parse_mailbox("user" + std::to_string(number) + "@example.org");
  };
  const auto put = [&](int number) {
    verdict made;
    made.status = status::undeliverable;
    made.reason = reason::mailbox_not_found;
    made.stage = stage::rcpt;
    made.source = source::callout;
    made.detail = std::string(300, 'd') + std::to_string(number);
    (*store)->put(role::recipient, numbered(number), made, now);
  };
  const auto has = [&](int number) {
    const auto found = (*store)->find(role::recipient, numbered(number), now + 1s);
    return found && *found &&
           (*found)->verdict.detail == std::string(300, 'd') + std::to_string(number);
  };
  int next = 0;
  for (; next < 500; ++next) put(next);
  ASSERT_TRUE((*store)->flush());
  disk.fill_up_to(256 << 10);
  bool full = false;
  for (; !full && next < 20'000; ++next) {
    put(next);
    if (next % 100 == 0) full = !(*store)->flush();
  }
  ASSERT_TRUE(full);
  const int kept = next;
  EXPECT_THAT((*store)->trouble(), HasSubstr("takes nothing: No space left on device"));
  const auto refused = (*store)->compact();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("octets of room"));
  for (int i = 0; i < kept; ++i) ASSERT_TRUE(has(i)) << i;
  for (; next < kept + 5000; ++next) put(next);
  EXPECT_LE((*store)->counts().queued, how.queue.records_max);
  EXPECT_GT((*store)->counts().dropped, 0U);

  disk.make_room();
  while (!(*store)->flush()) continue;
  EXPECT_EQ((*store)->trouble(), "");
  EXPECT_EQ((*store)->counts().queued, 0U);
  store->reset();
  store = cache::lmdb_store::open(how, {});
  ASSERT_TRUE(store);
  for (int i = 0; i < kept; ++i) ASSERT_TRUE(has(i)) << i;
}

TEST_F(CacheFaultsTest, DoesNotShareItsCacheWithAnother) {
  cbvd first(folder_.path(), settings, {});
  write_file(folder_.path() / "second.toml",
             filled_in("listen.unix = [\"{folder}/other\"]\ncache.directory = \"{cache}\"\n",
                       {{"folder", folder_.path()}, {"cache", cache()}}));
  const auto second =
      run({CBV_E2E_CBVD, "--config", folder_.path() / "second.toml"}, folder_.path());
  EXPECT_EQ(second.exit_status, 73);
  const std::string said = second.output + second.errors;
  EXPECT_THAT(said, HasSubstr("the cache in " + cache().string() + " is in use by another cbvd"));
  EXPECT_THAT(said, HasSubstr("give each its own directory"));
  EXPECT_EQ(lines_with(said, "cache_not_opened"), 1U);
  EXPECT_TRUE(is_well(first));
  // A killed one leaves nothing that is in the way.
  first.kill();
  first.start();
  EXPECT_TRUE(is_well(first));
}

TEST_F(CacheFaultsTest, SetsADamagedFileAsideAndLearnsAnew) {
  cbvd daemon(folder_.path(), settings, {});
  EXPECT_EQ(daemon.ask(own_address).reason, "mx_unusable");
  EXPECT_EQ(daemon.stop(), 0);
  std::filesystem::resize_file(cache() / "data.mdb", 9000);
  daemon.start();
  EXPECT_EQ(daemon.ask(own_address).reason, "mx_unusable");
  wait_for("the cache to be well", [&] { return is_well(daemon); });
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_EQ(lines_with(daemon.log(), "cache_damaged"), 1U) << daemon.log();
  std::size_t aside = 0;
  for (const auto& one : std::filesystem::directory_iterator(cache())) {
    if (!one.path().filename().string().starts_with("data.mdb.damaged-")) continue;
    ++aside;
    EXPECT_EQ(std::filesystem::file_size(one.path()), 9000U);
    EXPECT_THAT(daemon.log(), HasSubstr(one.path().string()));
  }
  EXPECT_EQ(aside, 1U);
}

}  // namespace
}  // namespace cbv::e2e
