// Octets of a cache's file are changed at random places: never a crash, never a wrong verdict;
// either all goes well, or the file is set aside as it was found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/cache/damage_world.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

constexpr int parts = 10;
constexpr int flips_a_part = 100;
constexpr std::size_t page_octets = 4096;

class FlippedBitsTest : public testing::TestWithParam<int> {
 protected:
  static void SetUpTestSuite() {
    const temporary_folder place;
    sound_ = damage::make_file(place.inside("cache"));
    addresses_.clear();
    for (int i = 0; i < damage::records; ++i) addresses_.push_back(damage::numbered(i));
  }

  lmdb_store_options options() const {
    lmdb_store_options made;
    made.environment = damage::in(directory_);
    made.queue.group_delay = 0ms;
    made.sweep_pause = 0ms;
    made.retry_pause = 1ms;
    made.reopen_pause = 1ms;
    made.sweeping.clock_trust = 0s;
    return made;
  }

  /// Opens it, asks for all, writes, sweeps, closes.
  void use(const std::string& what, int rounds = 1) {
    SCOPED_TRACE(what);
    damage::captured_log log;
    for (int round = 0; round < rounds; ++round) {
      auto opened_store = lmdb_store::open(options(), log.to());
      ASSERT_TRUE(opened_store) << opened_store.error().message;
      auto& store = **opened_store;
      ask_for_all(store);
      walk_through_all(store);
      if (is_left_alone(log)) return;
      const mailbox extra = sample::address("extra@example.org");
      store.put(role::recipient, extra, damage::numbered_verdict(round), noon + 1s);
      for (int i = 0; i < 40; ++i) {
        store.put(role::recipient, damage::numbered(-1 - i), damage::numbered_verdict(i),
                  noon + 1s);
      }
      // The first may meet a file that is just being set aside.
      if (!store.flush()) {
        ASSERT_TRUE(store.flush());
      }
      const auto found = store.find(role::recipient, extra, noon + 1s);
      ASSERT_TRUE(found && *found);
      EXPECT_EQ((*found)->verdict.reply->text, damage::numbered_verdict(round).reply->text);
      ask_for_all(store);
      // All is over then, and goes; the steps end with the store at the latest.
      store.put(role::recipient, extra, damage::numbered_verdict(round), noon + 48h);
      ASSERT_TRUE(store.flush());
      EXPECT_EQ(store.trouble(), "");
    }
    const auto aside = damage::set_aside_in(directory_);
    const auto said = log.lines("error cache_damaged");
    EXPECT_EQ(aside.size(), said.size());
    EXPECT_LE(aside.size(), 1U);
    for (const std::string& one : aside) {
      EXPECT_THAT(said[0], testing::HasSubstr(one));
      EXPECT_TRUE(damage::content_of(one) == damaged_) << "it was changed after all";
      ++set_aside_;
    }
  }

  static void ask_for_all(lmdb_store& store) {
    for (int i = 0; i < damage::records; ++i) {
      const auto found =
          store.find(role::recipient, addresses_[static_cast<std::size_t>(i)], noon + 1s);
      if (!found || !*found) continue;
      ASSERT_TRUE(damage::is_kept(i)) << i;
      ASSERT_EQ((*found)->verdict.status, status::undeliverable) << i;
      ASSERT_EQ((*found)->verdict.reply->text, damage::numbered_verdict(i).reply->text) << i;
    }
  }

  /// What is shown in the order of its keys is no more than what was kept, however far it comes.
  static void walk_through_all(lmdb_store& store) {
    for (const table of : kept_tables) {
      std::optional<std::string> from = "";
      int shown = 0;
      while (from && shown <= damage::records) {
        const auto page = store.all().page(of, *from, {}, 100);
        if (!page) break;
        ASSERT_TRUE(!page->next || *page->next > *from);
        shown += static_cast<int>(page->records.size());
        from = page->next;
      }
      ASSERT_LE(shown, damage::records);
    }
  }

  /// Some octet decides whose it is: that is said, and nothing is touched.
  bool is_left_alone(const damage::captured_log& log) const {
    const auto said = log.lines("error cache_not_opened");
    if (said.empty()) return false;
    EXPECT_THAT(said[0], testing::HasSubstr("newer cbvd (format"));
    EXPECT_TRUE(damage::content_of(directory_ + "/data.mdb") == damaged_);
    return true;
  }

  void place(const std::string& content) {
    damaged_ = content;
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directory(directory_);
    damage::write_content(directory_ + "/data.mdb", content);
  }

  inline static std::string sound_;
  inline static std::vector<mailbox> addresses_;
  const temporary_folder folder_{temporary_folder::in_memory()};
  const std::string directory_ = folder_.inside("cache");
  std::string damaged_;
  int set_aside_ = 0;
};

TEST_P(FlippedBitsTest, AtRandomPlaces) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const auto below = [&random](std::size_t bound) { return random() % bound; };
  for (int i = 0; i < flips_a_part; ++i) {
    std::string content = sound_;
    std::size_t at = below(content.size());
    // Half of them where LMDB's numbers are: the head of a page, or a meta page.
    if (i % 4 == 1) at = at / page_octets * page_octets + below(80);
    if (i % 4 == 3) at = below(2) * page_octets + below(152);
    content[at] = static_cast<char>(content[at] ^ (1U << below(8)));
    place(content);
    use("seed " + std::to_string(GetParam()) + ", flip " + std::to_string(i) + " at " +
            std::to_string(at),
        i % 5 == 0 ? 2 : 1);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(set_aside_, flips_a_part / 5);
  EXPECT_LT(set_aside_, flips_a_part);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FlippedBitsTest, testing::Range(1, 1 + parts));

class DamagedPagesTest : public FlippedBitsTest {};

TEST_P(DamagedPagesTest, WholePagesAreLostOrDoubledOrFullOfNoise) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const std::size_t pages = sound_.size() / page_octets;
  for (int i = 0; i < 30; ++i) {
    std::string content = sound_;
    const std::size_t at = random() % pages * page_octets;
    const std::size_t length = i % 2 == 0 ? page_octets : 512;
    switch (i % 3) {
      case 0:
        content.replace(at, length, std::string(length, '\0'));
        break;
      case 1:
        content.replace(at, length, content.substr(random() % pages * page_octets, length));
        break;
      default:
        for (std::size_t k = 0; k < length; ++k) content[at + k] = static_cast<char>(random());
    }
    place(content);
    use("seed " + std::to_string(GetParam()) + ", page " + std::to_string(at / page_octets) +
        ", way " + std::to_string(i % 3));
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, DamagedPagesTest, testing::Range(1, 4));

class CutFileTest : public FlippedBitsTest {};

TEST_P(CutFileTest, AtManyLengths) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  std::vector<std::size_t> lengths{0,    1,    15,   16,   20,   151,  152,
                                   4095, 4096, 4097, 8191, 8192, 8193, sound_.size() - 1};
  for (int i = 0; i < 40; ++i) lengths.push_back(random() % sound_.size());
  for (const std::size_t length : lengths) {
    place(sound_.substr(0, length));
    use("cut to " + std::to_string(length));
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(set_aside_, 20);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CutFileTest, testing::Range(1, 2));

}  // namespace
}  // namespace cbv::cache
