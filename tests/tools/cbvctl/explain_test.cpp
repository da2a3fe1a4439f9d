#include "tools/cbvctl/explain.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tools/cbvctl/check.hpp"

namespace cbv::ctl {
namespace {

api::decision_record sample(const std::string& id, const std::string& sender) {
  api::decision_record one;
  one.time = "2026-11-21T12:00:00Z";
  one.id = id;
  one.action = one.enforced = "reject";
  one.code = "550";
  one.enhanced = "5.7.1";
  one.text = "Client host blocked";
  one.decided_by = "dnsbl";
  one.client = "198.51.100.7";
  one.helo = "pc.example\n";
  one.sender = sender;
  one.recipient = "bob@example.org";
  one.authenticated = one.tls = one.pending = "no";
  one.ms = "13";
  one.checks = {{"skips", "pass", "0", ""}, {"dnsbl", "fail", "12", "listed in bl.example"}};
  return one;
}

std::string log_of_three() {
  return as_logfmt(sample("000000000001", "joe@elsewhere.example")) + "\nnonsense\n" +
         as_json(sample("000000000002", "<>")) + "\n2026 info decided " +
         as_logfmt(sample("000000000003", "Joe@Elsewhere.example")) + "\n";
}

std::size_t count_of(std::string_view what) {
  std::istringstream log(log_of_three());
  std::ostringstream to;
  return explain_log(log, what, false, to);
}

TEST(CtlExplainTest, FindsByIdAndByEitherAddressInBothFormats) {
  EXPECT_EQ(count_of("000000000002"), 1U);
  EXPECT_EQ(count_of("00000000000"), 0U);
  EXPECT_EQ(count_of("joe@elsewhere.example"), 2U);
  EXPECT_EQ(count_of("<JOE@elsewhere.example>"), 2U);
  EXPECT_EQ(count_of("bob@example.org"), 3U);
  EXPECT_EQ(count_of("<>"), 1U);
  EXPECT_EQ(count_of("no"), 0U) << "only ids and addresses count";
  EXPECT_EQ(count_of("ob@example.org"), 0U);
}

TEST(CtlExplainTest, ShowsAllOfADecision) {
  EXPECT_EQ(decision_text(sample("000000000001", "joe@elsewhere.example")),
            "2026-11-21T12:00:00Z  000000000001  rejected by dnsbl: 550 5.7.1 Client host blocked\n"
            "  client               198.51.100.7\n"
            "  helo                 pc.example\\x0a\n"
            "  sender               joe@elsewhere.example\n"
            "  recipient            bob@example.org\n"
            "  authenticated        no\n"
            "  tls                  no\n"
            "  pending              no\n"
            "    skips            pass    0 ms\n"
            "    dnsbl            fail    12 ms    listed in bl.example\n");
}

TEST(CtlExplainTest, SaysThatItWasOnlyObserved) {
  auto one = sample("000000000001", "<>");
  one.action = "accept";
  EXPECT_NE(decision_text(one).find("(only observed: accepted)"), std::string::npos);
}

TEST(CtlExplainTest, ShowsJson) {
  std::istringstream log(log_of_three());
  std::ostringstream to;
  explain_log(log, "000000000001", true, to);
  EXPECT_EQ(to.str(), as_json(sample("000000000001", "joe@elsewhere.example")) + "\n");
}

TEST(CtlCheckTest, AsksWhatIsGiven) {
  check_options asked;
  EXPECT_EQ(check_params(asked), R"({"wait_ms":5000})");
  asked.client_ip = "192.0.2.1";
  asked.sender = "";
  asked.recipient = "a\"b@x";
  asked.authenticated = true;
  asked.wait = "2s";
  EXPECT_EQ(
      check_params(asked),
      R"({"client_ip":"192.0.2.1","sender":"","recipient":"a\"b@x","authenticated":true,"wait_ms":2000})");
}

TEST(CtlCheckTest, ShowsTheAdviceAndTheChecks) {
  EXPECT_EQ(
      check_text(
          R"({"id":"000000000001","advice":{"action":"reject"},"enforced":{"action":"reject",)"
          R"("code":550,"enhanced":"5.1.1","text":"No"},"decided_by":"recipient","pending":true,)"
          R"("checks":[{"check":"recipient","outcome":"fail","evidence":null,"ms":3}]})"),
      "000000000001  rejected by recipient: 550 5.1.1 No\n"
      "  pending              yes\n"
      "    recipient        fail    3 ms\n");
  for (const char* wrong : {"", "[]", "5"}) EXPECT_EQ(check_text(wrong), "");
}

}  // namespace
}  // namespace cbv::ctl
