#include "cbv/dns/mail_hosts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/cbv/dns/scripted_resolver.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;
using asio::ip::make_address;
using asio::ip::make_address_v4;
using asio::ip::make_address_v6;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr lookup_status troubles[] = {lookup_status::server_failure, lookup_status::refused,
                                      lookup_status::timed_out, lookup_status::malformed};

class MailHostsTest : public testing::Test {
 protected:
  // What the DNS says. Addresses not named: no data, as long as the name is known at all.
  void mx(const std::string& name, std::vector<mx_record> records) {
    names_.mx_script[name].said = {lookup_status::ok, std::move(records), 300s};
  }
  void mx(const std::string& name, lookup_status status) {
    names_.mx_script[name].said.status = status;
  }
  void a(const std::string& name, const std::vector<std::string>& addresses, seconds after = 0s) {
    auto& scripted = names_.a_script[name];
    scripted.said.status = lookup_status::ok;
    for (const auto& one : addresses) scripted.said.records.push_back(make_address_v4(one));
    scripted.after = after;
    if (!names_.aaaa_script.contains(name)) aaaa(name, lookup_status::no_data);
  }
  void a(const std::string& name, lookup_status status) {
    names_.a_script[name].said.status = status;
  }
  void aaaa(const std::string& name, const std::vector<std::string>& addresses) {
    auto& said = names_.aaaa_script[name].said;
    said.status = lookup_status::ok;
    for (const auto& one : addresses) said.records.push_back(make_address_v6(one));
    if (!names_.a_script.contains(name)) a(name, lookup_status::no_data);
  }
  void aaaa(const std::string& name, lookup_status status) {
    names_.aaaa_script[name].said.status = status;
  }

  mail_hosts find(const std::string& of = "example.org") {
    found_.reset();
    asio::co_spawn(
        io_, find_mail_hosts(names_, chance_, *domain::parse(of), options_, time_.now() + 10s),
        asio::bind_cancellation_slot(cancel_.slot(),
                                     [this](std::exception_ptr thrown, mail_hosts found) {
                                       thrown_ = std::move(thrown);
                                       if (!thrown_) found_ = std::move(found);
                                     }));
    sim::run_until(io_, time_, time_.now() + 60s,
                   [&] { return found_.has_value() || stops_early_; });
    return found_.value_or(mail_hosts{});
  }

  static std::vector<std::string> names_of(const mail_hosts& found) {
    std::vector<std::string> all;
    for (const mail_host& one : found.hosts) all.push_back(one.name);
    return all;
  }
  static std::vector<std::string> addresses_of(const mail_host& host) {
    std::vector<std::string> all;
    for (const auto& one : host.addresses) all.push_back(one.to_string());
    return all;
  }

  sim::sim_timer time_;
  asio::io_context io_;
  scripted_resolver names_{time_};
  seeded_random chance_{1};
  mail_hosts_options options_;
  asio::cancellation_signal cancel_;
  std::optional<mail_hosts> found_;
  std::exception_ptr thrown_;
  bool stops_early_ = false;
};

TEST_F(MailHostsTest, OrdersHostsByPreference) {
  mx("example.org", {{30, "c.org"}, {10, "a.org"}, {20, "b.org"}});
  a("a.org", {"192.0.2.1"});
  a("b.org", {"192.0.2.2"});
  a("c.org", {"192.0.2.3"});
  const mail_hosts found = find();
  EXPECT_EQ(found.kind, routing::explicit_mx);
  EXPECT_THAT(names_of(found), ElementsAre("a.org", "b.org", "c.org"));
  EXPECT_EQ(found.hosts[1].preference, 20);
  EXPECT_EQ(found.hosts[1].status, lookup_status::ok);
  EXPECT_THAT(addresses_of(found.hosts[1]), ElementsAre("192.0.2.2"));
  EXPECT_EQ(found.hosts_left_out, 0U);
}

TEST_F(MailHostsTest, ShufflesEqualHosts) {
  mx("example.org", {{20, "z.org"}, {10, "a.org"}, {10, "b.org"}, {10, "c.org"}, {5, "first.org"}});
  std::set<std::vector<std::string>> orders;
  for (int i = 0; i < 200; ++i) {
    const mail_hosts found = find();
    EXPECT_EQ(names_of(found).front(), "first.org");
    EXPECT_EQ(names_of(found).back(), "z.org");
    EXPECT_THAT(names_of(found),
                UnorderedElementsAre("first.org", "a.org", "b.org", "c.org", "z.org"));
    orders.insert(names_of(found));
  }
  EXPECT_EQ(orders.size(), 6U) << "all orders of three";
}

TEST_F(MailHostsTest, TakesOnlySoManyHosts) {
  options_.hosts_max = 2;
  mx("example.org", {{1, "a.org"}, {2, "b.org"}, {3, "c.org"}, {4, "c.org"}, {5, "d.org"}});
  const mail_hosts found = find();
  EXPECT_THAT(names_of(found), ElementsAre("a.org", "b.org"));
  EXPECT_EQ(found.hosts_left_out, 2U);
  EXPECT_EQ(names_.questions.size(), 5U) << "those left out are not looked up";
}

TEST_F(MailHostsTest, TakesAHostThatIsNamedTwiceOnce) {
  mx("example.org", {{20, "a.org"}, {10, "a.org"}, {15, "b.org"}});
  const mail_hosts found = find();
  EXPECT_THAT(names_of(found), ElementsAre("a.org", "b.org"));
  EXPECT_EQ(found.hosts[0].preference, 10);
}

TEST_F(MailHostsTest, ResolvesHostsSideBySide) {
  mx("example.org", {{10, "a.org"}, {20, "b.org"}, {30, "c.org"}});
  for (const std::string host : {"a.org", "b.org", "c.org"}) a(host, {"192.0.2.1"}, 4s);
  const time_point before = time_.now();
  find();
  EXPECT_EQ(time_.now() - before, 4s);
}

TEST_F(MailHostsTest, KeepsWhatIsKnownAtTheDeadline) {
  mx("example.org", {{10, "slow.org"}, {20, "b.org"}});
  a("slow.org", {"192.0.2.1"}, 100s);
  a("b.org", {"192.0.2.2"});
  const mail_hosts found = find();
  EXPECT_EQ(found.kind, routing::explicit_mx);
  EXPECT_EQ(found.hosts[0].status, lookup_status::timed_out);
  EXPECT_THAT(found.hosts[0].addresses, IsEmpty());
  EXPECT_THAT(addresses_of(found.hosts[1]), ElementsAre("192.0.2.2"));
}

TEST_F(MailHostsTest, TakesBothFamiliesInTurn) {
  options_.addresses_max = 5;
  mx("example.org", {{10, "a.org"}});
  a("a.org", {"192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"});
  aaaa("a.org", {"2001:db8::1", "2001:db8::2"});
  const mail_hosts found = find();
  EXPECT_THAT(addresses_of(found.hosts[0]),
              ElementsAre("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"));
  EXPECT_EQ(found.hosts[0].addresses_left_out, 1U);
}

// By status of A and AAAA: what the host's status is.
TEST_F(MailHostsTest, SaysWhyAHostHasNoAddresses) {
  using enum lookup_status;
  struct host_case {
    lookup_status v4;
    lookup_status v6;
    lookup_status expected;
  };
  const host_case cases[] = {
      {nx_domain, nx_domain, nx_domain},
      {no_data, no_data, no_data},
      {nx_domain, no_data, no_data},
      {no_data, nx_domain, no_data},
      {no_data, server_failure, server_failure},
      {timed_out, no_data, timed_out},
      {nx_domain, refused, refused},
      {malformed, nx_domain, malformed},
      {malformed, refused, malformed},
  };
  mx("example.org", {{10, "a.org"}});
  for (const host_case& one : cases) {
    a("a.org", one.v4);
    aaaa("a.org", one.v6);
    const mail_hosts found = find();
    ASSERT_EQ(found.kind, routing::explicit_mx);
    EXPECT_EQ(found.hosts[0].status, one.expected) << to_string(one.v4) << ' ' << to_string(one.v6);
    EXPECT_THAT(found.hosts[0].addresses, IsEmpty());
  }
}

TEST_F(MailHostsTest, IsContentWithOneFamily) {
  mx("example.org", {{10, "a.org"}});
  for (const lookup_status trouble : troubles) {
    a("a.org", {"192.0.2.1"});
    aaaa("a.org", trouble);
    const mail_hosts found = find();
    EXPECT_EQ(found.hosts[0].status, lookup_status::ok);
    EXPECT_THAT(addresses_of(found.hosts[0]), ElementsAre("192.0.2.1"));
    names_.a_script.clear();
  }
}

TEST_F(MailHostsTest, KnowsNullMx) {
  mx("example.org", {{0, ""}});
  EXPECT_EQ(find().kind, routing::null_mx);
  mx("example.org", {{10, ""}});
  EXPECT_EQ(find().kind, routing::null_mx);
}

TEST_F(MailHostsTest, PassesOverANullExchangeAmongOthers) {
  mx("example.org", {{0, ""}, {10, "a.org"}});
  a("a.org", {"192.0.2.1"});
  const mail_hosts found = find();
  EXPECT_EQ(found.kind, routing::explicit_mx);
  EXPECT_THAT(names_of(found), ElementsAre("a.org"));
}

TEST_F(MailHostsTest, KnowsThatThereIsNoSuchDomain) {
  EXPECT_EQ(find().kind, routing::no_such_domain);
  EXPECT_THAT(names_.questions, ElementsAre("example.org MX"));
}

TEST_F(MailHostsTest, TakesTheDomainItselfWithoutMx) {
  mx("example.org", lookup_status::no_data);
  a("example.org", {"192.0.2.1"});
  const mail_hosts found = find();
  EXPECT_EQ(found.kind, routing::implicit_mx);
  EXPECT_THAT(names_of(found), ElementsAre("example.org"));
  EXPECT_EQ(found.hosts[0].preference, 0);
  EXPECT_THAT(addresses_of(found.hosts[0]), ElementsAre("192.0.2.1"));
}

TEST_F(MailHostsTest, KnowsThatThereIsNoMailHost) {
  mx("example.org", lookup_status::no_data);
  for (const lookup_status status : {lookup_status::no_data, lookup_status::nx_domain}) {
    a("example.org", status);
    aaaa("example.org", status);
    EXPECT_EQ(find().kind, routing::no_mail_host);
  }
}

TEST_F(MailHostsTest, NeverJudgesByATroubleWithTheMx) {
  a("example.org", {"192.0.2.1"});
  for (const lookup_status trouble : troubles) {
    names_.questions.clear();
    mx("example.org", trouble);
    const mail_hosts found = find();
    EXPECT_EQ(found.kind, routing::unknown);
    EXPECT_EQ(found.status, trouble);
    EXPECT_THAT(found.hosts, IsEmpty());
    EXPECT_THAT(names_.questions, ElementsAre("example.org MX")) << "no implicit MX";
  }
}

TEST_F(MailHostsTest, NeverJudgesByATroubleWithTheAddresses) {
  mx("example.org", lookup_status::no_data);
  for (const lookup_status trouble : troubles) {
    a("example.org", trouble);
    aaaa("example.org", lookup_status::no_data);
    EXPECT_EQ(find().kind, routing::unknown);
    EXPECT_EQ(find().status, trouble);
    a("example.org", lookup_status::no_data);
    aaaa("example.org", trouble);
    EXPECT_EQ(find().kind, routing::unknown);
    EXPECT_EQ(find().status, trouble);
  }
}

TEST_F(MailHostsTest, DoesNotDialWhatIsNamedLikeAnAddress) {
  mx("example.org", {{10, "192.0.2.1"}, {20, "a.org"}});
  a("a.org", {"192.0.2.2"});
  a("192.0.2.1", {"192.0.2.1"});
  const mail_hosts found = find();
  EXPECT_THAT(names_of(found), ElementsAre("192.0.2.1", "a.org"));
  EXPECT_EQ(found.hosts[0].status, lookup_status::nx_domain);
  EXPECT_THAT(found.hosts[0].addresses, IsEmpty());
}

TEST_F(MailHostsTest, AsksForOneFamilyOnly) {
  options_.family = address_family::ipv4;
  mx("example.org", {{10, "a.org"}});
  a("a.org", {"192.0.2.1"});
  aaaa("a.org", {"2001:db8::1"});
  EXPECT_THAT(addresses_of(find().hosts[0]), ElementsAre("192.0.2.1"));
  EXPECT_THAT(names_.questions, ElementsAre("example.org MX", "a.org A"));
  options_.family = address_family::ipv6;
  EXPECT_THAT(addresses_of(find().hosts[0]), ElementsAre("2001:db8::1"));
}

TEST_F(MailHostsTest, DoesNotTakeAHostOfTheOtherFamilyForNone) {
  options_.family = address_family::ipv4;
  mx("example.org", lookup_status::no_data);
  aaaa("example.org", {"2001:db8::1"});
  mail_hosts found = find();
  EXPECT_EQ(found.kind, routing::implicit_mx);
  EXPECT_EQ(found.hosts[0].status, lookup_status::ok);
  EXPECT_THAT(found.hosts[0].addresses, IsEmpty());
  EXPECT_EQ(found.hosts[0].addresses_left_out, 1U);

  aaaa("example.org", lookup_status::server_failure);
  found = find();
  EXPECT_EQ(found.kind, routing::unknown);
  EXPECT_EQ(found.status, lookup_status::server_failure);

  aaaa("example.org", lookup_status::no_data);
  EXPECT_EQ(find().kind, routing::no_mail_host);
}

TEST_F(MailHostsTest, TakesAnAddressLiteralAsItIs) {
  mail_hosts found = find("[192.0.2.1]");
  EXPECT_EQ(found.kind, routing::address_literal);
  ASSERT_EQ(found.hosts.size(), 1U);
  EXPECT_EQ(found.hosts[0].name, "[192.0.2.1]");
  EXPECT_THAT(found.hosts[0].addresses, ElementsAre(make_address("192.0.2.1")));
  EXPECT_THAT(names_.questions, IsEmpty());

  options_.family = address_family::ipv6;
  found = find("[192.0.2.1]");
  EXPECT_THAT(found.hosts[0].addresses, IsEmpty());
  EXPECT_EQ(found.hosts[0].addresses_left_out, 1U);
  found = find("[IPv6:2001:db8::1]");
  EXPECT_THAT(found.hosts[0].addresses, ElementsAre(make_address("2001:db8::1")));
}

TEST_F(MailHostsTest, PassesCancellationOn) {
  mx("example.org", {{10, "a.org"}, {20, "b.org"}});
  a("a.org", {"192.0.2.1"}, 5s);
  a("b.org", {"192.0.2.1"}, 5s);
  stops_early_ = true;
  find();
  EXPECT_EQ(time_.sleepers(), 2U);
  cancel_.emit(asio::cancellation_type::terminal);
  sim::run_until(io_, time_, time_.now(), [] { return false; });
  EXPECT_TRUE(thrown_);
  EXPECT_EQ(time_.sleepers(), 0U);
}

TEST(RoutingTest, HasNames) {
  EXPECT_EQ(to_string(routing::explicit_mx), "explicit_mx");
  EXPECT_EQ(to_string(routing::implicit_mx), "implicit_mx");
  EXPECT_EQ(to_string(routing::address_literal), "address_literal");
  EXPECT_EQ(to_string(routing::null_mx), "null_mx");
  EXPECT_EQ(to_string(routing::no_such_domain), "no_such_domain");
  EXPECT_EQ(to_string(routing::no_mail_host), "no_mail_host");
  EXPECT_EQ(to_string(routing::unknown), "unknown");
}

}  // namespace
}  // namespace cbv::dns
