#include "cache/records/checksum.hpp"

#include <array>
#include <cstddef>

namespace cbv::cache {
namespace {

// Eight octets a step. Boost.CRC goes octet by octet, and was a third of the time of a find();
// zlib, which has CRC-32 only, took twice as long as this for the length of a record.
constexpr std::size_t step = 8;
using table_set = std::array<std::array<std::uint32_t, 256>, step>;

constexpr table_set make_tables() {
  constexpr std::uint32_t reflected_polynomial = 0x82F63B78;
  table_set made{};
  for (std::uint32_t octet = 0; octet < 256; ++octet) {
    std::uint32_t crc = octet;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? reflected_polynomial : 0);
    }
    made[0][octet] = crc;
  }
  for (std::size_t ahead = 1; ahead < step; ++ahead) {
    for (std::size_t octet = 0; octet < 256; ++octet) {
      const std::uint32_t before = made[ahead - 1][octet];
      made[ahead][octet] = (before >> 8) ^ made[0][before & 0xff];
    }
  }
  return made;
}

constexpr table_set tables_of_octets = make_tables();

constexpr std::uint32_t octet_at(std::string_view octets, std::size_t at) noexcept {
  return static_cast<unsigned char>(octets[at]);
}

std::uint32_t add(std::uint32_t crc, std::string_view octets) noexcept {
  while (octets.size() >= step) {
    const std::uint32_t first = crc ^ (octet_at(octets, 0) | octet_at(octets, 1) << 8 |
                                       octet_at(octets, 2) << 16 | octet_at(octets, 3) << 24);
    crc = tables_of_octets[7][first & 0xff] ^ tables_of_octets[6][first >> 8 & 0xff] ^
          tables_of_octets[5][first >> 16 & 0xff] ^ tables_of_octets[4][first >> 24] ^
          tables_of_octets[3][octet_at(octets, 4)] ^ tables_of_octets[2][octet_at(octets, 5)] ^
          tables_of_octets[1][octet_at(octets, 6)] ^ tables_of_octets[0][octet_at(octets, 7)];
    octets.remove_prefix(step);
  }
  for (const char c : octets) {
    crc = (crc >> 8) ^ tables_of_octets[0][(crc ^ static_cast<unsigned char>(c)) & 0xff];
  }
  return crc;
}

}  // namespace

std::uint32_t checksum(std::string_view a, std::string_view b) noexcept {
  return ~add(add(~std::uint32_t{0}, a), b);
}

}  // namespace cbv::cache
