#include "cbv/net/own_addresses.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cbv::net {
namespace {

TEST(OwnAddresses, HaveTheLoopbackOfEveryMachine) {
  const auto found = own_addresses();
  const auto loopback = boost::asio::ip::make_address("127.0.0.1");
  EXPECT_NE(std::find(found.begin(), found.end(), loopback), found.end());
}

TEST(OwnAddresses, AreAddressesAndNothingElse) {
  for (const auto& one : own_addresses()) EXPECT_FALSE(one.is_unspecified()) << one;
}

}  // namespace
}  // namespace cbv::net
