// What a history says of itself, as octets. FORMAT.md is the contract. Pure.
#ifndef CBV_CACHE_HISTORY_HISTORY_STATE_HPP
#define CBV_CACHE_HISTORY_HISTORY_STATE_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/history/retention.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/result.hpp"

namespace cbv::cache {

inline constexpr std::uint8_t history_state_version = 1;

struct history_state {
  std::uint64_t commits = 0;         // so many; tells whether one whose end was not seen has come
  std::optional<wall_time> since{};  // the earliest hour in which anything was counted
  kept_from kept{};

  friend bool operator==(const history_state&, const history_state&) = default;
};

/// Its key, in the table `meta`.
inline constexpr std::string_view history_state_key = "state";

std::string encode_history_state(const history_state& held);

/// As decode_record().
result<history_state> decode_history_state(std::string_view octets);

}  // namespace cbv::cache

#endif
