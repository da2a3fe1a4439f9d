#include "cbv/policy/decision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "cbv/base/utf8.hpp"
#include "tests/cbv/policy/evidence_maker.hpp"

namespace cbv::policy {
namespace {

using dns::lookup_status;
using dns::routing;
using smtp::probe_end;
using testing::HasSubstr;

const decision_options us{"probe.example.org", "198.51.100.7", "2001:db8::7"};

// Before there is proof

TEST(DecisionTest, KeepsLookingWhileNothingIsKnown) {
  EXPECT_EQ(decide(evidence{}, us), std::nullopt);
  evidence found;
  found.hosts = routed(routing::explicit_mx, {host("mx1.example.net")});
  EXPECT_EQ(decide(found, us), std::nullopt);
}

TEST(DecisionTest, KeepsLookingAfterAnythingThatIsNoAnswer) {
  for (const attempt& made :
       {replied(stage::rcpt, reply(451, {4, 7, 1}, "Greylisted")),
        replied(stage::rcpt, reply(550, {5, 7, 1}, "Client host blocked using zen.example")),
        replied(stage::rcpt, reply(554, {5, 7, 1}, "Relay access denied")),
        replied(stage::greeting, takes_no_mail()), trouble(probe_end::timed_out, stage::rcpt),
        trouble(probe_end::loop, stage::greeting)}) {
    evidence learnt = walked({made});
    learnt.walk_finished = false;
    EXPECT_EQ(decide(learnt, us), std::nullopt) << to_string(made.outcome.end);
  }
}

// From the syntax and the DNS

TEST(DecisionTest, SyntaxIsDecidedFromTheSyntax) {
  evidence learnt;
  learnt.syntax = syntax_error{"the local-part is empty", 1};
  const auto made = decide(learnt, us);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->status, status::undeliverable);
  EXPECT_EQ(made->reason, reason::syntax);
  EXPECT_EQ(made->stage, stage::syntax);
  EXPECT_EQ(made->source, source::syntax);
  EXPECT_THAT(made->detail, HasSubstr("octet 1"));
}

TEST(DecisionTest, TheDnsSettlesWhatItStates) {
  struct row {
    routing kind;
    status what;
    reason why;
  };
  for (const row& expected : {
           row{routing::no_such_domain, status::undeliverable, reason::domain_not_found},
           row{routing::null_mx, status::undeliverable, reason::null_mx},
           row{routing::no_mail_host, status::undeliverable, reason::no_mail_host},
           row{routing::unknown, status::unknown, reason::dns_failure},
       }) {
    evidence learnt;
    learnt.hosts = routed(expected.kind);
    learnt.hosts->status = lookup_status::server_failure;
    const auto made = decide(learnt, us);
    ASSERT_TRUE(made) << to_string(expected.kind);
    EXPECT_EQ(made->status, expected.what) << to_string(expected.kind);
    EXPECT_EQ(made->reason, expected.why) << to_string(expected.kind);
    EXPECT_EQ(made->stage, stage::dns);
    EXPECT_EQ(made->source, source::dns);
    EXPECT_EQ(made->reply, std::nullopt);
    EXPECT_NE(made->detail, "");
  }
}

TEST(DecisionTest, ADnsThatWasNotHeardInTimeIsTrouble) {
  evidence learnt;
  learnt.walk_finished = true;
  const auto made = decide(learnt, us);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->status, status::unknown);
  EXPECT_EQ(made->reason, reason::dns_failure);
}

TEST(DecisionTest, MxIsUnusableOnlyByTheDnssOwnWord) {
  evidence learnt;
  learnt.no_usable_address = true;
  learnt.hosts = routed(routing::explicit_mx, {host("localhost"),  // has an address: loopback
                                               host("gone.example.net", lookup_status::nx_domain),
                                               host("bare.example.net", lookup_status::no_data)});
  auto made = decide(learnt, us);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->status, status::undeliverable);
  EXPECT_EQ(made->reason, reason::mx_unusable);
  EXPECT_EQ(made->stage, stage::dns);

  learnt.walk_finished = true;
  for (const lookup_status bad : {lookup_status::server_failure, lookup_status::refused,
                                  lookup_status::timed_out, lookup_status::malformed}) {
    evidence troubled = learnt;
    troubled.hosts->hosts.push_back(host("mx9.example.net", bad));
    made = decide(troubled, us);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->status, status::unknown) << to_string(bad);
    EXPECT_EQ(made->reason, reason::dns_failure) << to_string(bad);
    EXPECT_THAT(made->detail, HasSubstr("mx9.example.net"));
  }
  evidence cut = learnt;
  cut.hosts->hosts_left_out = 1;
  EXPECT_EQ(decide(cut, us)->status, status::unknown);
  evidence empty = learnt;
  empty.hosts->hosts.clear();
  EXPECT_EQ(decide(empty, us)->status, status::unknown);
  evidence unsaid = learnt;
  unsaid.no_usable_address = false;
  EXPECT_EQ(decide(unsaid, us)->status, status::unknown);
  evidence dialled = learnt;
  dialled.attempts = {trouble(probe_end::connect_failed, stage::connect)};
  EXPECT_EQ(decide(dialled, us)->reason, reason::connect_failed);
}

TEST(DecisionTest, OurOwnLimitsAreBusy) {
  evidence learnt;
  learnt.hosts = routed(routing::explicit_mx, {host("mx1.example.net")});
  learnt.held_back = true;
  learnt.walk_finished = true;
  const auto made = decide(learnt, us);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->status, status::unknown);
  EXPECT_EQ(made->reason, reason::busy);
  EXPECT_EQ(made->stage, stage::policy);
  learnt.attempts = {trouble(probe_end::timed_out, stage::rcpt)};
  EXPECT_EQ(decide(learnt, us)->reason, reason::timed_out);
}

// From one dialogue

struct single {
  const char* name;
  attempt made;
  status what;
  reason why;
};

std::vector<single> single_attempts() {
  const auto at_rcpt = [](smtp::reply said) { return replied(stage::rcpt, std::move(said)); };
  constexpr status good = status::deliverable;
  constexpr status bad = status::undeliverable;
  constexpr status open = status::unknown;
  return {
      {"accepted", at_rcpt(reply(250, {2, 1, 5}, "Ok")), good, reason::accepted},
      {"forwarded", at_rcpt(reply(251, "User not local; will forward")), good, reason::accepted},
      {"not found", at_rcpt(no_such_user()), bad, reason::mailbox_not_found},
      {"disabled", at_rcpt(reply(550, {5, 2, 1}, "Mailbox disabled")), bad,
       reason::mailbox_disabled},
      {"moved", at_rcpt(reply(551, {5, 1, 6}, "User has moved; try <y@example.org>")), bad,
       reason::mailbox_moved},
      {"full, 4yz", at_rcpt(reply(452, {4, 2, 2}, "Mailbox full")), open, reason::mailbox_full},
      {"full, 5yz", at_rcpt(reply(552, {5, 2, 2}, "Mailbox full")), open, reason::mailbox_full},
      {"greylisted", at_rcpt(reply(451, {4, 7, 1}, "Greylisted, try again in 300 s")), open,
       reason::greylisted},
      {"later", at_rcpt(reply(451, {4, 3, 0}, "Temporary lookup failure")), open,
       reason::try_later},
      {"blocked", at_rcpt(reply(550, {5, 7, 1}, "Client host [198.51.100.7] blocked using zen")),
       open, reason::prober_blocked},
      {"relay denied", at_rcpt(reply(554, {5, 7, 1}, "<x@example.net>: Relay access denied")), open,
       reason::relay_denied},
      {"refused at the greeting", replied(stage::greeting, reply(554, "No SMTP service here")),
       open, reason::refused_other},
      {"null sender refused", replied(stage::mail, reply(550, {5, 1, 7}, "<> is not allowed")),
       open, reason::null_sender_refused},
      {"connect", trouble(probe_end::connect_failed, stage::connect, "connection refused"), open,
       reason::connect_failed},
      {"timed out", trouble(probe_end::timed_out, stage::rcpt), open, reason::timed_out},
      {"lost", trouble(probe_end::connection_lost, stage::mail), open, reason::connection_lost},
      {"noise", trouble(probe_end::bad_protocol, stage::greeting), open, reason::bad_protocol},
      {"loop", trouble(probe_end::loop, stage::greeting), open, reason::not_asked},
      {"no SMTPUTF8", trouble(probe_end::no_smtputf8, stage::ehlo), open, reason::refused_other},
  };
}

TEST(DecisionTest, OneDialogueIsJudgedByItsEnd) {
  for (const single& expected : single_attempts()) {
    const auto made = decide(walked({expected.made}), us);
    ASSERT_TRUE(made) << expected.name;
    EXPECT_EQ(made->status, expected.what) << expected.name;
    EXPECT_EQ(to_string(made->reason), to_string(expected.why)) << expected.name;
    EXPECT_EQ(made->stage, expected.made.outcome.at) << expected.name;
    EXPECT_EQ(made->source, source::callout) << expected.name;
    EXPECT_EQ(made->host, "mx1.example.net") << expected.name;
    EXPECT_EQ(made->host_ip, "192.0.2.1") << expected.name;
    EXPECT_EQ(made->reply.has_value(), expected.made.outcome.reply.has_value()) << expected.name;
  }
}

TEST(DecisionTest, AnAnswerCountsBeforeTheWalkIsFinishedAndWhateverElseWasHeard) {
  for (const single& expected : single_attempts()) {
    if (expected.what == status::unknown) continue;
    evidence learnt =
        walked({on("mx0.example.net", trouble(probe_end::timed_out, stage::rcpt)),
                on("mx9.example.net", replied(stage::rcpt, reply(451, "later"))), expected.made});
    learnt.walk_finished = false;
    const auto made = decide(learnt, us);
    ASSERT_TRUE(made) << expected.name;
    EXPECT_EQ(made->reason, expected.why) << expected.name;
    EXPECT_EQ(made->host, "mx1.example.net") << expected.name;
  }
}

TEST(DecisionTest, TroubleIsExplained) {
  const auto explained = [](attempt made) { return decide(walked({std::move(made)}), us)->detail; };
  EXPECT_EQ(explained(trouble(probe_end::connect_failed, stage::connect, "connection refused")),
            "connection refused");
  EXPECT_EQ(explained(trouble(probe_end::connection_lost, stage::mail, "a\r\nb\x01")),
            "a\\x0d\\x0ab\\x01");
  EXPECT_THAT(explained(trouble(probe_end::loop, stage::greeting)), HasSubstr("our own name"));
  EXPECT_THAT(explained(trouble(probe_end::no_smtputf8, stage::ehlo)), HasSubstr("SMTPUTF8"));
}

TEST(DecisionTest, AReplyThatIsNotThereIsNoReply) {
  EXPECT_EQ(decide(walked({trouble(probe_end::replied, stage::rcpt)}), us)->reason,
            reason::bad_protocol);
}

// From several

// Each of these gives another reason; the earlier is the more telling one.
std::vector<attempt> from_telling_to_silent() {
  std::vector<attempt> all{
      replied(stage::rcpt, reply(452, {4, 2, 2}, "Mailbox full")),
      replied(stage::rcpt, reply(451, {4, 7, 1}, "Greylisted, try again in 300 s")),
      replied(stage::rcpt, reply(550, {5, 7, 1}, "Client host [198.51.100.7] blocked using zen")),
      replied(stage::mail, reply(550, {5, 1, 7}, "<> is not allowed")),
      replied(stage::rcpt, reply(451, {4, 3, 0}, "Temporary lookup failure")),
      trouble(probe_end::no_smtputf8, stage::ehlo),
      replied(stage::rcpt, reply(554, {5, 7, 1}, "<x@example.net>: Relay access denied")),
      trouble(probe_end::loop, stage::greeting),
      trouble(probe_end::bad_protocol, stage::greeting),
      trouble(probe_end::connection_lost, stage::mail),
      trouble(probe_end::timed_out, stage::rcpt),
      trouble(probe_end::connect_failed, stage::connect),
  };
  for (std::size_t i = 0; i < all.size(); ++i) all[i].host = "mx" + std::to_string(i);
  return all;
}

TEST(DecisionTest, TheMostTellingOfSeveralIsTheVerdict) {
  const std::vector<attempt> all = from_telling_to_silent();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const auto forward = decide(walked({all[i], all[j]}), us);
      const auto backward = decide(walked({all[j], all[i]}), us);
      ASSERT_TRUE(forward && backward);
      EXPECT_EQ(forward->host, all[i].host) << i << ' ' << j;
      EXPECT_EQ(forward->status, status::unknown);
      EXPECT_EQ(forward, backward) << i << ' ' << j;
    }
  }
}

TEST(DecisionTest, OfEquallyTellingOnesThePreferredHostIsTheVerdict) {
  const attempt first = on("mx1.example.net", replied(stage::rcpt, reply(451, "first")));
  const attempt second = on("mx2.example.net", replied(stage::rcpt, reply(451, "second")));
  EXPECT_EQ(decide(walked({first, second}), us)->reply->text, "first");
  EXPECT_EQ(decide(walked({second, first}), us)->reply->text, "second");
}

TEST(DecisionTest, AHostThatCouldNotBeLookedUpIsTheLeastTelling) {
  evidence learnt = walked({trouble(probe_end::connect_failed, stage::connect)});
  learnt.hosts->hosts.push_back(host("mx2.example.net", lookup_status::timed_out));
  EXPECT_EQ(decide(learnt, us)->reason, reason::connect_failed);
  learnt.attempts.clear();
  EXPECT_EQ(decide(learnt, us)->reason, reason::dns_failure);
}

// The reply, fit to be shown

TEST(DecisionTest, AReplyIsShownWithoutControlCharacters) {
  const smtp::reply said{
      550, smtp::enhanced_status{5, 1, 1}, {"no\r such\x1b[31m", "user \xff\\", "ä"}};
  const auto made = decide(walked({replied(stage::rcpt, said)}), us);
  ASSERT_TRUE(made && made->reply);
  EXPECT_EQ(made->reply->code, 550);
  EXPECT_EQ(made->reply->enhanced, "5.1.1");
  EXPECT_EQ(made->reply->text, "no\\x0d such\\x1b[31m user \\xff\\\\ ä");
}

TEST(DecisionTest, ALongReplyIsCutAtAWholeCharacter) {
  using pair = std::pair<std::string, std::string>;
  for (const auto& [character, shown_character] :
       {pair{"\x01", "\\x01"}, pair{"\\", "\\\\"}, pair{"ä", "ä"}, pair{"€", "€"},
        pair{"\xf0\x9f\x93\xac", "\xf0\x9f\x93\xac"}, pair{"x", "x"}}) {
    for (std::size_t start = reply_text_octets_max - 6; start <= reply_text_octets_max; ++start) {
      std::string text(start, 'a');
      for (int i = 0; i < 9; ++i) text += character;
      const auto made = decide(walked({replied(stage::rcpt, reply(450, text))}), us);
      ASSERT_TRUE(made && made->reply);
      const std::string& shown = made->reply->text;
      EXPECT_LE(shown.size(), reply_text_octets_max);
      EXPECT_GT(shown.size() + 4, reply_text_octets_max);
      EXPECT_TRUE(utf8::is_valid(shown));
      EXPECT_EQ((shown.size() - start) % shown_character.size(), 0U) << shown.substr(start);
    }
  }
}

// What else is known

TEST(DecisionTest, AnAcceptedMailboxIsTakenForWhatItsDomainIsKnownToBe) {
  evidence learnt = walked({replied(stage::rcpt, reply(250, "ok"))});
  for (const auto& [known, why] :
       {std::pair{catch_all::untested, reason::accepted},
        std::pair{catch_all::no, reason::accepted}, std::pair{catch_all::yes, reason::catch_all}}) {
    learnt.catch_all = known;
    EXPECT_EQ(decide(learnt, us)->reason, why);
    EXPECT_EQ(decide(learnt, us)->catch_all, known);
  }
}

TEST(DecisionTest, WhoOptedOutIsNotAsked) {
  evidence learnt;
  learnt.opted_out = true;
  EXPECT_EQ(decide(learnt, us)->reason, reason::not_asked) << "the domain";
  EXPECT_EQ(decide(learnt, us)->stage, stage::policy);
  evidence host_only = walked({});
  host_only.opted_out = true;
  EXPECT_EQ(decide(host_only, us)->reason, reason::not_asked) << "its hosts";
  host_only.attempts.push_back(replied(stage::rcpt, reply(250, "ok")));
  EXPECT_EQ(decide(host_only, us)->status, status::deliverable) << "another host was asked";
}

TEST(DecisionTest, TellsHowTheDialogueWasProtected) {
  attempt made = replied(stage::rcpt, reply(250, "ok"));
  EXPECT_EQ(decide(walked({made}), us)->tls, std::nullopt);
  made.outcome.tls = tls_facts{"TLSv1.3", true};
  EXPECT_EQ(decide(walked({made}), us)->tls, (tls_facts{"TLSv1.3", true}));
  for (const probe_end end : {probe_end::tls_missing, probe_end::tls_failed}) {
    EXPECT_EQ(decide(walked({trouble(end, stage::starttls)}), us)->reason, reason::tls_failed);
  }
  EXPECT_EQ(decide(walked({trouble(probe_end::auth_failed, stage::ehlo)}), us)->reason,
            reason::prober_blocked);
}

// The address that a host quotes is the one of its own family.
TEST(DecisionTest, KnowsItsOwnAddressOfEachFamily) {
  for (const auto& [host_ip, quoted, why] :
       {std::tuple{"192.0.2.25", "198.51.100.7", reason::prober_blocked},
        std::tuple{"2001:db8:1::25", "2001:db8::7", reason::prober_blocked},
        std::tuple{"192.0.2.25", "2001:db8::7", reason::refused_other}}) {
    attempt made{"mx1.example.net", host_ip, {}};
    made.outcome.end = probe_end::replied;
    made.outcome.at = stage::rcpt;
    made.outcome.reply = *smtp::parse_reply("550 not here, [" + std::string(quoted) + ']');
    EXPECT_EQ(meaning_of(made, us).reason, why) << quoted;
  }
}

// What a host says of another mailbox is nothing of this one.
TEST(DecisionTest, KnowsWhichMailboxWasAskedAbout) {
  attempt made = replied(stage::rcpt, reply(550, "<ann@example.com>: User unknown"));
  EXPECT_EQ(meaning_of(made, us).reason, reason::mailbox_not_found);
  made.asked = "bob@example.org";
  EXPECT_EQ(meaning_of(made, us).reason, reason::refused_other);
  made.asked = "ann@example.com";
  EXPECT_EQ(meaning_of(made, us).reason, reason::mailbox_not_found);
}

}  // namespace
}  // namespace cbv::policy
