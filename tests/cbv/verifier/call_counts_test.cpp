// Each question that is answered is one call, and each call was answered in one way.
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <functional>
#include <string>
#include <vector>

#include "tests/cbv/verifier/verifier_world.hpp"

namespace cbv {
namespace {

using namespace std::chrono_literals;

std::uint64_t ways(const role_counters& of) {
  return of.skips + of.cached + of.local + of.joined + of.asked;
}

class CallCountsTest : public VerifierTest {
 protected:
  CallCountsTest() { options_.callout.catch_all_test = callout::catch_all_test::off; }

  void expect(const role_counters& expected) {
    role_counters of = counted();
    EXPECT_EQ(of.calls, ways(of));
    of.calls = 0;
    of.by_status = {};
    of.by_reason = {};
    EXPECT_EQ(of, expected);
  }
};

TEST_F(CallCountsTest, EachCallIsAnsweredInOneWay) {
  options_.callout.opt_out.domains = name_list({*name_pattern::parse("optout.example")});
  query cached_only;
  cached_only.address = "bob@example.net";
  cached_only.cached_only = true;
  ask("ann@example.net");               // asked
  ask("ann@example.net");               // cached
  ask("nonsense");                      // local
  ask("postmaster");                    // skipped: it is never asked about
  ask("ann@optout.example");            // skipped: no callout was made
  world().ask(cached_only);             // skipped
  start("ann@slow.example", 1s);        // asked: pending
  start("ann@slow.example", 2s);        // joined: pending
  start("ann@slow.example", 60'000ms);  // joined
  world().pass(70s);
  world().settle();
  role_counters expected;
  expected.asked = 2;
  expected.cached = 1;
  expected.local = 1;
  expected.skips = 3;
  expected.joined = 2;
  expected.callouts = 2;
  expected.sessions = 2;
  expected.accepted = 2;
  expect(expected);
  EXPECT_EQ(world().verifier().counted().hits.count(), 2U);
  EXPECT_EQ(world().verifier().counted().callouts.count(), 2U);
}

TEST_F(CallCountsTest, ARefreshIsACalloutOfItsOwn) {
  const verdict made = ask("ann@example.net");
  world().pass(made.refresh_at - world().time().wall_now() + 1s);
  ask("ann@example.net");  // cached, and the refresh begins behind it
  query fresh;
  fresh.address = "ann@example.net";
  fresh.fresh = true;
  world().start(fresh, [](const verdict&) {});  // joined
  world().settle();
  role_counters expected;
  expected.asked = expected.cached = expected.joined = 1;
  expected.callouts = 2;
  expected.refreshes = 1;
  expected.sessions = 2;
  expected.accepted = 2;
  expect(expected);
}

TEST_F(CallCountsTest, ARefusalForOurOwnSakeIsACallAndNoCallout) {
  options_.verifier.callouts_max = 1;
  options_.verifier.waiting_callouts_max = 0;
  start("ann@slow.example", 60'000ms);
  start("ann@example.net", 60'000ms);
  world().settle();
  role_counters expected;
  expected.asked = 2;
  expected.callouts = 1;
  expected.sessions = 1;
  expected.accepted = 1;
  EXPECT_EQ(counted().of(reason::busy), 1U);
  expect(expected);
}

TEST_F(CallCountsTest, AQuestionThatIsCancelledIsNoCall) {
  query asked;
  asked.address = "ann@slow.example";
  asio::cancellation_signal stop;
  asio::co_spawn(
      world().io(), world().verifier().verify(asked),
      asio::bind_cancellation_slot(stop.slot(), [](const std::exception_ptr&, const verdict&) {}));
  world().pass(1s);
  stop.emit(asio::cancellation_type::terminal);
  world().settle();
  role_counters expected;
  expected.callouts = 1;  // it went on all the same
  expected.sessions = 1;
  expected.accepted = 1;
  expect(expected);
}

}  // namespace
}  // namespace cbv
