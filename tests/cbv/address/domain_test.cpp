#include "cbv/address/domain.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace cbv {
namespace {

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

struct accepted_case {
  std::string_view text;
  std::string_view canonical;
};

TEST(Domain, AcceptsAndMakesCanonical) {
  const std::vector<accepted_case> cases{
      {"example.org", "example.org"},
      {"EXAMPLE.Org", "example.org"},
      {"localhost", "localhost"},
      {"a", "a"},
      {"1", "1"},
      {"3com.example", "3com.example"},
      {"1.2.3", "1.2.3"},
      {"1.2.3.4.5", "1.2.3.4.5"},
      {"1.2.3.4a", "1.2.3.4a"},
      {"a-b.c--d", "a-b.c--d"},
      {"r3---sn-4g5ednsz.example", "r3---sn-4g5ednsz.example"},
      // U-labels; the mapping is non-transitional, and libidn2 lower-cases and composes.
      {"bücher.example", "xn--bcher-kva.example"},
      {"BÜCHER.example", "xn--bcher-kva.example"},
      {"bu\u0308cher.example", "xn--bcher-kva.example"},
      {"faß.example", "xn--fa-hia.example"},
      {"例え.テスト", "xn--r8jz45g.xn--zckzah"},
      {"пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"},
      {"مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"},
      {"ｅｘａｍｐｌｅ.org", "example.org"},
      // A-labels.
      {"xn--bcher-kva.example", "xn--bcher-kva.example"},
      {"XN--BCHER-KVA.example", "xn--bcher-kva.example"},
      {"xn--ls8h.la", "xn--ls8h.la"},              // an emoji: not IDNA 2008, but in the DNS
      {"xn--1-0ga.example", "xn--1-0ga.example"},  // breaks the Bidi rule: the DNS decides
  };
  for (const auto& [text, canonical] : cases) {
    SCOPED_TRACE(std::string(text));
    const auto made = domain::parse(text);
    if (!made) {
      ADD_FAILURE() << to_string(made.error());
      continue;
    }
    EXPECT_EQ(made->text(), canonical);
    EXPECT_FALSE(made->literal());
    EXPECT_TRUE(domain::parse(made->text()) == made);
  }
}

struct refused_case {
  std::string text;
  std::string what;
  std::size_t octet;
};

void expect_refused(const std::vector<refused_case>& cases) {
  for (const auto& [text, what, octet] : cases) {
    SCOPED_TRACE(text);
    const auto made = domain::parse(text);
    if (made) {
      ADD_FAILURE() << "accepted as " << made->text();
      continue;
    }
    EXPECT_EQ(made.error().what, what);
    EXPECT_EQ(made.error().octet, octet);
  }
}

TEST(Domain, RefusesNamesAndSaysWhyAndWhere) {
  using namespace std::string_literals;
  const std::string not_punycode =
      "the label begins with \"xn--\", but what follows is not Punycode";
  expect_refused({
      {"", "the domain is missing", 1},
      {".", "a dot may not begin the domain", 1},
      {".org", "a dot may not begin the domain", 1},
      {"example.org.", "a dot may not end the domain", 12},
      {"example..org", "two dots may not follow each other in the domain", 9},
      {"-a.org", "a hyphen may not begin a label", 1},
      {"a.-b", "a hyphen may not begin a label", 3},
      {"a-.org", "a hyphen may not end a label", 2},
      {"a.b-", "a hyphen may not end a label", 4},
      {"-", "a hyphen may not begin a label", 1},
      {"a_b.org", "an underscore is not allowed in a mail domain", 2},
      {"_dmarc.org", "an underscore is not allowed in a mail domain", 1},
      {"a b.org", "a space is not allowed in a domain", 2},
      {" a.org", "a space is not allowed in a domain", 1},
      {"a.org ", "a space is not allowed in a domain", 6},
      {"a@b.org", "a second \"@\" is not allowed", 2},
      {"a.org(comment)", "comments are not allowed in an envelope address", 6},
      {"a.[1.2.3.4]", "an address literal must be the whole domain", 3},
      {"a.org>", "\">\" is not allowed in a domain", 6},
      {"a\".org", "a quote is not allowed in a domain", 2},
      {"a/b.org", "\"/\" is not allowed in a domain", 2},
      {"a.org:25", "\":\" is not allowed in a domain", 6},
      {"a.org\r\nRCPT TO:<b@c>", "a control character (0x0D) is never allowed", 6},
      {"a\nb", "a control character (0x0A) is never allowed", 2},
      {"a.org\0"s, "a control character (0x00) is never allowed", 6},
      {"\x7f", "a control character (0x7F) is never allowed", 1},
      {"a.\tb", "a control character (0x09) is never allowed", 3},
      {"a\xc2\x85"s + "b", "a control character (U+0085) is never allowed", 2},
      {"a\xff", "the octet 0xFF is not UTF-8", 2},
      {"a\xc3", "the octet 0xC3 is not UTF-8", 2},
      {"a.\xed\xa0\x80", "the octet 0xED is not UTF-8", 3},
      {"ü_.org", "an underscore is not allowed in a mail domain", 3},
      {"ü\r\n.org", "a control character (0x0D) is never allowed", 3},
      // A name that no host has (RFC 1123 section 2.1).
      {"1.2.3.4", "an IPv4 address must stand in brackets: [1.2.3.4]", 1},
      {"192.000.002.001", "an IPv4 address must stand in brackets: [192.000.002.001]", 1},
      {"１.2.3.4", "an IPv4 address must stand in brackets: [1.2.3.4]", 1},
      // Limits.
      {std::string(64, 'a'), "the label has 64 octets; 63 are allowed", 64},
      {"b." + std::string(64, 'a') + ".org", "the label has 64 octets; 63 are allowed", 66},
      {repeat("a.", 127) + "bb", "the domain has 256 octets; 255 are allowed", 256},
      {repeat("a.", 600) + "a", "the domain has 1201 octets; 255 are allowed", 256},
      {repeat("ü.", 32) + "ü", "the domain as A-labels has 263 octets; 255 are allowed", 1},
      // IDNA.
      {"a.ü" + std::string(60, 'a'), "the label has more than 63 octets as an A-label", 3},
      {"xn--zzzzzz.org", not_punycode, 1},
      {"a.xn--0", not_punycode, 3},
      {"xn--99999999999999", not_punycode, 1},
      {"xn--", "a hyphen may not end a label", 4},
      {"xn--bcher-", "a hyphen may not end a label", 10},
      {"a。b", "the label has a character that stands for a dot", 1},
      {"x.\u00ad", "the label has only characters that vanish", 3},
      {"x.℀", "\"/\" is not allowed in a domain", 3},
  });
}

TEST(Domain, LeavesTheWordingOfIdnaRefusalsToTheLibrary) {
  for (const std::string_view text :
       {"💩.la", "x.1א", "ü-", "-ü", "x.ab--ü", "a\u200db", "\u0308a", "x.a℀ü"}) {
    SCOPED_TRACE(std::string(text));
    const auto made = domain::parse(text);
    ASSERT_FALSE(made);
    EXPECT_TRUE(made.error().what.starts_with("the label is not one of IDNA 2008: "))
        << made.error().what;
    EXPECT_EQ(made.error().octet, text.starts_with("x.") ? 3U : 1U);
  }
}

TEST(Domain, TakesLabelsAndNamesUpToTheirLimits) {
  const std::string longest = repeat("a.", 127) + "b";
  ASSERT_EQ(longest.size(), 255U);
  for (const std::string& text : {std::string(63, 'a'), longest}) {
    const auto made = domain::parse(text);
    ASSERT_TRUE(made) << to_string(made.error());
    EXPECT_EQ(made->text(), text);
  }
  const auto u_label = domain::parse("ü" + std::string(54, 'a'));
  ASSERT_TRUE(u_label) << to_string(u_label.error());
  EXPECT_LE(u_label->text().size(), 63U);
}

TEST(Domain, CountsFromWhereTheDomainStands) {
  EXPECT_EQ(domain::parse("", 10).error().octet, 10U);
  EXPECT_EQ(domain::parse("a..b", 10).error().octet, 12U);
  EXPECT_EQ(domain::parse("[1.2.3.4", 10).error().octet, 18U);
  EXPECT_EQ(domain::parse("ü.ä_", 10).error().octet, 15U);
}

TEST(Domain, EqualTextIsAnEqualDomain) {
  EXPECT_EQ(*domain::parse("Bücher.Example"), *domain::parse("xn--bcher-kva.example"));
  EXPECT_EQ(*domain::parse("[IPv6:2001:DB8::0:1]"), *domain::parse("[ipv6:2001:db8:0:0:0:0:0:1]"));
  EXPECT_NE(*domain::parse("a.example"), *domain::parse("b.example"));
  EXPECT_LT(*domain::parse("a.example"), *domain::parse("b.example"));
}

}  // namespace
}  // namespace cbv
