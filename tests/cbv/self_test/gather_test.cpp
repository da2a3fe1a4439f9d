#include "cbv/self_test/gather.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/cbv/self_test/self_test_world.hpp"

// What is made of the facts is in judge_test.cpp.
namespace cbv::self_test {
namespace {

TEST(GatherTest, LooksAtThePublicInternetOnly) {
  appearance seen = good_appearance();
  seen.ipv4.address = asio::ip::make_address("192.168.1.1");
  const facts learnt = learn(good_zone, seen);
  ASSERT_EQ(learnt.addresses.size(), 1U);
  EXPECT_TRUE(learnt.addresses[0].address.is_v6());
}

TEST(GatherTest, LooksUpEachDomainOnce) {
  appearance seen = good_appearance();
  seen.senders.push_back(*parse_reverse_path("<other@example.org>"));
  seen.senders.push_back(reverse_path());
  const facts learnt = learn(good_zone, seen);
  EXPECT_EQ(learnt.domains.size(), 1U);
  EXPECT_EQ(learnt.addresses[0].senders.size(), 2U);
}

TEST(GatherTest, AsksOnlySoManyLists) {
  appearance seen = good_appearance();
  seen.dnsbls.assign(dnsbls_max + 5, "bl.example.net");
  EXPECT_EQ(learn(good_zone, seen).addresses[0].dnsbls.size(), dnsbls_max);
}

TEST(GatherTest, EndsAtTheDeadline) {
  const facts learnt = learn("zone\n  . TIMEOUT\n", good_appearance());
  EXPECT_EQ(learnt.helo_v4.status, dns::lookup_status::timed_out);
  EXPECT_EQ(learnt.addresses[0].helo_spf.said, spf::evaluation::temperror);
  EXPECT_EQ(learnt.addresses[0].dnsbls[0].said, dns::listing::trouble);
  EXPECT_EQ(learnt.domains[0].hosts.kind, dns::routing::unknown);
}

TEST(SourceTest, IsWhatFarHostsSee) {
  const auto own = asio::ip::make_address("193.0.2.1");
  const auto bound = asio::ip::make_address("10.0.0.1");
  const auto routed = asio::ip::make_address("10.0.0.2");
  EXPECT_EQ(choose_source(own, bound, routed), (source{own, origin::own_ip}));
  EXPECT_EQ(choose_source({}, bound, routed), (source{bound, origin::source_setting}));
  EXPECT_EQ(choose_source({}, {}, routed), (source{routed, origin::routes}));
  EXPECT_EQ(choose_source({}, {}, {}).address, std::nullopt);
}

}  // namespace
}  // namespace cbv::self_test
