// How long something took, many times over, in little memory.
#ifndef CBV_COUNTING_LATENCY_HISTOGRAM_HPP
#define CBV_COUNTING_LATENCY_HISTOGRAM_HPP

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cbv {

/// Counts durations in buckets, each at most a quarter wider than where it begins; from 64 ns up
/// to half an hour, what is longer falls into the last. Adding costs the same whatever the value.
class latency_histogram {
 public:
  static constexpr std::size_t buckets = 136;

  void add(std::chrono::nanoseconds took) noexcept {
    const std::uint64_t ns = took.count() > 0 ? static_cast<std::uint64_t>(took.count()) : 0;
    ++counts_[bucket_of(ns)];
    sum_ns_ += ns;
  }

  /// How many were added.
  std::uint64_t count() const noexcept;
  std::chrono::nanoseconds sum() const noexcept {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(sum_ns_));
  }

  /// How long at most the given share (0 to 1) of them took: the end of the bucket in which that
  /// one lies. Zero if none were added.
  std::chrono::nanoseconds quantile(double share) const noexcept;

  std::uint64_t in_bucket(std::size_t index) const noexcept { return counts_[index]; }

  /// What falls into a bucket is shorter than this.
  static std::chrono::nanoseconds end_of(std::size_t index) noexcept;

  /// For those who store and add: each number that it is made of, the sum last.
  template <class F>
  void for_each_number(F&& visit) {
    for (std::uint64_t& count : counts_) visit(count);
    visit(sum_ns_);
  }

  friend bool operator==(const latency_histogram&, const latency_histogram&) = default;

 private:
  // Four buckets an octave: the two bits behind the first one tell which.
  static std::size_t bucket_of(std::uint64_t ns) noexcept {
    const std::uint64_t units = ns >> unit_bits;
    if (units < 4) return static_cast<std::size_t>(units);
    const auto octave = static_cast<std::size_t>(std::bit_width(units)) - 1;
    const std::size_t index = 4 * (octave - 1) + ((units >> (octave - 2)) & 3U);
    return index < buckets ? index : buckets - 1;
  }

  static constexpr unsigned unit_bits = 6;

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t sum_ns_ = 0;
};

}  // namespace cbv

#endif
