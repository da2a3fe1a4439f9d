#include "cbv/address/mailbox.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace cbv {
namespace {

using namespace std::string_literals;

constexpr std::string_view comment = "comments are not allowed in an envelope address";
constexpr std::string_view no_domain =
    "the \"@\" and the domain are missing: a mailbox can only be looked for in a domain, even "
    "Postmaster";

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string key_of(std::string_view text) {
  const auto address = parse_mailbox(text);
  return address ? cache_key(*address) : to_string(address.error());
}

struct accepted_case {
  std::string text;
  std::string sent;  // empty: as it was given
};

void expect_accepted(const std::vector<accepted_case>& cases) {
  for (const auto& [text, sent] : cases) {
    SCOPED_TRACE(text);
    const auto address = parse_mailbox(text);
    if (!address) {
      ADD_FAILURE() << to_string(address.error());
      continue;
    }
    EXPECT_EQ(to_string(*address), sent.empty() ? text : sent);
    const auto again = parse_mailbox(to_string(*address));
    ASSERT_TRUE(again);
    EXPECT_TRUE(*again == *address);
  }
}

TEST(Mailbox, AcceptsDotStrings) {
  expect_accepted({
      {"ann@example.org", ""},
      {"a@b", ""},
      {"1@2", ""},
      {"Ann.LEE@Example.ORG", "Ann.LEE@example.org"},
      {"first.last.third@example.org", ""},
      {"!#$%&'*+-/=?^_`{|}~@example.org", ""},
      {"-@example.org", ""},
      {"ann+tag@example.org", ""},
      {"prvs=0123456789=ann@example.org", ""},
      {"SRS0=HHH=TT=example.net=ann@example.org", ""},
      {"bounces-ann=example.net@list.example.org", ""},
      {"user%example.net@example.org", ""},
      {"host!user@example.org", ""},
      {"/c=de/s=lee/@x400.example", ""},
      {"postmaster@localhost", ""},
  });
}

TEST(Mailbox, AcceptsQuotedStrings) {
  expect_accepted({
      {R"("ann"@example.org)", ""},
      {R"("ann lee"@example.org)", ""},
      {R"(""@example.org)", ""},
      {R"(" "@example.org)", ""},
      {R"(".a..b."@example.org)", ""},
      {R"("a@b"@example.org)", ""},
      {R"("a\"b"@example.org)", ""},
      {R"("a\\"@example.org)", ""},
      {R"("\a\ "@example.org)", ""},
      {R"("(),:;<>[]"@example.org)", ""},
      {R"("<script>"@example.org)", ""},
  });
}

TEST(Mailbox, AcceptsAddressLiterals) {
  expect_accepted({
      {"ann@[192.0.2.1]", ""},
      {"ann@[192.000.002.010]", "ann@[192.0.2.10]"},
      {"ann@[IPv6:2001:DB8::1]", "ann@[IPv6:2001:db8::1]"},
      {"ann@[IPv6:::ffff:192.0.2.1]", ""},
  });
}

TEST(Mailbox, AcceptsUtf8) {
  expect_accepted({
      {"jörg@example.org", ""},
      {"用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"},
      {"अजय@डाटा.भारत", "अजय@xn--c2bd1gb.xn--h2brj9c"},
      {"квіточка@пошта.укр", "квіточка@xn--80a1acn3a.xn--j1amh"},
      {"ann@Bücher.example", "ann@xn--bcher-kva.example"},
      {"\"jörg ü\"@example.org", ""},
      {"💩@example.org", ""},
      {"jo\u0308rg@example.org", ""},  // not NFC: the owner of the mailbox decides what is equal
      {"\u00a0@example.org", ""},      // the first character past the C1 controls
  });
}

struct refused_case {
  std::string text;
  std::string_view what;
  std::size_t octet;
};

void expect_refused(const std::vector<refused_case>& cases) {
  for (const auto& [text, what, octet] : cases) {
    SCOPED_TRACE(text);
    const auto address = parse_mailbox(text);
    if (address) {
      ADD_FAILURE() << "accepted as " << to_string(*address);
      continue;
    }
    EXPECT_EQ(address.error().what, what);
    EXPECT_EQ(address.error().octet, octet);
  }
}

TEST(Mailbox, SaysWhichPartIsMissing) {
  expect_refused({
      {"", "the address is empty", 1},
      {"@", "the local-part is missing", 1},
      {"@example.org", "the local-part is missing", 1},
      {"ann@", "the domain is missing", 5},
      {"ann", no_domain, 4},
      {"Postmaster", no_domain, 11},
      {"example.org", no_domain, 12},
      {"\"ann@example.org\"", no_domain, 18},
  });
}

TEST(Mailbox, RefusesWhatIsNotADotString) {
  constexpr std::string_view two_dots = "two dots may not follow each other in the local-part";
  expect_refused({
      {".ann@example.org", "a dot may not begin the local-part", 1},
      {".@example.org", "a dot may not begin the local-part", 1},
      {"ann.@example.org", "a dot may not end the local-part", 4},
      {"ann..lee@example.org", two_dots, 5},
      {"ann...@example.org", two_dots, 5},
      {"ann lee@example.org", "a space may only stand inside a quoted local-part", 4},
      {" ann@example.org", "a space may not begin the address", 1},
      {"ann @example.org", "a space may only stand inside a quoted local-part", 4},
      {"a,b@example.org", "\",\" may only stand inside a quoted local-part", 2},
      {"a:b@example.org", "\":\" may only stand inside a quoted local-part", 2},
      {"mailto:ann@example.org", "\":\" may only stand inside a quoted local-part", 7},
      {"a;b@example.org", "\";\" may only stand inside a quoted local-part", 2},
      {"a[b@example.org", "\"[\" may only stand inside a quoted local-part", 2},
      {"a\\@b@example.org", "\"\\\" may only stand inside a quoted local-part", 2},
      {"<ann@example.org>", "angle brackets are not part of an address", 1},
      {"Ann <ann@example.org>", "a space may only stand inside a quoted local-part", 4},
      {"ann>@example.org", "angle brackets are not part of an address", 4},
      {"a\"b\"@example.org", "quotes may only stand around the whole local-part", 2},
      {"a.\"b\"@example.org", "quotes may only stand around the whole local-part", 3},
  });
}

TEST(Mailbox, RefusesCommentsAndFolding) {
  expect_refused({
      {"(c)ann@example.org", comment, 1},
      {"ann(c)@example.org", comment, 4},
      {"ann@(c)example.org", comment, 5},
      {"ann@example.org(c)", comment, 16},
      {"ann@example(c).org", comment, 12},
      {"\"ann\"(c)@example.org", "only \"@\" may follow the closing quote of the local-part", 6},
      {"\r\n ann@example.org", "a control character (0x0D) is never allowed", 1},
      {"ann\r\n @example.org", "a control character (0x0D) is never allowed", 4},
      {"\"ann\r\n lee\"@example.org", "a control character (0x0D) is never allowed", 5},
      {"ann@\r\n example.org", "a control character (0x0D) is never allowed", 5},
      {"ann@ example.org", "a space is not allowed in a domain", 5},
      {"ann@example.org ", "a space is not allowed in a domain", 16},
      {"ann@example. org", "a space is not allowed in a domain", 13},
  });
}

TEST(Mailbox, RefusesWhatIsNotAQuotedString) {
  constexpr std::string_view open = "the closing quote of the local-part is missing";
  constexpr std::string_view after = "only \"@\" may follow the closing quote of the local-part";
  expect_refused({
      {"\"", open, 2},
      {"\"ann@example.org", open, 17},
      {R"("ann\"@example.org)", open, 19},
      {R"("ann\)", open, 6},
      {R"("ann"lee@example.org)", after, 6},
      {R"("ann".lee@example.org)", after, 6},
      {R"("ann""lee"@example.org)", after, 6},
      {R"("ann" @example.org)", after, 6},
      {R"("""@example.org)", after, 3},
      {"\"a\\ü\"@example.org", "only a printable ASCII character may follow a backslash", 4},
  });
}

TEST(Mailbox, RefusesControlCharactersEverywhere) {
  const std::vector<std::pair<std::string, std::string>> controls{
      {"\r", "0x0D"},       {"\n", "0x0A"},       {"\0"s, "0x00"},  {"\t", "0x09"},
      {"\x1b", "0x1B"},     {"\x1f", "0x1F"},     {"\x7f", "0x7F"}, {"\u0080", "U+0080"},
      {"\u0085", "U+0085"}, {"\u009f", "U+009F"},
  };
  for (const auto& [octets, name] : controls) {
    const std::string what = "a control character (" + name + ") is never allowed";
    expect_refused({
        {octets + "ann@example.org", what, 1},
        {"ann" + octets + "@example.org", what, 4},
        {"\"ann" + octets + "\"@example.org", what, 5},
        {"\"ann\\" + octets + "\"@example.org", what, 6},
        {"ann@" + octets + "example.org", what, 5},
        {"ann@bü" + octets + "cher.org", what, 8},
        {"ann@example.org" + octets, what, 16},
        {"ann@[192.0.2.1" + octets + "]", what, 15},
        {"ann@[192.0.2.1]" + octets, what, 16},
    });
  }
}

TEST(Mailbox, RefusesWhatIsNotUtf8) {
  expect_refused({
      {"j\xf6rg@example.org", "the octet 0xF6 is not UTF-8", 2},          // Latin-1
      {"ann\xc3@example.org", "the octet 0xC3 is not UTF-8", 4},          // cut short
      {"ann\xc0\x80@example.org", "the octet 0xC0 is not UTF-8", 4},      // overlong NUL
      {"ann\xc0\x8a@example.org", "the octet 0xC0 is not UTF-8", 4},      // overlong LF
      {"ann\xed\xa0\x80@example.org", "the octet 0xED is not UTF-8", 4},  // a surrogate
      {"ann\xf4\x90\x80\x80@example.org", "the octet 0xF4 is not UTF-8", 4},
      {"\"\x80\"@example.org", "the octet 0x80 is not UTF-8", 2},
      {"ann@\xfc.org", "the octet 0xFC is not UTF-8", 5},
  });
}

TEST(Mailbox, RefusesWhatIsNotADomain) {
  expect_refused({
      {"ann@.", "a dot may not begin the domain", 5},
      {"ann@example.org.", "a dot may not end the domain", 16},
      {"ann@example..org", "two dots may not follow each other in the domain", 13},
      {"ann@-example.org", "a hyphen may not begin a label", 5},
      {"ann@exa_mple.org", "an underscore is not allowed in a mail domain", 8},
      {"ann@lee@example.org", "a second \"@\" is not allowed", 8},
      {"ann@@example.org", "a second \"@\" is not allowed", 5},
      {"ann@192.0.2.1", "an IPv4 address must stand in brackets: [192.0.2.1]", 5},
      {"ann@[192.0.2.1", "the \"]\" of the address literal is missing", 15},
      {"ann@192.0.2.1]", "\"]\" is not allowed in a domain", 14},
      {"ann@[192.0.2.1].org", "nothing may follow the address literal", 16},
      {"ann@[2001:db8::1]", "an IPv6 address literal begins with \"IPv6:\"", 6},
      {"ann@\"example\".org", "a quote is not allowed in a domain", 5},
  });
}

TEST(Mailbox, KeepsTheLimitsOfTheRfc) {
  const std::string most = "a@" + repeat("b.", 125) + "cc";
  ASSERT_EQ(most.size(), 254U);
  expect_accepted({
      {std::string(64, 'a') + "@b", ""},
      {'"' + std::string(62, ' ') + "\"@b", ""},
      {repeat("ü", 32) + "@b", ""},
      {"a@" + std::string(63, 'b'), ""},
      {most, ""},
  });
  expect_refused({
      {std::string(65, 'a') + "@b", "the local-part has 65 octets; 64 are allowed", 65},
      {'"' + std::string(63, ' ') + "\"@b", "the local-part has 65 octets; 64 are allowed", 65},
      {repeat("ü", 33) + "@b", "the local-part has 66 octets; 64 are allowed", 65},
      {"a@" + std::string(64, 'b'), "the label has 64 octets; 63 are allowed", 66},
      {most + 'c', "the address has 255 octets; 254 are allowed", 255},
      {"a@" + repeat("b.", 127) + "cc", "the domain has 256 octets; 255 are allowed", 258},
      // 27 labels of "ü" are 27 * 8 - 1 octets as they are sent, "xn--tda".
      {repeat("a", 40) + '@' + repeat("ü.", 26) + "ü",
       "the address with its domain as A-labels has 256 octets; 254 are allowed", 42},
  });
  expect_accepted({{repeat("a", 38) + '@' + repeat("ü.", 26) + "ü",
                    repeat("a", 38) + '@' + repeat("xn--tda.", 26) + "xn--tda"}});
}

TEST(Mailbox, TakesLongTextWithoutGrowing) {
  const std::size_t octets = 1 << 20;
  for (const std::string& text :
       {std::string(octets, 'a'), std::string(octets, '"'), std::string(octets, '@'),
        "a@" + std::string(octets, 'b'), "a@" + repeat("b.", octets / 2),
        "a@" + repeat("ü", octets / 2), "a@[" + std::string(octets, '1'),
        '"' + repeat("\\\\", octets / 2), '<' + repeat("@a,", octets / 3) + ">"}) {
    EXPECT_FALSE(parse_mailbox(text));
    EXPECT_FALSE(parse_reverse_path(text));
  }
}

TEST(Mailbox, NeedsSmtputf8ForItsLocalPartOnly) {
  EXPECT_TRUE(needs_smtputf8(*parse_mailbox("jörg@example.org")));
  EXPECT_TRUE(needs_smtputf8(*parse_mailbox("\"ö\"@example.org")));
  EXPECT_FALSE(needs_smtputf8(*parse_mailbox("ann@bücher.example")));
  EXPECT_FALSE(needs_smtputf8(*parse_mailbox("ann@example.org")));
}

TEST(Mailbox, IsEqualByLocalPartAndDomain) {
  EXPECT_TRUE(*parse_mailbox("ann@EXAMPLE.org") == *parse_mailbox("ann@example.org"));
  EXPECT_FALSE(*parse_mailbox("Ann@example.org") == *parse_mailbox("ann@example.org"));
  EXPECT_FALSE(*parse_mailbox("\"ann\"@example.org") == *parse_mailbox("ann@example.org"));
  EXPECT_FALSE(*parse_mailbox("ann@example.net") == *parse_mailbox("ann@example.org"));
}

TEST(Mailbox, IsRememberedInItsSimplestSpelling) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"ann@example.org", "ann@example.org"},
      {"Ann.LEE@Example.ORG", "ann.lee@example.org"},
      {R"("Ann"@example.org)", "ann@example.org"},
      {R"("a\nn"@example.org)", "ann@example.org"},
      {R"("ann.lee"@example.org)", "ann.lee@example.org"},
      {R"("a b"@example.org)", R"("a b"@example.org)"},
      {R"("a\ b"@example.org)", R"("a b"@example.org)"},
      {R"("A@B"@example.org)", R"("a@b"@example.org)"},
      {R"(""@example.org)", R"(""@example.org)"},
      {R"(".a"@example.org)", R"(".a"@example.org)"},
      {R"("a..b"@example.org)", R"("a..b"@example.org)"},
      {R"("\"\\"@example.org)", R"("\"\\"@example.org)"},
      {R"("\""@example.org)", R"("\""@example.org)"},
      {"JÖRG@example.org", "jÖrg@example.org"},
      {"\"jörg\"@bücher.example", "jörg@xn--bcher-kva.example"},
      {"ann@[IPv6:2001:DB8::1]", "ann@[IPv6:2001:db8::1]"},
      {"prvs=0123=Ann@example.org", "prvs=0123=ann@example.org"},
  };
  for (const auto& [text, key] : cases) {
    EXPECT_EQ(key_of(text), key) << text;
    EXPECT_EQ(key_of(key), key) << text;
  }
}

struct path_case {
  std::string text;
  std::string mailbox;  // "<>" is the null reverse-path
};

TEST(Path, AcceptsAndDropsSourceRoutes) {
  const std::vector<path_case> cases{
      {"", "<>"},
      {"<>", "<>"},
      {"ann@example.org", "ann@example.org"},
      {"<ann@example.org>", "ann@example.org"},
      {"<\">\"@example.org>", "\">\"@example.org"},
      {"<@a.example:ann@example.org>", "ann@example.org"},
      {"<@a.example,@B.example,@c:ann@example.org>", "ann@example.org"},
      {"<@bücher.example:ann@example.org>", "ann@example.org"},
      {"<@a:\"@b:\"@example.org>", "\"@b:\"@example.org"},
      {"<@a:ann@[IPv6:::1]>", "ann@[IPv6:::1]"},
  };
  for (const auto& [text, address] : cases) {
    SCOPED_TRACE(text);
    const auto reverse = parse_reverse_path(text);
    if (!reverse) {
      ADD_FAILURE() << to_string(reverse.error());
      continue;
    }
    EXPECT_EQ(*reverse ? to_string(**reverse) : "<>", address);
    const auto forward = parse_forward_path(text);
    ASSERT_EQ(forward.has_value(), reverse->has_value());
    if (forward) {
      EXPECT_TRUE(*forward == **reverse);
    }
  }
}

TEST(Path, RefusesAndSaysWhyAndWhere) {
  constexpr std::string_view open = "the closing \">\" is missing";
  constexpr std::string_view no_relay = "\"@\" and a domain are expected in the source route";
  constexpr std::string_view no_mailbox =
      "the \":\" and the mailbox after the source route are missing";
  constexpr std::string_view no_literal = "a source route names domains, not address literals";
  const std::vector<refused_case> cases{
      {"<", open, 2},
      {"<ann@example.org", open, 17},
      {"<ann@example.org> SIZE=1", open, 25},
      {"ann@example.org>", "\">\" is not allowed in a domain", 16},
      {"<<ann@example.org>>", "angle brackets are not part of an address", 2},
      {"< >", "a space may not begin the address", 2},
      {" <ann@example.org>", "a space may not begin the address", 1},
      {"<ann>", no_domain, 5},
      {"<Postmaster>", no_domain, 12},
      {"<.ann@example.org>", "a dot may not begin the local-part", 2},
      {"<ann@example..org>", "two dots may not follow each other in the domain", 14},
      {"<@a.example>", no_mailbox, 12},
      {"<@a.example,ann@example.org>", no_relay, 13},
      {"<@a.example,>", no_relay, 13},
      {"<@a.example:>", "the address is empty", 13},
      {"<@:ann@example.org>", "the domain is missing", 3},
      {"<@a_b:ann@example.org>", "an underscore is not allowed in a mail domain", 4},
      {"<@[192.0.2.1]:ann@example.org>", no_literal, 3},
      {"<@a:@b:ann@example.org>", "the local-part is missing", 5},
      {"<@a:ann@example.org.>", "a dot may not end the domain", 20},
      {"<@a\r\n:ann@example.org>", "a control character (0x0D) is never allowed", 4},
      {"@a.example:ann@example.org",
       "a source route must stand in angle brackets, and an address needs a local-part", 1},
  };
  for (const auto& [text, what, octet] : cases) {
    SCOPED_TRACE(text);
    const auto reverse = parse_reverse_path(text);
    if (reverse) {
      ADD_FAILURE() << "accepted";
      continue;
    }
    EXPECT_EQ(reverse.error().what, what);
    EXPECT_EQ(reverse.error().octet, octet);
    EXPECT_EQ(parse_forward_path(text).error(), reverse.error());
  }
}

TEST(Path, OnlyAReversePathIsEverEmpty) {
  EXPECT_EQ(parse_forward_path("").error(), syntax_error("the address is empty", 1));
  EXPECT_EQ(parse_forward_path("<>").error(), syntax_error("the address is empty", 2));
}

TEST(Path, HasAtMost256OctetsWithItsRoute) {
  const std::string end = ":ann@example.org>";
  const std::string route = "<@" + repeat("a.", 118);
  ASSERT_EQ((route + "a" + end).size(), 256U);
  EXPECT_TRUE(parse_reverse_path(route + "a" + end));
  EXPECT_EQ(parse_reverse_path(route + "aa" + end).error(),
            syntax_error("the path has 257 octets; 256 are allowed", 257));
}

TEST(SyntaxError, NamesTheOctet) {
  EXPECT_EQ(to_string(parse_mailbox("ann@").error()), "the domain is missing (octet 5)");
}

}  // namespace
}  // namespace cbv
