// Far hosts and what is remembered of them: troubles outlive a restart, and are over when they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>

#include "cbv/callout/far_hosts.hpp"
#include "tests/cbv/callout/far_hosts_world.hpp"
#include "tests/sim/memory_hosts.hpp"

namespace cbv::callout {
namespace {

using asio::ip::make_address;
using smtp::probe_end;
using testing::HasSubstr;
using testing::StartsWith;

const std::string host =
    "host 192.0.2.25 mx1.example.net\n  mailbox u{0-99}@example.net eve@example.net\n";
const std::string refusing = host + "  refuse rcpt eve@example.net \"421 4.7.0 too many errors\"\n";
const std::string dead = "host 192.0.2.25\n  dead\n";

/// Fails as it is told.
class failing_dialer final : public net::dialer {
 public:
  explicit failing_dialer(error_code with) : with_(with) {}
  awaitable<result<std::unique_ptr<net::stream>>> connect(net::endpoint) override {
    co_return with_;
  }

 private:
  error_code with_;
};

class FarHostMemoryTest : public FarHostsTest {
 protected:
  FarHostMemoryTest() { memory_ = &kept_; }

  host_facts known(const std::string& address = here) {
    return kept_.facts(make_address(address), time_.wall_now());
  }

  // In milliseconds, from now on.
  milliseconds left_of(const std::optional<host_trouble>& one) const {
    return one ? milliseconds(one->until - time_.wall_now()) : milliseconds(-1);
  }

  sim::memory_hosts kept_;
};

TEST_F(FarHostMemoryTest, OneThatHasHadEnoughOfUsIsLeftAloneAfterARestart) {
  describe(refusing);
  EXPECT_EQ(ask("eve").code(), 421);
  ASSERT_TRUE(known().refused);
  EXPECT_EQ(known().refused->said, "421 too many errors");
  EXPECT_EQ(left_of(known().refused), 5min);
  EXPECT_FALSE(known().unreachable);
  pass(4min);
  restart();
  const told next = ask("u0");
  EXPECT_TRUE(next.answer.held_back);
  EXPECT_THAT(next.answer.why, HasSubstr("it said: 421 too many errors"));
  EXPECT_EQ(connects(), 1U);
  pass(1min);
  EXPECT_EQ(ask("u0").code(), 250);
  EXPECT_EQ(known(), host_facts{});
}

TEST_F(FarHostMemoryTest, SessionsAreCountedAndHostsThatAreLeftAlone) {
  describe(refusing);
  EXPECT_EQ(hosts_->sessions(), 0U);
  EXPECT_EQ(ask("u0").code(), 250);
  EXPECT_EQ(hosts_->sessions(), 1U) << "it rests";
  pass(2min);
  EXPECT_EQ(hosts_->sessions(), 0U);
  EXPECT_EQ(hosts_->left_alone(), 0U);
  EXPECT_EQ(ask("eve").code(), 421);
  EXPECT_EQ(hosts_->left_alone(), 1U);
  pass(2min);
  restart();
  EXPECT_EQ(hosts_->left_alone(), 0U) << "it has not been met";
  EXPECT_TRUE(ask("u0").answer.held_back);
  EXPECT_EQ(hosts_->left_alone(), 1U);
  hosts_->forget(make_address(here));
  EXPECT_EQ(hosts_->left_alone(), 0U);
  EXPECT_EQ(ask("eve").code(), 421);
  EXPECT_EQ(hosts_->left_alone(), 1U);
  pass(5min);
  EXPECT_EQ(hosts_->left_alone(), 0U) << "its time is over";
  EXPECT_EQ(ask("u0").code(), 250);
  EXPECT_EQ(hosts_->left_alone(), 0U);
}

TEST_F(FarHostMemoryTest, TheDoublingGoesOnAfterARestart) {
  describe(refusing);
  EXPECT_EQ(ask("eve").code(), 421);
  pass(6min);
  EXPECT_EQ(ask("eve").code(), 421);
  EXPECT_EQ(left_of(known().refused), 10min);
  EXPECT_EQ(known().refused->in_a_row, 2);
  restart();
  pass(11min);
  restart();
  EXPECT_EQ(ask("eve").code(), 421) << "its time is over";
  EXPECT_EQ(left_of(known().refused), 20min);
  EXPECT_EQ(known().refused->in_a_row, 3);
}

TEST_F(FarHostMemoryTest, OneThatIsNotThereIsNotDialledAfterARestart) {
  describe(dead);
  EXPECT_EQ(ask("u0").last().end, probe_end::connect_failed);
  ASSERT_TRUE(known().unreachable);
  EXPECT_EQ(left_of(known().unreachable), 1min);
  EXPECT_THAT(ask("u0").last().detail, StartsWith(known().unreachable->said));
  EXPECT_NE(known().unreachable->said, "");
  restart();
  const told next = ask("u1");
  EXPECT_EQ(next.last().end, probe_end::connect_failed);
  EXPECT_THAT(next.last().detail, HasSubstr("not tried again yet"));
  EXPECT_FALSE(next.last().first_of_connection) << "no connection was tried";
  EXPECT_EQ(connects(), 1U);
  pass(1min);
  ask("u2");
  EXPECT_EQ(connects(), 2U);
  EXPECT_EQ(left_of(known().unreachable), 2min);
}

TEST_F(FarHostMemoryTest, NothingIsWrittenButWhatChanges) {
  describe(refusing);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("u" + std::to_string(i)).code(), 250);
  EXPECT_EQ(kept_.notes(), 0U) << "of one that is well";
  ask("eve");
  EXPECT_EQ(kept_.notes(), 1U);
  for (int i = 0; i < 5; ++i) ask("u" + std::to_string(i));
  EXPECT_EQ(kept_.notes(), 1U) << "while it is left alone";
  pass(5min);
  EXPECT_EQ(ask("u0").code(), 250);
  EXPECT_EQ(kept_.notes(), 2U) << "it is well again";
  EXPECT_EQ(kept_.size(), 0U);
  EXPECT_EQ(ask("u1").code(), 250);
  EXPECT_EQ(kept_.notes(), 2U);
}

TEST_F(FarHostMemoryTest, ItIsReachableAgain) {
  describe(host);
  kept_.note_trouble(make_address(here), host_fault::unreachable, time_.wall_now() + 5s, "no route",
                     time_.wall_now() - 55s);
  EXPECT_EQ(ask("u0").last().detail, "no route (not long ago: not tried again yet)");
  pass(5s);
  EXPECT_EQ(ask("u0").code(), 250);
  EXPECT_EQ(known(), host_facts{});
}

TEST_F(FarHostMemoryTest, ServersOfOnesOwnAreNotRemembered) {
  how_.name = "smtp example.net";
  describe(refusing);
  kept_.note_trouble(make_address(here), host_fault::refused, time_.wall_now() + 5min, "421",
                     time_.wall_now());
  EXPECT_EQ(ask("u0").code(), 250) << "what strangers' questions met is not theirs";
  pass(1min);
  EXPECT_EQ(ask("eve").code(), 421);
  EXPECT_EQ(kept_.notes(), 1U);
}

TEST_F(FarHostMemoryTest, UnixSocketsAreNotRemembered) {
  describe("host unix:/run/lmtp\n  dead\n");
  EXPECT_EQ(ask("u0", {"/run/lmtp"}).last().end, probe_end::connect_failed);
  EXPECT_EQ(kept_.notes(), 0U);
}

TEST_F(FarHostMemoryTest, ATroubleOfOursIsNotHeldAgainstTheHost) {
  struct row {
    error_code met;
    std::size_t notes;
  };
  const row rows[] = {
      {asio::error::network_unreachable, 0},
      {asio::error::no_descriptors, 0},
      {asio::error::address_family_not_supported, 0},
      {asio::error::access_denied, 0},
      {asio::error::connection_refused, 1},
      {asio::error::host_unreachable, 1},
      {errc::timed_out, 1},
  };
  for (const row& one : rows) {
    sim::memory_hosts kept;
    memory_ = &kept;
    describe(host);
    failing_dialer network(one.met);
    hosts_ = make_hosts(network);
    EXPECT_EQ(ask("u0").last().end, probe_end::connect_failed) << one.met.message();
    EXPECT_EQ(kept.notes(), one.notes) << one.met.message();
    EXPECT_THAT(ask("u1").last().detail, HasSubstr("not tried again yet")) << one.met.message();
    hosts_.reset();
  }
}

TEST_F(FarHostMemoryTest, WhatItSaidIsFitToBeShown) {
  describe(host + "  refuse rcpt eve@example.net \"421 a\\\\b\"\n");
  ask("eve");
  ASSERT_TRUE(known().refused);
  EXPECT_EQ(known().refused->said, "421 a\\\\b");
}

TEST_F(FarHostMemoryTest, ForgettingTheAddressEndsWhatIsHeldAgainstIt) {
  describe(refusing);
  ask("eve");
  hosts_->forget(make_address("192.0.2.26"));
  EXPECT_TRUE(ask("u0").answer.held_back);
  hosts_->forget(make_address(here));
  EXPECT_EQ(known(), host_facts{});
  EXPECT_EQ(ask("u0").code(), 250);
}

TEST_F(FarHostMemoryTest, ForgettingTheAddressHoldsForServersOfOnesOwn) {
  how_.name = "smtp example.net";
  describe(refusing);
  ask("eve");
  EXPECT_TRUE(ask("u0").answer.held_back);
  hosts_->drop_forgotten_troubles();
  EXPECT_TRUE(ask("u0").answer.held_back) << "the memory never knew of it";
  hosts_->forget(make_address("::ffff:192.0.2.25"));
  EXPECT_EQ(ask("u0").code(), 250);
}

TEST_F(FarHostMemoryTest, WhatOthersHaveForgottenIsForgotten) {
  describe(refusing + "host 2001:db8::25\n  dead\n");
  ask("eve");
  ask("u0", {here_v6});
  const std::uint64_t dialled = connects();
  hosts_->drop_forgotten_troubles();
  EXPECT_TRUE(ask("u0").answer.held_back) << "it is remembered";
  kept_.forget(make_address(here));
  hosts_->drop_forgotten_troubles();
  EXPECT_EQ(ask("u0").code(), 250);
  ask("u1", {here_v6});
  EXPECT_EQ(connects(), dialled + 1) << "the other one is still left alone";
  kept_.forget(make_address(here_v6));
  hosts_->drop_forgotten_troubles();
  ask("u1", {here_v6});
  EXPECT_EQ(connects(), dialled + 2);
}

}  // namespace
}  // namespace cbv::callout
