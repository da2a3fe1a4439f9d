#include "cache/history/top_lists.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace cbv::cache {
namespace {

constexpr std::size_t no_bound = std::numeric_limits<std::size_t>::max();

constexpr std::array each_list{&rankings::domains, &rankings::hosts, &rankings::clients};

/// From how many names on one that may have left out some is told from one that has not; 1 if they
/// cannot be told apart: then both are taken to have.
std::size_t bound_between(const ranking& one, std::size_t full, const ranking& other,
                          std::size_t other_full) noexcept {
  const bool is_full = one.size() >= full;
  const bool is_other_full = other.size() >= other_full;
  if (is_full == is_other_full) return is_full ? 1 : no_bound;
  const std::size_t lesser = is_full ? other.size() : one.size();
  const std::size_t larger = is_full ? one.size() : other.size();
  return lesser < larger ? larger : 1;
}

}  // namespace

bool is_empty(const rankings& of) noexcept {
  return of.domains.empty() && of.hosts.empty() && of.clients.empty();
}

std::size_t top_sum::full() const noexcept {
  return is_cut_ ? 1 : no_bound;
}

void top_sum::add(const rankings& more, std::size_t other_full) {
  constexpr std::size_t most = names_kept(span::month);
  const std::size_t mine = full();
  for (const auto list : each_list) {
    const std::size_t names = (lists_.*list).size() + (more.*list).size();
    const std::size_t bound = bound_between(lists_.*list, mine, more.*list, other_full);
    lists_.*list = merge(lists_.*list, more.*list, most, bound);
    if ((more.*list).size() >= other_full) is_cut_ = true;
    if (names > most && (lists_.*list).size() == most) is_cut_ = true;
  }
}

rankings with(const rankings& held, span of, const top_sum& more) {
  const std::size_t most = names_kept(of);
  rankings made;
  for (const auto list : each_list) {
    const ranking& other = more.lists().*list;
    const std::size_t bound = bound_between(held.*list, most, other, more.full());
    made.*list = merge(held.*list, other, most, bound);
  }
  return made;
}

}  // namespace cbv::cache
