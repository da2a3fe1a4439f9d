#include "cache/shelf/age_histogram.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>

namespace cbv::cache {
namespace {

// Ages below 64 s have a place each; from there on 32 places for each doubling.
constexpr std::size_t exact = 64;
constexpr int first_octave = 6;
constexpr int octave_bits = 5;
constexpr std::size_t octave_places = 1U << octave_bits;

}  // namespace

std::size_t age_histogram::place_of(std::int64_t age) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  const auto seconds = static_cast<std::uint64_t>(std::clamp<std::int64_t>(age, 0, most));
  if (seconds < exact) return static_cast<std::size_t>(seconds);
  const int octave = static_cast<int>(std::bit_width(seconds)) - 1;
  const std::uint64_t within = (seconds >> (octave - octave_bits)) % octave_places;
  return exact + static_cast<std::size_t>(octave - first_octave) * octave_places + within;
}

std::int64_t age_histogram::least_age_of(std::size_t place) noexcept {
  if (place < exact) return static_cast<std::int64_t>(place);
  const std::size_t octave = (place - exact) / octave_places;
  const std::uint64_t within = octave_places + (place - exact) % octave_places;
  return static_cast<std::int64_t>(within << (octave + first_octave - octave_bits));
}

void age_histogram::add(const leaving_order& of) noexcept {
  row& counts = of.live ? live_ : expired_;
  ++counts[place_of((reference_ - of.learnt).count())];
  ++size_;
}

void age_histogram::take(std::uint64_t most) noexcept {
  for (row* counts : {&expired_, &live_}) {
    for (std::size_t place = places; place-- > 0 && most > 0;) {
      const std::uint64_t taken = std::min(most, (*counts)[place]);
      (*counts)[place] -= taken;
      size_ -= taken;
      most -= taken;
    }
  }
}

leaving_order age_histogram::cut(std::uint64_t most) const noexcept {
  std::uint64_t counted = 0;
  for (const bool live : {false, true}) {
    const row& counts = live ? live_ : expired_;
    for (std::size_t place = places; place-- > 0;) {
      counted += counts[place];
      if (counted < most) continue;
      // Age 0 is all that is younger as well.
      if (place == 0) return {live, wall_time::max()};
      return {live, reference_ - std::chrono::seconds{least_age_of(place)}};
    }
  }
  return {true, wall_time::max()};
}

}  // namespace cbv::cache
