#include "cache/pages/page_check.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace cbv::cache {
namespace {

// MDB_page
constexpr std::size_t at_flags = 10;
constexpr std::size_t at_lower = 12;
constexpr std::size_t at_upper = 14;
constexpr std::size_t at_overflow_pages = 12;
constexpr std::uint16_t flag_overflow = 0x04;
constexpr std::uint16_t flag_meta = 0x08;
// MDB_meta, behind the head of its page
constexpr std::size_t at_magic = 16;
constexpr std::size_t at_version = 20;
constexpr std::size_t at_free_list = 40;
constexpr std::size_t at_main = 88;
constexpr std::size_t at_last_page = 136;
constexpr std::size_t at_transaction = 144;
constexpr std::uint32_t meta_magic = 0xBEEFC0DE;
constexpr std::uint32_t meta_version = 1;
// MDB_db
constexpr std::size_t at_tree_flags = 4;
constexpr std::size_t at_depth = 6;
constexpr std::size_t at_branch_pages = 8;
constexpr std::size_t at_leaf_pages = 16;
constexpr std::size_t at_tree_overflow_pages = 24;
constexpr std::size_t at_records = 32;
constexpr std::size_t at_root = 40;
constexpr std::uint16_t flags_of_numbers = 0x08;  // MDB_INTEGERKEY
constexpr std::uint16_t flag_no_folder = 0x4000;  // MDB_NOSUBDIR: how the file was first opened
// MDB_node
constexpr std::size_t node_head = 8;
constexpr std::size_t at_node_flags = 4;
constexpr std::size_t at_key_size = 6;
constexpr std::uint16_t node_is_big = 0x01;
constexpr std::uint16_t node_is_table = 0x02;
constexpr std::size_t key_octets_max = 511;

template <class Number>
Number number_at(std::string_view octets, std::size_t at) noexcept {
  Number number{};
  std::memcpy(&number, octets.data() + at, sizeof number);
  return number;
}

std::uint16_t u16(std::string_view octets, std::size_t at) noexcept {
  return number_at<std::uint16_t>(octets, at);
}

std::uint32_t u32(std::string_view octets, std::size_t at) noexcept {
  return number_at<std::uint32_t>(octets, at);
}

std::uint64_t u64(std::string_view octets, std::size_t at) noexcept {
  return number_at<std::uint64_t>(octets, at);
}

bool is_page_size(std::uint64_t octets) noexcept {
  return octets >= page_octets_min && octets <= page_octets_max && (octets & (octets - 1)) == 0;
}

bool is_tree_page(page_number at, page_number last) noexcept {
  return at >= meta_pages && at <= last;
}

tree_root root_in(std::string_view octets) noexcept {
  tree_root read;
  read.flags = u16(octets, at_tree_flags);
  read.depth = u16(octets, at_depth);
  read.branch_pages = u64(octets, at_branch_pages);
  read.leaf_pages = u64(octets, at_leaf_pages);
  read.overflow_pages = u64(octets, at_tree_overflow_pages);
  read.records = u64(octets, at_records);
  read.root = u64(octets, at_root);
  return read;
}

page_fault check_root(const tree_root& tree, std::uint16_t flags, page_number last) noexcept {
  if (tree.flags != flags) return "a tree has odd flags";
  if (tree.root == no_page) {
    const tree_root empty{tree.flags, 0, 0, 0, 0, 0, no_page};
    return tree == empty ? page_fault{} : "an empty tree is not empty";
  }
  if (!is_tree_page(tree.root, last)) return "the root of a tree is outside the file";
  if (tree.depth == 0 || tree.depth > tree_depth_max) return "a tree has an odd depth";
  for (const page_number pages : {tree.branch_pages, tree.leaf_pages, tree.overflow_pages}) {
    if (pages > last) return "a tree has more pages than the file";
  }
  if (tree.leaf_pages == 0 || tree.records == 0) return "a tree has no leaf";
  return {};
}

std::size_t offset_of(std::string_view page, std::size_t node) noexcept {
  return u16(page, page_head_octets + 2 * node);
}

/// With its head and the octet that makes it even.
std::size_t node_octets(std::string_view page, std::size_t at, page_kind kind) noexcept {
  std::size_t size = node_head + u16(page, at + at_key_size);
  if (kind == page_kind::leaf) {
    const bool is_big = (u16(page, at + at_node_flags) & node_is_big) != 0;
    size += is_big ? sizeof(page_number) : u32(page, at);
  }
  return size + (size & 1U);
}

/// The nodes lie side by side from the upper bound to the end of the page, in whatever order.
page_fault check_layout(std::string_view page, page_kind kind) noexcept {
  const std::size_t upper = u16(page, at_upper);
  const std::size_t nodes = nodes_in(page);
  std::array<std::uint64_t, page_octets_max / 2 / 64> begins;  // a bit for every even offset
  std::fill_n(begins.begin(), (page.size() + 127) / 128, 0);
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::size_t at = offset_of(page, i);
    if (at % 2 != 0 || at < upper || at + node_head > page.size()) {
      return "a node is outside its page";
    }
    begins[at / 128] |= std::uint64_t{1} << (at / 2 % 64);
  }
  std::size_t at = upper;
  for (std::size_t i = 0; i < nodes; ++i) {
    if (at + node_head > page.size()) return "the nodes of a page are not side by side";
    if ((begins[at / 128] >> (at / 2 % 64) & 1U) == 0)
      return "the nodes of a page are not side by side";
    const std::size_t size = node_octets(page, at, kind);
    if (size > page.size() - at) return "a node is longer than its page";
    at += size;
  }
  return at == page.size() ? page_fault{} : "the nodes of a page are not side by side";
}

page_fault check_leaf_node(std::string_view page, std::size_t node,
                           const tree_rules& rules) noexcept {
  const std::uint16_t flags = u16(page, offset_of(page, node) + at_node_flags);
  const leaf_value value = value_at(page, node);
  if (flags == node_is_big) {
    if (!is_tree_page(value.overflow, rules.last_page)) return "a value is outside the file";
    return {};
  }
  if (flags == node_is_table && rules.has_tables) {
    return value.size == tree_root_octets ? page_fault{} : "a table has no root";
  }
  return flags == 0 ? page_fault{} : "a node has odd flags";
}

page_fault check_keys(std::string_view page, page_kind kind, const tree_rules& rules) noexcept {
  const std::size_t nodes = nodes_in(page);
  const std::size_t first = kind == page_kind::branch ? 1 : 0;
  for (std::size_t i = first; i < nodes; ++i) {
    const std::string_view key = key_at(page, i);
    if (key.empty() || key.size() > key_octets_max) return "a key has an odd length";
    if (rules.keys_are_numbers && key.size() != sizeof(std::uint64_t)) {
      return "a key has an odd length";
    }
    if (i > first && compare_keys(key_at(page, i - 1), key, rules.keys_are_numbers) >= 0) {
      return "the keys of a page are not in order";
    }
  }
  return {};
}

}  // namespace

bool has_meta_magic(std::string_view page) noexcept {
  return page.size() >= at_version && u32(page, at_magic) == meta_magic;
}

page_fault read_meta(std::string_view page, page_number at, meta_page& into) noexcept {
  if (page.size() < meta_octets) return "it is too short";
  if (!has_meta_magic(page)) return "a meta page has no magic number";
  if (u32(page, at_version) != meta_version) return "a meta page has an odd version";
  if (u16(page, at_flags) != flag_meta || u64(page, 0) != at) return "a meta page has an odd head";
  into.page_octets = u32(page, at_free_list);
  into.free_list = root_in(page.substr(at_free_list));
  into.main = root_in(page.substr(at_main));
  into.last_page = u64(page, at_last_page);
  into.transaction = u64(page, at_transaction);
  if (!is_page_size(into.page_octets)) return "a meta page has an odd page size";
  // The number of the transaction says in which of the two it stands; at first both have 0.
  if (into.transaction != 0 && into.transaction % 2 != at) return "a meta page is in a wrong place";
  if (into.last_page < meta_pages - 1 || into.last_page > no_page / into.page_octets - 1) {
    return "a meta page has an odd last page";
  }
  if (u32(page, at_main) != 0) return "a tree has odd flags";
  into.free_list.flags &= static_cast<std::uint16_t>(~flag_no_folder);
  const page_fault wrong = check_root(into.free_list, flags_of_numbers, into.last_page);
  return wrong.empty() ? check_root(into.main, 0, into.last_page) : wrong;
}

page_fault compare_metas(const meta_page& first, const meta_page& second) noexcept {
  if (first.page_octets != second.page_octets) return "the meta pages differ in the page size";
  const auto [less, more] = std::minmax(first.transaction, second.transaction);
  const bool follow = more - less == 1 || more == 0;
  return follow ? page_fault{} : "the meta pages do not follow each other";
}

page_fault read_table_root(std::string_view octets, page_number last_page,
                           tree_root& into) noexcept {
  if (octets.size() != tree_root_octets) return "a table has no root";
  into = root_in(octets);
  if (u32(octets, 0) != 0) return "a table has odd flags";
  return check_root(into, 0, last_page);
}

page_fault check_page(std::string_view page, page_number at, page_kind wanted,
                      const tree_rules& rules) noexcept {
  if (!is_page_size(page.size())) return "a page has an odd size";
  if (u64(page, 0) != at) return "a page has another page's number";
  if (!is_of_kind(page, wanted)) return "a page is of another kind";
  const std::size_t lower = u16(page, at_lower);
  const std::size_t upper = u16(page, at_upper);
  if (lower < page_head_octets || lower % 2 != 0 || lower > upper || upper % 2 != 0 ||
      upper > page.size()) {
    return "a page has odd bounds";
  }
  // LMDB asserts the second; in the free list it does not.
  const std::size_t least = wanted == page_kind::branch && !rules.keys_are_numbers ? 2 : 1;
  if (nodes_in(page) < least) return "a page has too few nodes";
  if (const page_fault wrong = check_layout(page, wanted); !wrong.empty()) return wrong;
  for (std::size_t i = 0; i < nodes_in(page); ++i) {
    if (wanted == page_kind::leaf) {
      if (const page_fault wrong = check_leaf_node(page, i, rules); !wrong.empty()) return wrong;
    } else if (!is_tree_page(child_at(page, i), rules.last_page)) {
      return "a child is outside the file";
    }
  }
  return check_keys(page, wanted, rules);
}

bool is_of_kind(std::string_view page, page_kind wanted) noexcept {
  return u16(page, at_flags) == static_cast<std::uint16_t>(wanted);
}

page_fault check_overflow(std::string_view page, page_number at, std::uint64_t value_size,
                          const tree_rules& rules, page_number& pages) noexcept {
  if (page.size() < page_head_octets) return "a value is outside the file";
  if (u64(page, 0) != at) return "a page has another page's number";
  if (u16(page, at_flags) != flag_overflow) return "a page is of another kind";
  pages = u32(page, at_overflow_pages);
  // A value that became shorter keeps its pages.
  const std::uint64_t needed = (page_head_octets - 1 + value_size) / page.size() + 1;
  if (pages < needed) return "a value is longer than its pages";
  if (pages > rules.last_page || at > rules.last_page - pages + 1) {
    return "a value is outside the file";
  }
  return {};
}

std::size_t nodes_in(std::string_view page) noexcept {
  return (u16(page, at_lower) - page_head_octets) / 2;
}

std::string_view key_at(std::string_view page, std::size_t node) noexcept {
  const std::size_t at = offset_of(page, node);
  return page.substr(at + node_head, u16(page, at + at_key_size));
}

page_number child_at(std::string_view page, std::size_t node) noexcept {
  const std::size_t at = offset_of(page, node);
  return page_number{u32(page, at)} | page_number{u16(page, at + at_node_flags)} << 32U;
}

leaf_value value_at(std::string_view page, std::size_t node) noexcept {
  const std::size_t at = offset_of(page, node);
  const std::size_t flags = u16(page, at + at_node_flags);
  const std::size_t begins = at + node_head + u16(page, at + at_key_size);
  leaf_value value;
  value.size = u32(page, at);
  if ((flags & node_is_big) != 0) {
    value.overflow = u64(page, begins);
  } else {
    value.octets = page.substr(begins, value.size);
  }
  value.is_table = (flags & node_is_table) != 0;
  return value;
}

int compare_keys(std::string_view left, std::string_view right, bool are_numbers) noexcept {
  if (!are_numbers) return left.compare(right);
  const std::uint64_t a = u64(left, 0);
  const std::uint64_t b = u64(right, 0);
  return a < b ? -1 : a > b ? 1 : 0;
}

std::size_t branch_node_for(std::string_view page, std::string_view key) noexcept {
  std::size_t low = 1;
  std::size_t high = nodes_in(page);
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (key_at(page, middle) <= key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

std::size_t leaf_node_with(std::string_view page, std::string_view key) noexcept {
  std::size_t low = 0;
  std::size_t high = nodes_in(page);
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (key_at(page, middle) < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < nodes_in(page) && key_at(page, low) == key ? low : nodes_in(page);
}

}  // namespace cbv::cache
