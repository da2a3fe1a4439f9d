#include "cbv/spf/received_spf.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::spf {
namespace {

using asio::ip::make_address;

std::string field(const char* client, const char* helo, const char* sender, evaluation said,
                  identity_kind kind = identity_kind::mail_from) {
  outcome found;
  found.said = said;
  return received_spf(mail_from_identity(make_address(client), helo, sender), kind, found,
                      "mx.example.org");
}

TEST(ReceivedSpfTest, TellsWhatWasSaidAboutWhom) {  // RFC 7208 section 9.1
  EXPECT_EQ(field("192.0.2.1", "mail.example.net", "ann@example.net", evaluation::pass),
            "pass (mx.example.org: domain of ann@example.net designates 192.0.2.1 as permitted "
            "sender) receiver=mx.example.org; identity=mailfrom; client-ip=192.0.2.1; "
            "envelope-from=\"ann@example.net\"; helo=mail.example.net");
  EXPECT_EQ(field("2001:db8::1", "mail.example.net", "", evaluation::none, identity_kind::helo),
            "none (mx.example.org: domain of mail.example.net does not designate permitted "
            "senders) receiver=mx.example.org; identity=helo; client-ip=\"2001:db8::1\"; "
            "helo=mail.example.net");
}

TEST(ReceivedSpfTest, NamesTheMechanismAndTheProblem) {
  outcome found;
  found.said = evaluation::fail;
  found.term = "-all";
  const identity asked = mail_from_identity(make_address("192.0.2.1"), "", "ann@example.net");
  EXPECT_TRUE(
      received_spf(asked, identity_kind::mail_from, found, "r").ends_with("; mechanism=-all"));
  found.term = "include:a.example";
  found.problem = "it \"is\" odd";
  EXPECT_TRUE(received_spf(asked, identity_kind::mail_from, found, "r")
                  .ends_with("; mechanism=\"include:a.example\"; problem=\"it \\\"is\\\" odd\""));
}

TEST(ReceivedSpfTest, StaysOneFieldWhateverStrangersSay) {
  for (const evaluation said :
       {evaluation::none, evaluation::neutral, evaluation::pass, evaluation::fail,
        evaluation::softfail, evaluation::temperror, evaluation::permerror}) {
    const std::string helo = "a)\r\nX-Evil: \"b\\; c=d(" + std::string(3000, 'x');
    const std::string text = field("192.0.2.1", helo.c_str(), "o)\r\n\x80\"@e.example", said);
    EXPECT_TRUE(text.starts_with(to_string(said)));
    EXPECT_LT(text.size(), 2000U);
    int depth = 0;
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      ASSERT_TRUE(c >= ' ' && c <= '~');
      if (c == '\\') {
        ++i;
        continue;
      }
      if (c == '"' && depth == 0) is_quoted = !is_quoted;
      if (is_quoted) continue;
      if (c == '(') ++depth;
      if (c == ')') --depth;
      EXPECT_TRUE(depth == 0 || depth == 1) << text;
    }
    EXPECT_EQ(depth, 0) << text;
    EXPECT_FALSE(is_quoted) << text;
  }
}

}  // namespace
}  // namespace cbv::spf
