// Top lists put together: how many names are kept, and what that means for those left out. Pure.
#ifndef CBV_CACHE_HISTORY_TOP_LISTS_HPP
#define CBV_CACHE_HISTORY_TOP_LISTS_HPP

#include <cstddef>

#include "cbv/counting/period.hpp"
#include "cbv/counting/ranking.hpp"

namespace cbv::cache {

/// So many names each list of a period has at most: the longer the period, the more, so that what
/// is first in it stands out from what was met now and then. The lists of a month come to 0.1 MB.
constexpr std::size_t names_kept(span of) noexcept {
  switch (of) {
    case span::hour:
      return 100;
    case span::day:
      return 300;
    case span::month:
      break;
  }
  return 1000;
}

bool is_empty(const rankings& lists) noexcept;

/// Several lists as one; bounded.
class top_sum {
 public:
  /// From `full` names on a list may have left names out.
  void add(const rankings& more, std::size_t full);
  void add(const top_sum& more) { add(more.lists_, more.full()); }

  bool is_empty() const noexcept { return cache::is_empty(lists_); }
  const rankings& lists() const noexcept { return lists_; }
  std::size_t full() const noexcept;

 private:
  rankings lists_;
  bool is_cut_ = false;  // there may be names that were left out
};

/// The lists of a period, with what was met since.
rankings with(const rankings& held, span of, const top_sum& more);

}  // namespace cbv::cache

#endif
