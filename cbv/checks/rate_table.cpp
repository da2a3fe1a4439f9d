#include "cbv/checks/rate_table.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace cbv::checks {
namespace {

constexpr float milliseconds_a_second = 1'000;

// Below this a float would lose what drains: it has 24 bits.
constexpr std::uint64_t least_step_ms = 16;

// Never 0, which is a free place.
std::uint64_t milliseconds_of(time_point now) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  return static_cast<std::uint64_t>(since.count()) + 1;
}

// splitmix64
std::uint64_t mixed(std::uint64_t key) {
  key += 0x9e37'79b9'7f4a'7c15U;
  key = (key ^ (key >> 30U)) * 0xbf58'476d'1ce4'e5b9U;
  key = (key ^ (key >> 27U)) * 0x94d0'49bb'1331'11ebU;
  return key ^ (key >> 31U);
}

}  // namespace

static_assert(sizeof(rate_table::client) == 48);

rate_table::rate_table(std::size_t clients_max, const bounds& limits, std::uint64_t seed)
    : limits_(limits), seed_(mixed(seed)), corners_((clients_max + corner - 1) / corner) {
  assert(clients_max > 0);
}

rate_table::client& rate_table::at(std::uint64_t key, time_point now) {
  if (clients_.empty()) clients_.resize(corners_ * corner);
  const std::uint64_t now_ms = milliseconds_of(now);
  constexpr unsigned half = 32;
  const std::uint64_t hash = mixed(key ^ seed_) >> half;
  client* const first = &clients_[(hash * corners_ >> half) * corner];
  for (client* one = first; one != first + corner; ++one) {
    if (one->seen_ms == 0 || one->key != key) continue;
    drain(*one, now_ms);
    return *one;
  }
  client* least = first;
  for (client* one = first; one != first + corner; ++one) {
    if (one->seen_ms == 0) {
      least = one;
      break;
    }
    drain(*one, now_ms);
    if (use_of(*one) < use_of(*least)) least = one;
  }
  *least = client{};
  least->key = key;
  least->seen_ms = now_ms;
  return *least;
}

void rate_table::drain(client& one, std::uint64_t now_ms) const noexcept {
  if (now_ms < one.seen_ms + least_step_ms) return;
  const float seconds = static_cast<float>(now_ms - one.seen_ms) / milliseconds_a_second;
  for (std::size_t i = 0; i < buckets; ++i) {
    const rate_bound& bound = limits_[i];
    one.fill[i] = std::max(0.0F, one.fill[i] - seconds * bound.events_max / bound.seconds);
  }
  one.seen_ms = now_ms;
}

float rate_table::use_of(const client& one) const noexcept {
  float most = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    if (limits_[i].events_max > 0) most = std::max(most, one.fill[i] / limits_[i].events_max);
  }
  return most;
}

bool rate_table::has_room(const client& of, std::size_t bucket) const noexcept {
  const float most = limits_[bucket].events_max;
  // What drained in many steps lacks a little of what drained in one.
  constexpr float rounding = 0.01F;
  return most <= 0 || of.fill[bucket] + 1 <= most + rounding;
}

void rate_table::pour(client& of, std::size_t bucket) const noexcept {
  const float most = limits_[bucket].events_max;
  if (most > 0) of.fill[bucket] = std::min(of.fill[bucket] + 1, most + 1);
}

}  // namespace cbv::checks
