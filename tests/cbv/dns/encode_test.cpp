#include "cbv/dns/encode.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::dns {
namespace {

using namespace std::string_literals;
using namespace std::chrono_literals;
using boost::asio::ip::make_address_v4;
using boost::asio::ip::make_address_v6;

message full_response() {
  message response;
  response.id = 0xbeef;
  response.response = true;
  response.authoritative = true;
  response.recursion_desired = true;
  response.authenticated = true;
  response.asked = question{"example.org", record_type::mx, class_in};
  response.udp_octets = 1232;
  response.answers = {
      {"example.org", record_type::mx, 300s, mx_record{10, "mx1.example.org"}},
      {"example.org", record_type::mx, 300s, mx_record{0, ""}},
      {"alias.example.org", record_type::cname, 60s, name_data{"example.org"}},
      {"example.org", record_type::txt, 60s, text_data{{"v=spf1 -all", ""}}},
      {"example.org", static_cast<record_type>(99), 60s, raw_data{"\0\1"s}},
  };
  response.authorities = {
      {"example.org", record_type::ns, 300s, name_data{"ns.example.net"}},
      {"example.org", record_type::soa, 300s,
       soa_data{"ns.example.net", "root.example.org", 1, 2, 3, 4, 5}},
  };
  response.additionals = {
      {"mx1.example.org", record_type::a, 300s, make_address_v4("192.0.2.1")},
      {"mx1.example.org", record_type::aaaa, 300s, make_address_v6("2001:db8::1")},
      {"a\\046b.example.org", record_type::ptr, 0s, name_data{"\\000.example.org"}},
  };
  return response;
}

TEST(EncodeTest, IsReadBackAsItWas) {
  const message response = full_response();
  const result<std::string> bytes = encode_message(response);
  ASSERT_TRUE(bytes);
  const result<message> read = parse_message(*bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, response);
}

TEST(EncodeTest, WritesAQuery) {
  message query;
  query.id = 0x0102;
  query.recursion_desired = true;
  query.asked = question{"a.example", record_type::aaaa, class_in};
  EXPECT_EQ(*encode_message(query),
            "\1\2\1\0\0\1\0\0\0\0\0\0"
            "\1a\7example\0\0\x1c\0\1"s);
  query.udp_octets = 1232;
  EXPECT_EQ(*encode_message(query),
            "\1\2\1\0\0\1\0\0\0\0\0\1"
            "\1a\7example\0\0\x1c\0\1"
            "\0\0\x29\4\xd0\0\0\0\0\0\0"s);
}

TEST(EncodeTest, CompressesNames) {
  message response;
  response.asked = question{"example.org", record_type::mx, class_in};
  response.answers = {{"example.org", record_type::mx, 1s, mx_record{1, "mx.example.org"}}};
  const result<std::string> bytes = encode_message(response);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->substr(12 + 13 + 4), "\xc0\x0c\0\x0f\0\1\0\0\0\1\0\7\0\1\2mx\xc0\x0c"s);
}

TEST(EncodeTest, WritesAnExtendedCode) {
  message response;
  response.code = response_code::bad_version;
  response.udp_octets = 512;
  const result<message> read = parse_message(*encode_message(response));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->code, response_code::bad_version);
}

TEST(EncodeTest, TruncatesToTheLimit) {
  const message response = full_response();
  const std::size_t size = encode_message(response)->size();
  EXPECT_FALSE(parse_message(*encode_message(response, size))->truncated);

  const result<std::string> bytes = encode_message(response, size - 1);
  ASSERT_TRUE(bytes);
  const result<message> read = parse_message(*bytes);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->truncated);
  EXPECT_EQ(read->asked, response.asked);
  EXPECT_EQ(read->udp_octets, 1232);
  EXPECT_TRUE(read->answers.empty() && read->authorities.empty() && read->additionals.empty());
}

TEST(EncodeTest, SplitsLongTextStrings) {
  message response;
  response.answers = {{"x", record_type::txt, 1s, text_data{{std::string(256, 'a')}}},
                      {"x", record_type::txt, 1s, text_data{}}};
  const result<message> read = parse_message(*encode_message(response));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->answers[0].data, record_data(text_data{{std::string(255, 'a'), "a"}}));
  EXPECT_EQ(read->answers[1].data, record_data(text_data{{""}}));
}

TEST(EncodeTest, KeepsPointersWithinTheirReach) {
  message response;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "host-" + std::to_string(i) + ".example.org";
    response.answers.push_back({name, record_type::cname, 1s, name_data{"t." + name}});
  }
  const result<std::string> bytes = encode_message(response);
  ASSERT_TRUE(bytes);
  ASSERT_GT(bytes->size(), 0x4000U);
  const result<message> read = parse_message(*bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, response);
}

TEST(EncodeTest, RefusesWhatCannotBeWritten) {
  message bad_name;
  bad_name.asked = question{"a..b", record_type::a, class_in};
  EXPECT_FALSE(encode_message(bad_name));

  message mismatch;
  mismatch.answers = {{"x", record_type::mx, 1s, make_address_v4("192.0.2.1")}};
  EXPECT_FALSE(encode_message(mismatch));

  message no_room;
  no_room.asked = question{"x", record_type::a, class_in};
  EXPECT_FALSE(encode_message(no_room, 5));
}

TEST(EncodeTest, KnowsTheUdpLimit) {
  message query;
  EXPECT_EQ(udp_limit(query), 512U);
  query.udp_octets = 1232;
  EXPECT_EQ(udp_limit(query), 1232U);
}

}  // namespace
}  // namespace cbv::dns
