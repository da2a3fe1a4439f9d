#include "cbv/self_test/dnsbl.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cbv/dns/reverse.hpp"

namespace cbv::self_test {
namespace {

using asio::ip::make_address;
using asio::ip::make_address_v4;
using dns::lookup_status;

TEST(DnsblTest, ReadsWhatAListSays) {
  const struct {
    lookup_status status;
    std::vector<const char*> codes;
    listing said;
  } cases[] = {
      {lookup_status::nx_domain, {}, listing::not_listed},
      {lookup_status::no_data, {}, listing::not_listed},
      {lookup_status::ok, {"127.0.0.2"}, listing::listed},
      {lookup_status::ok, {"127.0.0.4", "127.0.1.9"}, listing::listed},
      {lookup_status::ok, {"127.255.255.254"}, listing::refused},
      {lookup_status::ok, {"193.0.2.1"}, listing::not_working},
      {lookup_status::ok, {"127.0.0.2", "193.0.2.1"}, listing::not_working},
      {lookup_status::server_failure, {}, listing::trouble},
      {lookup_status::refused, {}, listing::trouble},
      {lookup_status::timed_out, {}, listing::trouble},
      {lookup_status::malformed, {}, listing::trouble},
  };
  for (const auto& one : cases) {
    dns::answer<asio::ip::address_v4> said;
    said.status = one.status;
    for (const char* each : one.codes) said.records.push_back(make_address_v4(each));
    EXPECT_EQ(read_listing(said), one.said) << to_string(one.status);
  }
}

TEST(DnsblTest, KnowsTheTestEntriesOfBothFamilies) {  // RFC 5782 section 5
  EXPECT_EQ(test_entry(make_address("193.0.2.25")), make_address("127.0.0.2"));
  EXPECT_EQ(test_gap(make_address("193.0.2.25")), make_address("127.0.0.1"));
  EXPECT_EQ(dns::reversed(test_entry(make_address("2a00::1"))),
            "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0");
  EXPECT_EQ(dns::reversed(test_gap(make_address("2a00::1"))).front(), '1');
}

}  // namespace
}  // namespace cbv::self_test
