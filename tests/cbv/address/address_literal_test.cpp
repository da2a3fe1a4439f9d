#include "cbv/address/address_literal.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/domain.hpp"

namespace cbv {
namespace {

struct accepted_case {
  std::string_view text;
  std::string_view canonical;
};

TEST(AddressLiteral, AcceptsAllFormsOfTheRfc) {
  const std::vector<accepted_case> cases{
      {"[192.0.2.1]", "[192.0.2.1]"},
      {"[0.0.0.0]", "[0.0.0.0]"},
      {"[255.255.255.255]", "[255.255.255.255]"},
      {"[192.000.002.010]", "[192.0.2.10]"},  // decimal, never octal
      // IPv6-full
      {"[IPv6:1111:2222:3333:4444:5555:6666:7777:8888]",
       "[IPv6:1111:2222:3333:4444:5555:6666:7777:8888]"},
      {"[IPv6:0001:0:00:000:0000:6:07:008]", "[IPv6:1::6:7:8]"},
      {"[iPV6:2001:DB8:0:0:0:0:0:1]", "[IPv6:2001:db8::1]"},
      // IPv6-comp
      {"[IPv6:::]", "[IPv6:::]"},
      {"[IPv6:::1]", "[IPv6:::1]"},
      {"[IPv6:1::]", "[IPv6:1::]"},
      {"[IPv6:1::8]", "[IPv6:1::8]"},
      {"[IPv6:1:2:3:4:5:6::]", "[IPv6:1:2:3:4:5:6::]"},
      {"[IPv6:::3:4:5:6:7:8]", "[IPv6:::3:4:5:6:7:8]"},
      {"[IPv6:1:2:3::6:7:8]", "[IPv6:1:2:3::6:7:8]"},
      {"[IPv6:1:0:3::6:7:8]", "[IPv6:1:0:3::6:7:8]"},
      // IPv6v4-full
      {"[IPv6:1:2:3:4:5:6:192.0.2.1]", "[IPv6:1:2:3:4:5:6:c000:201]"},
      {"[IPv6:0:0:0:0:0:ffff:192.0.2.1]", "[IPv6:::ffff:192.0.2.1]"},
      // IPv6v4-comp
      {"[IPv6:::192.0.2.1]", "[IPv6:::192.0.2.1]"},
      {"[IPv6:::ffff:192.0.2.1]", "[IPv6:::ffff:192.0.2.1]"},
      {"[IPv6:::FFFF:c000:201]", "[IPv6:::ffff:192.0.2.1]"},
      {"[IPv6:1:2:3:4::192.0.2.1]", "[IPv6:1:2:3:4::c000:201]"},
      {"[IPv6:1:2::4:192.0.2.1]", "[IPv6:1:2::4:c000:201]"},
  };
  for (const auto& [text, canonical] : cases) {
    SCOPED_TRACE(std::string(text));
    const auto address = parse_address_literal(text);
    if (!address) {
      ADD_FAILURE() << to_string(address.error());
      continue;
    }
    EXPECT_EQ(to_address_literal(*address), canonical);
    EXPECT_TRUE(parse_address_literal(canonical) == address);
    const auto as_domain = domain::parse(text);
    ASSERT_TRUE(as_domain);
    EXPECT_EQ(as_domain->text(), canonical);
    EXPECT_EQ(as_domain->literal(), *address);
  }
}

struct refused_case {
  std::string_view text;
  std::string_view what;
  std::size_t octet;
};

TEST(AddressLiteral, RefusesAndSaysWhyAndWhere) {
  constexpr std::string_view two_groups =
      "\"::\" stands for two groups at least, so that six others are allowed";
  constexpr std::string_view eight = "an IPv6 address has eight groups at most";
  constexpr std::string_view no_tag = "an IPv6 address literal begins with \"IPv6:\"";
  constexpr std::string_view other_kind =
      "an address literal is an IPv4 address or begins with \"IPv6:\"; no other kind is known";
  constexpr std::string_view four = "an IPv4 address has four numbers with dots between them";
  constexpr std::string_view no_close = "the \"]\" of the address literal is missing";
  const std::vector<refused_case> cases{
      {"[]", "the address literal is empty", 2},
      {"[", no_close, 2},
      {"[1.2.3.4", no_close, 9},
      {"[1.2.3.4]x", "nothing may follow the address literal", 10},
      {"[1.2.3.4].", "nothing may follow the address literal", 10},
      {"[1.2.3.4]]", "nothing may follow the address literal", 10},
      {"[[1.2.3.4]", "a number of the IPv4 address is missing", 2},
      {"[1.2.3]", four, 7},
      {"[1.2.3.]", "a number of the IPv4 address is missing", 8},
      {"[1..3.4]", "a number of the IPv4 address is missing", 4},
      {"[1.2.3.4.5]", "the IPv4 address goes on after four numbers", 9},
      {"[1.2.3.256]", "a number of an IPv4 address is 255 at most", 8},
      {"[1.2.3.0004]", "a number of an IPv4 address has three digits at most", 8},
      {"[0x7f.0.0.1]", four, 3},
      {"[example.org]", "a number of the IPv4 address is missing", 2},
      {"[ 1.2.3.4]", "an address literal has no spaces and only ASCII", 2},
      {"[1.2.3.4\r\n]", "a control character (0x0D) is never allowed", 9},
      {"[1.2.3.\u0664]", "an address literal has no spaces and only ASCII", 8},
      // IPv6
      {"[2001:db8::1]", no_tag, 2},
      {"[::1]", no_tag, 2},
      {"[IPv6]", "a number of the IPv4 address is missing", 2},
      {"[IPv6:]", "a hexadecimal group of the IPv6 address is expected", 7},
      {"[IPv6:1]", "an IPv6 address has eight groups, or \"::\"", 8},
      {"[IPv6:1:2:3:4:5:6:7]", "an IPv6 address has eight groups, or \"::\"", 20},
      {"[IPv6:1:2:3:4:5:6:7:8:9]", eight, 23},
      {"[IPv6:1:2:3:4:5:6:7:8:]", "a hexadecimal group of the IPv6 address is expected", 23},
      {"[IPv6::1]", "a group of the IPv6 address is missing", 7},
      {"[IPv6:1:2:3:4:5:6:7:]", "a hexadecimal group of the IPv6 address is expected", 21},
      {"[IPv6:12345::]", "an IPv6 group has four digits at most", 7},
      {"[IPv6:1:::8]", "a group of the IPv6 address is missing", 10},
      {"[IPv6:1::4::8]", "\"::\" may stand only once", 11},
      {"[IPv6:g::]", "a hexadecimal group of the IPv6 address is expected", 7},
      {"[IPv6:1g::]", "\"g\" is not allowed in an IPv6 address", 8},
      {"[IPv6:fe80::1%eth0]", "\"%\" is not allowed in an IPv6 address", 14},
      {"[IPv6: ::1]", "an address literal has no spaces and only ASCII", 7},
      // RFC 4291 would let "::" stand for one group; RFC 5321 does not.
      {"[IPv6:1:2:3:4:5:6:7::]", two_groups, 22},
      {"[IPv6:::2:3:4:5:6:7:8]", two_groups, 22},
      {"[IPv6:1:2:3:4:5::192.0.2.1]", two_groups, 27},
      {"[IPv6:1:2:3:4:5:6:7:8::]", two_groups, 24},
      {"[IPv6:1:2:3:4:5:192.0.2.1]", "an IPv6 address has eight groups, or \"::\"", 26},
      {"[IPv6:1:2:3:4:5:6:7:192.0.2.1]",
       "an IPv6 address has six groups at most before its IPv4 tail", 21},
      {"[IPv6:::192.0.2.256]", "a number of an IPv4 address is 255 at most", 17},
      {"[IPv6:::192.0.2]", four, 16},
      {"[IPv6:::192.0.2.1:1]", "the IPv4 address goes on after four numbers", 18},
      {"[IPv6:::abc.0.2.1]", "a number of the IPv4 address is missing", 9},
      // General-address-literal
      {"[foo:bar]", other_kind, 2},
      {"[IPv4:192.0.2.1]", other_kind, 2},
      {"[x400:c=de]", other_kind, 2},
  };
  for (const auto& [text, what, octet] : cases) {
    SCOPED_TRACE(std::string(text));
    const auto address = parse_address_literal(text);
    if (address) {
      ADD_FAILURE() << "accepted as " << *address;
      continue;
    }
    EXPECT_EQ(address.error().what, what);
    EXPECT_EQ(address.error().octet, octet);
  }
}

TEST(AddressLiteral, BeginsWithABracket) {
  EXPECT_EQ(parse_address_literal("").error(), syntax_error("\"[\" is expected", 1));
  EXPECT_EQ(parse_address_literal("1.2.3.4]", 5).error(), syntax_error("\"[\" is expected", 5));
}

}  // namespace
}  // namespace cbv
