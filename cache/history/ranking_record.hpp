// Top lists as octets. FORMAT.md is the contract. Pure.
#ifndef CBV_CACHE_HISTORY_RANKING_RECORD_HPP
#define CBV_CACHE_HISTORY_RANKING_RECORD_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cbv/base/result.hpp"
#include "cbv/counting/ranking.hpp"

namespace cbv::cache {

inline constexpr std::uint8_t ranking_record_version = 1;

/// Of each list; what is behind is not written.
inline constexpr std::size_t ranked_names_max = 1000;

std::string encode_ranking_record(std::string_view key, const rankings& held);

/// As decode_record().
result<rankings> decode_ranking_record(std::string_view key, std::string_view octets);

}  // namespace cbv::cache

#endif
