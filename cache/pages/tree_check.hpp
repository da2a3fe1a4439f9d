// All pages of a data file that anything points to, looked through once: every tree, the list of
// free pages, and that no page belongs to two of them.
#ifndef CBV_CACHE_PAGES_TREE_CHECK_HPP
#define CBV_CACHE_PAGES_TREE_CHECK_HPP

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/pages/page_check.hpp"
#include "cache/pages/page_reader.hpp"

namespace cbv::cache {

/// A table, as the main tree has it.
struct named_root {
  std::string name;
  tree_root root;
};

struct tree_findings {
  std::string fault;              // a sentence's words with the page; empty: all is well
  std::vector<named_root> named;  // of the main tree
  page_number pages_used = 0;
  page_number pages_free = 0;
  page_number pages_lost = 0;  // neither used nor free: wasted, but no harm
};

/// One walk. Reads the file from its start to its end in the order of the trees, a page at a time:
/// 1 s of processor for 10 million records that the system has in memory. `go_on` is asked now and
/// then; if it says no the fault is "not finished". Nothing may write to the file meanwhile.
tree_findings check_all_trees(const page_reader& file, const meta_page& meta,
                              const std::function<bool()>& go_on);

/// Only the main tree, whose leaves name the tables.
tree_findings check_main_tree(const page_reader& file, const meta_page& meta);

/// Looks at the pages from a root to a key before LMDB does. For all threads, as long as nothing
/// has been written over what the file had when it was opened; each page is checked once.
class path_check {
 public:
  path_check(const page_reader& file, const meta_page& meta);

  /// What is wrong on the way to the key; empty: LMDB may go it.
  std::string fault_on_way(const tree_root& tree, std::string_view key);

  /// What is wrong with the leaf where the key has its place, on the way there, or with what it
  /// leads to; and where the next leaf begins, nothing behind the last. Without a fault the keys of
  /// the leaf lie between those of its neighbours.
  std::string fault_in_leaf(const tree_root& tree, std::string_view key,
                            std::optional<std::string>& next);

  /// The value under the key, if the way is sound and it is there.
  std::optional<std::string> value_under(const tree_root& tree, std::string_view key);

 private:
  bool is_known(page_number at) const noexcept;
  void note_known(page_number at) noexcept;
  template <class SeeBranch, class SeeLeaf>
  std::string go(const tree_root& tree, std::string_view key, SeeBranch see_branch,
                 SeeLeaf see_leaf);
  std::string fault_behind(const leaf_value& value) const;

  const page_reader& file_;
  const tree_rules rules_;
  const std::size_t words_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> known_;  // a bit for every page
};

}  // namespace cbv::cache

#endif
