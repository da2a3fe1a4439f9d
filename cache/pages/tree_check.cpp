#include "cache/pages/tree_check.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace cbv::cache {
namespace {

constexpr std::size_t bits_a_word = 64;

std::string at_page(page_fault what, page_number at) {
  return std::string(what) + " (page " + std::to_string(at) + ")";
}

std::uint64_t number_in(std::string_view octets, std::size_t index) noexcept {
  std::uint64_t number = 0;
  std::memcpy(&number, octets.data() + index * sizeof number, sizeof number);
  return number;
}

/// The keys that may stand below a page.
struct key_range {
  std::optional<std::string_view> least;
  std::optional<std::string_view> beyond;
};

bool is_within(std::string_view page, page_kind kind, const key_range& range, bool numbers) {
  const std::size_t nodes = nodes_in(page);
  const std::size_t first = kind == page_kind::branch ? 1 : 0;
  if (first >= nodes) return true;
  return (!range.least || compare_keys(*range.least, key_at(page, first), numbers) <= 0) &&
         (!range.beyond || compare_keys(key_at(page, nodes - 1), *range.beyond, numbers) < 0);
}

constexpr page_fault keys_elsewhere = "a page has keys that belong elsewhere";

class walk {
 public:
  using leaf_seen = std::function<bool(std::string_view key, const leaf_value& value)>;

  walk(const page_reader& file, const meta_page& meta, const std::function<bool()>& go_on)
      : file_(file),
        meta_(meta),
        go_on_(go_on),
        claimed_((meta.last_page + bits_a_word) / bits_a_word) {}

  /// False: there is a fault.
  bool tree(const tree_root& said, const tree_rules& rules, const leaf_seen& seen) {
    if (said.root == no_page) return true;
    rules_ = rules;
    seen_ = &seen;
    found_ = tree_root{said.flags, said.depth, 0, 0, 0, 0, said.root};
    if (!below(said.root, 1, {})) return false;
    return found_ == said || fault("a tree has other pages or records than it says", said.root);
  }

  bool free_list() {
    const tree_rules rules{meta_.last_page, true, false};
    return tree(meta_.free_list, rules, [this](std::string_view key, const leaf_value& value) {
      return free_pages(number_in(key, 0), value);
    });
  }

  bool main(std::vector<named_root>& named) {
    const tree_rules rules{meta_.last_page, false, true};
    return tree(meta_.main, rules, [&](std::string_view key, const leaf_value& value) {
      if (!value.is_table) return true;
      named_root one{std::string(key), {}};
      const page_fault wrong = read_table_root(value.octets, meta_.last_page, one.root);
      if (!wrong.empty()) return fault(wrong, meta_.main.root);
      named.push_back(std::move(one));
      return true;
    });
  }

  bool table(const tree_root& said) {
    return tree(said, {meta_.last_page, false, false},
                [](std::string_view, const leaf_value&) { return true; });
  }

  bool fault(page_fault what, page_number at) {
    if (fault_.empty()) fault_ = at_page(what, at);
    return false;
  }
  const std::string& fault_found() const noexcept { return fault_; }
  page_number used() const noexcept { return used_; }
  page_number freed() const noexcept { return freed_; }

 private:
  bool claim(page_number first, page_number count) {
    for (page_number at = first; at < first + count; ++at) {
      std::uint64_t& word = claimed_[at / bits_a_word];
      const std::uint64_t bit = std::uint64_t{1} << (at % bits_a_word);
      if ((word & bit) != 0) return fault("a page is used twice", at);
      word |= bit;
    }
    return true;
  }

  bool below(page_number at, std::size_t level, key_range range) {
    if (!claim(at, 1)) return false;
    ++used_;
    const auto kind = level == found_.depth ? page_kind::leaf : page_kind::branch;
    const std::string_view page = file_.page(at, levels_[level]);
    if (page.empty()) return fault("a page cannot be read", at);
    if (const page_fault wrong = check_page(page, at, kind, rules_); !wrong.empty()) {
      return fault(wrong, at);
    }
    if (!is_within(page, kind, range, rules_.keys_are_numbers)) return fault(keys_elsewhere, at);
    return kind == page_kind::leaf ? leaf(page) : branch(page, at, level, range);
  }

  bool branch(std::string_view page, page_number at, std::size_t level, const key_range& range) {
    ++found_.branch_pages;
    if (go_on_ && !go_on_()) return fault("not finished", at);
    const std::size_t nodes = nodes_in(page);
    for (std::size_t i = 0; i < nodes; ++i) file_.announce(child_at(page, i));
    for (std::size_t i = 0; i < nodes; ++i) {
      key_range inner = range;
      if (i > 0) inner.least = key_at(page, i);
      if (i + 1 < nodes) inner.beyond = key_at(page, i + 1);
      if (!below(child_at(page, i), level + 1, inner)) return false;
    }
    return true;
  }

  bool leaf(std::string_view page) {
    ++found_.leaf_pages;
    found_.records += nodes_in(page);
    for (std::size_t i = 0; i < nodes_in(page); ++i) {
      const leaf_value value = value_at(page, i);
      if (value.overflow != no_page && !overflow(value)) return false;
      if (!(*seen_)(key_at(page, i), value)) return false;
    }
    return true;
  }

  bool overflow(const leaf_value& value) {
    page_number pages = 0;
    const std::string_view head = file_.page(value.overflow, run_);
    if (head.empty()) return fault("a page cannot be read", value.overflow);
    const page_fault wrong = check_overflow(head, value.overflow, value.size, rules_, pages);
    if (!wrong.empty()) return fault(wrong, value.overflow);
    if (!claim(value.overflow, pages)) return false;
    found_.overflow_pages += pages;
    used_ += pages;
    // The last page of what is read has to be in the file.
    const std::uint64_t needed = (page_head_octets - 1 + value.size) / head.size() + 1;
    if (needed == 1) return true;
    const page_number last = value.overflow + needed - 1;
    return !file_.page(last, run_).empty() || fault("a page cannot be read", last);
  }

  /// A record of the free list: a count, and that many numbers, the greatest first. A record may
  /// have more room than it uses.
  bool free_pages(std::uint64_t transaction, const leaf_value& value) {
    const page_number home = found_.root;
    if (transaction == 0 || transaction > meta_.transaction) {
      return fault("free pages are from a transaction to come", home);
    }
    if (value.size < sizeof(page_number) || value.size % sizeof(page_number) != 0) {
      return fault("a list of free pages has an odd length", home);
    }
    std::string_view list = value.octets;
    if (value.overflow != no_page) {
      const page_number pages = (page_head_octets - 1 + value.size) / file_.page_octets() + 1;
      list = file_.pages(value.overflow, pages, run_);
      if (list.empty()) return fault("a page cannot be read", value.overflow);
      list = list.substr(page_head_octets, value.size);
    }
    const std::uint64_t count = number_in(list, 0);
    if (count > list.size() / sizeof(page_number) - 1) {
      return fault("a list of free pages is longer than its record", home);
    }
    page_number before = meta_.last_page + 1;
    for (std::uint64_t i = 1; i <= count; ++i) {
      const page_number one = number_in(list, i);
      if (one >= before || one < meta_pages) {
        return fault("a list of free pages is not in order", home);
      }
      if (!claim(one, 1)) return false;
      before = one;
    }
    freed_ += count;
    return true;
  }

  const page_reader& file_;
  const meta_page& meta_;
  const std::function<bool()>& go_on_;
  std::vector<std::uint64_t> claimed_;  // a bit for every page
  std::string fault_;
  page_number used_ = 0;
  page_number freed_ = 0;

  // Of the tree under way.
  tree_rules rules_;
  const leaf_seen* seen_ = nullptr;
  tree_root found_;
  std::array<std::string, tree_depth_max + 1> levels_;
  std::string run_;
};

const std::function<bool()> always;

}  // namespace

tree_findings check_all_trees(const page_reader& file, const meta_page& meta,
                              const std::function<bool()>& go_on) {
  tree_findings all;
  walk through(file, meta, go_on);
  bool sound = through.main(all.named);
  for (std::size_t i = 0; sound && i < all.named.size(); ++i) {
    sound = through.table(all.named[i].root);
  }
  if (sound) through.free_list();
  all.fault = through.fault_found();
  all.pages_used = through.used() + meta_pages;
  all.pages_free = through.freed();
  if (all.fault.empty()) all.pages_lost = meta.last_page + 1 - all.pages_used - all.pages_free;
  return all;
}

tree_findings check_main_tree(const page_reader& file, const meta_page& meta) {
  tree_findings all;
  walk through(file, meta, always);
  through.main(all.named);
  all.fault = through.fault_found();
  return all;
}

path_check::path_check(const page_reader& file, const meta_page& meta)
    : file_(file),
      rules_{meta.last_page, false, false},
      words_((meta.last_page + bits_a_word) / bits_a_word),
      known_(std::make_unique<std::atomic<std::uint64_t>[]>(words_)) {}

bool path_check::is_known(page_number at) const noexcept {
  const std::uint64_t word = known_[at / bits_a_word].load(std::memory_order_relaxed);
  return (word >> (at % bits_a_word) & 1U) != 0;
}

void path_check::note_known(page_number at) noexcept {
  known_[at / bits_a_word].fetch_or(std::uint64_t{1} << (at % bits_a_word),
                                    std::memory_order_relaxed);
}

/// From the root to the leaf where the key has its place; either function may find a fault.
template <class SeeBranch, class SeeLeaf>
std::string path_check::go(const tree_root& tree, std::string_view key, SeeBranch see_branch,
                           SeeLeaf see_leaf) {
  if (tree.root == no_page) return {};
  std::string buffer;
  page_number at = tree.root;
  for (std::size_t level = 1;; ++level) {
    const auto kind = level == tree.depth ? page_kind::leaf : page_kind::branch;
    const std::string_view page = file_.page(at, buffer);
    if (page.empty()) return at_page("a page cannot be read", at);
    if (!is_known(at)) {
      const page_fault wrong = check_page(page, at, kind, rules_);
      if (!wrong.empty()) return at_page(wrong, at);
      note_known(at);
    } else if (!is_of_kind(page, kind)) {
      return at_page("a page is of another kind", at);
    }
    if (kind == page_kind::leaf) return see_leaf(page, at);
    const std::size_t node = branch_node_for(page, key);
    if (const page_fault wrong = see_branch(page, node); !wrong.empty()) return at_page(wrong, at);
    at = child_at(page, node);
  }
}

/// A value that stands outside its leaf.
std::string path_check::fault_behind(const leaf_value& value) const {
  std::string buffer;
  page_number pages = 0;
  const std::string_view head = file_.page(value.overflow, buffer);
  if (head.empty()) return at_page("a page cannot be read", value.overflow);
  const page_fault wrong = check_overflow(head, value.overflow, value.size, rules_, pages);
  if (!wrong.empty()) return at_page(wrong, value.overflow);
  // All that LMDB hands out has to be in the file.
  const std::uint64_t needed = (page_head_octets - 1 + value.size) / head.size() + 1;
  const page_number last = value.overflow + needed - 1;
  return file_.page(last, buffer).empty() ? at_page("a page cannot be read", last) : std::string{};
}

namespace {

constexpr auto any_branch = [](std::string_view, std::size_t) { return page_fault{}; };

}  // namespace

std::string path_check::fault_on_way(const tree_root& tree, std::string_view key) {
  return go(tree, key, any_branch, [&](std::string_view page, page_number) {
    const std::size_t node = leaf_node_with(page, key);
    if (node == nodes_in(page)) return std::string();
    const leaf_value value = value_at(page, node);
    return value.overflow == no_page ? std::string() : fault_behind(value);
  });
}

std::string path_check::fault_in_leaf(const tree_root& tree, std::string_view key,
                                      std::optional<std::string>& next) {
  std::optional<std::string> least;
  next.reset();
  const auto see_branch = [&](std::string_view page, std::size_t node) {
    if (!is_within(page, page_kind::branch, {least, next}, false)) return keys_elsewhere;
    if (node > 0) least = key_at(page, node);
    if (node + 1 < nodes_in(page)) next = key_at(page, node + 1);
    return page_fault{};
  };
  return go(tree, key, see_branch, [&](std::string_view page, page_number at) {
    if (!is_within(page, page_kind::leaf, {least, next}, false)) {
      return at_page(keys_elsewhere, at);
    }
    for (std::size_t node = 0; node < nodes_in(page); ++node) {
      const leaf_value value = value_at(page, node);
      if (value.overflow == no_page) continue;
      if (std::string wrong = fault_behind(value); !wrong.empty()) return wrong;
    }
    return std::string();
  });
}

std::optional<std::string> path_check::value_under(const tree_root& tree, std::string_view key) {
  std::optional<std::string> value;
  go(tree, key, any_branch, [&](std::string_view page, page_number) {
    const std::size_t node = leaf_node_with(page, key);
    if (node == nodes_in(page)) return std::string();
    const leaf_value held = value_at(page, node);
    if (held.overflow == no_page) value = std::string(held.octets);
    return std::string();
  });
  return value;
}

}  // namespace cbv::cache
