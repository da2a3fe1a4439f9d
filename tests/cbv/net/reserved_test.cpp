#include "cbv/net/reserved.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <vector>

namespace cbv::net {
namespace {

using boost::asio::ip::make_address;

// The first and the last address of each range, and their neighbours outside.
TEST(Reserved, KnowsTheRangesAndTheirEdges) {
  struct row {
    const char* address;
    const char* use;  // empty: it may be dialled
  };
  for (const row& asked : {
           row{"0.0.0.0", "this network"},
           row{"0.255.255.255", "this network"},
           row{"1.0.0.0", ""},
           row{"9.255.255.255", ""},
           row{"10.0.0.0", "private"},
           row{"10.255.255.255", "private"},
           row{"11.0.0.0", ""},
           row{"100.63.255.255", ""},
           row{"100.64.0.0", "carrier-grade NAT"},
           row{"100.127.255.255", "carrier-grade NAT"},
           row{"100.128.0.0", ""},
           row{"126.255.255.255", ""},
           row{"127.0.0.1", "loopback"},
           row{"127.255.255.255", "loopback"},
           row{"128.0.0.0", ""},
           row{"169.253.255.255", ""},
           row{"169.254.169.254", "link-local"},
           row{"169.255.0.0", ""},
           row{"172.15.255.255", ""},
           row{"172.16.0.0", "private"},
           row{"172.31.255.255", "private"},
           row{"172.32.0.0", ""},
           row{"192.0.0.255", "protocol assignments"},
           row{"192.0.1.0", ""},
           row{"192.0.2.1", "documentation"},
           row{"192.0.3.0", ""},
           row{"192.88.99.1", "6to4 relay"},
           row{"192.167.255.255", ""},
           row{"192.168.0.0", "private"},
           row{"192.169.0.0", ""},
           row{"198.17.255.255", ""},
           row{"198.18.0.0", "benchmarking"},
           row{"198.19.255.255", "benchmarking"},
           row{"198.20.0.0", ""},
           row{"198.51.100.7", "documentation"},
           row{"203.0.113.7", "documentation"},
           row{"203.0.114.0", ""},
           row{"223.255.255.255", ""},
           row{"224.0.0.1", "multicast"},
           row{"239.255.255.255", "multicast"},
           row{"240.0.0.0", "reserved for future use"},
           row{"255.255.255.254", "reserved for future use"},
           row{"255.255.255.255", "broadcast"},
           row{"::", "unspecified"},
           row{"::1", "loopback"},
           row{"::2", "unassigned"},
           row{"::127.0.0.1", "unassigned"},
           row{"::ffff:127.0.0.1", "loopback"},
           row{"::ffff:10.1.2.3", "private"},
           row{"::ffff:1.1.1.1", ""},
           row{"64:ff9b::10.1.2.3", "private"},
           row{"64:ff9b::127.0.0.1", "loopback"},
           row{"64:ff9b::1.1.1.1", ""},
           row{"64:ff9b:1::1", "unassigned"},
           row{"100::1", "unassigned"},
           row{"1fff:ffff::", "unassigned"},
           row{"2001::1", "protocol assignments"},
           row{"2001:1ff:ffff::1", "protocol assignments"},
           row{"2001:200::1", ""},
           row{"2001:db7:ffff::1", ""},
           row{"2001:db8::1", "documentation"},
           row{"2001:db8:ffff::1", "documentation"},
           row{"2001:db9::1", ""},
           row{"2002:0a01:0203::1", "private"},
           row{"2002:7f00:1::1", "loopback"},
           row{"2002:101:101::1", ""},
           row{"2a00:1450::1", ""},
           row{"3fff::1", "documentation"},
           row{"3fff:fff::1", "documentation"},
           row{"3fff:1000::1", ""},
           row{"4000::1", "unassigned"},
           row{"5f00::1", "unassigned"},
           row{"fbff::1", "unassigned"},
           row{"fc00::1", "unique local"},
           row{"fdff::1", "unique local"},
           row{"fe00::1", "unassigned"},
           row{"fe80::1", "link-local"},
           row{"fe80::1%1", "link-local"},
           row{"febf::1", "link-local"},
           row{"fec0::1", "site-local"},
           row{"ff02::1", "multicast"},
       }) {
    const auto address = make_address(asked.address);
    EXPECT_EQ(reserved_for(address), asked.use) << asked.address;
    EXPECT_EQ(is_never_dialled(address, {}), *asked.use != '\0') << asked.address;
  }
}

TEST(Reserved, MayBePermitted) {
  const std::vector<ip_network> permit{*ip_network::parse("127.0.0.0/8"),
                                       *ip_network::parse("fd00:1::/32")};
  EXPECT_FALSE(is_never_dialled(make_address("127.0.0.25"), permit));
  EXPECT_FALSE(is_never_dialled(make_address("::ffff:127.0.0.25"), permit));
  EXPECT_FALSE(is_never_dialled(make_address("fd00:1::25"), permit));
  EXPECT_FALSE(is_never_dialled(make_address("1.1.1.1"), permit));
  EXPECT_TRUE(is_never_dialled(make_address("::1"), permit));
  EXPECT_TRUE(is_never_dialled(make_address("10.0.0.1"), permit));
  EXPECT_TRUE(is_never_dialled(make_address("fd00:2::25"), permit));
}

}  // namespace
}  // namespace cbv::net
