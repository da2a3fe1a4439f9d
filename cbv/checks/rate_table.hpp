// A bounded memory of what many clients have used of their limits.
#ifndef CBV_CHECKS_RATE_TABLE_HPP
#define CBV_CHECKS_RATE_TABLE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "cbv/base/clock.hpp"

namespace cbv::checks {

/// So much of something in so much time. 0: without a limit.
struct rate_bound {
  float events_max = 0;
  float seconds = 60;
};

/// Buckets that fill with events and drain with time, `buckets` for each client, in a table of
/// fixed size, which is taken when the first client comes. Time comes in, and does not go back.
/// Belongs to one thread.
class rate_table {
 public:
  static constexpr std::size_t buckets = 7;
  using bounds = std::array<rate_bound, buckets>;

  /// 48 octets.
  struct client {
    std::uint64_t key = 0;
    std::uint64_t seen_ms = 0;  // 0: free; as of then are the fills
    std::array<float, buckets> fill{};
    std::uint32_t unused = 0;
  };

  /// Room for at least `clients_max`, which is above 0.
  rate_table(std::size_t clients_max, const bounds& limits, std::uint64_t seed);

  /// The client of this key, drained up to now. One that was not there takes the place of another,
  /// if there is no free one. Good until the next call.
  client& at(std::uint64_t key, time_point now);

  /// Has the bucket room for one event more? Always, if there is no limit.
  bool has_room(const client& of, std::size_t bucket) const noexcept;

  /// Adds an event. A bucket is never fuller than full and one event.
  void pour(client& of, std::size_t bucket) const noexcept;

  const bounds& limits() const noexcept { return limits_; }

  /// From now on. What clients have used stays.
  void change(const bounds& limits) noexcept { limits_ = limits; }

  std::size_t octets() const noexcept { return clients_.capacity() * sizeof(client); }

 private:
  static constexpr std::size_t corner = 8;  // clients that share their places

  void drain(client& one, std::uint64_t now_ms) const noexcept;
  float use_of(const client& one) const noexcept;

  bounds limits_;
  std::uint64_t seed_;
  std::size_t corners_;
  std::vector<client> clients_;
};

}  // namespace cbv::checks

#endif
