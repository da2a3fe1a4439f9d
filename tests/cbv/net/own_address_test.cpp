#include "cbv/net/own_address.hpp"

#include <gtest/gtest.h>

namespace cbv::net {
namespace {

using boost::asio::ip::make_address;

TEST(OwnAddressTest, IsWhatTheRoutesChoose) {
  EXPECT_EQ(*own_address_towards(make_address("127.0.0.1")), make_address("127.0.0.1"));
}

TEST(OwnAddressTest, IsNoneWhereThereIsNoRoute) {
  // Broadcast needs leave that is not asked for.
  EXPECT_FALSE(own_address_towards(make_address("255.255.255.255")));
}

}  // namespace
}  // namespace cbv::net
