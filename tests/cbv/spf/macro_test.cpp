#include "cbv/spf/macro.hpp"

#include <gtest/gtest.h>

#include <string>

#include "cbv/dns/name.hpp"

namespace cbv::spf {
namespace {

macro_values example() {  // RFC 7208 section 7.4
  macro_values values;
  values.local_part = "strong-bad";
  values.sender_domain = "email.example.com";
  values.domain = "email.example.com";
  values.client = boost::asio::ip::make_address("192.0.2.3");
  values.helo = "mx.example.org";
  return values;
}

TEST(MacroTest, ExpandsTheExamplesOfTheRfc) {
  const std::pair<const char*, const char*> cases[] = {
      {"%{s}", "strong-bad@email.example.com"},
      {"%{o}", "email.example.com"},
      {"%{d}", "email.example.com"},
      {"%{d4}", "email.example.com"},
      {"%{d3}", "email.example.com"},
      {"%{d2}", "example.com"},
      {"%{d1}", "com"},
      {"%{dr}", "com.example.email"},
      {"%{d2r}", "example.email"},
      {"%{l}", "strong-bad"},
      {"%{l-}", "strong.bad"},
      {"%{lr}", "strong-bad"},
      {"%{lr-}", "bad.strong"},
      {"%{l1r-}", "strong"},
      {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
      {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
      {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
      {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
      {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
      {"%%%_%-", "% %20"},
      {"%{H}", "mx.example.org"},
      {"%{p}", "unknown"},
      {"%{d9999999999999999999999}", "email.example.com"},
      {"", ""},
  };
  for (const auto& [text, expanded] : cases) {
    SCOPED_TRACE(text);
    const auto read = macro_string::parse(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read->expand(example()), expanded);
  }
}

TEST(MacroTest, WritesAnIpv6AddressAsNibbles) {
  macro_values values = example();
  values.client = boost::asio::ip::make_address("2001:db8::cb01");
  EXPECT_EQ(*macro_string::parse("%{ir}.%{v}._spf.%{d2}")->expand(values),
            "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com");
  EXPECT_EQ(*macro_string::parse_explanation("%{c}")->expand(values), "2001:db8::cb01");
}

TEST(MacroTest, EscapesForUrls) {
  macro_values values = example();
  values.local_part = "jack&jill=up-a_b3.c~ \xc3\xbc";
  EXPECT_EQ(*macro_string::parse("%{L}")->expand(values), "jack%26jill%3Dup-a_b3.c~%20%C3%BC");
  EXPECT_EQ(*macro_string::parse("%{l}")->expand(values), values.local_part);
}

TEST(MacroTest, KnowsSomeLettersInExplanationsOnly) {
  macro_values values = example();
  values.now = wall_time(std::chrono::seconds(1'700'000'000));
  EXPECT_EQ(*macro_string::parse_explanation("%{c} %{r} %{t}")->expand(values),
            "192.0.2.3 unknown 1700000000");
  for (const char* text : {"%{c}", "%{r}", "%{t}"}) EXPECT_FALSE(macro_string::parse(text)) << text;
}

TEST(MacroTest, RefusesWhatIsNoMacro) {
  for (const char* text : {"%", "%a", "%{", "%{}", "%{s", "%{x}", "%{d0}", "%{d00}", "%{dd}",
                           "%{d r}", "%{dr3}", "%{d;}", "% {d}", "a b", "a\tb", "\x80", "a\x7f"}) {
    EXPECT_FALSE(macro_string::parse(text)) << text;
  }
  EXPECT_EQ(macro_string::parse("ab%x", 5).error().octet, 7U);
}

TEST(MacroTest, KnowsWhatADomainSpecEndsIn) {
  for (const char* text : {"example.com", "example.com.", ".com", "%{d}", "a.%{d2}", "%{d}.com",
                           "a.1-2", "foo:bar/baz.example.com", "a.c0m", "%%", "a.xn--p1ai"}) {
    EXPECT_TRUE(macro_string::parse_domain_spec(text)) << text;
  }
  for (const char* text : {"", "com", "com.", "a.123", "192.0.2.1", "a.-b", "a.b-", "a..", "a.",
                           "%{d}.", "%{d}com", "a.b/c", "example.com%"}) {
    EXPECT_FALSE(macro_string::parse_domain_spec(text)) << text;
  }
}

TEST(MacroTest, TakesLabelsOffOnTheLeft) {
  macro_values values = example();
  values.domain = "example.com";
  std::string labels;
  for (int i = 0; i < 24; ++i) labels += "123456789.";
  const auto exactly = macro_string::parse_domain_spec("x." + labels + "%{d}");
  EXPECT_EQ(target_name(*exactly, values)->size(), 253U);
  const auto more = macro_string::parse_domain_spec("xy." + labels + "%{d}");
  EXPECT_EQ(*target_name(*more, values), labels + "example.com");
}

TEST(MacroTest, GivesNoNameThatCannotBe) {
  macro_values values = example();
  for (const std::string& text : {std::string("a..b.com"), std::string(".example.com"),
                                  std::string(64, 'a') + ".com", std::string("%{l}.com")}) {
    values.local_part = "a..b";
    EXPECT_FALSE(target_name(*macro_string::parse_domain_spec(text), values)) << text;
  }
  values.local_part = "o'neil b\xc3\xbc";
  EXPECT_EQ(*target_name(*macro_string::parse_domain_spec("%{l}.com"), values),
            "o'neil b\xc3\xbc.com");
}

TEST(MacroTest, HasALimit) {
  macro_values values = example();
  values.local_part = std::string(1000, 'x');
  std::string text;
  for (int i = 0; i < 66; ++i) text += "%{l}";
  EXPECT_EQ(macro_string::parse(text)->expand(values).error(), errc::over_limit);
  text.resize(text.size() - 4);
  EXPECT_TRUE(macro_string::parse(text)->expand(values));
}

TEST(MacroTest, SaysWhichLettersItUses) {
  EXPECT_TRUE(macro_string::parse("a%{P2r}b")->uses('p'));
  EXPECT_FALSE(macro_string::parse("p%{d}%{l}p")->uses('p'));
}

}  // namespace
}  // namespace cbv::spf
