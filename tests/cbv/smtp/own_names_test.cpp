#include "cbv/smtp/own_names.hpp"

#include <gtest/gtest.h>

namespace cbv::smtp {
namespace {

TEST(OwnNames, IsAddressInWhateverForm) {
  const own_names us("198.51.100.9", "");
  for (const char* form : {"198.51.100.9", "ip198.51.100.9", "198-51-100-9", "198_51_100_9",
                           "host-198-51-100-9.example.net", "9.100.51.198.zen.example.org",
                           "9-100-51-198.example.net", "198.51.100.9.example.net"}) {
    EXPECT_TRUE(us.is_address_in(form)) << form;
  }
  for (const char* other : {"198.51.100.99", "1198.51.100.9", "198.51.100.9.1", "7.198.51.100.9",
                            "198.51.100", "", "198-51-100-90.example.net"}) {
    EXPECT_FALSE(us.is_address_in(other)) << other;
  }
}

TEST(OwnNames, KnowsTheFormsOfAnIpv6Address) {
  const own_names us("2001:db8::25", "");
  for (const char* form : {"2001:db8::25", "2001:DB8:0:0:0:0:0:25", "ipv6:2001:db8::25",
                           "IPv6:2001:0db8::0025", "2001:db8::25.", "2001:db8::25:"}) {
    EXPECT_TRUE(us.is_ipv6(form)) << form;
  }
  for (const char* other :
       {"2001:db8::251", "12001:db8::25", "2001:db8::", "::", "25", "", ":::::"}) {
    EXPECT_FALSE(us.is_ipv6(other)) << other;
  }
  EXPECT_TRUE(us.is_address_in(
      "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.example.org"));
  EXPECT_TRUE(own_names("198.51.100.9", "").is_ipv6("::ffff:198.51.100.9"));
  EXPECT_TRUE(own_names("::ffff:198.51.100.9", "").is_address_in("198.51.100.9"));
}

TEST(OwnNames, KnowsItsNameOnlyWhole) {
  const own_names us("", "Probe.example.net.");
  EXPECT_TRUE(us.is_name("probe.EXAMPLE.net"));
  EXPECT_FALSE(us.is_name("xprobe.example.net"));
  EXPECT_FALSE(us.is_name(""));
  EXPECT_FALSE(us.has_address());
  EXPECT_FALSE(own_names("", "localhost").is_name("localhost"));
}

TEST(OwnNames, WithoutNamesKnowsNothing) {
  const own_names nobody("no address", "");
  EXPECT_FALSE(nobody.is_address_in("198.51.100.9"));
  EXPECT_FALSE(nobody.is_ipv6("2001:db8::25"));
  EXPECT_FALSE(nobody.is_name("probe.example.net"));
}

}  // namespace
}  // namespace cbv::smtp
