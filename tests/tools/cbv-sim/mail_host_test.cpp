#include "tools/cbv-sim/mail_host.hpp"

#include <gtest/gtest.h>

#include <list>
#include <string>
#include <vector>

#include "tests/tools/cbv-sim/dialogue.hpp"

namespace cbv::sim {
namespace {

using asio::ip::make_address;
using std::chrono::milliseconds;
using std::chrono::seconds;

// One host, described by the lines below its heading.
class MailHostTest : public testing::Test {
 protected:
  mail_host& with(const std::string& lines) {
    worlds_.push_back(must_parse("host 127.0.1.1 mx1.example.net\n" + lines));
    host_ = &hosts_.emplace_back(worlds_.back().hosts.at(0), [this](const event& each) {
      std::string line(to_string(each.kind));
      if (!each.text.empty()) line.append(" ").append(each.text);
      events_.push_back(std::move(line));
    });
    return *host_;
  }

  std::uint64_t faults() const { return host_->total().faults; }

  std::vector<std::string> events_;
  std::list<world> worlds_;
  std::list<mail_host> hosts_;  // they outlive their sessions
  mail_host* host_ = nullptr;   // the last one
};

constexpr const char* plain = "  domain example.net\n  mailbox ann@example.net\n";

std::string code_of(const std::string& reply) {
  return reply.substr(0, 3);
}

TEST_F(MailHostTest, HoldsADialogue) {
  dialogue client(with(plain));
  EXPECT_EQ(client.hear(), "220 mx1.example.net ESMTP\r\n");
  EXPECT_EQ(client.say("EHLO probe.example"),
            "250-mx1.example.net\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n"
            "250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n");
  EXPECT_EQ(client.say("MAIL FROM:<>"), "250 2.1.0 Ok\r\n");
  EXPECT_EQ(client.say("RCPT TO:<Ann@Example.NET>"), "250 2.1.5 Ok\r\n");
  EXPECT_EQ(client.say("RCPT TO:<eve@example.net>"),
            "550 5.1.1 <eve@example.net>: Recipient address rejected: User unknown in virtual "
            "mailbox table\r\n");
  EXPECT_EQ(client.say("RCPT TO:<ann@elsewhere.example>"),
            "554 5.7.1 <ann@elsewhere.example>: Relay access denied\r\n");
  EXPECT_EQ(client.say("RSET"), "250 2.0.0 Ok\r\n");
  EXPECT_EQ(code_of(client.say("RCPT TO:<ann@example.net>")), "503") << "RSET forgets the sender";
  EXPECT_FALSE(client.closed());
  EXPECT_EQ(client.say("QUIT"), "221 2.0.0 Bye\r\n");
  EXPECT_TRUE(client.closed());

  const host_counts seen = host_->total();
  EXPECT_EQ(seen.connections, 1U);
  EXPECT_EQ(seen.sessions, 1U);
  EXPECT_EQ(seen.commands, 8U);
  EXPECT_EQ(seen.recipients_accepted, 1U);
  EXPECT_EQ(seen.recipients_refused, 3U);
  EXPECT_EQ(seen.quits, 1U);
  EXPECT_EQ(seen.faults, 0U);
  EXPECT_EQ(seen.open, 0U);
}

TEST_F(MailHostTest, TellsWhatHappens) {
  {
    dialogue client(with(plain));
    client.hear();
    client.say("NOOP");
    client.say("QUIT");
  }
  const std::vector<std::string> expected = {"connected",  "said 220 mx1.example.net ESMTP",
                                             "heard NOOP", "said 250 2.0.0 Ok",
                                             "heard QUIT", "said 221 2.0.0 Bye",
                                             "closed quit"};
  EXPECT_EQ(events_, expected);
}

TEST_F(MailHostTest, SaysHowAConnectionEnded) {
  {
    dialogue client(with(plain));
    client.hear();
    client.hang_up();
    EXPECT_TRUE(client.closed());
  }
  EXPECT_EQ(events_.back(), "closed client closed");
  {
    dialogue client(*host_);
    client.hear();
  }
  EXPECT_EQ(events_.back(), "closed stopped");
  EXPECT_EQ(host_->total().open, 0U);
}

struct exchange {
  const char* lines;    // of the host
  const char* command;  // after EHLO and MAIL FROM:<>
  const char* reply;    // its start
};

std::ostream& operator<<(std::ostream& out, const exchange& one) {
  return out << testing::PrintToString(std::string(one.command));
}

class ExchangeTest : public MailHostTest, public testing::WithParamInterface<exchange> {};

TEST_P(ExchangeTest, IsAnswered) {
  dialogue client(with(GetParam().lines));
  client.hear();
  client.say("EHLO probe.example");
  client.say("MAIL FROM:<>");
  const std::string reply = client.say(GetParam().command);
  EXPECT_EQ(reply.substr(0, std::string_view(GetParam().reply).size()), GetParam().reply) << reply;
}

const exchange exchanges[] = {
    {plain, "RCPT TO:<postmaster>", "250"},
    {plain, "RCPT TO:<@relay.example,@b.example:ann@example.net>", "250"},
    {plain, "RCPT TO:<\"ann\"@example.net>", "250"},
    {plain, "rcpt to:<ann@example.net>", "250"},
    {plain, "RCPT TO: <ann@example.net>", "501 5.1.3"},
    {plain, "RCPT TO:ann@example.net", "501 5.1.3"},
    {plain, "RCPT TO:<>", "501 5.1.3"},
    {plain, "RCPT TO:<ann>", "501 5.1.3"},
    {plain, "RCPT TO:<a b@example.net>", "501 5.1.3"},
    {plain, "RCPT TO:<ann@example.net> NOTIFY=NEVER", "555 5.5.4"},
    {plain, "MAIL FROM:<>", "503 5.5.1 Error: nested"},
    {plain, "VRFY ann", "252"},
    {plain, "STARTTLS", "502"},
    {plain, "XYZZY", "500 5.5.2"},
    {plain, "", "500 5.5.2"},
    {plain, "EHLO", "501"},
    {"  mailbox \"\\\"a b\\\"@example.net\"\n", "RCPT TO:<\"a b\"@example.net>", "550 5.1.1"},
    {"  mailbox \"a b@example.net\"\n", "RCPT TO:<\"a b\"@example.net>", "250"},
    {"  mailbox ann@*\n  domain example.net\n", "RCPT TO:<ann@example.net>", "250"},
    {"  mailbox u{0-99}@example.net\n", "RCPT TO:<u99@example.net>", "250"},
    {"  mailbox u{0-99}@example.net\n", "RCPT TO:<u100@example.net>", "550 5.1.1"},
    {"  domain *.bulk.example\n  catch-all\n", "RCPT TO:<x@d7.bulk.example>", "250"},
    {"  domain *.bulk.example\n  catch-all\n", "RCPT TO:<x@bulk.example>", "554 5.7.1"},
    {"  domain a.example\n  catch-all b.example\n", "RCPT TO:<x@b.example>", "250"},
    {"  domain a.example\n  catch-all b.example\n", "RCPT TO:<x@a.example>", "550 5.1.1"},
    {"  full bob@example.net\n", "RCPT TO:<bob@example.net>", "452 4.2.2 <bob@example.net>"},
    {"  disabled bob@example.net\n", "RCPT TO:<bob@example.net>", "550 5.2.1"},
    {"  domain a.example\n  unknown-user \"550 No {address}, {client}, {helo}\\nat {host}\"\n",
     "RCPT TO:<x@a.example>",
     "550-No x@a.example, 127.0.0.1, probe.example\r\n550 at mx1.example.net\r\n"},
    {"  relay-denied \"550 5.7.54 no\"\n", "RCPT TO:<x@a.example>", "550 5.7.54 no"},
    {"  refuse rcpt x@* \"550 5.7.1 Blocked {odd}\"\n", "RCPT TO:<x@a.example>",
     "550 5.7.1 Blocked {odd}"},
    {"  domain a.example\n  refuse rcpt \"554 5.7.1 you\"\n", "RCPT TO:<x@a.example>",
     "554 5.7.1 you"},
    {"  mailbox a@a.example\n  recipient-limit 0\n", "RCPT TO:<a@a.example>", "452 4.5.3"},
    {"  mailbox a@a.example\n  refusal-limit 0\n", "RCPT TO:<b@a.example>", "421 4.7.0"},
    {"  refuse rset \"451 4.3.0 odd\"\n", "RSET", "451 4.3.0 odd"},
};

INSTANTIATE_TEST_SUITE_P(Commands, ExchangeTest, testing::ValuesIn(exchanges));

TEST_F(MailHostTest, WantsOrder) {
  dialogue client(with(plain));
  client.hear();
  EXPECT_EQ(code_of(client.say("MAIL FROM:<>")), "503");
  EXPECT_EQ(code_of(client.say("HELO probe.example")), "250");
  EXPECT_EQ(code_of(client.say("RCPT TO:<ann@example.net>")), "503");
  EXPECT_EQ(code_of(client.say("MAIL FROM:<> SMTPUTF8")), "555");
  EXPECT_EQ(code_of(client.say("MAIL FROM:<bad")), "501");
  client.say("MAIL FROM:<>");
  EXPECT_EQ(code_of(client.say("MAIL FROM:<>")), "503");
  EXPECT_EQ(code_of(client.say("RCPT TO:<ann@example.net>")), "250") << "a refused MAIL is nothing";
}

TEST_F(MailHostTest, AnswersPipelinedCommandsInOneWrite) {
  dialogue client(with(plain));
  client.hear();
  client.say("EHLO probe.example");
  EXPECT_EQ(client.send("MAIL FROM:<>\r\nRCPT TO:<ann@example.net>\r\nRSET\r\n"),
            "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.0.0 Ok\r\n");
  EXPECT_EQ(client.send("MAIL FRO"), "");
  EXPECT_EQ(client.send("M:<>\r\n"), "250 2.1.0 Ok\r\n");
  EXPECT_EQ(faults(), 0U);
}

TEST_F(MailHostTest, FindsFaultWithCommandsSentAhead) {
  dialogue client(with(std::string(plain) + "  pipelining off\n"));
  client.hear();
  EXPECT_EQ(client.say("EHLO probe.example").find("PIPELINING"), std::string::npos);
  client.send("MAIL FROM:<>\r\nQUIT\r\n");
  EXPECT_EQ(faults(), 0U) << "one may always give up";

  dialogue hasty(*host_);
  hasty.hear();
  hasty.say("EHLO probe.example");
  hasty.send("MAIL FROM:<>\r\nRCPT TO:<ann@example.net>\r\n");
  EXPECT_EQ(faults(), 1U);

  dialogue early(*host_);
  early.send("EHLO probe.example\r\n");
  EXPECT_EQ(faults(), 2U) << "before the greeting";
}

TEST_F(MailHostTest, FindsFaultWithCommandsBehindEhlo) {
  dialogue client(with(plain));
  client.hear();
  client.say("EHLO probe.example");
  client.send("EHLO probe.example\r\nMAIL FROM:<>\r\n");
  EXPECT_EQ(faults(), 1U);
}

TEST_F(MailHostTest, FindsFaultWithCommandsAheadOfADelayedReply) {
  dialogue client(with(std::string(plain) + "  tarpit 2s\n  pipelining off\n"));
  client.hear();
  client.say("EHLO probe.example");
  client.machine().receive("MAIL FROM:<>\r\n", client.now());
  const action todo = client.machine().next(client.now());
  ASSERT_TRUE(std::holds_alternative<send_bytes>(todo));
  EXPECT_EQ(std::get<send_bytes>(todo).at, client.now() + seconds(2));
  client.machine().receive("RCPT TO:<ann@example.net>\r\n", client.now() + seconds(1));
  EXPECT_EQ(faults(), 1U);
}

TEST_F(MailHostTest, FindsFaultWithAMessage) {
  dialogue client(with(plain));
  client.ask("ann@example.net");
  EXPECT_EQ(client.say("DATA"), "354 End data with <CR><LF>.<CR><LF>\r\n");
  EXPECT_EQ(client.send("Subject: no\r\n\r\nRSET\r\n"), "");
  EXPECT_EQ(code_of(client.say(".")), "250");
  EXPECT_EQ(code_of(client.say("NOOP")), "250");
  EXPECT_EQ(faults(), 1U);
  EXPECT_EQ(events_[events_.size() - 5], "fault DATA: a prober must never send a message");
  client.say("BDAT 10 LAST");
  EXPECT_EQ(faults(), 2U);
}

TEST_F(MailHostTest, FindsFaultWithStrayOctets) {
  dialogue client(with(plain));
  client.hear();
  client.say("EHLO probe.example");
  client.say("MAIL FROM:<>");
  client.say(std::string("RCPT TO:<a\0nn@example.net>", 26));
  EXPECT_EQ(faults(), 1U);
  client.say("RCPT TO:<a\rnn@example.net>");
  EXPECT_EQ(faults(), 2U);
}

TEST_F(MailHostTest, TakesSmtpUtf8WhereItIsOffered) {
  dialogue client(with("  mailbox b\xc3\xb6rn@example.net\n  smtputf8 on\n"));
  client.hear();
  EXPECT_NE(client.say("EHLO probe.example").find("SMTPUTF8"), std::string::npos);
  client.say("MAIL FROM:<> SMTPUTF8");
  EXPECT_EQ(code_of(client.say("RCPT TO:<b\xc3\xb6rn@example.net>")), "250");
  EXPECT_EQ(faults(), 0U);
  client.say("RSET");
  client.say("MAIL FROM:<>");
  EXPECT_EQ(code_of(client.say("RCPT TO:<b\xc3\xb6rn@example.net>")), "553");
  EXPECT_EQ(faults(), 1U);
}

TEST_F(MailHostTest, RefusesTheNullSender) {
  dialogue client(with(std::string(plain) + "  reject-null-sender \"550 5.7.1 no bounces\"\n"));
  client.hear();
  client.say("EHLO probe.example");
  EXPECT_EQ(client.say("MAIL FROM:<>"), "550 5.7.1 no bounces\r\n");
  EXPECT_EQ(code_of(client.say("RCPT TO:<ann@example.net>")), "503");
  EXPECT_EQ(code_of(client.say("MAIL FROM:<probe@us.example>")), "250");
  EXPECT_EQ(code_of(client.say("RCPT TO:<ann@example.net>")), "250");
}

TEST_F(MailHostTest, KnowsNoEhloIfTold) {
  dialogue client(with(std::string(plain) + "  ehlo off\n"));
  client.hear();
  EXPECT_EQ(code_of(client.say("EHLO probe.example")), "502");
  EXPECT_EQ(client.say("HELO probe.example"), "250 mx1.example.net\r\n");
  EXPECT_EQ(host_->total().sessions, 1U);
}

TEST_F(MailHostTest, GreylistsEachTriple) {
  mail_host& host = with(std::string(plain) + "  greylist 300s\n");
  const auto ask_at = [&](seconds when, const std::string& client = "127.0.0.1",
                          const std::string& who = "ann") {
    return dialogue(host, host.described().first, when, client).ask(who + "@example.net");
  };
  EXPECT_EQ(ask_at(seconds(0)),
            "451 4.7.1 <ann@example.net>: Recipient address rejected: Greylisted, try again in 300 "
            "s\r\n");
  EXPECT_NE(ask_at(seconds(299)).find("again in 1 s"), std::string::npos);
  EXPECT_EQ(code_of(ask_at(seconds(300))), "250");
  EXPECT_EQ(code_of(ask_at(seconds(300), "127.0.0.2")), "451") << "another client";
  EXPECT_EQ(code_of(ask_at(seconds(300), "127.0.0.1", "eve")), "451") << "another recipient";
  EXPECT_EQ(code_of(ask_at(seconds(600), "127.0.0.1", "eve")), "550");
  EXPECT_EQ(host.total().recipients_deferred, 4U);
}

TEST(GreylistTest, ForgetsTheOldest) {
  greylist seen(2);
  const time_point start{};
  const milliseconds delay(1000);
  EXPECT_EQ(seen.wait_of("a", start, delay), delay);
  seen.wait_of("b", start, delay);
  EXPECT_EQ(seen.wait_of("a", start + seconds(2), delay), milliseconds(0));
  seen.wait_of("c", start, delay);
  EXPECT_EQ(seen.wait_of("a", start + seconds(2), delay), delay);
}

TEST_F(MailHostTest, TakesItsTime) {
  dialogue client(with(std::string(plain) + "  tarpit 2s\n  delay rcpt 5s\n"));
  client.hear();
  EXPECT_EQ(client.waited(), seconds(2));
  client.say("EHLO probe.example");
  EXPECT_EQ(client.waited(), seconds(2));
  client.send("MAIL FROM:<>\r\nRCPT TO:<ann@example.net>\r\nRSET\r\n");
  EXPECT_EQ(client.waited(), seconds(2 + 7 + 2));
}

TEST_F(MailHostTest, DelaysOnlyWhatIsToBeDelayed) {
  dialogue client(with(std::string(plain) + "  delay rcpt 5s\n"));
  client.hear();
  client.say("EHLO probe.example");
  EXPECT_EQ(client.waited(), seconds(0));
  client.send("MAIL FROM:<>\r\nRCPT TO:<ann@example.net>\r\nRSET\r\n");
  EXPECT_EQ(client.waited(), seconds(5));
}

TEST_F(MailHostTest, RefusesAtTheGreeting) {
  dialogue client(with(std::string(plain) + "  refuse greeting \"554 5.7.1 Not you\"\n"));
  EXPECT_EQ(client.hear(), "554 5.7.1 Not you\r\n");
  EXPECT_EQ(code_of(client.say("EHLO probe.example")), "503");
  EXPECT_EQ(code_of(client.say("QUIT")), "221");
  EXPECT_TRUE(client.closed());
}

TEST_F(MailHostTest, RefusesAtMail) {
  dialogue client(with(std::string(plain) + "  refuse mail \"451 4.3.0 Later\"\n"));
  client.hear();
  client.say("EHLO probe.example");
  EXPECT_EQ(client.say("MAIL FROM:<>"), "451 4.3.0 Later\r\n");
  EXPECT_EQ(code_of(client.say("RCPT TO:<ann@example.net>")), "503");
}

TEST_F(MailHostTest, ClosesAfterA421) {
  dialogue client(with(std::string(plain) + "  refuse mail \"421 4.7.0 Later\"\n"));
  client.hear();
  client.say("EHLO probe.example");
  EXPECT_EQ(client.say("MAIL FROM:<>"), "421 4.7.0 Later\r\n");
  EXPECT_TRUE(client.closed());
}

struct bad_temper {
  const char* line;
  std::string_view heard;  // the start of what is heard from RCPT on
  bool closed;
};

TEST_F(MailHostTest, DropsAndGoesSilent) {
  const bad_temper cases[] = {
      {"drop rcpt", "", true},
      {"drop before rcpt", "", true},
      {"drop after rcpt", "250 2.1.5 Ok\r\n", true},
      {"silent rcpt", "", false},
      {"noise rcpt", std::string_view("\0\1\2\3", 4), false},
      {"endless-line rcpt", "250-xxxxxxxxxxxxxx", false},
      {"endless-reply rcpt", "250-and so on\r\n250-and so on\r\n", false},
  };
  for (const bad_temper& each : cases) {
    dialogue client(with(std::string(plain) + "  " + each.line + "\n"));
    const std::string heard = client.ask("ann@example.net");
    EXPECT_EQ(heard.substr(0, each.heard.size()), each.heard) << each.line;
    EXPECT_EQ(client.closed(), each.closed) << each.line;
    const bool is_endless = heard.size() > 50'000;
    EXPECT_EQ(client.waited().count() > 0, is_endless) << each.line << ": time passes";
  }
}

TEST_F(MailHostTest, MisbehavesAtTheGreeting) {
  EXPECT_EQ(dialogue(with("  silent greeting\n")).hear(), "");
  dialogue noisy(with("  noise greeting\n"));
  EXPECT_EQ(noisy.hear().size(), 1026U);
  dialogue dropped(with("  drop greeting\n"));
  EXPECT_EQ(dropped.hear(), "");
  EXPECT_TRUE(dropped.closed());
}

TEST_F(MailHostTest, LosesPatienceWithIdleClients) {
  dialogue client(with(std::string(plain) + "  idle 60s\n"));
  client.hear();
  const time_point before = client.now();
  EXPECT_EQ(code_of(client.wait()), "421");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(client.now() - before, seconds(60));
  EXPECT_EQ(events_.back(), "closed dropped");
}

TEST_F(MailHostTest, BoundsWhatItTakes) {
  dialogue client(with(plain));
  client.hear();
  EXPECT_EQ(client.send(std::string(100'000, 'x')), "");
  EXPECT_EQ(code_of(client.send("\r\n")), "500");
  EXPECT_EQ(code_of(client.say("NOOP")), "250");

  dialogue flood(with(std::string(plain) + "  tarpit 1s\n"));
  flood.hear();
  flood.machine().receive("NOOP\r\n", flood.now());
  flood.machine().next(flood.now());
  for (int i = 0; i < 100; ++i) flood.machine().receive(std::string(1000, 'x'), flood.now());
  EXPECT_NE(flood.hear().find("421 "), std::string::npos);
  EXPECT_TRUE(flood.closed());
}

TEST_F(MailHostTest, LimitsConnections) {
  mail_host& host = with(std::string(plain) + "  connection-limit 1\n");
  dialogue first(host);
  EXPECT_EQ(code_of(first.hear()), "220");
  dialogue second(host);
  EXPECT_EQ(code_of(second.hear()), "421");
  EXPECT_TRUE(second.closed());
  first.say("QUIT");
  EXPECT_EQ(code_of(dialogue(host).hear()), "220");
  EXPECT_EQ(host.total().open_max, 2U);
}

TEST(MailHostRangeTest, CountsEachAddress) {
  const world made = must_parse("hosts 127.1.0.0/16 m{}.bulk.example\n  catch-all\n  domain *\n");
  mail_host host(made.hosts.at(0));
  dialogue client(host, make_address("127.1.1.2"));
  EXPECT_EQ(client.hear(), "220 m258.bulk.example ESMTP\r\n");
  dialogue other(host, make_address("127.1.1.3"));
  dialogue again(host, make_address("127.1.1.3"));
  EXPECT_EQ(host.counts().size(), 2U);
  EXPECT_EQ(host.counts().at(make_address("127.1.1.3")).connections, 2U);
  EXPECT_EQ(host.total().connections, 3U);
}

}  // namespace
}  // namespace cbv::sim
