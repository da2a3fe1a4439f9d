#include "cache/shelf/clock_watch.hpp"

#include <cstdint>
#include <limits>

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;

/// What the two may drift apart between two readings: a commit that takes its time lies between
/// them, and a clock that is being slewed.
constexpr std::chrono::seconds unevenness_max = 5min;

/// No one ran this before; what FORMAT.md can hold ends there.
constexpr wall_time earliest{1'767'225'600s};  // 2026-01-01
constexpr wall_time latest{std::chrono::seconds{std::numeric_limits<std::uint32_t>::max()}};

}  // namespace

void clock_watch::note(wall_time wall, time_point at) noexcept {
  if (!last_) {
    even_since_ = at;
  } else {
    const auto uneven = (wall - last_->wall) - (at - last_->at);
    if (uneven > unevenness_max || uneven < -unevenness_max) even_since_ = at;
  }
  last_ = reading{wall, at};
}

bool clock_watch::is_trusted() const noexcept {
  if (!last_ || last_->wall < earliest || last_->wall >= latest) return false;
  return last_->at - even_since_ >= trust_after_;
}

}  // namespace cbv::cache
