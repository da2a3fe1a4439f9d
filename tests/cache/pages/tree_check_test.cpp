#include "cache/pages/tree_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "cache/file/inspection.hpp"
#include "tests/cache/damage_world.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using testing::HasSubstr;

/// What a walk through all of a file finds.
tree_findings walked(const std::string& directory) {
  const inspection found = inspect(directory + "/data.mdb");
  EXPECT_EQ(static_cast<int>(found.state), static_cast<int>(data_state::ours)) << found.detail;
  return check_all_trees(found.file, found.meta, {});
}

TEST(TreeCheckTest, FindsEveryPageOfASoundFile) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  const std::string content = damage::make_file(directory);
  const tree_findings found = walked(directory);
  EXPECT_EQ(found.fault, "");
  EXPECT_EQ(found.named.size(), tables_of_cache.size());
  EXPECT_GT(found.pages_used, 50U);
  EXPECT_GT(found.pages_free, 50U);
  EXPECT_EQ(found.pages_lost, 0U);
  EXPECT_LE((found.pages_used + found.pages_free) * 4096, content.size() + 64 * 4096);
}

/// LMDB's own doings, however wild, are never taken for damage.
TEST(TreeCheckTest, HasNothingAgainstWhatLmdbWrites) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    const temporary_folder place;
    const std::string directory = place.inside("cache");
    std::mt19937 random(seed);
    std::map<std::string, std::string> held;
    for (int round = 0; round < 12; ++round) {
      auto env = environment::open(damage::in(directory));
      ASSERT_TRUE(env) << env.error().message;
      const bool growing = round % 4 < 2;
      for (int group = 0; group < 6; ++group) {
        auto after = held;
        auto draw = random;
        damage::commit(**env, [&](write_transaction& writing) {
          after = held;
          draw = random;
          result<void> done{};
          for (int i = 0; i < 120 && done; ++i) {
            const std::string key =
                std::string(1 + draw() % 300, static_cast<char>('a' + draw() % 3)) +
                std::to_string(draw() % 900);
            if (draw() % 10 < (growing ? 7U : 2U)) {
              const std::size_t most = draw() % 20 == 0 ? 30'000 : 700;
              std::string value(draw() % most, 'v');
              done = writing.put(table::verdicts, key, value);
              after[key] = value;
            } else if (const auto next = after.lower_bound(key); next != after.end()) {
              done = writing.remove(table::verdicts, next->first);
              after.erase(next);
            }
          }
          return done;
        });
        held = after;
        random = draw;
      }
      env->reset();
      const tree_findings found = walked(directory);
      ASSERT_EQ(found.fault, "") << "seed " << seed << ", round " << round;
      EXPECT_EQ(found.pages_lost, 0U) << "seed " << seed << ", round " << round;
    }
    auto env = environment::open(damage::in(directory));
    ASSERT_TRUE(env);
    EXPECT_EQ(*(*env)->begin_read()->count(table::verdicts), held.size());
  }
}

TEST(TreeCheckTest, StopsWhenItIsTold) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  damage::make_file(directory);
  const inspection found = inspect(directory + "/data.mdb");
  EXPECT_THAT(check_all_trees(found.file, found.meta, [] { return false; }).fault,
              HasSubstr("not finished"));
}

/// The number of octets at a place in a file.
template <class Number>
void set(std::string& content, std::size_t at, Number value) {
  content.replace(at, sizeof value, reinterpret_cast<const char*>(&value), sizeof value);
}

TEST(TreeCheckTest, SaysWhatIsWrongAndWhere) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  const std::string sound = damage::make_file(directory);
  const inspection before = inspect(directory + "/data.mdb");
  const tree_root& verdicts = *before.roots[index_of(table::verdicts)];
  ASSERT_GE(verdicts.depth, 2);
  const std::size_t root = verdicts.root * 4096;
  const std::string_view page = std::string_view(sound).substr(root, 4096);
  const page_number first_leaf = child_at(page, 0);
  const page_number second_leaf = child_at(page, 1);
  const auto node_of = [&](std::size_t number) {
    std::uint16_t at = 0;
    std::memcpy(&at, page.data() + 16 + 2 * number, sizeof at);
    return root + at;
  };
  struct row {
    const char* what;
    std::string content;
    const char* said;
  };
  std::vector<row> table;
  const auto damaged = [&](const char* what, const char* said, auto change) {
    row made{what, sound, said};
    change(made.content);
    table.push_back(std::move(made));
  };
  damaged("a child that is another's too", "a page is used twice", [&](std::string& content) {
    set(content, node_of(1), static_cast<std::uint16_t>(first_leaf));
  });
  damaged("a child that is no page", "a child is outside the file",
          [&](std::string& content) { set(content, node_of(1), std::uint16_t{0xfff0}); });
  damaged("a child that is a leaf of another place", "keys that belong elsewhere",
          [&](std::string& content) {
            set(content, node_of(0), static_cast<std::uint16_t>(second_leaf));
            set(content, node_of(1), static_cast<std::uint16_t>(first_leaf));
          });
  damaged("a page that was never written", "another page's number", [&](std::string& content) {
    content.replace(first_leaf * 4096, 4096, std::string(4096, '\0'));
  });
  damaged("a branch for a leaf", "of another kind",
          [&](std::string& content) { set(content, first_leaf * 4096 + 10, std::uint16_t{1}); });
  damaged("a page with no room left", "odd bounds",
          [&](std::string& content) { set(content, first_leaf * 4096 + 12, std::uint16_t{4094}); });
  damaged("a file that is cut", "cannot be read",
          [&](std::string& content) { content.resize(std::max(first_leaf, second_leaf) * 4096); });
  for (const row& one : table) {
    damage::write_content(directory + "/data.mdb", one.content);
    EXPECT_THAT(walked(directory).fault, HasSubstr(one.said)) << one.what;
  }
}

TEST(TreeCheckTest, GuardsTheWayToAKey) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  const std::string sound = damage::make_file(directory);
  const auto faults = [&directory] {
    const inspection found = inspect(directory + "/data.mdb");
    path_check way(found.file, found.meta);
    int wrong = 0;
    for (int i = 0; i < damage::records; ++i) {
      const auto& root = *found.roots[index_of(table::verdicts)];
      wrong += way.fault_on_way(root, damage::key_of(i)).empty() ? 0 : 1;
    }
    return wrong;
  };
  EXPECT_EQ(faults(), 0);
  const inspection before = inspect(directory + "/data.mdb");
  const std::size_t root = before.roots[index_of(table::verdicts)]->root * 4096;
  const page_number leaf = child_at(std::string_view(sound).substr(root, 4096), 1);
  std::string content = sound;
  set(content, leaf * 4096 + 14, std::uint16_t{4096});
  damage::write_content(directory + "/data.mdb", content);
  const int one_leaf = faults();
  EXPECT_GT(one_leaf, 0);
  EXPECT_LT(one_leaf, 100);
  set(content, root + 14, std::uint16_t{4096});
  damage::write_content(directory + "/data.mdb", content);
  EXPECT_EQ(faults(), damage::records);
}

/// The faults met when a table is gone through leaf by leaf, and how many leaves that were.
std::vector<std::string> faults_by_leaf(const std::string& directory, table of) {
  const inspection found = inspect(directory + "/data.mdb");
  path_check way(found.file, found.meta);
  std::vector<std::string> faults;
  std::optional<std::string> next = "";
  while (next && faults.size() < 1000) {
    const std::string from = *next;
    faults.push_back(way.fault_in_leaf(*found.roots[index_of(of)], from, next));
    EXPECT_TRUE(!next || *next > from);
  }
  return faults;
}

TEST(TreeCheckTest, GuardsLeafByLeaf) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  const std::string sound = damage::make_file(directory);
  const inspection before = inspect(directory + "/data.mdb");
  const tree_root& verdicts = *before.roots[index_of(table::verdicts)];
  const std::size_t root = verdicts.root * 4096;
  const std::string_view page = std::string_view(sound).substr(root, 4096);
  ASSERT_EQ(verdicts.depth, 2);
  const auto all_sound = faults_by_leaf(directory, table::verdicts);
  EXPECT_EQ(all_sound, std::vector<std::string>(verdicts.leaf_pages));

  const auto node_of = [&](std::size_t number) {
    std::uint16_t at = 0;
    std::memcpy(&at, page.data() + 16 + 2 * number, sizeof at);
    return root + at;
  };
  std::string content = sound;
  set(content, child_at(page, 3) * 4096 + 14, std::uint16_t{4096});
  set(content, node_of(5), static_cast<std::uint16_t>(child_at(page, 6)));
  damage::write_content(directory + "/data.mdb", content);
  const auto faults = faults_by_leaf(directory, table::verdicts);
  ASSERT_EQ(faults.size(), verdicts.leaf_pages);
  for (std::size_t leaf = 0; leaf < faults.size(); ++leaf) {
    EXPECT_THAT(faults[leaf], leaf == 3   ? HasSubstr("outside its page")
                              : leaf == 5 ? HasSubstr("keys that belong elsewhere")
                                          : HasSubstr(""));
    EXPECT_EQ(faults[leaf].empty(), leaf != 3 && leaf != 5) << leaf;
  }

  const tree_root& hosts = *before.roots[index_of(table::hosts)];
  ASSERT_GT(hosts.overflow_pages, 0U);
  ASSERT_EQ(hosts.depth, 1);
  const leaf_value last = value_at(std::string_view(sound).substr(hosts.root * 4096, 4096), 0);
  content = sound;
  set(content, last.overflow * 4096 + 10, std::uint16_t{2});
  damage::write_content(directory + "/data.mdb", content);
  const auto of_long_values = faults_by_leaf(directory, table::hosts);
  ASSERT_EQ(of_long_values.size(), 1U);
  EXPECT_THAT(of_long_values[0], HasSubstr("of another kind"));
}

TEST(TreeCheckTest, ReadsAValueOnItsWay) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  damage::make_file(directory);
  const inspection found = inspect(directory + "/data.mdb");
  path_check way(found.file, found.meta);
  const auto& root = *found.roots[index_of(table::verdicts)];
  EXPECT_EQ(way.value_under(root, damage::key_of(1)), damage::record_of(1));
  EXPECT_EQ(way.value_under(root, damage::key_of(0)), std::nullopt);
}

}  // namespace
}  // namespace cbv::cache
