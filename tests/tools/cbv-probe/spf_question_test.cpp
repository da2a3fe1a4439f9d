#include "tools/cbv-probe/spf_question.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace cbv::probe {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

options question(const char* helo, const char* sender) {
  options asked;
  asked.wants_spf = true;
  asked.client_ip = "::ffff:192.0.2.1";
  asked.helo_name = helo;
  asked.sender = sender;
  return asked;
}

TEST(SpfQuestionTest, IsAboutTheSenderOrElseAboutHelo) {
  const struct {
    const char* sender;
    const char* about;
    spf::identity_kind kind;
  } cases[] = {
      {"Ann@Example.net", "Ann@Example.net", spf::identity_kind::mail_from},
      {"<ann@example.net>", "ann@example.net", spf::identity_kind::mail_from},
      {"ann@b\xc3\xbc\x63her.example", "ann@xn--bcher-kva.example", spf::identity_kind::mail_from},
      {"", "postmaster@mail.example.org", spf::identity_kind::helo},
      {"<>", "postmaster@mail.example.org", spf::identity_kind::helo},
  };
  for (const auto& one : cases) {
    const options asked = question("mail.example.org", one.sender);
    const spf::identity about = spf_identity(asked);
    EXPECT_EQ(about.local_part + '@' + about.domain, one.about);
    EXPECT_EQ(about.client.to_string(), "192.0.2.1");
    EXPECT_EQ(spf_identity_kind(asked), one.kind) << one.sender;
  }
}

TEST(SpfQuestionTest, ShowsWhatWasFound) {
  spf::outcome found;
  found.said = spf::evaluation::fail;
  found.domain = "example.net";
  found.term = "-all";
  found.explanation = "see \"why\"";
  const options asked = question("mail.example.org", "ann@example.net");
  const spf::identity about = spf_identity(asked);
  const json object =
      json::parse(show_spf(about, spf_identity_kind(asked), found, "mx.example.org", true));
  EXPECT_EQ(object["result"], "fail");
  EXPECT_EQ(object["identity"], "mailfrom");
  EXPECT_EQ(object["mechanism"], "-all");
  EXPECT_EQ(object["explanation"], "see \"why\"");
  EXPECT_EQ(object["problem"], nullptr);
  EXPECT_THAT(object["received_spf"].get<std::string>(), HasSubstr("fail (mx.example.org: "));
  const std::string text =
      show_spf(about, spf_identity_kind(asked), found, "mx.example.org", false);
  EXPECT_THAT(text, HasSubstr("result: fail\n"));
  EXPECT_THAT(text, Not(HasSubstr("problem")));
}

TEST(SpfQuestionTest, ShowsOctetsOfStrangersEscaped) {
  spf::outcome found;
  found.domain = "a\x1b\xff.example";
  const options asked = question("x\r\ny\xff", "");
  const spf::identity about = spf_identity(asked);
  const std::string text = show_spf(about, spf::identity_kind::helo, found, "r", false);
  EXPECT_EQ(text.find_first_of("\r\x1b\xff"), std::string::npos);
  EXPECT_TRUE(json::accept(show_spf(about, spf::identity_kind::helo, found, "r", true)));
}

TEST(SpfQuestionTest, ExitsByTheResult) {
  EXPECT_EQ(exit_status_of(spf::evaluation::pass), 0);
  EXPECT_EQ(exit_status_of(spf::evaluation::fail), 1);
  for (const auto each :
       {spf::evaluation::none, spf::evaluation::neutral, spf::evaluation::softfail,
        spf::evaluation::temperror, spf::evaluation::permerror}) {
    EXPECT_EQ(exit_status_of(each), 2) << to_string(each);
  }
}

}  // namespace
}  // namespace cbv::probe
