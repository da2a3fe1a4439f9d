// CRC-32C, which guards the records on the disk.
#ifndef CBV_CACHE_RECORDS_CHECKSUM_HPP
#define CBV_CACHE_RECORDS_CHECKSUM_HPP

#include <cstdint>
#include <string_view>

namespace cbv::cache {

/// CRC-32C (Castagnoli, as in RFC 3720 section 12.1) of the octets of `a`, then those of `b`.
std::uint32_t checksum(std::string_view a, std::string_view b) noexcept;

}  // namespace cbv::cache

#endif
