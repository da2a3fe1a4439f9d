// A booked re-probe as octets. FORMAT.md is the contract. Pure.
#ifndef CBV_CACHE_RECORDS_BOOKING_RECORD_HPP
#define CBV_CACHE_RECORDS_BOOKING_RECORD_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "cbv/base/result.hpp"
#include "cbv/verdict/booking_book.hpp"

namespace cbv::cache {

inline constexpr std::uint8_t booking_record_version = 1;

/// It stands under the key of its mailbox and role (record.hpp).
std::string encode_booking(std::string_view key, const booking& held);

/// As decode_record(); errc::record_corrupt, too, if the mailbox in it is none or has another key.
result<booking> decode_booking(std::string_view key, std::string_view octets);

}  // namespace cbv::cache

#endif
