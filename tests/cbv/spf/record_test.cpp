#include "cbv/spf/record.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::spf {
namespace {

using boost::asio::ip::make_address;

std::string shown(const record& read) {
  constexpr const char* names[] = {"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"};
  std::string text;
  for (const directive& each : read.directives) {
    text += std::string(to_string(each.on_match)) + ' ' +
            names[static_cast<std::size_t>(each.kind)] + (each.domain ? ":" : "") + '/' +
            std::to_string(each.prefix_v4) + "//" + std::to_string(each.prefix_v6) + "; ";
  }
  if (read.redirect) text += "redirect; ";
  if (read.explanation) text += "exp; ";
  return text;
}

TEST(SpfRecordTest, ReadsRecords) {
  const std::pair<const char*, const char*> cases[] = {
      {"v=spf1", ""},
      {"v=spf1 ", ""},
      {"V=SPF1 -ALL", "fail all/32//128; "},
      {"v=spf1  ~all  ", "softfail all/32//128; "},
      {"v=spf1 +a ?mx -ptr", "pass a/32//128; neutral mx/32//128; fail ptr/32//128; "},
      {"v=spf1 a:x.org/24 mx//64 a/0//0 mx:x.org/8//16",
       "pass a:/24//128; pass mx/32//64; pass a/0//0; pass mx:/8//16; "},
      {"v=spf1 a:%{d/} a:x/y.org", "pass a:/32//128; pass a:/32//128; "},
      {"v=spf1 ip4:192.0.2.1/24 ip6:2001:DB8::/32 ip4:192.0.2.1 ip6:::1",
       "pass ip4/24//128; pass ip6/32//32; pass ip4/32//128; pass ip6/32//128; "},
      {"v=spf1 include:_spf.x.org exists:%{ir}.x.org",
       "pass include:/32//128; pass exists:/32//128; "},
      {"v=spf1 mx redirect=x.org exp=y.org", "pass mx/32//128; redirect; exp; "},
      {"v=spf1 redirect=x.org -all", "fail all/32//128; "},
      {"v=spf1 moo=cow a.b-c_d=%{d} m= exp=x.org", "exp; "},
  };
  for (const auto& [text, expected] : cases) {
    SCOPED_TRACE(text);
    const parsed<record> read = parse_record(text);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(shown(*read), expected);
  }
}

TEST(SpfRecordTest, RefusesWhatIsMalformedAnywhere) {
  const char* cases[] = {"",
                         "v=spf10 -all",
                         "v=spf2 -all",
                         "v=spf1 -all foo",
                         "v=spf1 -",
                         "v=spf1 --all",
                         "v=spf1 all:x.org",
                         "v=spf1 all/8",
                         "v=spf1 a:",
                         "v=spf1 a/",
                         "v=spf1 a/33",
                         "v=spf1 a/024",
                         "v=spf1 a//129",
                         "v=spf1 a/24/64",
                         "v=spf1 a:org",
                         "v=spf1 a:192.0.2.1",
                         "v=spf1 a-b.org",
                         "v=spf1 include",
                         "v=spf1 include:",
                         "v=spf1 include:x.org/24",
                         "v=spf1 exists",
                         "v=spf1 ptr/24",
                         "v=spf1 ip4",
                         "v=spf1 ip4:",
                         "v=spf1 ip4:192.0.2",
                         "v=spf1 ip4:192.0.2.1/33",
                         "v=spf1 ip4:192.0.2.1//24",
                         "v=spf1 ip4:192.0.2.1:25",
                         "v=spf1 ip4:2001:db8::1",
                         "v=spf1 ip6:192.0.2.1",
                         "v=spf1 ip6:fe80::1%1",
                         "v=spf1 ip6:::1/129",
                         "v=spf1 ip6:::1/",
                         "v=spf1 redirect=x.org redirect=y.org",
                         "v=spf1 exp=x.org EXP=y.org",
                         "v=spf1 redirect=",
                         "v=spf1 exp=",
                         "v=spf1 exp:x.org",
                         "v=spf1 -redirect=x.org",
                         "v=spf1 1=x",
                         "v=spf1 foo=%{c}",
                         "v=spf1 foo=a%b",
                         "v=spf1\ta",
                         "v=spf1 a\ta",
                         "v=spf1 \xc3\xbc",
                         "v=spf1 -all\n"};
  for (const char* text : cases) EXPECT_FALSE(parse_record(text)) << text;
  EXPECT_TRUE(parse_record("v=spf1" + std::string(record_octets_max - 6, ' ')));
  EXPECT_FALSE(parse_record("v=spf1" + std::string(record_octets_max - 5, ' ')));
}

TEST(SpfRecordTest, SaysWhatIsMalformedAndWhere) {
  EXPECT_EQ(to_string(parse_record("v=spf1 ip4:192.0.2 -all").error()),
            "ip4:192.0.2: not an IPv4 network (octet 8)");
}

TEST(SpfRecordTest, KnowsAnSpfRecord) {
  EXPECT_TRUE(is_spf_record("v=spf1"));
  EXPECT_TRUE(is_spf_record("V=Spf1 \x80"));
  EXPECT_FALSE(is_spf_record("v=spf1\t"));
  EXPECT_FALSE(is_spf_record("v=spf10"));
  EXPECT_FALSE(is_spf_record(" v=spf1"));
  EXPECT_FALSE(is_spf_record("spf2.0/pra"));
}

TEST(SpfRecordTest, ComparesLeadingBits) {
  const struct {
    const char* network;
    unsigned v4;
    unsigned v6;
    const char* address;
    bool covers;
  } cases[] = {
      {"192.0.2.0", 24, 128, "192.0.2.255", true},
      {"192.0.2.0", 24, 128, "192.0.3.0", false},
      {"192.0.2.6", 31, 128, "192.0.2.7", true},
      {"192.0.2.6", 31, 128, "192.0.2.8", false},
      {"192.0.2.1", 32, 128, "192.0.2.1", true},
      {"192.0.2.1", 32, 128, "192.0.2.0", false},
      {"192.0.2.1", 0, 128, "8.8.8.8", true},
      {"192.0.2.1", 0, 0, "2001:db8::1", false},
      {"2001:db8::", 32, 33, "2001:db8:7fff::", true},
      {"2001:db8::", 32, 33, "2001:db8:8000::", false},
      {"::", 0, 0, "2001:db8::1", true},
      {"::", 0, 0, "192.0.2.1", false},
  };
  for (const auto& one : cases) {
    directive by;
    by.prefix_v4 = one.v4;
    by.prefix_v6 = one.v6;
    EXPECT_EQ(by.covers(make_address(one.network), make_address(one.address)), one.covers)
        << one.network << ' ' << one.address;
  }
}

}  // namespace
}  // namespace cbv::spf
