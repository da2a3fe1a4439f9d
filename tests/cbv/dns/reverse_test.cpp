#include "cbv/dns/reverse.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "tests/sim/sim_dns.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tools/cbv-sim/world.hpp"

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;
using asio::ip::make_address;

constexpr const char* zone = R"(zone
  1.2.0.192.in-addr.arpa.    PTR   mx.example.org.
  1.2.0.192.in-addr.arpa.    PTR   liar.example.net.
  1.2.0.192.in-addr.arpa.    PTR   nx.example.net.
  1.2.0.192.in-addr.arpa.    PTR   broken.example.net.
  mx.example.org.            A     192.0.2.7
  mx.example.org.            A     192.0.2.1
  liar.example.net.          A     192.0.2.9
  broken.example.net.        SERVFAIL
  2.2.0.192.in-addr.arpa.    CNAME 2.0-127.2.0.192.in-addr.arpa.
  2.0-127.2.0.192.in-addr.arpa. PTR mx2.example.org.
  mx2.example.org.           A     192.0.2.2
  3.2.0.192.in-addr.arpa.    SERVFAIL
  1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mx.example.net.
  mx.example.net.            AAAA  2001:db8::1
  mx.example.net.            A     192.0.2.9
)";

class ReverseTest : public testing::Test {
 protected:
  pointers find(const std::string& address, std::size_t names_max = 10) {
    std::optional<pointers> found;
    asio::io_context io;
    asio::co_spawn(io, find_pointers(names_, make_address(address), names_max, time_.now() + 60s),
                   [&](const std::exception_ptr&, pointers said) { found = std::move(said); });
    sim::run_until(io, time_, time_.now() + 60s, [&] { return found.has_value(); });
    return found.value_or(pointers{});
  }

  sim::sim_timer time_;
  const sim::world world_ = *sim::parse_world(zone, "zone");
  sim::sim_dns names_{time_, world_.zone};
};

TEST(ReverseNameTest, TurnsAddressesRound) {
  EXPECT_EQ(reversed(make_address("192.0.2.1")), "1.2.0.192");
  EXPECT_EQ(reverse_name(make_address("127.0.0.255")), "255.0.0.127.in-addr.arpa");
  EXPECT_EQ(reverse_name(make_address("2001:db8::567:89ab")),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

TEST_F(ReverseTest, BelievesOnlyNamesThatLeadBack) {
  const pointers found = find("192.0.2.1");
  EXPECT_EQ(found.status, lookup_status::ok);
  ASSERT_EQ(found.names.size(), 4U);
  EXPECT_EQ(found.names[0].name, "broken.example.net");
  EXPECT_EQ(found.names[0].forward, lookup_status::server_failure);
  EXPECT_EQ(found.names[1].name, "liar.example.net");
  EXPECT_EQ(found.names[1].forward, lookup_status::ok);
  EXPECT_EQ(found.names[2].name, "mx.example.org");
  EXPECT_EQ(found.names[3].forward, lookup_status::nx_domain);
  for (const pointer& each : found.names) {
    EXPECT_EQ(each.is_confirmed, each.name == "mx.example.org") << each.name;
  }
}

TEST_F(ReverseTest, FollowsADelegationOfSingleAddresses) {  // RFC 2317
  const pointers found = find("192.0.2.2");
  ASSERT_EQ(found.names.size(), 1U);
  EXPECT_TRUE(found.names[0].is_confirmed);
}

TEST_F(ReverseTest, AsksForTheFamilyOfTheAddress) {
  const pointers found = find("2001:db8::1");
  ASSERT_EQ(found.names.size(), 1U);
  EXPECT_TRUE(found.names[0].is_confirmed);
}

TEST_F(ReverseTest, TellsNoNamesFromTrouble) {
  EXPECT_EQ(find("192.0.2.3").status, lookup_status::server_failure);
  EXPECT_EQ(find("192.0.2.4").status, lookup_status::nx_domain);
}

TEST_F(ReverseTest, LooksAtOnlySoManyNames) {
  const pointers found = find("192.0.2.1", 2);
  EXPECT_EQ(found.names.size(), 2U);
  EXPECT_EQ(found.names_left_out, 2U);
  EXPECT_EQ(names_.questions(), 3U);
}

}  // namespace
}  // namespace cbv::dns
