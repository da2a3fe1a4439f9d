#include "cbv/checks/access_rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cbv::checks {
namespace {

using testing::HasSubstr;

TEST(AccessRuleTest, ReadsWhatIsInALine) {
  struct row {
    const char* line;
    const char* same;  // as to_string() has it
  };
  for (const row& one : {
           row{"allow client 192.0.2.7", "allow client 192.0.2.7/32"},
           row{"  refuse\tclient\t 192.0.2.0/24  ", "refuse client 192.0.2.0/24"},
           row{"skip client 2001:DB8::/32\r", "skip client 2001:db8::/32"},
           row{"refuse client_name Example.ORG", "refuse client_name example.org"},
           row{"refuse client_name .example.org", "refuse client_name .example.org"},
           row{"refuse reverse_client_name *.Dyn.example.org",
               "refuse reverse_client_name *.dyn.example.org"},
           row{"refuse helo my_pc", "refuse helo my_pc"},
           row{"refuse helo localhost", "refuse helo localhost"},
           row{"refuse helo 192.0.2.1", "refuse helo 192.0.2.1"},
           row{"refuse helo [192.0.2.1]", "refuse helo [192.0.2.1]"},
           row{"refuse helo B\xC3\xBC"
               "cher.example",
               "refuse helo xn--bcher-kva.example"},
           row{"allow sender <>", "allow sender <>"},
           row{"refuse sender Bob@Example.org", "refuse sender bob@example.org"},
           row{"refuse sender example.org", "refuse sender example.org"},
           row{"refuse sender .b\xC3\xBC"
               "cher.example",
               "refuse sender .xn--bcher-kva.example"},
           row{"refuse sender bob@", "refuse sender bob@"},
           row{"refuse sender Bounce-*@", "refuse sender bounce-*@"},
           row{"refuse sender b?b@*.example.org", "refuse sender b?b@*.example.org"},
           row{"refuse sender bob@.example.org", "refuse sender bob@.example.org"},
           row{R"(refuse sender a\*b@example.org)", R"(refuse sender a\*b@example.org)"},
           row{R"(refuse sender "bob"@example.org)", "refuse sender bob@example.org"},
           row{R"(refuse sender "A b"@example.org)", R"(refuse sender "a b"@example.org)"},
           row{R"(refuse sender "a\"b"@.example.org)", R"(refuse sender "a\"b"@.example.org)"},
           row{R"(refuse sender "a*b"@example.org)", R"(refuse sender a\*b@example.org)"},
           row{R"(refuse sender "@ # "@example.org # x)", R"(refuse sender "@ # "@example.org)"},
           row{"refuse sender #bob@example.org", "refuse sender #bob@example.org"},
           row{"defer recipient bob@[192.0.2.1]", "defer recipient bob@[192.0.2.1]"},
           row{"refuse recipient bob@example.org 554", "refuse recipient bob@example.org 554"},
           row{"refuse recipient example.org 5.1.2", "refuse recipient example.org 5.1.2"},
           row{"refuse recipient example.org Gone away", "refuse recipient example.org Gone away"},
           row{"defer recipient example.org 451  4.7.1  Come back later, ticket #12",
               "defer recipient example.org 451 4.7.1 Come back later, ticket #12"},
           row{"refuse recipient a.example 550 5.7.1 Words  # a comment",
               "refuse recipient a.example 550 5.7.1 Words"},
           row{"refuse recipient a.example Words #", "refuse recipient a.example Words"},
           row{"refuse recipient a.example Words\t#\tx", "refuse recipient a.example Words"},
           row{"refuse recipient a.example 550 # a comment", "refuse recipient a.example 550"},
           row{"allow recipient a.example #a comment", "allow recipient a.example"},
           row{"refuse recipient a.example 4 of you", "refuse recipient a.example 4 of you"},
       }) {
    const auto read = parse_access_rule(one.line);
    ASSERT_TRUE(read) << one.line << ": " << read.error().what;
    ASSERT_TRUE(*read) << one.line;
    EXPECT_EQ(to_string(**read), one.same);
    const auto again = parse_access_rule(one.same);
    ASSERT_TRUE(again && *again) << one.same;
    EXPECT_EQ(**again, **read) << one.same;
  }
}

TEST(AccessRuleTest, FindsTheFormOfAPattern) {
  struct row {
    const char* line;
    access_form form;
    name_reach reach;
    const char* local_part;
    const char* name;
  };
  using enum access_form;
  using enum name_reach;
  for (const row& one : {
           row{"allow client 192.0.2.7", network, itself, "", ""},
           row{"allow sender <>", null_path, itself, "", ""},
           row{"allow sender *.a.example", access_form::name, below, "", "a.example"},
           row{"allow sender .a.example", access_form::name, both, "", "a.example"},
           row{"allow sender x@a.example", mailbox, itself, "x", "a.example"},
           row{"allow sender x@", access_form::local_part, itself, "x", ""},
           row{"allow sender x@.a.example", wildcard, both, "x", "a.example"},
           row{"allow sender x*@", wildcard, itself, "x*", ""},
           row{R"(allow sender x\*@)", access_form::local_part, itself, "x*", ""},
           row{R"(allow sender "x*"@.a.example)", wildcard, both, R"(x\*)", "a.example"},
       }) {
    const auto read = parse_access_rule(one.line);
    ASSERT_TRUE(read && *read) << one.line;
    const access_rule& rule = **read;
    EXPECT_EQ(rule.form, one.form) << one.line;
    EXPECT_EQ(rule.reach, one.reach) << one.line;
    EXPECT_EQ(rule.local_part, one.local_part) << one.line;
    EXPECT_EQ(rule.name, one.name) << one.line;
  }
}

TEST(AccessRuleTest, PassesOverBlankLinesAndComments) {
  for (const char* line : {"", "   ", "\t", "\r", "# refuse client 192.0.2.1", "  #", "#\r"}) {
    const auto read = parse_access_rule(line);
    ASSERT_TRUE(read) << line;
    EXPECT_FALSE(*read) << line;
  }
}

TEST(AccessRuleTest, SaysWhatWasExpectedAndWhere) {
  struct row {
    std::string line;
    std::size_t octet;
    const char* says;
  };
  for (const row& one : {
           row{"reject client 192.0.2.1", 1,
               "expected allow, skip, defer or refuse, got \"reject\""},
           row{"refuse", 7,
               "expected client, client_name, reverse_client_name, helo, sender or "
               "recipient, got nothing"},
           row{"refuse  from a.example", 9, "got \"from\""},
           row{"refuse client", 14,
               "expected an IP address or a network such as \"192.0.2.0/24\", "
               "got nothing"},
           row{"refuse client a.example", 15, "got \"a.example\": not an IPv4 or IPv6 address"},
           row{"refuse client 192.0.2.0/33", 25, "the prefix is not a number from 0 to 32"},
           row{"refuse client 192.0.2.1/24", 15, "the address has bits set behind the prefix"},
           row{"refuse client_name a..example", 22, "expected a name such as"},
           row{"refuse client_name ", 20, "got nothing"},
           row{"refuse helo *.[192.0.2.1]", 15, "there is nothing below an address literal"},
           row{"refuse sender a_b.example", 16, "expected a mailbox"},
           row{"refuse sender @a.example", 15, "there is no local-part before the \"@\""},
           row{"refuse sender bob@a_b.example", 20, "expected a mailbox"},
           row{"refuse sender b(b@a.example", 16, "cannot stand in a local-part without quotes"},
           row{R"(refuse sender b\b@a.example)", 16, "a backslash stands before"},
           row{"refuse sender .bob@a.example", 15, "a dot may not begin the local-part"},
           row{"refuse sender <>", 15, "expected allow or skip for <>"},
           row{"defer sender <>", 14, "RFC 2505"},
           row{"allow recipient <>", 17, "expected a mailbox or a domain, got \"<>\""},
           row{"allow client 192.0.2.1 250", 24, "expected the end of the line or a comment"},
           row{"refuse sender a.example 450", 25, "expected one of class 5 to reject, got 450"},
           row{"defer sender a.example 421", 24, "expected one of class 4 to defer, got 421"},
           row{"refuse sender a.example 550 4.7.1", 29, "expected one of class 5"},
           row{"refuse sender a.example 550 5.7.1 a\\b", 35, "expected printable characters"},
           row{"refuse sender a.example " + std::string(201, 'x'), 25, "at most 200 octets"},
           row{"refuse sender a\x01.example", 16, "no control characters"},
           row{"refuse sender a\xFF.example", 1, "expected UTF-8"},
           row{std::string("allow client 192.0.2.1\0", 23), 23, "no control characters"},
           row{"# " + std::string(access_line_octets_max, 'x'), access_line_octets_max + 1,
               "at most 2048 octets"},
       }) {
    const auto read = parse_access_rule(one.line);
    ASSERT_FALSE(read) << one.line;
    EXPECT_THAT(read.error().what, HasSubstr(one.says)) << one.line;
    EXPECT_EQ(read.error().octet, one.octet) << one.line << ": " << read.error().what;
  }
}

}  // namespace
}  // namespace cbv::checks
