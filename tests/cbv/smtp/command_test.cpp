#include "cbv/smtp/command.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::smtp {
namespace {

using namespace std::string_literals;

mailbox address(std::string_view text) {
  return *parse_mailbox(text);
}

TEST(Command, IsBuiltFromParsedValues) {
  EXPECT_EQ(ehlo("probe.example.net"), "EHLO probe.example.net\r\n");
  EXPECT_EQ(ehlo("[192.0.2.1]"), "EHLO [192.0.2.1]\r\n");
  EXPECT_EQ(helo("[IPv6:2001:db8::1]"), "HELO [IPv6:2001:db8::1]\r\n");
  EXPECT_EQ(mail_from({}), "MAIL FROM:<>\r\n");
  EXPECT_EQ(mail_from(address("Ann@Example.ORG")), "MAIL FROM:<Ann@example.org>\r\n");
  EXPECT_EQ(mail_from({}, true), "MAIL FROM:<> SMTPUTF8\r\n");
  EXPECT_EQ(rcpt_to(address("\"a b\"@example.org")), "RCPT TO:<\"a b\"@example.org>\r\n");
  EXPECT_EQ(rcpt_to(address("postmaster@[192.0.2.1]")), "RCPT TO:<postmaster@[192.0.2.1]>\r\n");
  EXPECT_EQ(rcpt_to(address("bj\u00f6rn@example.org")), "RCPT TO:<bj\u00f6rn@example.org>\r\n");
  EXPECT_EQ(rset(), "RSET\r\n");
  EXPECT_EQ(quit(), "QUIT\r\n");
}

TEST(Command, NeverCarriesALineEndOfOurOwnName) {
  EXPECT_EQ(ehlo("a\r\nDATA\n b\0c"s), "EHLO a--DATA--b-c\r\n");
  EXPECT_EQ(helo("<a>"), "HELO -a-\r\n");
}

TEST(Extensions, AreReadFromTheLinesBehindTheFirst) {
  struct row {
    const char* answer;
    extensions offered;
  };
  for (const row& asked : {
           row{"250 mx.example.org", {}},
           row{"250 PIPELINING", {}},  // the name of a strange host, not what it offers
           row{"250-mx.example.org\n250 PIPELINING", {true, false, false, false, {}}},
           row{"250-mx\n250-SmtpUtf8\n250-StartTLS\n250 EnhancedStatusCodes",
               {false, true, true, true, {}}},
           row{"250-mx\n250-SIZE 35882577\n250 8BITMIME", {false, false, false, false, 35882577}},
           row{"250-mx\n250 SIZE", {false, false, false, false, 0}},
           row{"250-mx\n250 SIZE lots", {}},
           row{"250-mx\n250 SIZE 99999999999999999999999", {}},
           row{"250-mx\n250-PIPELINING \n250 X-OTHER STARTTLS", {true, false, false, false, {}}},
           row{"250-mx\n250-XPIPELINING\n250 PIPELINING2", {}},
           row{"250-mx\n250-\n250 ", {}},
       }) {
    EXPECT_EQ(parse_extensions(*parse_reply(asked.answer)), asked.offered) << asked.answer;
  }
}

}  // namespace
}  // namespace cbv::smtp
