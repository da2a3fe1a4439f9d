#include "cbv/verifier/verifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/cbv/verifier/verifier_world.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(VerifierTest, EveryAnswerSaysWhenAndHowLong) {
  const verdict made = ask("ann@example.net");
  EXPECT_EQ(made.checked_at, world().time().wall_now());
  EXPECT_GT(made.refresh_at, made.checked_at);
  EXPECT_GT(made.expires_at, made.refresh_at);
  EXPECT_EQ(made.elapsed, 44ms);
  const verdict syntax = ask("nonsense");
  EXPECT_EQ(syntax.checked_at, world().time().wall_now());
  EXPECT_EQ(syntax.elapsed, 0ms);
  world().pass(1h);
  const verdict remembered = ask("ann@example.net");
  EXPECT_EQ(remembered.checked_at, made.checked_at);
  EXPECT_EQ(remembered.elapsed, 0ms);
}

TEST_F(VerifierTest, WaitsAsLongAsItIsAskedToAndNoLonger) {
  struct row {
    std::chrono::milliseconds wait;
    std::chrono::milliseconds expected;
  };
  for (const row& one : {row{0ms, 0ms}, row{-5s, 0ms}, row{1ms, 1ms}, row{1500ms, 1500ms}}) {
    const verdict made = ask("ann@slow.example", one.wait);
    EXPECT_EQ(made.status, status::unknown);
    EXPECT_EQ(made.reason, reason::pending);
    EXPECT_EQ(made.stage, stage::rcpt);
    EXPECT_EQ(made.elapsed, one.expected);
  }
  const verdict made = ask("ann@slow.example", std::chrono::milliseconds::max());
  EXPECT_EQ(made.status, status::deliverable);
  EXPECT_EQ(world().net().connects(), 1U);
}

TEST_F(VerifierTest, AQuestionThatDoesNotWaitStartsACallout) {
  EXPECT_EQ(ask("ann@example.net", 0ms).reason, reason::pending);
  world().pass(1s);
  const verdict made = ask("ann@example.net", 0ms);
  EXPECT_EQ(made.status, status::deliverable);
  EXPECT_EQ(made.source, source::cache);
}

TEST_F(VerifierTest, AnswersAtOnceWhatNeedsNoWaiting) {
  query asked;
  asked.address = "ann@example.net";
  EXPECT_FALSE(world().verifier().verify_at_once(asked)) << "it needs a callout";
  EXPECT_EQ(counted().calls, 0U);
  EXPECT_EQ(world().net().connects(), 0U);
  const verdict made = world().ask(asked);
  world().pass(1s);

  const auto remembered = world().verifier().verify_at_once(asked);
  ASSERT_TRUE(remembered);
  EXPECT_EQ(*remembered, world().ask(asked));
  EXPECT_EQ(remembered->source, source::cache);
  EXPECT_EQ(remembered->checked_at, made.checked_at);
  EXPECT_EQ(counted().calls, 3U);
  EXPECT_EQ(counted().cached, 2U);

  asked.fresh = true;
  EXPECT_FALSE(world().verifier().verify_at_once(asked));
  for (const std::string address : {"nonsense", "postmaster"}) {
    asked.address = address;
    const auto given = world().verifier().verify_at_once(asked);
    ASSERT_TRUE(given) << address;
    EXPECT_EQ(*given, world().ask(asked)) << address;
  }
  EXPECT_EQ(counted().calls, 7U);
}

TEST_F(VerifierTest, WhatIsAnsweredAtOnceIsRefreshedBehind) {
  ask("ann@example.net");
  query asked;
  asked.address = "ann@example.net";
  const auto before = world().verifier().verify_at_once(asked);
  ASSERT_TRUE(before);
  const std::uint64_t connects = world().net().connects();
  world().pass(before->refresh_at - world().time().wall_now() + 1s);
  const auto old = world().verifier().verify_at_once(asked);
  ASSERT_TRUE(old);
  EXPECT_EQ(old->checked_at, before->checked_at);
  world().pass(10s);
  EXPECT_EQ(world().net().connects(), connects + 1);
  const auto young = world().verifier().verify_at_once(asked);
  ASSERT_TRUE(young);
  EXPECT_GT(young->checked_at, before->checked_at);
}

TEST_F(VerifierTest, CountsEveryAnswerOnce) {
  options_.callout.catch_all_test = callout::catch_all_test::off;  // it is counted with nobody
  ask("ann@example.net");
  ask("ann@example.net");
  ask("bob@example.net");
  ask("nonsense");
  ask("postmaster");
  ask("ann@slow.example", 1s);
  ask("ann@nowhere.example");
  world().settle();
  const role_counters& count = counted();
  EXPECT_EQ(count.calls, 7U);
  EXPECT_EQ(count.cached, 1U);
  EXPECT_EQ(count.skips, 1U);
  EXPECT_EQ(count.bad_domain, 1U);
  EXPECT_EQ(count.sessions, 2U) << "bob was asked about in the session of ann";
  EXPECT_EQ(world().net().connects(), 2U);
  EXPECT_EQ(count.accepted, 2U);
  EXPECT_EQ(count.refused_rcpt_to, 1U);
  EXPECT_EQ(count.of(status::deliverable), 2U);
  EXPECT_EQ(count.of(status::undeliverable), 3U);
  EXPECT_EQ(count.of(status::unknown), 2U);
  EXPECT_EQ(count.of(reason::accepted), 2U);
  EXPECT_EQ(count.of(reason::pending), 1U);
  EXPECT_EQ(world().verifier().counted().sender, role_counters{});
}

TEST_F(VerifierTest, LogsACalloutInOneLine) {
  ask("bob@example.net");
  ask("bob@example.net");
  ASSERT_EQ(world().log().size(), 1U);
  EXPECT_EQ(world().log().front(),
            "info callout_finished role=recipient mailbox=bob@example.net status=undeliverable "
            "reason=mailbox_not_found stage=rcpt host=mx1.example.net ip=192.0.2.25 code=550 "
            "enhanced=5.1.1 hosts_asked=1 elapsed_ms=44");
}

TEST_F(VerifierTest, NeverAsksAboutAPostmasterOrItsOwnSender) {
  options_.verifier.known.own_senders = {*parse_mailbox("ann@example.net")};
  for (const char* address : {"postmaster@example.net", "ann@example.net"}) {
    EXPECT_EQ(ask(address).reason, reason::not_asked) << address;
  }
  EXPECT_EQ(world().net().connects(), 0U);
}

TEST_F(VerifierTest, WhoStandsInATableOrDoesNotIsNotAskedAbout) {
  options_.verifier.known.recipients = [](const mailbox& about) -> std::optional<verdict> {
    if (about.local_part() == "ann") return std::nullopt;
    verdict listed;
    listed.status = status::deliverable;
    listed.reason = reason::in_table;
    listed.stage = stage::table;
    listed.source = source::table;
    return listed;
  };
  EXPECT_EQ(ask("bob@example.net").reason, reason::in_table);
  query fresh;
  fresh.address = "bob@example.net";
  fresh.fresh = true;
  EXPECT_EQ(world().ask(fresh).reason, reason::in_table) << "it is not memory";
  EXPECT_EQ(world().net().connects(), 0U);
  ask("ann@example.net");
  EXPECT_EQ(world().net().connects(), 1U);
  fresh.address = "postmaster@example.net";
  EXPECT_EQ(world().ask(fresh).reason, reason::not_asked) << "he is always there";
}

TEST_F(VerifierTest, AnEnvelopeCheckCallsNoSenderBackUnlessItMay) {
  const auto check = [this](std::string address, role side) {
    query asked;
    asked.address = std::move(address);
    asked.role = side;
    asked.by_name = false;
    return world().ask(asked);
  };
  EXPECT_EQ(check("ann@example.net", role::sender).reason, reason::not_asked);
  EXPECT_EQ(world().net().connects(), 0U);
  EXPECT_EQ(check("ann@example.net", role::recipient).status, status::deliverable) << "call-ahead";

  world().ask("ann@example.net", role::sender);
  EXPECT_EQ(world().net().connects(), 2U);
  const verdict known = check("ann@example.net", role::sender);
  EXPECT_EQ(known.status, status::deliverable);
  EXPECT_EQ(known.source, source::cache);
  world().pass(25h);
  EXPECT_EQ(check("ann@example.net", role::sender).status, status::deliverable) << "refresh due";
  world().pass(1s);
  EXPECT_EQ(world().net().connects(), 2U) << "and none behind";

  world_.reset();
  options_.verifier.callbacks_in_check = true;
  EXPECT_EQ(check("ann@example.net", role::sender).status, status::deliverable);
}

// Failures of our own

TEST_F(VerifierTest, AMemoryThatCannotBeReadIsNoMemory) {
  world().memory().break_with({}, errc::record_corrupt);
  EXPECT_EQ(ask("ann@example.net").status, status::deliverable);
  EXPECT_EQ(counted().cached, 0U);
  ask("ann@example.net");
  world().pass(1min);
  ask("ann@example.net");
  std::vector<std::string> lines;
  for (const std::string& line : world().log()) {
    if (line.starts_with("warning")) lines.push_back(line);
  }
  const std::string line =
      "warning recall_failed role=recipient mailbox=ann@example.net error=\"damaged record\"";
  EXPECT_THAT(lines, ElementsAre(line, line)) << "once a minute";
}

TEST_F(VerifierTest, WhateverIsThrownBecomesUnknownAndALineInTheLog) {
  const std::vector<std::function<void()>> failures{
      [] { throw std::bad_alloc(); },
      [] { throw std::runtime_error("two\nlines"); },
      [] { throw 42; },  // NOLINT(hicpp-exception-baseclass)
      [] { throw boost::system::system_error(asio::error::operation_aborted); },
  };
  for (const auto& failure : failures) {
    world_.reset();
    world().memory().break_with(failure);
    const verdict made = ask("ann@example.net");
    EXPECT_EQ(made.status, status::unknown);
    EXPECT_EQ(made.reason, reason::busy);
    EXPECT_EQ(counted().of(status::unknown), 1U);
    ASSERT_EQ(world().log().size(), 1U);
    EXPECT_THAT(world().log().front(), HasSubstr("error question_failed role=recipient "
                                                 "address=ann@example.net"));
    world().memory().break_with({});
    EXPECT_EQ(ask("ann@example.net").status, status::deliverable);
  }
}

TEST_F(VerifierTest, AllWhoWaitForACalloutThatFailsAreAnswered) {
  for (int i = 0; i < 3; ++i) start("ann@example.net");
  world().pass(20ms);
  world().memory().break_with([] { throw std::bad_alloc(); });
  world().pass(1s);
  ASSERT_EQ(given_.size(), 3U);
  for (const verdict& made : given_) EXPECT_EQ(made.reason, reason::busy);
  EXPECT_THAT(world().log().back(), HasSubstr("error callout_failed"));
  world().memory().break_with({});
  EXPECT_TRUE(world().settle());
  EXPECT_EQ(ask("ann@example.net").status, status::deliverable);
}

// Cancellation

TEST_F(VerifierTest, ACancelledQuestionLeavesItsCalloutRunning) {
  asio::cancellation_signal signal;
  std::exception_ptr thrown;
  query asked;
  asked.address = "ann@slow.example";
  asio::co_spawn(
      world().io(), world().verifier().verify(asked),
      asio::bind_cancellation_slot(
          signal.slot(), [&](const std::exception_ptr& what, const verdict&) { thrown = what; }));
  world().pass(1s);
  signal.emit(asio::cancellation_type::all);
  world().pass(1s);
  ASSERT_TRUE(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& aborted) {
    EXPECT_EQ(aborted.code(), asio::error::operation_aborted);
  }
  EXPECT_EQ(world().verifier().callouts_under_way(), 1U);
  world().pass(1min);
  EXPECT_EQ(ask("ann@slow.example").source, source::cache);
  EXPECT_EQ(counted().calls, 1U) << "the other one had no answer";
  EXPECT_EQ(counted().of(status::deliverable), 1U);
}

TEST_F(VerifierTest, SaysWhereWeAreABackupMx) {
  callout::route backup;
  backup.domain = "*.backed.example";
  backup.to = {*callout::routes::parse_target("smtp://192.0.2.99")};
  backup.backup_mx = true;
  callout::route plain = backup;
  plain.domain = "plain.backed.example";
  plain.backup_mx = false;
  ASSERT_TRUE(options_.callout.routes.add(backup));
  ASSERT_TRUE(options_.callout.routes.add(plain));
  struct row {
    const char* address;
    role side;
    bool said;
  };
  for (const row& one :
       {row{"ann@a.backed.example", role::recipient, true},
        row{"ann@A.Backed.Example", role::recipient, true},
        row{"ann@a.backed.example", role::sender, false},
        row{"ann@plain.backed.example", role::recipient, false},
        row{"ann@example.com", role::recipient, false},
        row{"ann@example.net", role::recipient, false}, row{"nonsense", role::recipient, false}}) {
    for (const bool by_callout : {false, true}) {
      query asked;
      asked.address = one.address;
      asked.role = one.side;
      asked.cached_only = !by_callout;  // that is answered with an unknown, too
      const verdict made = world().ask(asked);
      EXPECT_EQ(made.backup_mx, one.said && made.status == status::unknown) << one.address;
    }
  }
}

TEST_F(VerifierTest, ChangedOptionsHoldFromTheNextQuestionOn) {
  options_.verifier.callouts_max = 1;
  options_.verifier.waiting_callouts_max = 0;
  start("slow@slow.example", 1min);
  world().pass(1s);
  EXPECT_EQ(ask("ann@example.net").reason, reason::busy);
  options_.verifier.callouts_max = 2;
  options_.verifier.known.own_senders.push_back(*parse_mailbox("u1@example.net"));
  world().verifier().change(options_.verifier);
  EXPECT_EQ(ask("ann@example.net").reason, reason::accepted);
  EXPECT_EQ(ask("u1@example.net").reason, reason::not_asked);

  query asked;
  asked.address = "u2@example.net";
  asked.role = role::sender;
  asked.by_name = false;
  EXPECT_EQ(world().ask(asked).reason, reason::not_asked);
  options_.verifier.callbacks_in_check = true;
  options_.verifier.re_probes.retries.clear();
  world().verifier().change(options_.verifier);
  EXPECT_EQ(world().ask(asked).reason, reason::accepted);
  world().pass(1min);
  ASSERT_EQ(given_.size(), 1U);
  EXPECT_EQ(given_[0].status, status::deliverable) << "it went on as it began";
}

}  // namespace
}  // namespace cbv
