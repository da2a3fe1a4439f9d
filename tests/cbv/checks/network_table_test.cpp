#include "cbv/checks/network_table.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace cbv::checks {
namespace {

namespace ip = boost::asio::ip;

std::optional<std::uint32_t> number_of(const network_table& table, const char* address) {
  const auto found = table.find(ip::make_address(address));
  if (!found) return std::nullopt;
  return found->number;
}

TEST(NetworkTableTest, FindsTheSmallestNetwork) {
  network_table table;
  std::uint32_t number = 0;
  for (const char* network : {
           "192.0.2.0/24",     // 0
           "192.0.0.0/8",      // 1
           "192.0.2.128/25",   // 2
           "192.0.2.7",        // 3
           "192.0.2.0/30",     // 4
           "203.0.113.0/24",   // 5
           "2001:db8::/32",    // 6
           "2001:db8::1",      // 7
           "2001:db8:1::/48",  // 8
       }) {
    table.add(*net::ip_network::parse(network), number++);
  }
  EXPECT_EQ(table.size(), 9U);
  EXPECT_EQ(table.finish(), 0U);
  struct row {
    const char* address;
    std::optional<std::uint32_t> number;
  };
  for (const row& one : {
           row{"192.0.2.7", 3},
           row{"192.0.2.8", 0},
           row{"192.0.2.3", 4},
           row{"192.0.2.4", 0},
           row{"192.0.2.127", 0},
           row{"192.0.2.128", 2},
           row{"192.0.2.255", 2},
           row{"192.0.3.0", 1},
           row{"192.0.1.255", 1},
           row{"193.0.0.0", {}},
           row{"203.0.113.255", 5},
           row{"0.0.0.0", {}},
           row{"255.255.255.255", {}},
           row{"2001:db8::1", 7},
           row{"2001:db8::2", 6},
           row{"2001:db8:1:ffff::", 8},
           row{"2001:db8:2::", 6},
           row{"2001:db9::", {}},
           row{"::", {}},
       }) {
    EXPECT_EQ(number_of(table, one.address), one.number) << one.address;
  }
}

TEST(NetworkTableTest, KeepsTheFirstOfTwoAlike) {
  network_table table;
  for (const std::uint32_t number : {4U, 2U, 9U})
    table.add(*net::ip_network::parse("192.0.2.0/24"), number);
  EXPECT_EQ(table.finish(), 2U);
  EXPECT_EQ(number_of(table, "192.0.2.1"), 2U);
}

TEST(NetworkTableTest, CanHoldEverybody) {
  network_table table;
  table.add(*net::ip_network::parse("0.0.0.0/0"), 1);
  table.add(*net::ip_network::parse("::/0"), 2);
  table.finish();
  EXPECT_EQ(number_of(table, "198.51.100.1"), 1U);
  EXPECT_EQ(number_of(table, "2001:db8::1"), 2U);
}

TEST(NetworkTableTest, AgreesWithLookingAtEachOfMany) {
  constexpr unsigned seed = 20'040'131;
  SCOPED_TRACE(seed);
  std::mt19937 chance(seed);
  network_table table;
  std::vector<net::ip_network> all;
  for (std::uint32_t i = 0; i < 2'000; ++i) {
    // Close together, so that many are in each other.
    const auto low = static_cast<std::uint32_t>(chance() & 0x3FFU);
    const ip::address_v4 address(0xC6336400U | low);
    all.push_back(net::ip_network::around(address, 20 + static_cast<unsigned>(chance() % 13)));
    table.add(all.back(), i);
  }
  table.finish();
  for (std::uint32_t last = 0; last < 0x800; ++last) {
    const ip::address_v4 address(0xC6336000U | last << 1U);
    std::optional<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      if (!all[i].contains(address)) continue;
      if (!expected || all[i].prefix() > all[*expected].prefix()) expected = i;
    }
    ASSERT_EQ(number_of(table, address.to_string().c_str()), expected) << address;
  }
}

}  // namespace
}  // namespace cbv::checks
