#include "cbv/callout/count.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/cbv/policy/evidence_maker.hpp"

namespace cbv::callout {
namespace {

using policy::replied;
using policy::reply;
using policy::trouble;
using smtp::probe_end;

struct row {
  const char* name;
  std::vector<policy::attempt> attempts;
  reason why;
  std::function<void(role_counters&)> expected;
};

TEST(CountTest, CountsEachThingOnce) {
  const std::vector<row> rows{
      {"nothing", {}, reason::dns_failure, [](auto&) {}},
      {"no domain", {}, reason::domain_not_found, [](auto& c) { c.bad_domain = 1; }},
      {"null MX", {}, reason::null_mx, [](auto& c) { c.bad_domain = 1; }},
      {"no host", {}, reason::no_mail_host, [](auto& c) { c.bad_domain = 1; }},
      {"no usable host", {}, reason::mx_unusable, [](auto& c) { c.bad_domain = 1; }},
      {"not connected",
       {trouble(probe_end::connect_failed, stage::connect)},
       reason::connect_failed,
       [](auto& c) { c.bad_connects = 1; }},
      {"lost",
       {trouble(probe_end::connection_lost, stage::mail)},
       reason::connection_lost,
       [](auto& c) { c.sessions = 1; }},
      {"refused in the greeting",
       {replied(stage::greeting, reply(554, "no"))},
       reason::refused_other,
       [](auto& c) { c.sessions = c.refused_welcome = 1; }},
      {"refused at EHLO",
       {replied(stage::ehlo, reply(550, "no"))},
       reason::refused_other,
       [](auto& c) { c.sessions = c.refused_helo = 1; }},
      {"refused at MAIL",
       {replied(stage::mail, reply(451, "no"))},
       reason::try_later,
       [](auto& c) { c.sessions = c.refused_mail_from = 1; }},
      {"several hosts",
       {trouble(probe_end::connect_failed, stage::connect),
        replied(stage::rcpt, reply(451, "later")), replied(stage::rcpt, reply(250, "ok"))},
       reason::accepted,
       [](auto& c) {
         c.bad_connects = 1;
         c.sessions = 2;
         c.deferred = c.accepted = 1;
       }},
      {"refused",
       {replied(stage::rcpt, policy::no_such_user())},
       reason::mailbox_not_found,
       [](auto& c) { c.sessions = c.refused_rcpt_to = 1; }},
      {"our own address",
       {trouble(probe_end::loop, stage::connect)},
       reason::not_asked,
       [](auto&) {}},
      {"a reply that came too late is none",
       {trouble(probe_end::timed_out, stage::rcpt)},
       reason::timed_out,
       [](auto& c) { c.sessions = 1; }},
  };
  for (const row& one : rows) {
    policy::evidence learnt;
    learnt.attempts = one.attempts;
    verdict made;
    made.reason = one.why;
    made.stage = stage::dns;
    role_counters got;
    role_counters expected;
    expected.callouts = 1;
    one.expected(expected);
    count(learnt, made, got);
    EXPECT_EQ(got, expected) << one.name;
  }
}

TEST(CountTest, ADomainThatIsTriedAtItsAddressHasNoMx) {
  policy::evidence learnt;
  learnt.attempts = {replied(stage::rcpt, reply(250, "ok"))};
  learnt.tried_implicit_mx = true;
  verdict made;
  made.reason = reason::accepted;
  made.stage = stage::rcpt;
  role_counters got;
  count(learnt, made, got);
  EXPECT_EQ(got.no_mx, 1U);
  EXPECT_EQ(got.bad_domain, 0U);
}

TEST(CountTest, WhatWasNotMadeIsNoCallout) {
  for (const reason why : {reason::busy, reason::not_asked}) {
    verdict made;
    made.reason = why;
    made.stage = stage::policy;
    role_counters got;
    count({}, made, got);
    EXPECT_EQ(got, role_counters{}) << to_string(why);
    made.stage = stage::connect;  // our own address was met
    count({}, made, got);
    EXPECT_EQ(got.callouts, 1U) << to_string(why);
  }
}

}  // namespace
}  // namespace cbv::callout
