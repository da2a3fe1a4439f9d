#include "cbv/net/interface_addresses.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cbv::net {
namespace {

TEST(InterfaceAddresses, HaveTheLoopbackOfEveryMachine) {
  const auto found = interface_addresses();
  const auto loopback = boost::asio::ip::make_address("127.0.0.1");
  EXPECT_NE(std::find(found.begin(), found.end(), loopback), found.end());
}

TEST(InterfaceAddresses, AreAddressesAndNothingElse) {
  for (const auto& one : interface_addresses()) EXPECT_FALSE(one.is_unspecified()) << one;
}

}  // namespace
}  // namespace cbv::net
