#include "tools/cbv-sim/zone.hpp"

#include <gtest/gtest.h>

#include <variant>

#include "cbv/dns/encode.hpp"
#include "tests/tools/cbv-sim/dialogue.hpp"

namespace cbv::sim {
namespace {

using dns::record_type;
using dns::response_code;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* text = R"(zone
  $TTL 600
  example.net.          300  MX     10 mx1.example.net.
  example.net.               MX     20 MX2.Example.Net
  mx1.example.net.           A      192.0.2.25
  mx1.example.net.           AAAA   2001:db8::25
  example.net.          60   SOA    ns.example.net. hostmaster.example.net. 7 1h 600 1d 30
  www.example.net.           CNAME  mx1.example.net.
  broken-link.example.net.   CNAME  nowhere.example.net.
  loop1.example.net.         CNAME  loop2.example.net.
  loop2.example.net.         CNAME  loop1.example.net.
  a.b.deep.example.net.      TXT    "one" "two words"
  nomail.example.            MX     0 .
  broken.example.            SERVFAIL
  refused.example.           REFUSED
  gone.example.              TIMEOUT
  garbage.example.           MALFORMED
  cut.example.               TRUNCATED
  cut.example.               A      192.0.2.1
  late.example.              slow 2s
  late.example.              A      192.0.2.2
  half.example.              MX SERVFAIL
  half.example.              A      192.0.2.3
  to-broken.example.         CNAME  www.broken.example.
  *.wild.example.            A      192.0.2.4
  host.wild.example.         TXT    "there"
  d{0-65535}.bulk.example.   MX     10 m{}.bulk.example.
  m{0-65535}.bulk.example.   A      127.1.0.0/16
  e{0-999999}.bulk.example.  MX     10 m{%65536}.bulk.example.
)";

class ZoneTest : public testing::Test {
 protected:
  zone_lookup look_up(std::string_view name, record_type type) const {
    return made_.zone.look_up(name, type);
  }

  dns::message ask(const std::string& name, record_type type, bool over_tcp = false,
                   std::uint16_t udp_octets = 0) {
    dns::message query;
    query.id = 4711;
    query.recursion_desired = true;
    query.asked = dns::question{name, type};
    query.udp_octets = udp_octets;
    answer_ = made_.zone.answer(*dns::encode_message(query), over_tcp);
    const auto parsed = dns::parse_message(answer_.wire);
    return parsed ? *parsed : dns::message{};
  }

  world made_ = must_parse(text);
  dns_answer answer_;
};

dns::mx_record mx_of(const dns::record& from) {
  return std::get<dns::mx_record>(from.data);
}

TEST_F(ZoneTest, FindsRecordsWithTheirTtls) {
  const zone_lookup found = look_up("example.net", record_type::mx);
  EXPECT_EQ(found.code, response_code::no_error);
  ASSERT_EQ(found.answers.size(), 2U);
  EXPECT_EQ(found.answers[0].ttl, seconds(300));
  EXPECT_EQ(mx_of(found.answers[0]), (dns::mx_record{10, "mx1.example.net"}));
  EXPECT_EQ(found.answers[1].ttl, seconds(600)) << "the default";
  EXPECT_EQ(mx_of(found.answers[1]), (dns::mx_record{20, "mx2.example.net"}));
  EXPECT_FALSE(found.authority);
}

TEST_F(ZoneTest, SaysNullMx) {
  const zone_lookup found = look_up("nomail.example", record_type::mx);
  EXPECT_EQ(mx_of(found.answers.at(0)), (dns::mx_record{0, ""}));
}

struct negative {
  const char* name;
  record_type type;
  response_code code;
  const char* authority;
};

TEST_F(ZoneTest, TellsNoDataFromNoSuchName) {
  const negative cases[] = {
      {"mx1.example.net", record_type::mx, response_code::no_error, "example.net"},
      {"deep.example.net", record_type::a, response_code::no_error, "example.net"},
      {"b.deep.example.net", record_type::txt, response_code::no_error, "example.net"},
      {"example", record_type::a, response_code::no_error, ""},
      {"", record_type::mx, response_code::no_error, ""},
      {"bulk.example", record_type::mx, response_code::no_error, ""},
      {"no.example.net", record_type::a, response_code::name_error, "example.net"},
      {"nowhere.test", record_type::mx, response_code::name_error, ""},
      {"d65536.bulk.example", record_type::mx, response_code::name_error, ""},
      {"d007.bulk.example", record_type::mx, response_code::name_error, ""},
      {"x.d7.bulk.example", record_type::mx, response_code::name_error, ""},
      {"d7.bulk.example", record_type::a, response_code::no_error, ""},
      {"broken-link.example.net", record_type::a, response_code::name_error, "example.net"},
  };
  for (const negative& each : cases) {
    const zone_lookup found = look_up(each.name, each.type);
    EXPECT_EQ(found.code, each.code) << each.name;
    ASSERT_TRUE(found.authority) << each.name;
    EXPECT_EQ(found.authority->name, each.authority) << each.name;
  }
}

TEST_F(ZoneTest, FollowsAliases) {
  const zone_lookup found = look_up("www.example.net", record_type::a);
  ASSERT_EQ(found.answers.size(), 2U);
  EXPECT_EQ(found.answers[0].type, record_type::cname);
  EXPECT_EQ(found.answers[0].name, "www.example.net");
  EXPECT_EQ(found.answers[1].name, "mx1.example.net");
  EXPECT_EQ(look_up("www.example.net", record_type::cname).answers.size(), 1U);
  EXPECT_EQ(look_up("broken-link.example.net", record_type::a).answers.size(), 1U);
  EXPECT_EQ(look_up("loop1.example.net", record_type::a).code, response_code::server_failure);
}

TEST_F(ZoneTest, AnswersByRule) {
  EXPECT_EQ(mx_of(look_up("d258.bulk.example", record_type::mx).answers.at(0)).exchange,
            "m258.bulk.example");
  EXPECT_EQ(mx_of(look_up("e65537.bulk.example", record_type::mx).answers.at(0)).exchange,
            "m1.bulk.example");
  const zone_lookup address = look_up("m258.bulk.example", record_type::a);
  EXPECT_EQ(std::get<asio::ip::address_v4>(address.answers.at(0).data).to_string(), "127.1.1.2");
}

TEST_F(ZoneTest, AnswersWildcards) {
  EXPECT_EQ(look_up("any.thing.wild.example", record_type::a).answers.at(0).name,
            "any.thing.wild.example");
  EXPECT_EQ(look_up("any.wild.example", record_type::mx).code, response_code::no_error);
  EXPECT_EQ(look_up("wild.example", record_type::a).code, response_code::no_error);
  EXPECT_EQ(look_up("host.wild.example", record_type::a).answers.size(), 0U);
  EXPECT_EQ(look_up("below.host.wild.example", record_type::a).code, response_code::name_error)
      << "a closer name is there";
}

TEST_F(ZoneTest, HasTempersForNamesBelow) {
  EXPECT_EQ(look_up("broken.example", record_type::mx).temper, name_temper::server_failure);
  EXPECT_EQ(look_up("a.www.broken.example", record_type::a).temper, name_temper::server_failure);
  EXPECT_EQ(look_up("to-broken.example", record_type::a).temper, name_temper::server_failure);
  EXPECT_EQ(look_up("half.example", record_type::mx).temper, name_temper::server_failure);
  EXPECT_EQ(look_up("half.example", record_type::a).temper, name_temper::none);
  EXPECT_EQ(look_up("below.half.example", record_type::mx).temper, name_temper::none);
  EXPECT_EQ(look_up("late.example", record_type::a).delay, milliseconds(2000));
  EXPECT_EQ(look_up("example.net", record_type::a).delay, milliseconds(0));
}

TEST_F(ZoneTest, AnswersOnTheWire) {
  const dns::message said = ask("EXAMPLE.Net", record_type::mx);
  EXPECT_EQ(said.id, 4711);
  EXPECT_TRUE(said.response);
  EXPECT_TRUE(said.recursion_available);
  EXPECT_TRUE(said.recursion_desired);
  EXPECT_EQ(said.code, response_code::no_error);
  ASSERT_TRUE(said.asked);
  EXPECT_EQ(said.asked->name, "example.net");
  EXPECT_EQ(said.answers.size(), 2U);
  EXPECT_EQ(answer_.name, "example.net");
  EXPECT_EQ(answer_.answers, 2U);
}

TEST_F(ZoneTest, CarriesANegativeTtl) {
  const dns::message said = ask("no.example.net", record_type::mx);
  EXPECT_EQ(said.code, response_code::name_error);
  ASSERT_EQ(said.authorities.size(), 1U);
  EXPECT_EQ(said.authorities[0].ttl, seconds(60));
  EXPECT_EQ(std::get<dns::soa_data>(said.authorities[0].data).minimum, 30U);
}

TEST_F(ZoneTest, ShowsItsTempersOnTheWire) {
  EXPECT_EQ(ask("broken.example", record_type::mx).code, response_code::server_failure);
  EXPECT_EQ(ask("refused.example", record_type::mx).code, response_code::refused);
  ask("gone.example", record_type::mx);
  EXPECT_TRUE(answer_.wire.empty());
  ask("garbage.example", record_type::mx);
  ASSERT_FALSE(answer_.wire.empty());
  EXPECT_FALSE(dns::parse_message(answer_.wire)) << "must not be a DNS message";
  EXPECT_EQ(answer_.wire.substr(0, 2), std::string("\x12\x67")) << "but have the id";

  const dns::message cut = ask("cut.example", record_type::a);
  EXPECT_TRUE(cut.truncated);
  EXPECT_TRUE(cut.answers.empty());
  const dns::message whole = ask("cut.example", record_type::a, true);
  EXPECT_FALSE(whole.truncated);
  EXPECT_EQ(whole.answers.size(), 1U);
}

TEST_F(ZoneTest, CutsWhatIsTooLongForUdp) {
  std::string many = "zone\n";
  for (int i = 0; i < 60; ++i) {
    many += "  many.example. MX 10 mx" + std::to_string(i) + ".far-away-and-long.example.\n";
  }
  made_ = must_parse(many);
  EXPECT_TRUE(ask("many.example", record_type::mx).truncated);
  EXPECT_LE(answer_.wire.size(), 512U);
  EXPECT_TRUE(ask("many.example", record_type::mx, false, 1232).truncated);
  EXPECT_EQ(ask("many.example", record_type::mx, false, 4096).answers.size(), 60U);
  EXPECT_EQ(ask("many.example", record_type::mx, true).answers.size(), 60U);
}

TEST_F(ZoneTest, RefusesWhatIsNoQuestion) {
  const auto answer = [this](std::string_view bytes) { return made_.zone.answer(bytes, false); };
  EXPECT_TRUE(answer("").wire.empty());
  EXPECT_TRUE(answer("short").wire.empty());
  const std::string nonsense = std::string("\x12\x34\x01\x00", 4) + std::string(20, '\xff');
  const auto said = dns::parse_message(answer(nonsense).wire);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->id, 0x1234);
  EXPECT_EQ(said->code, response_code::format_error);
  EXPECT_TRUE(answer(std::string("\x12\x34\x81", 3) + std::string(20, '\xff')).wire.empty())
      << "a response is never answered";

  dns::message query;
  query.asked = dns::question{"example.net", record_type::mx, 3};
  EXPECT_EQ(answer(*dns::encode_message(query)).code, response_code::refused);
  query.asked->qclass = dns::class_in;
  query.response = true;
  EXPECT_TRUE(answer(*dns::encode_message(query)).wire.empty());
  query.response = false;
  query.opcode = 4;
  EXPECT_EQ(answer(*dns::encode_message(query)).code, response_code::not_implemented);
}

}  // namespace
}  // namespace cbv::sim
