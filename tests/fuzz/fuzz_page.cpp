// Any octets as a page of LMDB's: never a crash, and what passes the check stays inside the page,
// has its keys in order, and finds each of them again.
//
// The first octet says what the page is taken for; the head is made right, or nothing would pass.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "cache/pages/page_check.hpp"

namespace {

using namespace cbv::cache;

constexpr std::size_t page_octets = 512;
constexpr page_number number = 7;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_inside(std::string_view part, std::string_view page) {
  return part.data() >= page.data() && part.data() + part.size() <= page.data() + page.size();
}

void walk(std::string_view page, page_kind kind, const tree_rules& rules) {
  const std::size_t nodes = nodes_in(page);
  std::size_t octets = page_head_octets + 2 * nodes;
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::string_view key = key_at(page, i);
    require(is_inside(key, page));
    octets += 8 + key.size();
    if (kind == page_kind::branch) {
      require(child_at(page, i) >= meta_pages && child_at(page, i) <= rules.last_page);
      if (!rules.keys_are_numbers && i > 0) require(branch_node_for(page, key) == i);
      continue;
    }
    const leaf_value value = value_at(page, i);
    require(is_inside(value.octets, page) || value.octets.empty());
    octets += value.octets.size();
    require(value.overflow == no_page || value.overflow <= rules.last_page);
    if (!rules.keys_are_numbers) require(leaf_node_with(page, key) == i);
  }
  require(octets <= page.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned how = data[0];
  std::string page(reinterpret_cast<const char*>(data + 1), std::min(size - 1, page_octets));

  meta_page meta;
  const page_fault wrong = read_meta(page, how & 1U, meta);
  if (wrong.empty()) compare_metas(meta, meta);
  tree_root root;
  read_table_root(page, 100, root);

  page.resize(page_octets);
  const page_kind kind = (how & 2U) != 0 ? page_kind::branch : page_kind::leaf;
  const auto kind_octets = static_cast<std::uint16_t>(kind);
  std::memcpy(page.data(), &number, sizeof number);
  std::memcpy(page.data() + 10, &kind_octets, sizeof kind_octets);
  const tree_rules rules{100, (how & 4U) != 0, (how & 8U) != 0};
  if (check_page(page, number, kind, rules).empty()) walk(page, kind, rules);

  const std::uint16_t overflow = 4;
  std::memcpy(page.data() + 10, &overflow, sizeof overflow);
  page_number pages = 0;
  if (check_overflow(page, number, how * 100U, rules, pages).empty()) {
    require(pages > 0 && number + pages - 1 <= rules.last_page);
  }
  return 0;
}
