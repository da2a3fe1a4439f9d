#include "tools/cbv-sim/internet.hpp"

#include <gtest/gtest.h>

#include "tests/tools/cbv-sim/dialogue.hpp"

namespace cbv::sim {
namespace {

using asio::ip::make_address;

TEST(InternetTest, KnowsWhoAnswersWhere) {
  const world made = must_parse(
      "host 192.0.2.1 open.example\n"
      "host 192.0.2.2\n"
      "  dead\n"
      "host 192.0.2.3\n"
      "  unreachable\n"
      "hosts 198.51.100.0/24 h{}.example\n");
  internet net(made);
  const time_point now{};
  const asio::ip::address us = make_address("203.0.113.1");
  EXPECT_EQ(net.reach(make_address("192.0.2.1")), reachability::open);
  EXPECT_EQ(net.reach(make_address("192.0.2.2")), reachability::dead);
  EXPECT_EQ(net.reach(make_address("192.0.2.3")), reachability::unreachable);
  EXPECT_EQ(net.reach(make_address("192.0.2.4")), reachability::dead) << "nobody is there";
  EXPECT_EQ(net.connect(make_address("192.0.2.2"), us, now), nullptr);
  EXPECT_EQ(net.connect(make_address("192.0.2.4"), us, now), nullptr);

  const auto first = net.connect(make_address("192.0.2.1"), us, now);
  const auto second = net.connect(make_address("198.51.100.9"), us, now);
  ASSERT_NE(second, nullptr);
  const action greeting = second->next(now);
  EXPECT_EQ(std::get<send_bytes>(greeting).bytes, "220 h9.example ESMTP\r\n");
  EXPECT_EQ(net.host_at(make_address("198.51.100.9")), &net.hosts()[3]);
  EXPECT_EQ(net.total().connections, 2U);
  EXPECT_EQ(net.total().open_max, 1U);
}

}  // namespace
}  // namespace cbv::sim
