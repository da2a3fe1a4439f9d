// Options that change: callouts under way keep theirs, those that begin have the new ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <map>
#include <memory>
#include <string>

#include "cbv/address/name_pattern.hpp"
#include "cbv/callout/callout.hpp"
#include "tests/sim/test_world.hpp"

namespace cbv::callout {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view two_hosts =
    "zone\n"
    "  example.net. MX 10 mx1.example.net.\n"
    "  mx1.example.net. A 192.0.2.25\n"
    "  own.example.net. A 192.0.2.26\n"
    "host 192.0.2.25 mx1.example.net\n"
    "  mailbox u{0-99}@example.net\n"
    "  tarpit 100ms\n"
    "host 192.0.2.26 own.example.net\n"
    "  mailbox u{0-9}@example.net\n"
    "  tarpit 100ms\n"
    "host 192.0.2.27 other.example.net\n"
    "  mailbox u{50-59}@example.net\n";

class CalloutChangeTest : public testing::Test {
 protected:
  CalloutChangeTest() { options_.callout.catch_all_test = catch_all_test::off; }

  void begin() { world_ = std::make_unique<sim::test_world>(sim::read_world(two_hosts), options_); }
  void change() { world_->callouts().change(options_.callout); }

  void start(const std::string& address) {
    asio::co_spawn(world_->io(), world_->callouts().ask(role::recipient, *parse_mailbox(address)),
                   [this, address](const std::exception_ptr& thrown, finding found) {
                     if (thrown) std::rethrow_exception(thrown);
                     found_.insert_or_assign(address, std::move(found));
                   });
  }
  const verdict& ask(const std::string& address) {
    start(address);
    sim::run_until(world_->io(), world_->time(), world_->time().now() + 1h,
                   [&] { return found_.contains(address); });
    return found_.at(address).made;
  }

  static routes route_to(const char* server, host_limits limits = own_server_limits) {
    route one;
    one.domain = "example.net";
    one.to = {*routes::parse_target(server)};
    one.limits = limits;
    routes all;
    EXPECT_TRUE(all.add(one));
    return all;
  }

  sim::test_world_options options_;
  std::unique_ptr<sim::test_world> world_;
  std::map<std::string, finding> found_;
};

TEST_F(CalloutChangeTest, WhoOptsOutIsNotCalledFromTheNextCalloutOn) {
  begin();
  start("u1@example.net");
  world_->pass(150ms);
  options_.callout.opt_out.domains = name_list({*name_pattern::parse("example.net")});
  change();
  EXPECT_EQ(ask("u2@example.net").reason, reason::not_asked);
  EXPECT_EQ(world_->net().connects(), 1U);
  world_->pass(1min);
  EXPECT_EQ(found_.at("u1@example.net").made.reason, reason::accepted);
}

TEST_F(CalloutChangeTest, ARouteComesGoesAndIsMoved) {
  begin();
  start("u20@example.net");
  world_->pass(150ms);
  options_.callout.routes = route_to("smtp://own.example.net:25");
  change();
  EXPECT_EQ(ask("u21@example.net").host_ip, "192.0.2.26");
  EXPECT_EQ(found_.at("u21@example.net").made.reason, reason::mailbox_not_found);

  start("u1@example.net");
  world_->pass(150ms);
  options_.callout.routes = route_to("smtp://192.0.2.27:25");
  change();
  EXPECT_EQ(ask("u50@example.net").host_ip, "192.0.2.27");

  options_.callout.routes = {};
  change();
  EXPECT_EQ(ask("u51@example.net").host_ip, "192.0.2.25");
  world_->pass(1min);
  EXPECT_EQ(found_.at("u1@example.net").made.host_ip, "192.0.2.26");
  EXPECT_EQ(found_.at("u1@example.net").made.reason, reason::accepted);
  EXPECT_EQ(found_.at("u20@example.net").made.host_ip, "192.0.2.25");
}

TEST_F(CalloutChangeTest, LimitsOfStrangersAndOfRoutes) {
  options_.callout.per_host.connections_max = 1;
  options_.callout.per_host.waiting_max = 0;
  begin();
  start("u1@example.net");
  world_->pass(500ms);
  EXPECT_EQ(ask("u2@example.net").reason, reason::busy);
  options_.callout.per_host.connections_max = 2;
  options_.callout.per_host.waiting_max = 10;
  change();
  EXPECT_EQ(ask("u3@example.net").reason, reason::accepted);

  host_limits none = own_server_limits;
  none.sessions_per_minute = 1;
  none.idle = 0ms;
  options_.callout.routes = route_to("smtp://own.example.net:25", none);
  change();
  EXPECT_EQ(ask("u4@example.net").reason, reason::accepted);
  world_->pass(5s);
  EXPECT_EQ(ask("u5@example.net").reason, reason::busy);
  options_.callout.routes = route_to("smtp://own.example.net:25");
  change();
  EXPECT_EQ(ask("u6@example.net").reason, reason::accepted);
}

TEST_F(CalloutChangeTest, TimesAreThoseOfTheBeginning) {
  begin();
  start("u1@example.net");
  world_->pass(150ms);
  options_.callout.patience = 100ms;
  change();
  EXPECT_EQ(ask("u2@example.net").status, status::unknown);
  world_->pass(1min);
  EXPECT_EQ(found_.at("u1@example.net").made.reason, reason::accepted);
}

}  // namespace
}  // namespace cbv::callout
