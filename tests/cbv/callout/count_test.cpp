#include "cbv/callout/count.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace cbv::callout {
namespace {

struct row {
  reason why;
  stage at;
  bool tried_implicit_mx;
  std::function<void(role_counters&)> expected;
};

TEST(CountTest, ACalloutThatWasMadeIsOne) {
  const std::vector<row> rows{
      {reason::dns_failure, stage::dns, false, [](auto& c) { c.callouts = 1; }},
      {reason::domain_not_found, stage::dns, false, [](auto& c) { c.callouts = c.bad_domain = 1; }},
      {reason::null_mx, stage::dns, false, [](auto& c) { c.callouts = c.bad_domain = 1; }},
      {reason::no_mail_host, stage::dns, false, [](auto& c) { c.callouts = c.bad_domain = 1; }},
      {reason::mx_unusable, stage::dns, false, [](auto& c) { c.callouts = c.bad_domain = 1; }},
      {reason::accepted, stage::rcpt, false, [](auto& c) { c.callouts = 1; }},
      {reason::accepted, stage::rcpt, true, [](auto& c) { c.callouts = c.no_mx = 1; }},
      {reason::connect_failed, stage::connect, true, [](auto& c) { c.callouts = c.no_mx = 1; }},
      // Our own address was met.
      {reason::not_asked, stage::connect, false, [](auto& c) { c.callouts = 1; }},
      // Opted out, and our own limits.
      {reason::not_asked, stage::policy, false, [](auto&) {}},
      {reason::busy, stage::policy, false, [](auto&) {}},
  };
  for (const row& one : rows) {
    policy::evidence learnt;
    learnt.tried_implicit_mx = one.tried_implicit_mx;
    verdict made;
    made.reason = one.why;
    made.stage = one.at;
    role_counters expected;
    one.expected(expected);
    role_counters got;
    EXPECT_EQ(count(learnt, made, got), expected.callouts == 1);
    EXPECT_EQ(got, expected) << to_string(one.why) << " at " << to_string(one.at);
  }
}

TEST(CountTest, WhatAHostSaysIsCountedWhereItSaysIt) {
  struct said {
    smtp::counted_reply reply;
    std::uint64_t role_counters::*counter;
    bool is_refusal;
  };
  for (const said& one : {
           said{{stage::greeting, false, 421, 0}, &role_counters::refused_welcome, true},
           said{{stage::greeting, true, 502, 0}, &role_counters::refused_noop, true},
           said{{stage::ehlo, false, 550, 0}, &role_counters::refused_helo, true},
           said{{stage::mail, false, 451, 0}, &role_counters::refused_mail_from, true},
           said{{stage::rcpt, false, 550, 0}, &role_counters::refused_rcpt_to, true},
           said{{stage::rcpt, false, 421, 0}, &role_counters::deferred, true},
           said{{stage::rcpt, false, 251, 0}, &role_counters::accepted, false},
       }) {
    role_counters expected;
    expected.*one.counter = 1;
    role_counters got;
    EXPECT_EQ(count(one.reply, got), one.is_refusal) << one.reply.code;
    EXPECT_EQ(got, expected) << one.reply.code;
  }
}

}  // namespace
}  // namespace cbv::callout
