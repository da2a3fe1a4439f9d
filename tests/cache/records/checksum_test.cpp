#include "cache/records/checksum.hpp"

#include <gtest/gtest.h>

#include <boost/crc.hpp>
#include <random>
#include <string>

namespace cbv::cache {
namespace {

TEST(ChecksumTest, IsCastagnoli) {
  EXPECT_EQ(checksum("", ""), 0u);
  EXPECT_EQ(checksum("123456789", ""), 0xE3069283u);
  EXPECT_EQ(checksum("1234", "56789"), 0xE3069283u);
  // RFC 3720 section B.4.
  EXPECT_EQ(checksum(std::string(32, '\0'), ""), 0x8A9136AAu);
  EXPECT_EQ(checksum(std::string(32, '\xff'), ""), 0x62A8AB43u);
}

TEST(ChecksumTest, AgreesWithBoostForAllLengths) {
  std::mt19937 chance(1);  // the same octets each time
  std::string octets;
  for (int length = 0; length < 200; ++length) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> expected;
    expected.process_bytes(octets.data(), octets.size());
    const auto middle = static_cast<std::size_t>(length / 3);
    EXPECT_EQ(checksum(octets.substr(0, middle), octets.substr(middle)), expected.checksum());
    octets.push_back(static_cast<char>(chance() & 0xff));
  }
}

}  // namespace
}  // namespace cbv::cache
