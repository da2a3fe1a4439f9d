#include "cbv/checks/access.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "cbv/checks/access_files.hpp"

namespace cbv::checks {
namespace {

access_list list_of(const std::string& text) {
  access_list list;
  std::vector<list_fault> wrong;
  read_access_text("f", text, list, wrong);
  for (const list_fault& one : wrong) ADD_FAILURE() << to_string(one);
  list.finish();
  return list;
}

/// What an edge might know; each test changes what it is about.
envelope usual() {
  envelope of;
  of.client = boost::asio::ip::make_address("192.0.2.7");
  of.client_name = "mx.client.example";
  of.reverse_client_name = "mx.client.example";
  of.helo = "mx.client.example";
  of.sender = "bob@a.sender.example";
  of.recipient = "alice@ours.example";
  return of;
}

paths paths_of(const envelope& of) {
  paths both;
  if (auto sender = parse_mailbox(of.sender)) both.sender = *sender;
  if (auto recipient = parse_mailbox(of.recipient)) both.recipient = *recipient;
  return both;
}

finding check(const access_list& list, const envelope& of) {
  return check_access(list, of, paths_of(of));
}

/// "" if no rule matched, otherwise the rule with its place.
std::string rule_for(const std::string& text, const envelope& of) {
  const finding found = check(list_of(text), of);
  return found.evidence == "no rule" ? "" : found.evidence;
}

TEST(AccessTest, MatchesEachSubjectAndNoOther) {
  struct row {
    const char* rule;
    bool matches;
  };
  for (const row& one : {
           row{"refuse client 192.0.2.7", true},
           row{"refuse client 192.0.2.0/29", true},
           row{"refuse client 192.0.2.8/29", false},
           row{"refuse client 2001:db8::/32", false},
           row{"refuse client_name mx.client.example", true},
           row{"refuse client_name MX.Client.Example", true},
           row{"refuse client_name client.example", false},
           row{"refuse client_name .client.example", true},
           row{"refuse client_name *.client.example", true},
           row{"refuse client_name *.example", true},
           row{"refuse client_name .mx.client.example", true},
           row{"refuse client_name *.mx.client.example", false},
           row{"refuse client_name lient.example", false},
           row{"refuse reverse_client_name mx.client.example", true},
           row{"refuse helo mx.client.example", true},
           row{"refuse helo a.sender.example", false},
           row{"refuse sender bob@a.sender.example", true},
           row{"refuse sender BOB@a.sender.example", true},
           row{"refuse sender bo@a.sender.example", false},
           row{"refuse sender a.sender.example", true},
           row{"refuse sender sender.example", false},
           row{"refuse sender .sender.example", true},
           row{"refuse sender bob@", true},
           row{"refuse sender b?b@", true},
           row{"refuse sender b*@sender.example", false},
           row{"refuse sender b*@*.sender.example", true},
           row{"refuse sender bob@.sender.example", true},
           row{"refuse sender b*@*.a.sender.example", false},
           row{"refuse sender c*@", false},
           row{"refuse sender alice@ours.example", false},
           row{"refuse recipient alice@ours.example", true},
           row{"refuse recipient ours.example", true},
           row{"refuse recipient al*@", true},
           row{"refuse recipient bob@", false},
           row{"allow sender <>", false},
       }) {
    EXPECT_EQ(!rule_for(one.rule, usual()).empty(), one.matches) << one.rule;
  }
}

TEST(AccessTest, ReadsWhatClientsSayAsTheyMayWriteIt) {
  envelope of = usual();
  of.helo =
      "B\xC3\x9C"
      "CHER.example.";
  EXPECT_EQ(rule_for("refuse helo b\xC3\xBC"
                     "cher.example",
                     of),
            "f:1 refuse helo xn--bcher-kva.example");
  of.helo = "[IPv6:2001:DB8:0::1]";
  EXPECT_EQ(rule_for("refuse helo [ipv6:2001:db8::1]", of), "f:1 refuse helo [ipv6:2001:db8::1]");
  of.helo = "a b\xFF";
  EXPECT_EQ(rule_for("refuse helo b", of), "");
  of.sender = R"("Bob"@a.sender.example)";
  EXPECT_EQ(rule_for("refuse sender bob@a.sender.example", of),
            "f:1 refuse sender bob@a.sender.example");
  of.sender =
      "bob@b\xC3\xBC"
      "cher.example";
  EXPECT_EQ(rule_for("refuse sender xn--bcher-kva.example", of),
            "f:1 refuse sender xn--bcher-kva.example");
}

TEST(AccessTest, MatchesNothingWithWhatIsNotKnown) {
  const std::string text =
      "refuse client 0.0.0.0/0\nrefuse client ::/0\nrefuse client_name .example\n"
      "refuse helo .example\nrefuse sender .example\nrefuse recipient .example\n";
  EXPECT_EQ(rule_for(text, envelope{}), "");
  envelope of;
  of.sender = "no mailbox";
  of.recipient = "bob";
  EXPECT_EQ(rule_for(text, of), "");
}

TEST(AccessTest, KnowsTheNullPathAndPostmaster) {
  envelope of = usual();
  of.sender.clear();
  EXPECT_EQ(rule_for("allow sender <>", of), "f:1 allow sender <>");
  EXPECT_EQ(rule_for("refuse sender *@", of), "") << "it has no local-part";
  of.recipient = "Postmaster";
  EXPECT_EQ(rule_for("allow recipient postmaster@", of), "f:1 allow recipient postmaster@");
}

// Of the rules about one subject the most specific counts, wherever it stands.
TEST(AccessTest, TakesTheMostSpecificRule) {
  const std::vector<std::string> by_sender{"refuse sender bob@a.sender.example",
                                           "refuse sender b*@a.sender.example",
                                           "refuse sender *@a.sender.example",
                                           "refuse sender bob@.a.sender.example",
                                           "refuse sender bob@*.sender.example",
                                           "refuse sender a.sender.example",
                                           "refuse sender .a.sender.example",
                                           "refuse sender *.sender.example",
                                           "refuse sender .example",
                                           "refuse sender bob@",
                                           "refuse sender bo*@",
                                           "refuse sender *@"};
  const std::vector<std::string> by_client{"refuse client 192.0.2.7/32",
                                           "refuse client 192.0.2.0/24",
                                           "refuse client 192.0.0.0/16", "refuse client 0.0.0.0/0"};
  for (const auto& rules : {by_sender, by_client}) {
    for (std::size_t best = 0; best < rules.size(); ++best) {
      std::string text;
      for (std::size_t i = rules.size(); i-- > best;) text += rules[i] + '\n';
      const std::string line = std::to_string(rules.size() - best);
      EXPECT_EQ(rule_for(text, usual()), "f:" + line + ' ' + rules[best]);
    }
  }
}

TEST(AccessTest, LetsAnExceptionBeWiderOrNarrower) {
  EXPECT_EQ(rule_for("refuse client 192.0.2.0/24\nallow client 192.0.2.7\n", usual()),
            "f:2 allow client 192.0.2.7/32");
  EXPECT_EQ(rule_for("allow client 192.0.2.0/24\nrefuse client 192.0.2.7\n", usual()),
            "f:2 refuse client 192.0.2.7/32");
  EXPECT_EQ(rule_for("refuse sender .sender.example\nallow sender bob@a.sender.example\n", usual()),
            "f:2 allow sender bob@a.sender.example");
  EXPECT_EQ(rule_for("allow sender .sender.example\nrefuse sender bob@a.sender.example\n", usual()),
            "f:2 refuse sender bob@a.sender.example");
}

TEST(AccessTest, TakesTheFirstOfTwoAlike) {
  for (const char* pattern :
       {"client 192.0.2.0/24", "sender bob@", "sender b*@", "helo .example"}) {
    const std::string text = std::string("allow ") + pattern + "\nrefuse " + pattern + "\n";
    EXPECT_EQ(rule_for(text, usual()).substr(0, 9), "f:1 allow") << pattern;
  }
}

// Between subjects: allow, then what is said against the recipient, then skip, then the rest.
TEST(AccessTest, WeighsSubjectsAgainstEachOther) {
  const std::vector<std::string> rules{
      "allow helo mx.client.example", "refuse recipient ours.example",
      "defer recipient ours.example", "skip client 192.0.2.7",
      "refuse sender bob@",           "defer helo .client.example"};
  for (std::size_t best = 0; best < rules.size(); ++best) {
    std::string text;
    for (std::size_t i = rules.size(); i-- > best;) {
      // The most specific of the recipient's counts: one at a time.
      if (i == 2 && best < 2) continue;
      text += rules[i] + '\n';
    }
    const std::string seen = rule_for(text, usual());
    EXPECT_NE(seen.find(rules[best].substr(0, 12)), std::string::npos) << seen << '\n' << text;
  }
}

TEST(AccessTest, SaysWhatEachActionComesTo) {
  const auto found = [](const char* rule) { return check(list_of(rule), usual()); };
  const auto plain = [](action what, int code, const char* enhanced, const char* text) {
    return std::optional(advice{what, code, enhanced, text});
  };
  EXPECT_EQ(found("# none"), (finding{outcome::pass, "no rule"}));
  EXPECT_EQ(found("allow client 192.0.2.7"),
            (finding{outcome::pass, "f:1 allow client 192.0.2.7/32",
                     plain(action::accept, 250, "2.1.5", "")}));
  EXPECT_EQ(found("skip client 192.0.2.7"),
            (finding{outcome::skip, "f:1 skip client 192.0.2.7/32"}));
  EXPECT_EQ(found("refuse client 192.0.2.7"),
            (finding{outcome::fail, "f:1 refuse client 192.0.2.7/32",
                     plain(action::reject, 554, "5.7.1", "Client host rejected: access denied")}));
  EXPECT_EQ(found("refuse helo mx.client.example").decision,
            plain(action::reject, 554, "5.7.1", "HELO name rejected: access denied"));
  EXPECT_EQ(found("refuse sender bob@").decision,
            plain(action::reject, 550, "5.7.1", "Sender address rejected: access denied"));
  EXPECT_EQ(found("defer recipient ours.example").decision,
            plain(action::defer, 450, "4.7.1", "Recipient address rejected: access denied"));
  EXPECT_EQ(found("refuse sender bob@ 553 5.1.8 Not you").decision,
            plain(action::reject, 553, "5.1.8", "Not you"));
  EXPECT_EQ(found("defer sender bob@ Later").decision, plain(action::defer, 450, "4.7.1", "Later"));
  EXPECT_EQ(found("refuse sender bob@ Later").evidence, "f:1 refuse sender bob@");
}

TEST(AccessTest, NamesFileAndLine) {
  access_list list;
  std::vector<list_fault> wrong;
  read_access_text("first", "# a comment\n\nrefuse sender a@\nrefuse sender b@", list, wrong);
  read_access_text("empty", "", list, wrong);
  read_access_text("second", "refuse sender bob@\nrefuse sender c@\n\n", list, wrong);
  read_access_text("third", "\nrefuse sender d@\n", list, wrong);
  list.finish();
  ASSERT_TRUE(wrong.empty());
  const auto evidence = [&list](const char* sender) {
    envelope of = usual();
    of.sender = sender;
    return check(list, of).evidence;
  };
  EXPECT_EQ(evidence("a@x.example"), "first:3 refuse sender a@");
  EXPECT_EQ(evidence("b@x.example"), "first:4 refuse sender b@");
  EXPECT_EQ(evidence("bob@x.example"), "second:1 refuse sender bob@");
  EXPECT_EQ(evidence("c@x.example"), "second:2 refuse sender c@");
  EXPECT_EQ(evidence("d@x.example"), "third:2 refuse sender d@");
}

TEST(AccessTest, CountsWhatIsThereTwice) {
  const access_list list = list_of(
      "refuse client 192.0.2.1\nallow client 192.0.2.1\nrefuse helo a\nrefuse helo A\n"
      "refuse helo .a\n");
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.repeated(), 2U);
  EXPECT_GT(list.octets(), 0U);
}

TEST(AccessTest, HoldsSoManyWildcards) {
  access_list list;
  const auto rule = parse_access_rule("refuse sender a*@");
  ASSERT_TRUE(rule && *rule);
  for (std::size_t i = 0; i < access_list::wildcards_max; ++i)
    ASSERT_FALSE(list.add(**rule, i + 1));
  EXPECT_TRUE(list.add(**rule, 1));
}

}  // namespace
}  // namespace cbv::checks
