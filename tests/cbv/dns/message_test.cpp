#include "cbv/dns/message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::dns {
namespace {

using namespace std::string_literals;
using namespace std::chrono_literals;
using boost::asio::ip::make_address_v4;
using boost::asio::ip::make_address_v6;

// Messages are made by hand here, octet by octet, so that the reader is not tested by the writer.
const std::string question_mx = "\7example\0\0\x0f\0\1"s;
const std::string owner = "\xc0\x0c"s;  // the name in the question

std::string u16(std::size_t value) {
  return {static_cast<char>(value >> 8U & 0xffU), static_cast<char>(value & 0xffU)};
}

std::string header(std::size_t flags, std::size_t questions, std::size_t answers,
                   std::size_t authorities = 0, std::size_t additionals = 0) {
  return u16(0x1234) + u16(flags) + u16(questions) + u16(answers) + u16(authorities) +
         u16(additionals);
}

std::string rr(record_type type, const std::string& data, const std::string& ttl = "\0\0\1\x2c"s) {
  return owner + u16(static_cast<std::uint16_t>(type)) + u16(class_in) + ttl + u16(data.size()) +
         data;
}

std::string opt(std::size_t udp_octets, const std::string& ttl = "\0\0\0\0"s) {
  return "\0"s + u16(41) + u16(udp_octets) + ttl + u16(0);
}

const std::string soa_numbers = "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"s;

std::string one_answer(record_type type, const std::string& data) {
  return header(0x8180, 1, 1) + question_mx + rr(type, data);
}

TEST(MessageTest, ReadsTheHeader) {
  const result<message> query = parse_message(header(0x0100, 1, 0) + question_mx);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->id, 0x1234);
  EXPECT_FALSE(query->response);
  EXPECT_TRUE(query->recursion_desired);
  EXPECT_EQ(query->asked, (question{"example", record_type::mx, class_in}));
  EXPECT_EQ(query->udp_octets, 0);

  const result<message> response = parse_message(header(0xbeaf, 0, 0));
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->response);
  EXPECT_EQ(response->opcode, 7);
  EXPECT_TRUE(response->authoritative);
  EXPECT_TRUE(response->truncated);
  EXPECT_FALSE(response->recursion_desired);
  EXPECT_TRUE(response->recursion_available);
  EXPECT_TRUE(response->authenticated);
  EXPECT_EQ(static_cast<int>(response->code), 15);
  EXPECT_FALSE(response->asked);
}

TEST(MessageTest, ReadsRecords) {
  struct data_case {
    record_type type;
    std::string wire;
    record_data data;
  };
  const data_case cases[] = {
      {record_type::a, "\xc0\0\2\1"s, make_address_v4("192.0.2.1")},
      {record_type::aaaa, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"s,
       make_address_v6("2001:db8::1")},
      {record_type::mx, "\1\2\2MX"s + owner, mx_record{258, "mx.example"}},
      {record_type::mx, "\0\0\0"s, mx_record{0, ""}},
      {record_type::cname, "\1c\0"s, name_data{"c"}},
      {record_type::ns, "\1n"s + owner, name_data{"n.example"}},
      {record_type::ptr, owner, name_data{"example"}},
      {record_type::soa, "\1p\0\1r"s + owner + soa_numbers,
       soa_data{"p", "r.example", 1, 2, 3, 4, 5}},
      {record_type::txt, "\3one\0\3two"s, text_data{{"one", "", "two"}}},
      {static_cast<record_type>(99), "raw"s, raw_data{"raw"}},
      {static_cast<record_type>(99), "", raw_data{}},
  };
  for (const data_case& one : cases) {
    SCOPED_TRACE(static_cast<int>(one.type));
    const result<message> read = parse_message(one_answer(one.type, one.wire));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->answers.size(), 1U);
    EXPECT_EQ(read->answers[0], (record{"example", one.type, 300s, one.data}));
  }
}

TEST(MessageTest, KeepsSectionsApart) {
  const std::string address = rr(record_type::a, "\xc0\0\2\1"s);
  const std::string soa = rr(record_type::soa, "\0\0"s + soa_numbers);
  const result<message> read =
      parse_message(header(0x8183, 1, 2, 1, 3) + question_mx + address + address + soa + address +
                    opt(4096) + address + "trailing octets are passed over");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->code, response_code::name_error);
  EXPECT_EQ(read->answers.size(), 2U);
  EXPECT_EQ(read->authorities.size(), 1U);
  EXPECT_EQ(read->additionals.size(), 2U);
  EXPECT_EQ(read->udp_octets, 4096);
}

TEST(MessageTest, ReadsEdns) {
  const result<message> extended =
      parse_message(header(0x8180, 1, 0, 0, 1) + question_mx + opt(100, "\1\0\0\0"s));
  ASSERT_TRUE(extended);
  EXPECT_EQ(extended->code, response_code::bad_version);
  EXPECT_EQ(extended->udp_octets, 512) << "less than 512 is to be read as 512";
}

TEST(MessageTest, ReadsATtlWithTheTopBitAsZero) {
  const std::string data = "\xc0\0\2\1"s;
  for (const auto& [ttl, expected] : {std::pair{"\x7f\xff\xff\xff"s, 0x7fffffffs},
                                      std::pair{"\x80\0\0\0"s, 0s}, std::pair{"\0\0\0\0"s, 0s}}) {
    const result<message> read =
        parse_message(header(0x8180, 1, 1) + question_mx + rr(record_type::a, data, ttl));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->answers[0].ttl, expected);
  }
}

TEST(MessageTest, LeavesOtherClassesOut) {
  const std::string chaos = owner + u16(1) + u16(3) + "\0\0\0\0"s + u16(2) + "xx";
  const result<message> read =
      parse_message(header(0x8180, 1, 2) + question_mx + chaos + rr(record_type::a, "\xc0\0\2\1"s));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->answers.size(), 1U);
}

TEST(MessageTest, RefusesWhatIsMalformed) {
  const std::string good = one_answer(record_type::mx, "\0\x0a\2mx"s + owner);
  ASSERT_TRUE(parse_message(good));
  const std::pair<std::string, std::string> cases[] = {
      {"nothing", ""},
      {"two questions", header(0x8180, 2, 0) + question_mx + question_mx},
      {"question missing", header(0x8180, 1, 0)},
      {"answer missing", header(0x8180, 1, 1) + question_mx},
      {"authority missing", header(0x8180, 1, 0, 1) + question_mx},
      {"additional missing", header(0x8180, 1, 0, 0, 65535) + question_mx},
      {"A of 3 octets", one_answer(record_type::a, "\1\2\3"s)},
      {"A of 5 octets", one_answer(record_type::a, "\1\2\3\4\5"s)},
      {"A of none", one_answer(record_type::a, "")},
      {"AAAA of 15 octets", one_answer(record_type::aaaa, std::string(15, 'x'))},
      {"AAAA of 17 octets", one_answer(record_type::aaaa, std::string(17, 'x'))},
      {"MX without name", one_answer(record_type::mx, "\0\x0a"s)},
      {"MX of one octet", one_answer(record_type::mx, "\0"s)},
      {"MX with garbage behind", one_answer(record_type::mx, "\0\x0a\2mx"s + owner + "x")},
      {"MX whose name leaves its data", one_answer(record_type::mx, "\0\x0a\2m"s) + "x\0"s},
      {"MX that points at itself", one_answer(record_type::mx, "\0\x0a\xc0\x27"s)},
      {"CNAME empty", one_answer(record_type::cname, "")},
      {"CNAME with garbage behind", one_answer(record_type::cname, owner + '\0')},
      {"SOA cut", one_answer(record_type::soa, "\0\0"s + soa_numbers.substr(1))},
      {"SOA with garbage behind", one_answer(record_type::soa, "\0\0"s + soa_numbers + "x")},
      {"TXT empty", one_answer(record_type::txt, "")},
      {"TXT cut", one_answer(record_type::txt, "\5four"s)},
      {"data past the end", good.substr(0, good.size() - 1)},
      {"OPT among the answers", header(0x8180, 1, 1) + question_mx + opt(512)},
      {"OPT with an owner", header(0x8180, 1, 0, 0, 1) + question_mx + "\1x"s + opt(512)},
      {"two OPT", header(0x8180, 1, 0, 0, 2) + question_mx + opt(512) + opt(512)},
      {"too long", good + std::string(message_octets_max, '\0')},
  };
  for (const auto& [what, bytes] : cases) {
    SCOPED_TRACE(what);
    const result<message> read = parse_message(bytes);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error(), errc::message_malformed);
  }
}

TEST(MessageTest, RefusesEveryCutOfAGoodMessage) {
  const std::string good = header(0x8180, 1, 1, 1, 1) + question_mx +
                           rr(record_type::mx, "\0\x0a\2mx"s + owner) +
                           rr(record_type::soa, "\0\0"s + soa_numbers) + opt(1232);
  ASSERT_TRUE(parse_message(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_message(good.substr(0, size))) << size;
  }
}

TEST(MessageTest, BeginsAResponse) {
  const result<message> query = parse_message(header(0x0100, 1, 0, 0, 1) + question_mx + opt(4096));
  ASSERT_TRUE(query);
  const message response = response_to(*query);
  EXPECT_EQ(response.id, query->id);
  EXPECT_TRUE(response.response);
  EXPECT_TRUE(response.recursion_desired);
  EXPECT_EQ(response.asked, query->asked);
  EXPECT_NE(response.udp_octets, 0);
}

}  // namespace
}  // namespace cbv::dns
