// Counters as octets. FORMAT.md is the contract. Pure.
#ifndef CBV_CACHE_HISTORY_HISTORY_RECORD_HPP
#define CBV_CACHE_HISTORY_HISTORY_RECORD_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/base/result.hpp"
#include "cbv/counting/cells.hpp"
#include "cbv/counting/counters.hpp"

namespace cbv::cache {

inline constexpr std::uint8_t history_record_version = 1;

struct history_record {
  struct cell {
    cell_number number = 0;
    std::uint64_t value = 0;

    friend bool operator==(const cell&, const cell&) = default;
  };

  counters counted;
  /// Those that a newer cbv has counted, in the order of their numbers; written again as they are.
  std::vector<cell> unknown{};

  friend bool operator==(const history_record&, const history_record&) = default;
};

std::string encode_history_record(std::string_view key, const history_record& held);

/// As decode_record().
result<history_record> decode_history_record(std::string_view key, std::string_view octets);

}  // namespace cbv::cache

#endif
