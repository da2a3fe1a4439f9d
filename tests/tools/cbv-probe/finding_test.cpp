#include "tools/cbv-probe/finding.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::probe {
namespace {

TEST(FindingTest, ReadsAVerdictObject) {
  const auto found = parse_finding(
      R"({"address":"bob@example.org","status":"undeliverable","reason":"mailbox_not_found","stage":"rcpt",)"
      R"("source":"callout","host":"mx1.example.org","host_ip":"192.0.2.1",)"
      R"("reply":{"code":550,"enhanced":"5.1.1","text":"no such user"},"elapsed_ms":84})",
      role::sender);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->status, status::undeliverable);
  EXPECT_EQ(found->reason, "mailbox_not_found");
  EXPECT_EQ(found->reply, "550 5.1.1 no such user");
  EXPECT_EQ(found->elapsed_ms, 84);
  EXPECT_TRUE(found->json.ends_with(R"("elapsed_ms":84,"role":"sender"})")) << found->json;
}

TEST(FindingTest, SaysHowTheDialogueWasProtected) {
  const auto tls_of = [](const std::string& member) {
    const auto found =
        parse_finding(R"({"address":"x","status":"unknown")" + member + "}", role::recipient);
    return found ? found->tls : "not read";
  };
  EXPECT_EQ(tls_of(R"(,"tls":{"protocol":"TLSv1.3","verified":true})"), "TLSv1.3, verified");
  EXPECT_EQ(tls_of(R"(,"tls":{"protocol":"TLSv1.2","verified":false})"), "TLSv1.2, not verified");
  EXPECT_EQ(tls_of(R"(,"tls":null)"), "");
  EXPECT_EQ(tls_of(""), "");
}

TEST(FindingTest, ShowsTheDetailWhereNoHostSpoke) {
  const auto found = parse_finding(
      R"({"address":"x","status":"unknown","reason":"connect_failed","reply":null,"detail":"connection refused"})",
      role::recipient);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->reply, "connection refused");
}

TEST(FindingTest, RefusesWhatIsNoVerdict) {
  for (const std::string_view text : {"", "[]", "{}", R"({"status":"maybe"})", R"({"status":5})"}) {
    EXPECT_EQ(parse_finding(text, role::recipient).error(), errc::request_malformed) << text;
  }
}

}  // namespace
}  // namespace cbv::probe
