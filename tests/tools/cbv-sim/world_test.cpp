#include "tools/cbv-sim/world.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/tools/cbv-sim/dialogue.hpp"

namespace cbv::sim {
namespace {

using asio::ip::make_address;
using std::chrono::milliseconds;

TEST(WorldTest, ReadsZoneAndHosts) {
  const world made = must_parse(R"(# a comment
zone
  example.net.      300  MX  10 mx1.example.net.   # another

host 127.0.1.1 mx1.example.net
  domain example.net
  mailbox ann@example.net bob@example.org
  refuse rcpt carl@example.net "550 5.7.1 Not \"you\""
  delay rcpt 5s
  tarpit 1500ms

hosts 127.1.0.0/16 m{}.bulk.example
  catch-all *
)");
  ASSERT_EQ(made.hosts.size(), 2U);
  const host& single = made.hosts[0];
  EXPECT_EQ(single.line, 5U);
  EXPECT_EQ(single.name, "mx1.example.net");
  EXPECT_TRUE(single.domains.has("example.net"));
  EXPECT_TRUE(single.domains.has("example.org")) << "a mailbox brings its domain";
  EXPECT_TRUE(single.mailboxes.has("ann@example.net"));
  EXPECT_FALSE(single.mailboxes.has("carl@example.net"));
  EXPECT_EQ(single.refusals.at(0).reply, "550 5.7.1 Not \"you\"");
  EXPECT_EQ(single.at(dialogue_stage::rcpt).delay, milliseconds(5000));
  EXPECT_EQ(single.tarpit, milliseconds(1500));
  const host& range = made.hosts[1];
  EXPECT_EQ(range.size, 65536U);
  EXPECT_EQ(range.name_of(258), "m258.bulk.example");
}

TEST(WorldTest, FindsTheHostAtAnAddress) {
  const world made = must_parse(
      "hosts 127.1.0.0/16\n"
      "host 127.1.0.7 alone.example\n"
      "host ::1 six.example\n");
  EXPECT_EQ(made.host_at(make_address("127.1.0.7")), &made.hosts[1]) << "the single one counts";
  EXPECT_EQ(made.host_at(make_address("127.1.255.255")), &made.hosts[0]);
  EXPECT_EQ(made.host_at(make_address("127.2.0.0")), nullptr);
  EXPECT_EQ(made.host_at(make_address("::1")), &made.hosts[2]);
}

TEST(WorldTest, ReadsScripts) {
  const world made = must_parse(R"(host 192.0.2.25
  S: 220 mx1.example.net ESMTP # not a comment
  C: EHLO *
  after 3s
  S: 250-a\x00
  S: cut\c
  session
  silence
  session
  drop
)");
  const host& scripted = made.hosts.at(0);
  ASSERT_EQ(scripted.scripts.size(), 3U);
  const script& first = scripted.scripts[0];
  ASSERT_EQ(first.size(), 5U);
  EXPECT_EQ(first[0].text, "220 mx1.example.net ESMTP # not a comment\r\n");
  EXPECT_EQ(first[1].kind, script_step::expect);
  EXPECT_EQ(first[1].text, "EHLO *");
  EXPECT_EQ(first[1].line, 3U);
  EXPECT_EQ(first[2].delay, milliseconds(3000));
  EXPECT_EQ(first[3].text, std::string("250-a\0\r\n", 8));
  EXPECT_EQ(first[4].text, "cut");
  EXPECT_EQ(scripted.scripts[2][0].kind, script_step::drop);
}

TEST(WorldTest, KeepsOtherLinesForTheCaller) {
  world_options options;
  options.other_words = {"ask", "expect"};
  const auto made =
      parse_world("zone\n  a.example. A 192.0.2.1\nask ann@a.example\n", "x", options);
  ASSERT_TRUE(made);
  ASSERT_EQ(made->others.size(), 1U);
  EXPECT_EQ(made->others[0].line, 3U);
  EXPECT_EQ(made->others[0].text, "ask ann@a.example");
}

struct bad_text {
  const char* text;
  std::size_t line;
  const char* what;  // a part of it
};

std::ostream& operator<<(std::ostream& out, const bad_text& one) {
  return out << testing::PrintToString(std::string(one.what));
}

class BadWorldTest : public testing::TestWithParam<bad_text> {};

TEST_P(BadWorldTest, IsRefusedWithLineAndExpectation) {
  const auto made = parse_world(GetParam().text, "bad.world");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().line, GetParam().line);
  EXPECT_NE(made.error().what.find(GetParam().what), std::string::npos) << made.error().what;
  EXPECT_EQ(to_string(made.error()),
            "bad.world:" + std::to_string(GetParam().line) + ": " + made.error().what);
}

constexpr bad_text bad_texts[] = {
    {"zones\n", 1, "expected a section (zone, host, hosts)"},
    {"\n  domain x.example\n", 2, "expected a section (zone, host, hosts) before"},
    {"zone here\n", 1, "expected zone, and indented lines"},
    {"zone\n  x.example. MX mx.example.\n", 2, "expected a preference and a host name"},
    {"zone\n  x.example. MX 65536 mx.example.\n", 2, "a preference from 0 to 65535"},
    {"zone\n  x.example. 300 A 192.0.2.256\n", 2, "expected an IPv4 address"},
    {"zone\n  x.example. AAAA 192.0.2.1\n", 2, "expected an IPv6 address"},
    {"zone\n  x.example. 99999999999 A 192.0.2.1\n", 2, "a TTL"},
    {"zone\n  x..example. A 192.0.2.1\n", 2, "labels of 1 to 63 octets"},
    {"zone\n  b\xc3\xbc"
     "cher.example. A 192.0.2.1\n",
     2, "A-labels"},
    {"zone\n  x.example. BOGUS\n", 2, "expected NAME [TTL] TYPE DATA"},
    {"zone\n  x.example.\n", 2, "expected NAME [TTL] TYPE DATA"},
    {"zone\n  x.example. slow fast\n", 2, "expected a time such as 300s"},
    {"zone\n  x.example. TXT \"open\n", 2, "closing quote"},
    {"zone\n  x.example. CNAME y.example.\n  x.example. A 192.0.2.1\n", 3, "beside a CNAME"},
    {"zone\n  x.example. MX 10 m{}.example.\n", 2, "{LO-HI} in the first name"},
    {"zone\n  d{5-1}.example. A 192.0.2.1\n", 2, "from a lower to a higher"},
    {"zone\n  d{x}.example. A 192.0.2.1\n", 2, "expected a range such as {0-99}"},
    {"zone\n  www.d{0-9}.example. A 192.0.2.1\n", 2, "first label"},
    {"zone\n  d{0-9}.example. MX 10 m{%0}.example.\n", 2, "above 0"},
    {"zone\n  d{0-9}.example. A 127.1.0.1/16\n", 2, "first address of the network"},
    {"host\n", 1, "expected host ADDRESS|unix:PATH [NAME]"},
    {"host 127.0.0.x\n", 1, "expected an IP address"},
    {"hosts 127.0.0.1/16\n", 1, "expected an IPv4 network"},
    {"hosts 10.0.0.0/7\n", 1, "expected an IPv4 network"},
    {"host 127.0.1.1\n\nhost 127.0.1.1\n  domain x.example\n", 3, "line 1 has it"},
    {"hosts 127.1.0.0/16\nhosts 127.1.2.0/24\n", 2, "line 1 has it"},
    {"hosts 127.1.0.0/16\n  domain a.example\n  dead\nzone\n", 1, "dead and unreachable"},
    {"host 127.0.1.1\n  mailboxes a@x.example\n", 2, "expected one of domain, mailbox"},
    {"host 127.0.1.1\n  mailbox ann\n", 2, "expected an address such as"},
    {"host 127.0.1.1\n  domain\n", 2, "expected domain NAME..."},
    {"host 127.0.1.1\n  greylist 300\n", 2, "expected a time such as 300s"},
    {"host 127.0.1.1\n  greylist 400d\n", 2, "at most 365d"},
    {"host 127.0.1.1\n  pipelining yes\n", 2, "expected on or off"},
    {"host 127.0.1.1\n  delay connect 5s\n", 2, "expected a stage"},
    {"host 127.0.1.1\n  refuse rcpt 550\n", 2, "expected a reply in quotes"},
    {"host 127.0.1.1\n  refuse rcpt \"no\"\n", 2, "expected a reply in quotes"},
    {"host 127.0.1.1\n  refuse ehlo a@x.example \"550 no\"\n", 2, "expected mail or rcpt"},
    {"host 127.0.1.1\n  drop during rcpt\n", 2, "expected a stage"},
    {"host 127.0.1.1\n  tls yes\n", 2, "on or off"},
    {"host 127.0.1.1\n  tls\n", 2, "expected tls on|off|required"},
    {"host 127.0.1.1\n  tls on good\n", 2, "expected certificate=KIND"},
    {"host 127.0.1.1\n  tls on certificate=bad\n", 2, "expected certificate=good|self-signed"},
    {"host 127.0.1.1\n  tls on versions=1.4\n", 2, "expected a version of TLS"},
    {"host 127.0.1.1\n  tls on versions=1.3-1.2\n", 2, "the lower version first"},
    {"host 127.0.1.1\n  auth ann\n", 2, "expected auth USER PASSWORD"},
    {"host 127.0.1.1\n  inject hello\n", 2, "expected a reply in quotes"},
    {"host 127.0.1.1\n  endless-line handshake\n", 2, "at the handshake"},
    {"host 127.0.1.1\n  drop after rcpt x\n", 2, "a number"},
    {"host unix:run/lmtp\n", 1, "an absolute path"},
    {"host unix:/a\nhost unix:/a\n", 2, "line 1 has it"},
    {"host unix:/a\n  unreachable\n", 1, "a unix socket"},
    {"host 127.0.1.1\n  tarpit 1s\n  S: 220 x\n", 3, "not both"},
    {"host 127.0.1.1\n  S: 220 x\n  tarpit 1s\n", 3, "in a script"},
    {"host 127.0.1.1\n  S: 220 \\y\n", 2, "expected one of"},
};

INSTANTIATE_TEST_SUITE_P(Lines, BadWorldTest, testing::ValuesIn(bad_texts));

}  // namespace
}  // namespace cbv::sim
