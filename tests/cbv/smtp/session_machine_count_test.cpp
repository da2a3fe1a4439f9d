// What a host says that is counted: each reply once, and as what it was said to.
#include <gtest/gtest.h>

#include <string>

#include "tests/cbv/smtp/machine_dialogue.hpp"

namespace cbv::smtp {
namespace {

session_plan with_noop() {
  session_plan plan = plan_of();
  plan.noop = true;
  return plan;
}

TEST(SessionMachineCount, TheRefusalThatEndsASessionIsCountedAtItsStage) {
  play(with_noop(), bob + "S: 554 no\n+: greeting 554 0");
  play(with_noop(), bob + "S: 421 no\n+: greeting 421 0");
  play(with_noop(), bob + "S: 220 mx\nC: NOOP\nS: 502 no\n+: noop 502 0");
  play(plan_of(), bob + greeted + "S: 554 no\n+: ehlo 554 0");
  play(plan_of(), bob + greeted + "S: 421 no\n+: ehlo 421 0");
}

TEST(SessionMachineCount, AHostThatTakesHeloHasNotRefused) {
  const std::string helo = bob + greeted + "S: 502 what\nC: HELO probe.example.net\n";
  play(once(), helo + "S: 550 no\n+: ehlo 550 0");
  play(once(), helo +
                   "S: 250 mx\nC: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<bob@example.org>\n"
                   "S: 250 ok\n+: rcpt 250 0\nA: replied rcpt 250");
}

TEST(SessionMachineCount, WhatIsNoReplyIsNotCounted) {
  // +: foresees one, so that nothing else may be counted.
  const std::string asked = bob + stepwise + "S: 250 ok\nC: RCPT TO:<bob@example.org>\n";
  play(once(), asked + "S: 421 bye\n+: rcpt 421 0\nA: replied rcpt 421");
  for (const char* end : {"timeout\nA: timed_out rcpt (no reply in time)",
                          "closed\nA: connection_lost rcpt (connection closed)",
                          "S: 354 go\nA: bad_protocol rcpt 354 (a reply out of place)"}) {
    dialogue(asked + end, 1'000, once()).play();
  }
}

TEST(SessionMachineCount, OfSeveralQuestionsEachReplyIsOfItsOwn) {
  play(plan_of(),
       four + pipelining + asks_four +
           "S: 250 ok\nS: 550 no\nS: 250 ok\nS: 451 no mail\nS: 503 no transaction\n"
           "S: 250 ok\nS: 250 ok\nS: 252 well\nS: 250 ok\nS: 250 ok\nS: 421 bye\n"
           "+: rcpt 550 0\n+: mail 451 1\n+: rcpt 252 2\n+: rcpt 421 3\n"
           "A: replied rcpt 550 pipelined\nA: replied mail 451 pipelined later\n"
           "A: replied rcpt 252 pipelined later\nA: elsewhere\n",
       at_once);
}

TEST(SessionMachineCount, TheEndAtRsetIsNoRefusal) {
  play(plan_of(),
       "Q: a@x.org\n" + pipelining + asks("a") +
           "C: RSET\nS: 250 ok\nS: 250 ok\nS: 421 bye\n+: rcpt 250 0\n"
           "A: replied rcpt 250 pipelined\n",
       at_once);
}

}  // namespace
}  // namespace cbv::smtp
