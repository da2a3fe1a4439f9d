// How much may be remembered, and how many records are to go when it is more. Pure.
#ifndef CBV_CACHE_SHELF_BOUNDS_HPP
#define CBV_CACHE_SHELF_BOUNDS_HPP

#include <cstdint>
#include <limits>

namespace cbv::cache {

inline constexpr std::uint64_t unbounded = std::numeric_limits<std::uint64_t>::max();

struct bounds {
  std::uint64_t records_max = 20'000'000;  // verdicts, domains and hosts together
  std::uint64_t octets_max = unbounded;    // in pages that are in use
};

/// The octets that may be in use in a map of `map_octets_max`: the rest is what a group of changes
/// needs, for LMDB writes a changed page anew, and the old one is free only later. 7/8 of a large
/// map, a third of a small one.
std::uint64_t octets_for_map(std::uint64_t map_octets_max) noexcept;

/// Says how many records must go. Over a bound it is so many that 5 % below it are left.
///
/// Octets go down later than records do: removing some of each page frees none, but the next
/// records find room there. So after each time that records went for the sake of octets, a little
/// more than what was then in use is allowed before others go; or a cache would empty itself while
/// it waits for pages to become free. Belongs to one thread.
class bound_keeper {
 public:
  explicit bound_keeper(bounds keep) : keep_(keep) {}

  std::uint64_t excess(std::uint64_t records, std::uint64_t octets) const noexcept;

  /// So many are gone that excess() said; `octets` are in use now.
  void kept(std::uint64_t octets) noexcept;

  /// What is in use now and then: pages that have become free are not given away again.
  void note(std::uint64_t octets) noexcept;

  /// No group could be written any more: some go, whatever else is counted. Not if octets are
  /// unbounded.
  void map_is_full() noexcept { is_map_full_ = keep_.octets_max != unbounded; }

  /// Over a bound by so much that nothing more should be written first.
  bool is_far_over(std::uint64_t records, std::uint64_t octets) const noexcept;

 private:
  bounds keep_;
  std::uint64_t octets_allowed_ = 0;  // more than octets_max while pages are to become free
  bool is_map_full_ = false;
};

}  // namespace cbv::cache

#endif
