#include "tools/cbv-sim/script_session.hpp"

#include <gtest/gtest.h>

#include <list>
#include <string>
#include <vector>

#include "tests/tools/cbv-sim/dialogue.hpp"

namespace cbv::sim {
namespace {

using std::chrono::seconds;

class ScriptSessionTest : public testing::Test {
 protected:
  mail_host& with(const std::string& lines) {
    worlds_.push_back(must_parse("host 192.0.2.25 mx1.example.net\n" + lines));
    host_ = &hosts_.emplace_back(worlds_.back().hosts.at(0), [this](const event& each) {
      if (each.kind == event_kind::fault) faults_.emplace_back(each.text);
    });
    return *host_;
  }

  std::vector<std::string> faults_;
  std::list<world> worlds_;
  std::list<mail_host> hosts_;  // they outlive their sessions
  mail_host* host_ = nullptr;   // the last one
};

constexpr const char* greylisted = R"(
  S: 220 mx1.example.net ESMTP
  C: EHLO *
  S: 250 mx1.example.net
  C: MAIL FROM:<>
  S: 250 2.1.0 Ok
  C: RCPT TO:<ann@example.net>
  after 3s
  S: 451 4.7.1 Greylisted
  C: QUIT
  S: 221 2.0.0 Bye
)";

TEST_F(ScriptSessionTest, FollowsTheScript) {
  dialogue client(with(greylisted));
  EXPECT_EQ(client.hear(), "220 mx1.example.net ESMTP\r\n");
  EXPECT_EQ(client.say("EHLO probe.example"), "250 mx1.example.net\r\n");
  EXPECT_EQ(client.say("MAIL FROM:<>"), "250 2.1.0 Ok\r\n");
  EXPECT_EQ(client.say("RCPT TO:<ann@example.net>"), "451 4.7.1 Greylisted\r\n");
  EXPECT_EQ(client.waited(), seconds(3));
  EXPECT_EQ(client.say("QUIT"), "221 2.0.0 Bye\r\n");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(faults_, std::vector<std::string>{});
  EXPECT_EQ(host_->total().quits, 1U);
  EXPECT_EQ(host_->total().open, 0U);
}

TEST_F(ScriptSessionTest, FindsFaultWithOtherWords) {
  dialogue client(with(greylisted));
  client.hear();
  EXPECT_EQ(client.say("HELO probe.example"), "");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(faults_, std::vector<std::string>{
                         "said 'HELO probe.example' where the script expects 'EHLO *' (line 4)"});
}

TEST_F(ScriptSessionTest, FindsFaultWithAnEarlyEnd) {
  dialogue client(with(greylisted));
  client.hear();
  client.hang_up();
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(faults_,
            std::vector<std::string>{"hung up where the script expects 'EHLO *' (line 4)"});
}

TEST_F(ScriptSessionTest, LetsAClientGiveUpWhileTheHostIsSilent) {
  dialogue client(with("  S: 220 x\n  C: EHLO *\n  silence\n"));
  client.hear();
  EXPECT_EQ(client.say("EHLO probe.example"), "");
  EXPECT_FALSE(client.closed());
  client.send("QUIT\r\n");
  client.hang_up();
  EXPECT_EQ(faults_, std::vector<std::string>{});
}

TEST_F(ScriptSessionTest, FindsFaultWithCommandsAhead) {
  const std::string script =
      "  C: EHLO *\n  S: 250 x\n  C: MAIL *\n  S: 250 a\n  C: RCPT *\n  S: 250 b\n";
  dialogue client(with("  S: 220 x\n" + script));
  client.hear();
  client.say("EHLO probe.example");
  EXPECT_EQ(client.send("MAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\n"), "250 a\r\n250 b\r\n");
  EXPECT_EQ(faults_.size(), 1U);

  faults_.clear();
  dialogue offered(
      with("  S: 220 x\n  C: EHLO *\n  S: 250-x\n  S: 250 PIPELINING\n  C: MAIL *\n"
           "  C: RCPT *\n  S: 250 a\n  S: 250 b\n"));
  offered.hear();
  EXPECT_EQ(offered.say("EHLO probe.example"), "250-x\r\n250 PIPELINING\r\n");
  EXPECT_EQ(offered.send("MAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\n"), "250 a\r\n250 b\r\n");
  EXPECT_TRUE(offered.closed());
  EXPECT_EQ(faults_, std::vector<std::string>{});
}

TEST_F(ScriptSessionTest, FindsFaultWithAMessage) {
  dialogue client(with("  S: 220 x\n  C: *\n  S: 354 go\n"));
  client.hear();
  EXPECT_EQ(client.say("DATA"), "354 go\r\n");
  EXPECT_EQ(faults_.size(), 1U);
}

TEST_F(ScriptSessionTest, HasAScriptForEachConnection) {
  mail_host& host = with("  S: 421 first\n  session\n  drop\n  session\n  S: 220 \\x41\\c\n");
  EXPECT_EQ(dialogue(host).hear(), "421 first\r\n");
  EXPECT_EQ(dialogue(host).hear(), "");
  EXPECT_EQ(dialogue(host).hear(), "220 A");
  EXPECT_EQ(dialogue(host).hear(), "220 A") << "the last one serves the rest";
}

struct line_match {
  const char* form;
  const char* text;
  bool matches;
};

TEST(MatchesLineTest, TakesStarsForAnyText) {
  const line_match cases[] = {
      {"QUIT", "QUIT", true},
      {"QUIT", "quit", false},
      {"QUIT", "QUIT ", false},
      {"EHLO *", "EHLO a.example", true},
      {"EHLO *", "EHLO", false},
      {"*", "", true},
      {"", "", true},
      {"", "x", false},
      {"RCPT TO:<*@*.example>", "RCPT TO:<ann@b.c.example>", true},
      {"RCPT TO:<*@*.example>", "RCPT TO:<ann@b.c.example> X", false},
      {"*ab*ab", "abxabyab", true},
      {"a**", "a", true},
  };
  for (const line_match& each : cases) {
    EXPECT_EQ(matches_line(each.form, each.text), each.matches) << each.form << " / " << each.text;
  }
}

}  // namespace
}  // namespace cbv::sim
