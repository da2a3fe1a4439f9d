#include "cbv/dns/listing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cbv/dns/reverse.hpp"

namespace cbv::dns {
namespace {

using asio::ip::make_address;
using asio::ip::make_address_v4;

TEST(ListingTest, ReadsWhatAListSays) {
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
    answer<asio::ip::address_v4> said;
    said.status = one.status;
    for (const char* each : one.codes) said.records.push_back(make_address_v4(each));
    EXPECT_EQ(read_listing(said), one.said) << to_string(one.status);
  }
}

TEST(ListingTest, KnowsTheTestEntriesOfBothFamilies) {  // RFC 5782 section 5
  EXPECT_EQ(test_entry(make_address("193.0.2.25")), make_address("127.0.0.2"));
  EXPECT_EQ(test_gap(make_address("193.0.2.25")), make_address("127.0.0.1"));
  EXPECT_EQ(reversed(test_entry(make_address("2a00::1"))),
            "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0");
  EXPECT_EQ(reversed(test_gap(make_address("2a00::1"))).front(), '1');
  EXPECT_EQ(name_in_list(make_address("193.0.2.25"), "bl.example.net"),
            "25.2.0.193.bl.example.net");
}

TEST(ListingTest, BelievesAListByItsTestEntries) {
  const struct {
    listing entry;
    listing gap;
    listing said;
  } cases[] = {
      {listing::listed, listing::not_listed, listing::listed},
      {listing::listed, listing::listed, listing::not_working},
      {listing::not_listed, listing::not_listed, listing::not_working},
      {listing::not_listed, listing::trouble, listing::not_working},
      {listing::trouble, listing::not_listed, listing::trouble},
      {listing::listed, listing::trouble, listing::trouble},
      {listing::refused, listing::refused, listing::refused},
      {listing::listed, listing::refused, listing::refused},
      {listing::listed, listing::not_working, listing::not_working},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(read_test_entries(one.entry, one.gap), one.said)
        << to_string(one.entry) << ' ' << to_string(one.gap);
  }
}

}  // namespace
}  // namespace cbv::dns
