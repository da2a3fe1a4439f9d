#include "cbv/net/endpoint.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

namespace cbv::net {
namespace {

TEST(Endpoint, IsReadAndWritten) {
  for (const char* text : {"127.0.0.1:25", "[::1]:25", "0.0.0.0:0", "[2001:db8::25]:65535"}) {
    const auto at = parse_endpoint(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(to_string(*at), text);
  }
  const auto at = parse_endpoint("192.0.2.7:2525");
  ASSERT_TRUE(at);
  EXPECT_EQ(at->address, boost::asio::ip::make_address("192.0.2.7"));
  EXPECT_EQ(at->port, 2525);
}

TEST(Endpoint, SaysWhatIsWrongAndWhere) {
  struct bad {
    const char* text;
    std::size_t octet;
    const char* what;
  };
  constexpr const char* no_port = "a port is missing, as in 127.0.0.1:25";
  constexpr const char* bad_port = "the port is not a number from 0 to 65535";
  constexpr const char* bad_v4 = "not an IPv4 address, nor an IPv6 address in brackets";
  constexpr const char* bad_v6 = "not an IPv6 address in brackets";
  for (const bad& wrong : {
           bad{"", 1, no_port},
           bad{"127.0.0.1", 10, no_port},
           bad{"127.0.0.1:", 11, bad_port},
           bad{"127.0.0.1:65536", 11, bad_port},
           bad{"127.0.0.1:-1", 11, bad_port},
           bad{"127.0.0.1:25 ", 11, bad_port},
           bad{"127.0.0.1:smtp", 11, bad_port},
           bad{":25", 1, bad_v4},
           bad{"127.0.0:25", 1, bad_v4},
           bad{"localhost:25", 1, bad_v4},
           bad{"::1:25", 1, bad_v4},
           bad{"[::1:25", 1, bad_v4},
           bad{"[]:25", 2, bad_v6},
           bad{"[127.0.0.1]:25", 2, bad_v6},
           bad{"[::1]]:25", 2, bad_v6},
       }) {
    const auto at = parse_endpoint(wrong.text);
    ASSERT_FALSE(at) << wrong.text;
    EXPECT_EQ(at.error().octet, wrong.octet) << wrong.text;
    EXPECT_EQ(at.error().what, wrong.what) << wrong.text;
  }
}

}  // namespace
}  // namespace cbv::net
