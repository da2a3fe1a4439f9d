// Whole envelopes, end to end: the method `check`, the decision log, cbvctl check and explain.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class EnvelopeTest : public postfix_test {
 protected:
  json check(const std::string& params) {
    const json whole = json::parse(
        daemon_->ask_line(R"({"jsonrpc":"2.0","id":1,"method":"check","params":)" + params + "}"));
    return whole.contains("result") ? whole["result"] : whole["error"];
  }

  finished_command cbvctl(std::vector<std::string> words) {
    words.insert(words.begin(), {CBV_E2E_CBVCTL, "--socket", daemon_->socket().string()});
    return run(words, place_.path());
  }

  std::filesystem::path decisions() const { return place_.path() / "decisions"; }

  void wait_for_lines(std::size_t count) {
    wait_for("the decision log", [&] {
      return std::filesystem::exists(decisions()) &&
             lines_with(read_file(decisions()), "time=") == count;
    });
  }
};

TEST_F(EnvelopeTest, OneAdviceForTheWholeEnvelope) {
  start();
  const json good = check(
      R"({"client_ip":"192.0.2.7","helo":"a.example","sender":"ann@example.org","recipient":"bob@example.org"})");
  EXPECT_EQ(good["advice"]["action"], "accept") << good;
  EXPECT_TRUE(good["decided_by"].is_null());
  EXPECT_EQ(good["recipient"]["reason"], "accepted");
  EXPECT_EQ(good["sender"]["reason"], "not_asked") << "call-backs are off";
  const json bad = check(R"({"client_ip":"192.0.2.7","sender":"","recipient":"zed@example.org"})");
  EXPECT_EQ(bad["advice"]["code"], 550) << bad;
  EXPECT_EQ(bad["decided_by"], "recipient");
  std::vector<std::string> made;
  for (const json& one : bad["checks"]) made.push_back(one["check"]);
  EXPECT_EQ(made, (std::vector<std::string>{"skips", "syntax", "recipient"}));
  EXPECT_EQ(check(R"({"recipient":"z..ed@example.org"})")["decided_by"], "syntax");
  EXPECT_EQ(check(R"({"rcpt":"ann@example.org"})")["data"], "params.rcpt: unknown parameter");
}

TEST_F(EnvelopeTest, ASenderIsCalledBackLastAndOnlyForAGoodRecipient) {
  start({}, "callbacks.in_check = true\n");
  const json bad = check(R"({"sender":"zed@example.org","recipient":"nobody@example.org"})");
  EXPECT_EQ(bad["decided_by"], "recipient") << bad;
  EXPECT_TRUE(bad["sender"].is_null());
  const json good = check(R"({"sender":"zed@example.org","recipient":"ann@example.org"})");
  EXPECT_EQ(good["decided_by"], "sender_callback") << good;
  EXPECT_EQ(good["sender"]["source"], "callout");
}

TEST_F(EnvelopeTest, AComplaintIsFoundAgain) {
  start({}, "check.id_in_text = true\ndecision_log.file = \"" + decisions().string() + "\"\n");
  const json bad = check(
      R"({"client_ip":"192.0.2.7","helo":"a\n\"id=1","sender":"ann@example.org","recipient":"zed@example.org"})");
  const std::string id = bad["id"];
  EXPECT_THAT(bad["advice"]["text"].get<std::string>(), HasSubstr("(id " + id + ")"));
  check(R"({"sender":"bob@example.org","recipient":"ann@example.org"})");
  wait_for_lines(2);
  for (const std::string& what : {id, std::string("ZED@example.org")}) {
    const auto found = cbvctl({"explain", what, "--log", decisions()});
    EXPECT_EQ(found.exit_status, 0) << found.errors;
    EXPECT_THAT(found.output,
                AllOf(HasSubstr(id + "  rejected by recipient: 550 5.1.1"), HasSubstr("192.0.2.7"),
                      HasSubstr("mailbox_not_found"), HasSubstr("said 550 5.1.1"),
                      Not(HasSubstr("ann@example.org\n    "))));
  }
  const auto none = cbvctl({"explain", "nobody@example.org", "--log", decisions()});
  EXPECT_EQ(none.exit_status, 1);
  EXPECT_EQ(none.output, "");
  EXPECT_EQ(cbvctl({"explain", id, "--log", "/nowhere"}).exit_status, 66);
}

TEST_F(EnvelopeTest, TheDecisionLogIsRotated) {
  start({}, "decision_log.file = \"" + decisions().string() + "\"\n");
  const std::string first = check(R"({"recipient":"zed@example.org"})")["id"];
  wait_for_lines(1);
  std::filesystem::rename(decisions(), place_.path() / "decisions.1");
  daemon_->reload("decision_log.format = \"logfmt\"\n");
  wait_for("the settings", [this] { return lines_with(daemon_->log(), "settings_read") == 1; });
  const std::string second = check(R"({"recipient":"zed@example.org"})")["id"];
  wait_for_lines(1);
  EXPECT_LT(first, second);
  const auto all = cbvctl(
      {"explain", "zed@example.org", "--log", decisions(), "--log", place_.path() / "decisions.1"});
  EXPECT_THAT(all.output, AllOf(HasSubstr(first), HasSubstr(second)));
  EXPECT_EQ(cbvctl({"explain", first, "--log", decisions()}).exit_status, 1);
}

TEST_F(EnvelopeTest, CbvctlChecks) {
  start();
  const auto good = cbvctl(
      {"check", "--client-ip", "192.0.2.7", "--sender", "<>", "--recipient", "ann@example.org"});
  EXPECT_EQ(good.exit_status, 0) << good.errors;
  EXPECT_THAT(good.output, HasSubstr("accepted: 250 2.1.5"));
  const auto bad = cbvctl({"check", "--recipient", "zed@example.org"});
  EXPECT_EQ(bad.exit_status, 1);
  EXPECT_THAT(bad.output, HasSubstr("rejected by recipient: 550 5.1.1"));
}

}  // namespace
}  // namespace cbv::e2e
