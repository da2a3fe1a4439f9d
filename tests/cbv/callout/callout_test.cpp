#include "cbv/callout/callout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/test_world.hpp"

namespace cbv::callout {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class CalloutTest : public testing::Test {
 protected:
  void describe(std::string_view text) {
    world_ = std::make_unique<sim::test_world>(sim::read_world(text), options_);
  }

  // Starts a callout; what it brings home is in found_ once time has passed.
  void start(const std::string& address, std::shared_ptr<smtp::transcript> heard = nullptr) {
    asio::co_spawn(world_->io(),
                   world_->callouts().ask(role::recipient, *parse_mailbox(address), heard),
                   [this, address](const std::exception_ptr& thrown, finding found) {
                     if (thrown) std::rethrow_exception(thrown);
                     order_.push_back(address);
                     found_.insert_or_assign(address, std::move(found));
                   });
  }

  finding ask(const std::string& address, std::shared_ptr<smtp::transcript> heard = nullptr) {
    found_.erase(address);
    start(address, heard);
    sim::run_until(world_->io(), world_->time(), world_->time().now() + 1h,
                   [&] { return found_.contains(address); });
    return found_.at(address);
  }

  sim::test_world_options options_;
  std::unique_ptr<sim::test_world> world_;
  std::map<std::string, finding> found_;
  std::vector<std::string> order_;
};

constexpr std::string_view slow_host =
    "zone\n"
    "  example.net. MX 10 mx1.example.net.\n"
    "  mx1.example.net. A 192.0.2.25\n"
    "host 192.0.2.25 mx1.example.net\n"
    "  mailbox u{0-99}@example.net\n"
    "  tarpit 100ms\n";

TEST_F(CalloutTest, BringsHomeWhatItLearnt) {
  describe(
      "zone\n"
      "  example.net. MX 10 mx1.example.net.\n"
      "  example.net. MX 20 mx2.example.net.\n"
      "  mx1.example.net. A 192.0.2.25\n"
      "  mx2.example.net. A 192.0.2.26\n"
      "host 192.0.2.25\n  dead\n"
      "host 192.0.2.26 mx2.example.net\n  mailbox ann@example.net\n");
  const auto heard = std::make_shared<smtp::transcript>();
  const finding found = ask("ann@example.net", heard);
  EXPECT_EQ(found.made.status, status::deliverable);
  EXPECT_TRUE(found.learnt.walk_finished);
  ASSERT_EQ(found.learnt.attempts.size(), 2U);
  EXPECT_EQ(found.learnt.attempts[0].host, "mx1.example.net");
  EXPECT_EQ(found.learnt.attempts[0].outcome.end, smtp::probe_end::connect_failed);
  EXPECT_EQ(found.learnt.attempts[1].host_ip, "192.0.2.26");
  const std::string said = to_string(*heard);
  EXPECT_THAT(said, HasSubstr("connecting to 192.0.2.25:25"));
  EXPECT_THAT(said, HasSubstr("connecting to 192.0.2.26:25"));
  EXPECT_THAT(said, HasSubstr("C: RCPT TO:<ann@example.net>"));
}

TEST_F(CalloutTest, TalksToAHostOnAFewConnectionsFirstComeFirstServed) {
  describe(slow_host);
  std::vector<std::string> asked(40);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    asked[i] = "u" + std::to_string(i) + "@example.net";
  }
  for (const std::string& address : asked) start(address);
  EXPECT_TRUE(world_->settle());
  EXPECT_EQ(world_->net().open_max_at_one(), 2U);
  EXPECT_EQ(world_->net().total().connections, 2U) << "20 each, as rcpts_per_session has it";
  const auto place_of = [this](const std::string& address) {
    return std::find(order_.begin(), order_.end(), address) - order_.begin();
  };
  EXPECT_LT(place_of("u0@example.net"), place_of("u20@example.net"));
  EXPECT_LT(place_of("u20@example.net"), place_of("u39@example.net"));
  for (const auto& [address, found] : found_) {
    EXPECT_EQ(found.made.status, status::deliverable) << address;
  }
}

TEST_F(CalloutTest, WhoWaitsForAGreetingIsToldHowTheHostRefusedUs) {
  describe(
      "zone\n"
      "  example.net. MX 10 mx1.example.net.\n"
      "  mx1.example.net. A 192.0.2.25\n"
      "host 192.0.2.25 mx1.example.net\n"
      "  catch-all example.net\n"
      "  refuse greeting \"554 5.7.1 No SMTP service here\"\n");
  start("ann@example.net");
  start("bob@example.net");
  EXPECT_TRUE(world_->settle());
  for (const char* asked : {"ann@example.net", "bob@example.net"}) {
    const verdict& made = found_.at(asked).made;
    EXPECT_EQ(made.reason, reason::prober_blocked) << asked;
    EXPECT_EQ(made.stage, stage::greeting) << asked;
    EXPECT_TRUE(made.reply.has_value()) << asked;
  }
  const finding later = ask("eve@example.net");
  EXPECT_EQ(later.made.reason, reason::busy) << "the host is left alone";
  EXPECT_THAT(later.made.detail, HasSubstr("No SMTP service here"));
}

TEST_F(CalloutTest, AConnectionThatSaysGoodbyeStillCounts) {
  options_.callout.hosts.sessions.limits.quit = 2s;
  describe(std::string(slow_host) + "  silent quit\n");
  for (int i = 0; i < 20; ++i) start("u" + std::to_string(i) + "@example.net");
  EXPECT_TRUE(world_->settle());
  EXPECT_EQ(found_.size(), 20U);
  EXPECT_EQ(world_->net().open_max_at_one(), 2U);
}

TEST_F(CalloutTest, TheLimitIsOneOfAnAddressAndNotOfAName) {
  options_.callout.per_host.connections_max = 1;
  describe(
      "zone\n"
      "  d{0-9}.example. MX 10 mx{}.example.\n"
      "  mx{0-9}.example. A 192.0.2.25\n"
      "  other.example. A 192.0.2.26\n"
      "host 192.0.2.25\n  catch-all\n  domain *.example\n  tarpit 100ms\n"
      "host 192.0.2.26\n  catch-all other.example\n");
  for (int i = 0; i < 10; ++i) start("ann@d" + std::to_string(i) + ".example");
  start("ann@other.example");
  EXPECT_TRUE(world_->settle());
  EXPECT_EQ(world_->net().open_max_at_one(), 1U);
  EXPECT_EQ(order_.front(), "ann@other.example") << "another host's queue is not waited in";
  EXPECT_EQ(found_.size(), 11U);
}

TEST_F(CalloutTest, AQueueThatIsTooLongIsBusyAndSaysNothingOfTheMailbox) {
  options_.callout.per_host.waiting_max = 3;
  describe(slow_host);
  for (int i = 0; i < 6; ++i) start("u" + std::to_string(i) + "@example.net");
  EXPECT_TRUE(world_->settle());
  int busy = 0;
  for (const auto& [address, found] : found_) {
    if (found.made.reason != reason::busy) continue;
    ++busy;
    EXPECT_EQ(found.made.status, status::unknown);
    EXPECT_TRUE(found.learnt.attempts.empty());
  }
  EXPECT_EQ(busy, 3);
}

TEST_F(CalloutTest, EndsAtItsOwnLimitWhereverItIs) {
  options_.callout.patience = 30s;
  options_.callout.per_host.connections_max = 1;
  describe(std::string(slow_host) + "  delay rcpt 20s\n  pipelining off\n");
  const time_point start_time = world_->time().now();
  for (int i = 0; i < 3; ++i) start("u" + std::to_string(i) + "@example.net");
  sim::run_until(world_->io(), world_->time(), start_time + 31s, [] { return false; });
  ASSERT_EQ(found_.size(), 3U);
  EXPECT_EQ(found_.at("u0@example.net").made.status, status::deliverable);
  EXPECT_EQ(found_.at("u1@example.net").made.reason, reason::timed_out);
  EXPECT_EQ(found_.at("u2@example.net").made.reason, reason::busy) << "its turn never came";
}

TEST_F(CalloutTest, LeavesNothingBehindWhenItIsCancelled) {
  describe(slow_host);
  for (const auto after : {0ms, 1ms, 8ms, 20ms, 120ms, 400ms}) {
    asio::cancellation_signal signal;
    bool aborted = false;
    asio::co_spawn(world_->io(),
                   world_->callouts().ask(role::recipient, *parse_mailbox("u1@example.net")),
                   asio::bind_cancellation_slot(
                       signal.slot(), [&](const std::exception_ptr& thrown, const finding&) {
                         aborted = thrown != nullptr;
                       }));
    world_->pass(after);
    signal.emit(asio::cancellation_type::all);
    world_->pass(20ms);
    EXPECT_TRUE(aborted) << after.count();
    EXPECT_TRUE(world_->settle());
  }
  EXPECT_EQ(ask("u1@example.net").made.status, status::deliverable);
}

TEST_F(CalloutTest, AStopEndsTheConnectionsThatAreBeingMade) {
  describe(
      "zone\n"
      "  example.net. MX 10 mx1.example.net.\n"
      "  mx1.example.net. A 192.0.2.25\n"
      "  mx1.example.net. AAAA 2001:db8::25\n"
      "host 192.0.2.25\n  unreachable\n"
      "host 2001:db8::25\n  unreachable\n");
  start("ann@example.net");
  world_->pass(400ms);
  EXPECT_EQ(world_->net().connects(), 2U);
  EXPECT_TRUE(world_->stop(world_->time().now() + 1s));
  EXPECT_EQ(world_->time().sleepers(), 0U) << "no connection is waited for any more";
  ASSERT_TRUE(found_.contains("ann@example.net"));
  EXPECT_EQ(found_.at("ann@example.net").made.reason, reason::busy);
}

TEST_F(CalloutTest, ManyHostsLeaveNoTrace) {
  describe(
      "zone\n"
      "  d{0-299}.example. A 192.0.2.0/24\n"
      "hosts 192.0.2.0/24\n  catch-all\n  domain *.example\n");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 300; ++i) start("ann@d" + std::to_string(i) + ".example");
    EXPECT_TRUE(world_->settle());
  }
  EXPECT_EQ(order_.size(), 600U);
  EXPECT_LE(world_->net().open_max_at_one(), 2U);
}

TEST_F(CalloutTest, HostsThatWereLeftOutKeepAWalkFromProvingAnything) {
  constexpr std::string_view text =
      "zone\n"
      "  example.net. MX 10 mx0.example.net.\n"
      "  example.net. MX 11 mx1.example.net.\n"
      "  example.net. MX 12 mx2.example.net.\n"
      "  mx{0-1}.example.net. A 127.0.0.1\n"
      "  mx2.example.net. A 192.0.2.25\n"
      "  never.example. MX 10 never0.example.\n"
      "  never.example. MX 11 never1.example.\n"
      "  never.example. MX 12 never2.example.\n"
      "  never{0-2}.example. A 192.0.2.32/30\n"
      "hosts 192.0.2.32/30\n"
      "  refuse greeting \"521 {host} does not accept mail\"\n";
  options_.callout.hosts_max = 2;
  describe(text);
  EXPECT_EQ(ask("ann@example.net").made.status, status::unknown);
  EXPECT_EQ(ask("ann@never.example").made.reason, reason::refused_other);

  options_.callout.hosts_max = 3;
  describe(text);
  EXPECT_EQ(ask("ann@example.net").made.reason, reason::connect_failed);
  EXPECT_EQ(ask("ann@never.example").made.reason, reason::host_takes_no_mail);
}

TEST_F(CalloutTest, AFamilyThatIsNotDialledIsNotProofOfAnything) {
  constexpr std::string_view text =
      "zone\n"
      "  six.example. MX 10 mx.six.example.\n"
      "  mx.six.example. AAAA 2001:db8::25\n"
      "  both.example. MX 10 mx.both.example.\n"
      "  mx.both.example. AAAA 2001:db8::25\n"
      "  mx.both.example. A 192.0.2.25\n"
      "  bare.example. AAAA 2001:db8::25\n"
      "host 2001:db8::25\n  catch-all\n  domain *.example\n"
      "host 192.0.2.25\n  catch-all\n  domain *.example\n";
  describe(text);
  EXPECT_EQ(ask("ann@six.example").made.host_ip, "2001:db8::25");
  options_.callout.family = dns::address_family::ipv4;
  describe(text);
  EXPECT_EQ(ask("ann@six.example").made.status, status::unknown);
  EXPECT_EQ(ask("ann@bare.example").made.status, status::unknown);
  EXPECT_EQ(ask("ann@both.example").made.host_ip, "192.0.2.25");
  options_.callout.family = dns::address_family::ipv6;
  describe(text);
  EXPECT_EQ(ask("ann@both.example").made.host_ip, "2001:db8::25");
}

TEST_F(CalloutTest, AnAddressThatIsNotKnownIsNotProofOfAnything) {
  constexpr std::string_view text =
      "zone\n"
      "  example.net. MX 10 mx.example.net.\n"
      "  mx.example.net. A 127.0.0.1\n"
      "  half.example. MX 10 mx.half.example.\n"
      "  mx.half.example. A 127.0.0.1\n"
      "  mx.half.example. AAAA SERVFAIL\n";
  describe(text);
  EXPECT_EQ(ask("ann@example.net").made.reason, reason::mx_unusable);
  EXPECT_EQ(ask("ann@half.example").made.status, status::unknown);
  options_.callout.family = dns::address_family::ipv4;
  describe(text);
  EXPECT_EQ(ask("ann@example.net").made.status, status::unknown) << "no one asked for AAAA";
  EXPECT_EQ(world_->net().connects(), 0U);
}

TEST_F(CalloutTest, DoesNotDialItsOwnAddress) {
  constexpr std::string_view text =
      "zone\n"
      "  example.net. MX 10 mx1.example.net.\n"
      "  backed.example. MX 10 mx1.example.net.\n"
      "  backed.example. MX 20 mx2.example.net.\n"
      "  mx1.example.net. A 9.9.9.9\n"
      "  mx2.example.net. A 192.0.2.25\n"
      "host 9.9.9.9\n  catch-all\n  domain example.net\n"
      "host 192.0.2.25\n  catch-all\n  domain backed.example\n";
  options_.callout.own_ipv4 = "9.9.9.9";
  describe(text);
  const finding found = ask("ann@example.net");
  EXPECT_EQ(found.made.status, status::unknown);
  EXPECT_EQ(found.made.reason, reason::not_asked);
  EXPECT_EQ(found.made.host, "mx1.example.net");
  EXPECT_EQ(world_->net().connects(), 0U);
  EXPECT_EQ(ask("ann@backed.example").made.host, "mx2.example.net");
  options_.callout.permit_networks.push_back(*net::ip_network::parse("9.9.9.9"));
  describe(text);
  EXPECT_EQ(ask("ann@example.net").made.status, status::deliverable);
}

TEST_F(CalloutTest, DialsNoMoreAddressesOfAHostThanItMay) {
  options_.callout.addresses_max = 2;
  describe(
      "zone\n"
      "  example.net. MX 10 mx.example.net.\n"
      "  mx.example.net. A 192.0.2.1\n  mx.example.net. A 192.0.2.2\n"
      "  mx.example.net. A 192.0.2.3\n  mx.example.net. A 10.0.0.1\n"
      "  mx.example.net. A 10.0.0.2\n  mx.example.net. A 10.0.0.3\n");
  EXPECT_EQ(ask("ann@example.net").made.reason, reason::connect_failed);
  EXPECT_EQ(world_->net().connects(), 2U);
}

}  // namespace
}  // namespace cbv::callout
