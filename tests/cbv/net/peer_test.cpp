#include "cbv/net/peer.hpp"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/cbv/run.hpp"

namespace cbv::net {
namespace {

/// Notes where it is asked to connect to.
class noting_dialer final : public dialer {
 public:
  awaitable<result<std::unique_ptr<stream>>> connect(endpoint to) override {
    asked.push_back(to_string(to));
    co_return error_code(asio::error::connection_refused);
  }
  awaitable<result<std::unique_ptr<stream>>> connect_local(std::string path) override {
    asked.push_back("unix " + path);
    co_return error_code(asio::error::connection_reset);
  }

  std::vector<std::string> asked;
};

/// One that knows no unix sockets.
class plain_dialer final : public dialer {
 public:
  awaitable<result<std::unique_ptr<stream>>> connect(endpoint) override {
    co_return error_code(asio::error::connection_refused);
  }
};

peer at(const char* address, std::uint16_t port) {
  return peer{{asio::ip::make_address(address), port}, {}};
}

TEST(Peer, IsWritten) {
  EXPECT_EQ(to_string(at("192.0.2.1", 25)), "192.0.2.1:25");
  EXPECT_EQ(to_string(at("2001:db8::1", 2525)), "[2001:db8::1]:2525");
  EXPECT_EQ(to_string(peer{{}, "/run/lmtp"}), "/run/lmtp");
  EXPECT_EQ(at("192.0.2.1", 25).host(), "192.0.2.1");
  EXPECT_EQ(at("2001:db8::1", 25).host(), "2001:db8::1");
  EXPECT_EQ((peer{{}, "/run/lmtp"}).host(), "/run/lmtp");
}

TEST(Peer, IsLocalIfItHasAPath) {
  EXPECT_FALSE(at("127.0.0.1", 24).is_local());
  EXPECT_TRUE((peer{{}, "/run/lmtp"}).is_local());
  EXPECT_NE(at("192.0.2.1", 25), at("192.0.2.1", 26));
  EXPECT_NE((peer{{}, "/a"}), (peer{{}, "/b"}));
  EXPECT_EQ(at("192.0.2.1", 25), at("192.0.2.1", 25));
}

TEST(Peer, IsConnectedToInItsWay) {
  noting_dialer network;
  EXPECT_EQ(run(connect(network, at("192.0.2.1", 25))).error(), asio::error::connection_refused);
  EXPECT_EQ(run(connect(network, peer{{}, "/run/lmtp"})).error(), asio::error::connection_reset);
  EXPECT_EQ(network.asked, (std::vector<std::string>{"192.0.2.1:25", "unix /run/lmtp"}));
}

TEST(Peer, CannotBeLocalWhereTheDialerCannot) {
  plain_dialer network;
  EXPECT_EQ(run(connect(network, peer{{}, "/run/lmtp"})).error(),
            asio::error::operation_not_supported);
}

}  // namespace
}  // namespace cbv::net
