#include "cache/pages/page_check.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "cbv/base/file.hpp"

namespace cbv::cache {
namespace {

constexpr page_number number = 7;
constexpr tree_rules rules{100, false, false};
constexpr tree_rules numbers{100, true, false};
constexpr tree_rules main_tree{100, false, true};

/// Pages that are good; the fuzzer begins with them as well. The first octet is for the fuzzer.
std::string sample_page(const std::string& name) {
  const auto all = read_file(std::string(CBV_SOURCE_DIR) + "/tests/fuzz/corpus/page/" + name);
  EXPECT_TRUE(all) << name;
  return all ? all->substr(1) : std::string();
}

template <class Number>
void set(std::string& page, std::size_t at, Number value) {
  std::memcpy(page.data() + at, &value, sizeof value);
}

std::uint16_t offset(const std::string& page, std::size_t node) {
  std::uint16_t at = 0;
  std::memcpy(&at, page.data() + 16 + 2 * node, sizeof at);
  return at;
}

TEST(PageCheckTest, ReadsALeaf) {
  const std::string page = sample_page("leaf");
  ASSERT_EQ(check_page(page, number, page_kind::leaf, rules), "");
  ASSERT_EQ(nodes_in(page), 3U);
  EXPECT_EQ(key_at(page, 1), "bb");
  EXPECT_EQ(value_at(page, 1).octets, "two!");
  EXPECT_EQ(value_at(page, 1).size, 4U);
  EXPECT_EQ(value_at(page, 1).overflow, no_page);
  EXPECT_EQ(leaf_node_with(page, "c"), 2U);
  EXPECT_EQ(leaf_node_with(page, "b"), 3U);
  EXPECT_EQ(leaf_node_with(page, "z"), 3U);
}

TEST(PageCheckTest, ReadsABranch) {
  const std::string page = sample_page("branch");
  ASSERT_EQ(check_page(page, number, page_kind::branch, rules), "");
  EXPECT_EQ(child_at(page, 2), 5U);
  EXPECT_EQ(branch_node_for(page, "a"), 0U);
  EXPECT_EQ(branch_node_for(page, "bb"), 1U);
  EXPECT_EQ(branch_node_for(page, "bbb"), 1U);
  EXPECT_EQ(branch_node_for(page, "d"), 2U);
}

TEST(PageCheckTest, ReadsLongValuesNumbersAndTables) {
  const std::string big = sample_page("big_value");
  ASSERT_EQ(check_page(big, number, page_kind::leaf, rules), "");
  EXPECT_EQ(value_at(big, 0).overflow, 9U);
  EXPECT_EQ(value_at(big, 0).size, 300U);
  EXPECT_EQ(check_page(sample_page("numbers"), number, page_kind::leaf, numbers), "");
  const std::string table = sample_page("table");
  ASSERT_EQ(check_page(table, number, page_kind::leaf, main_tree), "");
  EXPECT_TRUE(value_at(table, 0).is_table);
  EXPECT_EQ(check_page(table, number, page_kind::leaf, rules), "a node has odd flags");
}

TEST(PageCheckTest, BelievesNoOtherNumber) {
  struct row {
    const char* page;
    page_kind kind;
    tree_rules how;
    const char* said;
    void (*change)(std::string& page);
  };
  const std::vector<row> table{
      {"leaf", page_kind::leaf, rules, "a page has another page's number",
       [](std::string& page) { set(page, 0, std::uint64_t{8}); }},
      {"leaf", page_kind::branch, rules, "a page is of another kind", [](std::string&) {}},
      {"leaf", page_kind::leaf, rules, "a page is of another kind",
       [](std::string& page) { set(page, 10, std::uint16_t{0x12}); }},
      {"leaf", page_kind::leaf, rules, "a page has odd bounds",
       [](std::string& page) { set(page, 12, std::uint16_t{14}); }},
      {"leaf", page_kind::leaf, rules, "a page has odd bounds",
       [](std::string& page) { set(page, 12, std::uint16_t{21}); }},
      {"leaf", page_kind::leaf, rules, "a page has odd bounds",
       [](std::string& page) { set(page, 14, std::uint16_t{514}); }},
      {"leaf", page_kind::leaf, rules, "a page has too few nodes",
       [](std::string& page) { set(page, 12, std::uint16_t{16}); }},
      {"branch", page_kind::branch, rules, "a page has too few nodes",
       [](std::string& page) { set(page, 12, std::uint16_t{18}); }},
      {"leaf", page_kind::leaf, rules, "the nodes of a page are not side by side",
       [](std::string& page) { set(page, 12, std::uint16_t{20}); }},
      {"leaf", page_kind::leaf, rules, "a node is outside its page",
       [](std::string& page) { set(page, 16, std::uint16_t{506}); }},
      {"leaf", page_kind::leaf, rules, "a node is outside its page",
       [](std::string& page) { set(page, 16, std::uint16_t{30}); }},
      {"leaf", page_kind::leaf, rules, "the nodes of a page are not side by side",
       [](std::string& page) { set(page, 16, offset(page, 1)); }},
      {"leaf", page_kind::leaf, rules, "a node is longer than its page",
       [](std::string& page) { set(page, offset(page, 0) + 6U, std::uint16_t{600}); }},
      {"leaf", page_kind::leaf, rules, "a node is longer than its page",
       [](std::string& page) { set(page, offset(page, 0) + 2U, std::uint16_t{1}); }},
      {"leaf", page_kind::leaf, rules, "a node has odd flags",
       [](std::string& page) { set(page, offset(page, 0) + 4U, std::uint16_t{4}); }},
      {"leaf", page_kind::leaf, rules, "the keys of a page are not in order",
       [](std::string& page) { page[offset(page, 0) + 8U] = 'x'; }},
      {"numbers", page_kind::leaf, numbers, "the keys of a page are not in order",
       [](std::string& page) { set(page, offset(page, 0) + 8U, std::uint64_t{300}); }},
      {"leaf", page_kind::leaf, numbers, "a key has an odd length", [](std::string&) {}},
      {"branch", page_kind::branch, rules, "a child is outside the file",
       [](std::string& page) { set(page, offset(page, 1), std::uint16_t{101}); }},
      {"branch", page_kind::branch, rules, "a child is outside the file",
       [](std::string& page) { set(page, offset(page, 1), std::uint16_t{1}); }},
      {"branch", page_kind::branch, rules, "a child is outside the file",
       [](std::string& page) { set(page, offset(page, 1) + 4U, std::uint16_t{1}); }},
      {"big_value", page_kind::leaf, rules, "a value is outside the file",
       [](std::string& page) { set(page, offset(page, 0) + 9U, std::uint64_t{101}); }},
      {"table", page_kind::leaf, main_tree, "the nodes of a page are not side by side",
       [](std::string& page) { set(page, offset(page, 0), std::uint16_t{40}); }},
  };
  for (const auto& [name, kind, how, said, change] : table) {
    std::string page = sample_page(name);
    change(page);
    EXPECT_EQ(check_page(page, number, kind, how), said) << name;
  }
}

TEST(PageCheckTest, NeverCrashesOverAFlippedBit) {
  for (const char* name : {"leaf", "branch", "big_value", "numbers", "table"}) {
    const std::string sound = sample_page(name);
    for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
      std::string page = sound;
      page[bit / 8] = static_cast<char>(page[bit / 8] ^ (1U << bit % 8));
      for (const auto kind : {page_kind::leaf, page_kind::branch}) {
        for (const auto& how : {rules, numbers, main_tree}) {
          if (!check_page(page, number, kind, how).empty()) continue;
          for (std::size_t i = 0; i < nodes_in(page); ++i) key_at(page, i);
        }
      }
    }
  }
}

TEST(PageCheckTest, ReadsAMetaPageAndBelievesNoOther) {
  const std::string page = sample_page("meta");
  meta_page meta;
  ASSERT_EQ(read_meta(page, 0, meta), "");
  EXPECT_EQ(meta.page_octets, 512U);
  EXPECT_EQ(meta.last_page, 20U);
  EXPECT_EQ(meta.transaction, 8U);
  EXPECT_EQ(meta.main.records, 4U);
  EXPECT_EQ(meta.free_list.root, 5U);

  struct row {
    const char* said;
    void (*change)(std::string& page);
  };
  const std::vector<row> table{
      {"it is too short", [](std::string& changed) { changed.pop_back(); }},
      {"a meta page has no magic number", [](std::string& changed) { changed[16] = 'x'; }},
      {"a meta page has an odd version", [](std::string& changed) { changed[20] = 2; }},
      {"a meta page has an odd head", [](std::string& changed) { changed[10] = 2; }},
      {"a meta page has an odd head", [](std::string& changed) { changed[0] = 1; }},
      {"a meta page has an odd page size",
       [](std::string& changed) { set(changed, 40, std::uint32_t{513}); }},
      {"a meta page has an odd page size",
       [](std::string& changed) { set(changed, 40, std::uint32_t{65536}); }},
      {"a meta page is in a wrong place",
       [](std::string& changed) { set(changed, 144, std::uint64_t{9}); }},
      {"a meta page has an odd last page",
       [](std::string& changed) { set(changed, 136, std::uint64_t{0}); }},
      {"a meta page has an odd last page",
       [](std::string& changed) { set(changed, 136, ~std::uint64_t{0} >> 1U); }},
      {"a tree has odd flags", [](std::string& changed) { set(changed, 44, std::uint16_t{0}); }},
      {"a tree has odd flags", [](std::string& changed) { set(changed, 92, std::uint16_t{4}); }},
      {"a tree has odd flags", [](std::string& changed) { set(changed, 88, std::uint16_t{4}); }},
      {"the root of a tree is outside the file",
       [](std::string& changed) { set(changed, 128, std::uint64_t{21}); }},
      {"a tree has an odd depth", [](std::string& changed) { set(changed, 94, std::uint16_t{0}); }},
      {"a tree has an odd depth",
       [](std::string& changed) { set(changed, 94, std::uint16_t{32}); }},
      {"a tree has more pages than the file",
       [](std::string& changed) { set(changed, 96, std::uint64_t{21}); }},
      {"a tree has no leaf", [](std::string& changed) { set(changed, 104, std::uint64_t{0}); }},
      {"an empty tree is not empty",
       [](std::string& changed) { set(changed, 128, ~std::uint64_t{0}); }},
  };
  for (const auto& [said, change] : table) {
    std::string changed = page;
    change(changed);
    EXPECT_EQ(read_meta(changed, 0, meta), said);
  }
}

TEST(PageCheckTest, WantsMetaPagesThatFollowEachOther) {
  meta_page first;
  meta_page second;
  first.page_octets = second.page_octets = 4096;
  EXPECT_EQ(compare_metas(first, second), "");
  first.transaction = 8;
  EXPECT_EQ(compare_metas(first, second), "the meta pages do not follow each other");
  second.transaction = 7;
  EXPECT_EQ(compare_metas(first, second), "");
  second.transaction = 9;
  EXPECT_EQ(compare_metas(first, second), "");
  second.page_octets = 512;
  EXPECT_EQ(compare_metas(first, second), "the meta pages differ in the page size");
}

TEST(PageCheckTest, WantsARunOfPagesForALongValue) {
  std::string page(512, '\0');
  set(page, 0, number);
  set(page, 10, std::uint16_t{4});
  set(page, 12, std::uint32_t{2});
  page_number pages = 0;
  EXPECT_EQ(check_overflow(page, number, 1008, rules, pages), "");
  EXPECT_EQ(pages, 2U);
  EXPECT_EQ(check_overflow(page, number, 1009, rules, pages), "a value is longer than its pages");
  EXPECT_EQ(check_overflow(page, 8, 10, rules, pages), "a page has another page's number");
  EXPECT_EQ(check_overflow(page, number, 10, {7, false, false}, pages),
            "a value is outside the file");
  EXPECT_EQ(check_overflow(page, number, 10, {8, false, false}, pages), "");
  set(page, 10, std::uint16_t{2});
  EXPECT_EQ(check_overflow(page, number, 10, rules, pages), "a page is of another kind");
  EXPECT_EQ(check_overflow({}, number, 10, rules, pages), "a value is outside the file");
}

}  // namespace
}  // namespace cbv::cache
