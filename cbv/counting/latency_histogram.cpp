#include "cbv/counting/latency_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cbv {

std::uint64_t latency_histogram::count() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::chrono::nanoseconds latency_histogram::quantile(double share) const noexcept {
  const std::uint64_t all = count();
  if (all == 0) return {};
  const double clamped = std::clamp(share, 0.0, 1.0);
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(clamped * static_cast<double>(all))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return end_of(i);
  }
  return end_of(buckets - 1);
}

std::chrono::nanoseconds latency_histogram::end_of(std::size_t index) noexcept {
  const std::uint64_t next = index + 1;  // it ends where the next one begins
  std::uint64_t units = next;
  if (next >= 4) {
    const std::uint64_t octave = next / 4 + 1;
    units = (4 + next % 4) << (octave - 2);
  }
  return std::chrono::nanoseconds(static_cast<std::int64_t>(units << unit_bits));
}

}  // namespace cbv
