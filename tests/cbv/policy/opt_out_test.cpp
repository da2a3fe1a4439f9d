#include "cbv/policy/opt_out.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

namespace cbv::policy {
namespace {

using boost::asio::ip::make_address;

opt_out some() {
  opt_out lists;
  lists.domains = name_list({*name_pattern::parse(".example.org"), *name_pattern::parse("a.test")});
  lists.hosts = name_list({*name_pattern::parse("*.mx.example.net")});
  lists.networks = {*net::ip_network::parse("192.0.2.0/24"),
                    *net::ip_network::parse("2001:db8::/32")};
  return lists;
}

TEST(OptOut, HasDomains) {
  const opt_out lists = some();
  for (const char* in : {"example.org", "sub.example.org", "a.test", "A.TEST"})
    EXPECT_TRUE(lists.matches(*domain::parse(in))) << in;
  for (const char* out : {"example.net", "b.a.test", "in1.mx.example.net"})
    EXPECT_FALSE(lists.matches(*domain::parse(out))) << out;
}

TEST(OptOut, HasHostsByNameWhateverTheirDomain) {
  const opt_out lists = some();
  EXPECT_TRUE(lists.matches_host("in1.mx.example.net"));
  EXPECT_TRUE(lists.matches_host("IN1.MX.EXAMPLE.NET."));
  EXPECT_FALSE(lists.matches_host("mx.example.net"));
  EXPECT_FALSE(lists.matches_host("mx.example.org")) << "that is a list of domains";
}

TEST(OptOut, HasNetworks) {
  const opt_out lists = some();
  for (const char* in : {"192.0.2.25", "::ffff:192.0.2.25", "2001:db8::25"})
    EXPECT_TRUE(lists.matches(make_address(in))) << in;
  for (const char* out : {"192.0.3.25", "2001:db9::25"})
    EXPECT_FALSE(lists.matches(make_address(out))) << out;
}

TEST(OptOut, AnAddressLiteralIsOfANetwork) {
  const opt_out lists = some();
  EXPECT_TRUE(lists.matches(*domain::parse("[192.0.2.25]")));
  EXPECT_TRUE(lists.matches(*domain::parse("[IPv6:2001:db8::25]")));
  EXPECT_FALSE(lists.matches(*domain::parse("[198.51.100.25]")));
}

TEST(OptOut, OfNobodyHasNobody) {
  const opt_out nobody;
  EXPECT_FALSE(nobody.matches(*domain::parse("example.org")));
  EXPECT_FALSE(nobody.matches_host("mx.example.org"));
  EXPECT_FALSE(nobody.matches(make_address("192.0.2.1")));
}

}  // namespace
}  // namespace cbv::policy
