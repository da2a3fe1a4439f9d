#include "cache/shelf/bounds.hpp"

#include <algorithm>

namespace cbv::cache {
namespace {

constexpr std::uint64_t share = 20;          // 5 %
constexpr std::uint64_t octets_share = 200;  // 0.5 %

/// Three times what a group of 1,000 changes writes anew, four pages deep.
constexpr std::uint64_t room_for_groups = 48ULL << 20U;

bool is_over_by(std::uint64_t count, std::uint64_t most, std::uint64_t part) noexcept {
  return most != unbounded && count > most + most / part;
}

}  // namespace

std::uint64_t octets_for_map(std::uint64_t map_octets_max) noexcept {
  const std::uint64_t room = std::max(map_octets_max / 8, room_for_groups);
  return map_octets_max - std::min(room, map_octets_max / 3 * 2);
}

std::uint64_t bound_keeper::excess(std::uint64_t records, std::uint64_t octets) const noexcept {
  std::uint64_t must_go = 0;
  if (records > keep_.records_max) {
    must_go = records - (keep_.records_max - keep_.records_max / share);
  }
  const std::uint64_t allowed = std::max(keep_.octets_max, octets_allowed_);
  if (is_map_full_ || octets > allowed) {
    const std::uint64_t over = octets > allowed ? octets - allowed : 0;
    const auto part = static_cast<double>(over) / static_cast<double>(octets);
    const auto gone = static_cast<std::uint64_t>(static_cast<double>(records) * part);
    must_go = std::max(must_go, gone + std::max<std::uint64_t>(records / share, 1));
  }
  return std::min(must_go, records);
}

void bound_keeper::kept(std::uint64_t octets) noexcept {
  is_map_full_ = false;
  octets_allowed_ = octets + keep_.octets_max / octets_share;
}

void bound_keeper::note(std::uint64_t octets) noexcept {
  octets_allowed_ = std::min(octets_allowed_, octets + keep_.octets_max / octets_share);
}

bool bound_keeper::is_far_over(std::uint64_t records, std::uint64_t octets) const noexcept {
  return is_over_by(records, keep_.records_max, share) ||
         (is_over_by(octets, keep_.octets_max, share) && octets > octets_allowed_);
}

}  // namespace cbv::cache
