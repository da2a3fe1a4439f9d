#include "cbv/net/ip_network.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

namespace cbv::net {
namespace {

using boost::asio::ip::make_address;

TEST(IpNetwork, ContainsWhatSharesItsPrefix) {
  struct row {
    const char* network;
    const char* address;
    bool contained;
  };
  for (const row& asked : {
           row{"192.0.2.0/24", "192.0.2.0", true},
           row{"192.0.2.0/24", "192.0.2.255", true},
           row{"192.0.2.0/24", "192.0.3.0", false},
           row{"192.0.2.0/24", "192.0.1.255", false},
           row{"192.0.2.128/25", "192.0.2.127", false},
           row{"192.0.2.128/25", "192.0.2.128", true},
           row{"172.16.0.0/12", "172.31.255.255", true},
           row{"172.16.0.0/12", "172.32.0.0", false},
           row{"192.0.2.1/32", "192.0.2.1", true},
           row{"192.0.2.1/32", "192.0.2.0", false},
           row{"192.0.2.1", "192.0.2.1", true},
           row{"192.0.2.1", "192.0.2.2", false},
           row{"0.0.0.0/0", "255.255.255.255", true},
           row{"0.0.0.0/0", "::1", false},
           row{"::/0", "127.0.0.1", false},
           row{"::/0", "ffff::", true},
           row{"127.0.0.0/8", "::ffff:127.0.0.1", true},
           row{"2001:db8::/32", "2001:db8:ffff::1", true},
           row{"2001:db8::/32", "2001:db9::", false},
           row{"::1", "::1", true},
           row{"::1/128", "::2", false},
           row{"fe80::/10", "fe80::1%1", true},
       }) {
    const auto network = ip_network::parse(asked.network);
    ASSERT_TRUE(network) << asked.network;
    EXPECT_EQ(network->contains(make_address(asked.address)), asked.contained)
        << asked.network << ' ' << asked.address;
  }
}

TEST(IpNetwork, IsWrittenWithItsPrefix) {
  EXPECT_EQ(ip_network::parse("192.0.2.0/24")->text(), "192.0.2.0/24");
  EXPECT_EQ(ip_network::parse("192.0.2.1")->text(), "192.0.2.1/32");
  EXPECT_EQ(ip_network::parse("2001:DB8:0::/32")->text(), "2001:db8::/32");
}

TEST(IpNetwork, SaysWhatIsWrongAndWhere) {
  struct bad {
    const char* text;
    const char* what;
    std::size_t octet;
  };
  for (const bad& wrong : {
           bad{"", "not an IPv4 or IPv6 address", 1},
           bad{"example.org/24", "not an IPv4 or IPv6 address", 1},
           bad{"fe80::1%1/128", "not an IPv4 or IPv6 address", 1},
           bad{"192.0.2.0/", "the prefix is not a number from 0 to 32", 11},
           bad{"192.0.2.0/33", "the prefix is not a number from 0 to 32", 11},
           bad{"192.0.2.0/-1", "the prefix is not a number from 0 to 32", 11},
           bad{"192.0.2.0/24 ", "the prefix is not a number from 0 to 32", 11},
           bad{"2001:db8::/129", "the prefix is not a number from 0 to 128", 12},
           bad{"192.0.2.1/24", "the address has bits set behind the prefix", 1},
           bad{"2001:db8::1/64", "the address has bits set behind the prefix", 1},
       }) {
    const auto network = ip_network::parse(wrong.text);
    ASSERT_FALSE(network) << wrong.text;
    EXPECT_EQ(network.error().what, wrong.what) << wrong.text;
    EXPECT_EQ(network.error().octet, wrong.octet) << wrong.text;
  }
}

TEST(IpNetworkTest, IsMadeAroundAnAddress) {
  struct row {
    const char* address;
    unsigned prefix;
    const char* network;
  };
  for (const row& one : {
           row{"192.0.2.255", 24, "192.0.2.0/24"},
           row{"192.0.2.255", 30, "192.0.2.252/30"},
           row{"192.0.2.255", 32, "192.0.2.255/32"},
           row{"192.0.2.255", 0, "0.0.0.0/0"},
           row{"2001:db8:ffff::1", 33, "2001:db8:8000::/33"},
           row{"2001:db8::1", 128, "2001:db8::1/128"},
       }) {
    const auto made = ip_network::around(boost::asio::ip::make_address(one.address), one.prefix);
    EXPECT_EQ(made.text(), one.network);
    EXPECT_EQ(made, *ip_network::parse(one.network));
    EXPECT_EQ(made.prefix(), one.prefix);
  }
}

}  // namespace
}  // namespace cbv::net
