#include "cbv/net/inherited_sockets.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <string>

#include "cbv/net/listener.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::net {
namespace {

using asio::ip::tcp;
using local = asio::local::stream_protocol;
using testing::ElementsAre;
using testing::IsEmpty;

// Descriptors as a service manager hands them over: one behind the other, and only we know them.
class InheritedSocketsTest : public testing::Test {
 protected:
  int hand_over(int descriptor) {
    const int given = ::fcntl(descriptor, F_DUPFD, last_ == 0 ? 500 : last_ + 1);
    if (first_ == 0) first_ = given;
    EXPECT_EQ(given, last_ == 0 ? given : last_ + 1);
    last_ = given;
    return given;
  }
  inherited_sockets handed_over() const { return {first_, last_ - first_ + 1}; }

  asio::io_context io_{1};
  temporary_folder place_;
  std::string path_ = place_.path() / "socket";
  local::acceptor local_{io_, local::endpoint(path_)};
  tcp::acceptor tcp_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  endpoint at_{tcp_.local_endpoint().address(), tcp_.local_endpoint().port()};
  int first_ = 0;
  int last_ = 0;
};

TEST_F(InheritedSocketsTest, AreFoundByWhereTheyListen) {
  const int of_path = hand_over(local_.native_handle());
  const int of_port = hand_over(tcp_.native_handle());
  inherited_sockets all = handed_over();
  EXPECT_THAT(all.left(), ElementsAre(path_, to_string(at_)));
  EXPECT_EQ(all.take_local("/elsewhere"), std::nullopt);
  EXPECT_EQ(all.take_local(""), std::nullopt);
  EXPECT_EQ(all.take_local(path_), of_path);
  EXPECT_EQ(all.take_local(path_), std::nullopt) << "once";
  EXPECT_EQ(all.take_tcp({at_.address, 1}), std::nullopt);
  EXPECT_EQ(all.take_tcp(at_), of_port);
  EXPECT_THAT(all.left(), IsEmpty());
  EXPECT_NE(::fcntl(of_path, F_GETFD) & FD_CLOEXEC, 0) << "no child inherits it";
  ::close(of_path);
  ::close(of_port);
}

TEST_F(InheritedSocketsTest, WhatDoesNotListenIsNamedAndClosed) {
  tcp::socket connected(io_);
  connected.connect(tcp_.local_endpoint());
  const int number = hand_over(connected.native_handle());
  {
    const inherited_sockets all = handed_over();
    EXPECT_THAT(all.left(), ElementsAre("descriptor " + std::to_string(number)));
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

TEST_F(InheritedSocketsTest, AListenerTakesThemOver) {
  auto on_path = adopt_local(io_.get_executor(), hand_over(local_.native_handle()), path_);
  auto on_port = adopt_tcp(io_.get_executor(), hand_over(tcp_.native_handle()), at_);
  ASSERT_TRUE(on_path);
  ASSERT_TRUE(on_port);
  EXPECT_EQ((*on_path)->name(), path_);
  EXPECT_EQ((*on_port)->port(), at_.port);
  for (auto* one : {&*on_path, &*on_port}) {
    int accepted = 0;
    local::socket by_path(io_);
    tcp::socket by_port(io_);
    one == &*on_path ? by_path.connect(local::endpoint(path_))
                     : by_port.connect(tcp_.local_endpoint());
    asio::co_spawn(io_, (*one)->accept(),
                   [&accepted](const std::exception_ptr& thrown,
                               const result<std::unique_ptr<stream>>& client) {
                     accepted += !thrown && client ? 1 : 0;
                   });
    io_.restart();
    io_.run();
    EXPECT_EQ(accepted, 1);
  }
  on_path = {};
  EXPECT_TRUE(std::filesystem::exists(path_)) << "it belongs to whoever made it";
}

}  // namespace
}  // namespace cbv::net
