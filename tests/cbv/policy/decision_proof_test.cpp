// What proves a rejection, and what does not.
#include "cbv/policy/decision.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/cbv/policy/evidence_maker.hpp"

namespace cbv::policy {
namespace {

using dns::lookup_status;
using smtp::probe_end;

const decision_options us{"probe.example.org", "198.51.100.7", "2001:db8::7"};

// Hosts that take no mail (RFC 7504)

TEST(DecisionProofTest, NoMailIsTakenIfEveryHostSaysSo) {
  for (const int code : {521, 556}) {
    const auto made =
        decide(walked({replied(stage::greeting, reply(code, "does not accept mail")),
                       on("mx2.example.net", replied(stage::greeting, takes_no_mail()))}),
               us);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->status, status::undeliverable);
    EXPECT_EQ(made->reason, reason::host_takes_no_mail);
    EXPECT_EQ(made->stage, stage::greeting);
    EXPECT_EQ(made->reply->code, code);
  }
}

TEST(DecisionProofTest, NoMailIsNotProvedByAnythingLess) {
  const attempt says_so = replied(stage::greeting, takes_no_mail());
  const evidence proved = walked({says_so});
  ASSERT_EQ(decide(proved, us)->status, status::undeliverable);

  evidence more_hosts = proved;
  more_hosts.hosts->hosts.push_back(host("mx2.example.net"));
  EXPECT_EQ(decide(more_hosts, us)->status, status::unknown) << "a host was not asked";
  evidence unresolved = proved;
  unresolved.hosts->hosts.push_back(host("mx2.example.net", lookup_status::no_data));
  EXPECT_EQ(decide(unresolved, us)->status, status::unknown) << "a host has no address";
  evidence left_out = proved;
  left_out.hosts->hosts_left_out = 1;
  EXPECT_EQ(decide(left_out, us)->status, status::unknown) << "a host was left out";
  for (const attempt& other :
       {trouble(probe_end::connect_failed, stage::connect),
        replied(stage::greeting, reply(554, "does not accept mail")),
        replied(stage::greeting, reply(421, "too busy")),
        replied(stage::greeting, reply(521, {5, 7, 1}, "Blocked using zen.example")),
        replied(stage::greeting, reply(521, {5, 3, 2}, "Service currently unavailable")),
        replied(stage::ehlo, reply(521, "does not accept mail")),
        replied(stage::rcpt, reply(521, "does not accept mail"))}) {
    EXPECT_EQ(decide(walked({other}), us)->status, status::unknown);
    EXPECT_EQ(decide(walked({says_so, other}), us)->status, status::unknown)
        << "the same host at another address";
    const attempt elsewhere = on("mx2.example.net", other);
    EXPECT_EQ(decide(walked({says_so, elsewhere}), us)->status, status::unknown);
    EXPECT_EQ(decide(walked({elsewhere, says_so}), us)->status, status::unknown);
  }
}

// Promise 1: a fault never becomes a rejection

bool is_acceptance(const attempt& made) {
  const smtp::probe_outcome& outcome = made.outcome;
  return outcome.end == probe_end::replied && outcome.at == stage::rcpt && outcome.reply &&
         outcome.reply->code / 100 == 2;
}

void expect_promise_kept(const evidence& learnt) {
  const auto made = decide(learnt, us);
  EXPECT_TRUE(made || !learnt.walk_finished);
  if (!made) return;
  EXPECT_EQ(decide(learnt, us), made);
  if (made->status == status::undeliverable) {
    EXPECT_TRUE(has_proof(learnt, made->reason)) << to_string(made->reason);
  } else if (made->status == status::deliverable) {
    EXPECT_TRUE(std::any_of(learnt.attempts.begin(), learnt.attempts.end(), is_acceptance));
  } else {
    EXPECT_TRUE(status_of(made->reason) == status::unknown ||
                made->reason == reason::null_sender_refused)
        << to_string(made->reason);
  }
}

TEST(DecisionProofTest, NoEndAtNoStageWithNoReplyIsARejectionWithoutProof) {
  for (const probe_end end : all_ends) {
    for (const stage at : all_stages) {
      attempt made = trouble(end, at);
      expect_promise_kept(walked({made}));
      for (const sample& one : sample_replies()) {
        made.outcome.reply = one.said;
        expect_promise_kept(walked({made}));
        const bool rejected = decide(walked({made}), us)->status == status::undeliverable;
        EXPECT_EQ(rejected, says_no_such_mailbox(made) || says_no_mail(made))
            << to_string(end) << ' ' << to_string(at) << ' ' << one.said.code << ' '
            << one.said.lines.front();
      }
    }
  }
}

TEST(DecisionProofTest, NoRandomEvidenceIsARejectionWithoutProof) {
  random_evidence source(20261121);
  std::array<int, 256> seen{};
  for (int i = 0; i < 5'000 && !HasFailure(); ++i) {
    const evidence learnt = source.make();
    expect_promise_kept(learnt);
    if (const auto made = decide(learnt, us)) ++seen[static_cast<std::size_t>(made->reason)];
  }
  for (const reason why :
       {reason::accepted, reason::syntax, reason::domain_not_found, reason::null_mx,
        reason::no_mail_host, reason::mx_unusable, reason::host_takes_no_mail,
        reason::mailbox_not_found, reason::mailbox_disabled, reason::mailbox_moved,
        reason::dns_failure, reason::busy, reason::timed_out}) {
    EXPECT_GT(seen[static_cast<std::size_t>(why)], 0) << to_string(why) << " never came about";
  }
}

// What settings may judge otherwise

TEST(DecisionProofTest, ARefusalOfBouncesIsAProofOnlyWhereTheSettingSaysSo) {
  decision_options strict = us;
  strict.null_sender_refused_is_undeliverable = true;
  const evidence refused = walked({replied(stage::mail, reply(550, "null sender is not allowed"))});
  EXPECT_EQ(decide(refused, us)->status, status::unknown);
  EXPECT_EQ(decide(refused, strict)->status, status::undeliverable);
  EXPECT_EQ(decide(refused, strict)->reason, reason::null_sender_refused);

  evidence not_finished = refused;
  not_finished.walk_finished = false;
  EXPECT_EQ(decide(not_finished, strict), std::nullopt) << "another host may take it";

  evidence remembered = walked({});
  remembered.null_sender_known_refused = true;
  EXPECT_EQ(decide(remembered, us)->status, status::unknown);
  EXPECT_EQ(decide(remembered, us)->source, source::cache);
  EXPECT_EQ(decide(remembered, strict)->status, status::unknown) << "one host may have said it";
}

// A fault at another host: bounces may be taken there.
TEST(DecisionProofTest, ARefusalOfBouncesByOneHostIsNoProofForTheDomain) {
  decision_options strict = us;
  strict.null_sender_refused_is_undeliverable = true;
  const attempt refused = replied(stage::mail, reply(550, "null sender is not allowed"));
  attempt by_name = replied(stage::mail, reply(550, "null sender is not allowed"));
  by_name.null_sender = false;
  for (const attempt& other :
       {trouble(probe_end::connect_failed, stage::connect),
        trouble(probe_end::timed_out, stage::rcpt), trouble(probe_end::tls_failed, stage::starttls),
        replied(stage::mail, reply(451, "null sender, later")),
        replied(stage::greeting, reply(421, "too busy")),
        replied(stage::rcpt, reply(550, {5, 7, 1}, "Blocked using zen.example")), by_name}) {
    for (const auto& both : {walked({refused, on("mx2.example.net", other)}),
                             walked({on("mx2.example.net", other), refused})}) {
      EXPECT_EQ(decide(both, strict)->status, status::unknown) << to_string(other.outcome.end);
    }
  }
  evidence left_out = walked({refused});
  left_out.hosts->hosts_left_out = 1;
  EXPECT_EQ(decide(left_out, strict)->status, status::unknown) << "a host was left out";
  evidence not_asked = walked({refused});
  not_asked.hosts->hosts.push_back(host("mx2.example.net"));
  EXPECT_EQ(decide(not_asked, strict)->status, status::unknown) << "a host was not asked";
  EXPECT_EQ(decide(walked({refused, on("mx2.example.net", refused)}), strict)->status,
            status::undeliverable);
}

TEST(DecisionProofTest, RelayingDeniedIsAProofOnlyWhereTheSettingSaysSoAndEveryHostDoes) {
  decision_options strict = us;
  strict.relay_denied_is_undeliverable = true;
  const attempt denied = replied(stage::rcpt, reply(554, {5, 7, 1}, "Relay access denied"));
  EXPECT_EQ(decide(walked({denied}), us)->status, status::unknown);
  EXPECT_EQ(decide(walked({denied}), strict)->status, status::undeliverable);
  EXPECT_EQ(decide(walked({denied}), strict)->reason, reason::relay_denied);

  const attempt later = on("mx2.example.net", replied(stage::rcpt, reply(451, "later")));
  EXPECT_EQ(decide(walked({denied, later}), strict)->status, status::unknown);
  evidence left_out = walked({denied});
  left_out.hosts->hosts_left_out = 1;
  EXPECT_EQ(decide(left_out, strict)->status, status::unknown);
  const attempt for_now = replied(stage::rcpt, reply(454, {4, 7, 1}, "Relay access denied"));
  EXPECT_EQ(decide(walked({for_now}), strict)->status, status::unknown);
}

}  // namespace
}  // namespace cbv::policy
