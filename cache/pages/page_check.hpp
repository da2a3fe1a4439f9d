// The pages of an LMDB 0.9 data file, looked at before LMDB does, which believes every number in
// them: a flipped bit would make it read outside the map, loop, or end the process. Pure: octets
// in, a fault or facts out. Numbers stand in the machine's byte order, as LMDB writes them.
#ifndef CBV_CACHE_PAGES_PAGE_CHECK_HPP
#define CBV_CACHE_PAGES_PAGE_CHECK_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cbv::cache {

using page_number = std::uint64_t;
inline constexpr page_number no_page = ~page_number{0};
inline constexpr page_number meta_pages = 2;  // the first two
inline constexpr std::size_t page_octets_min = 512;
inline constexpr std::size_t page_octets_max = 32768;
inline constexpr std::size_t meta_octets = 152;  // that a meta page has
inline constexpr std::size_t tree_depth_max = 31;

/// What is wrong, as words of a sentence; empty: nothing.
using page_fault = std::string_view;

/// What a tree says of itself, in a meta page or in the main tree (MDB_db).
struct tree_root {
  std::uint16_t flags = 0;
  std::uint16_t depth = 0;
  page_number branch_pages = 0;
  page_number leaf_pages = 0;
  page_number overflow_pages = 0;
  std::uint64_t records = 0;
  page_number root = no_page;

  bool operator==(const tree_root&) const = default;
};
inline constexpr std::size_t tree_root_octets = 48;

struct meta_page {
  std::uint32_t page_octets = 0;
  tree_root free_list;
  tree_root main;
  page_number last_page = 0;
  std::uint64_t transaction = 0;
};

/// What holds for all pages of a tree.
struct tree_rules {
  page_number last_page = 0;
  bool keys_are_numbers = false;  // the free list
  bool has_tables = false;        // the main tree: values may be roots of other trees
};

enum class page_kind : std::uint16_t { branch = 1, leaf = 2 };

/// A value in a leaf.
struct leaf_value {
  std::string_view octets;         // inside the page; empty if it is in overflow pages
  std::uint64_t size = 0;          // of the value
  page_number overflow = no_page;  // the first of a run of pages
  bool is_table = false;           // the octets are a tree_root
};

/// It says that it is a meta page of LMDB.
bool has_meta_magic(std::string_view page) noexcept;

/// Checks a meta page (at least meta_octets of it) that stands at page 0 or 1, and reads it.
page_fault read_meta(std::string_view page, page_number at, meta_page& into) noexcept;

/// Checks the two against each other.
page_fault compare_metas(const meta_page& first, const meta_page& second) noexcept;

/// Reads and checks the root of a table; of exactly tree_root_octets.
page_fault read_table_root(std::string_view octets, page_number last_page,
                           tree_root& into) noexcept;

/// Checks one whole page of a tree. Without a fault the functions below may be used on it.
page_fault check_page(std::string_view page, page_number at, page_kind wanted,
                      const tree_rules& rules) noexcept;

/// Of a page that was checked before.
bool is_of_kind(std::string_view page, page_kind wanted) noexcept;

/// Checks the head of a run of overflow pages that holds a value of that size, and says how many
/// pages it has.
page_fault check_overflow(std::string_view page, page_number at, std::uint64_t value_size,
                          const tree_rules& rules, page_number& pages) noexcept;

/// Where the octets of a value begin in the first page of its run.
inline constexpr std::size_t page_head_octets = 16;

std::size_t nodes_in(std::string_view page) noexcept;
/// The first key of a branch stands for everything below the second: it means nothing.
std::string_view key_at(std::string_view page, std::size_t node) noexcept;
page_number child_at(std::string_view page, std::size_t node) noexcept;
leaf_value value_at(std::string_view page, std::size_t node) noexcept;

/// Less than, equal to or greater than 0, as LMDB orders keys.
int compare_keys(std::string_view left, std::string_view right, bool are_numbers) noexcept;

/// The last node of a branch whose key is not greater.
std::size_t branch_node_for(std::string_view page, std::string_view key) noexcept;
/// The node of a leaf with this key; nodes_in() if there is none.
std::size_t leaf_node_with(std::string_view page, std::string_view key) noexcept;

}  // namespace cbv::cache

#endif
