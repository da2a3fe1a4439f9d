#include "cbv/spf/check_host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "tests/cbv/dns/scripted_resolver.hpp"
#include "tests/sim/sim_timer.hpp"

// What the suite of RFC 7208 (conformance_test.cpp) does not ask.
namespace cbv::spf {
namespace {

using namespace std::chrono_literals;
using asio::ip::make_address;
using asio::ip::make_address_v4;
using dns::lookup_status;
using testing::ElementsAre;
using testing::HasSubstr;

class CheckHostTest : public testing::Test {
 protected:
  void publish(const std::string& name, const std::string& record) {
    names_.txt_script[name].said = {lookup_status::ok, {dns::text_data{{record}}}, 300s};
  }
  void has_address(const std::string& name, const std::string& address) {
    names_.a_script[name].said = {lookup_status::ok, {make_address_v4(address)}, 300s};
  }
  void has_name(const std::string& reverse, const std::string& name) {
    names_.ptr_script[reverse].said = {lookup_status::ok, {dns::name_data{name}}, 300s};
  }

  outcome check(const std::string& mail_from = "ann@example.org",
                const std::string& client = "192.0.2.1") {
    std::optional<outcome> said;
    asio::io_context io;
    const identity asked = mail_from_identity(make_address(client), "mx.example.org", mail_from);
    asio::co_spawn(io, check_host(names_, time_, asked, options_, time_.now() + 20s),
                   [&](const std::exception_ptr&, outcome end) { said = std::move(end); });
    sim::run_until(io, time_, time_.now() + 21s, [&] { return said.has_value(); });
    return said.value_or(outcome{});
  }

  sim::sim_timer time_;
  dns::scripted_resolver names_{time_};
  check_options options_;
};

TEST_F(CheckHostTest, SaysWhatDecided) {
  publish("example.org", "v=spf1 ip4:192.0.2.9 include:_spf.example.net -all");
  publish("_spf.example.net", "v=spf1 ip4:192.0.2.0/28 -all");
  const outcome passed = check();
  EXPECT_EQ(passed.said, evaluation::pass);
  EXPECT_EQ(passed.domain, "example.org");
  EXPECT_EQ(passed.term, "include:_spf.example.net");
  const outcome failed = check("ann@example.org", "192.0.2.200");
  EXPECT_EQ(failed.said, evaluation::fail);
  EXPECT_EQ(failed.term, "-all");
  EXPECT_FALSE(failed.had_trouble);
}

TEST_F(CheckHostTest, NeverFailsForTroubleWithARecordOrAnAddress) {
  for (const lookup_status trouble : {lookup_status::server_failure, lookup_status::refused,
                                      lookup_status::timed_out, lookup_status::malformed}) {
    publish("example.org",
            "v=spf1 a:one.example.org mx:two.example.org exists:three.example.org "
            "include:four.example.org -all");
    EXPECT_EQ(check().said, evaluation::permerror) << "void look-ups";
    names_.txt_script["four.example.org"].said.status = trouble;
    has_address("one.example.org", "192.0.2.9");
    has_address("mx.two.example.org", "192.0.2.9");
    names_.mx_script["two.example.org"].said = {
        lookup_status::ok, {dns::mx_record{10, "mx.two.example.org"}}, 300s};
    EXPECT_EQ(check().said, evaluation::temperror);
    for (const std::string name : {"three.example.org", "mx.two.example.org", "one.example.org"}) {
      names_.a_script[name].said = {trouble, {}, {}};
      const outcome said = check();
      EXPECT_EQ(said.said, evaluation::temperror) << name;
      EXPECT_THAT(said.problem, HasSubstr(name));
    }
    names_.txt_script["example.org"].said = {trouble, {}, {}};
    EXPECT_EQ(check().said, evaluation::temperror);
    names_.a_script.clear();
    names_.txt_script.clear();
  }
}

TEST_F(CheckHostTest, TellsThatTroubleWasPassedOver) {
  publish("example.org", "v=spf1 ptr -all");
  names_.ptr_script["1.2.0.192.in-addr.arpa"].said.status = lookup_status::server_failure;
  EXPECT_EQ(check().said, evaluation::fail);
  EXPECT_TRUE(check().had_trouble);
  has_name("1.2.0.192.in-addr.arpa", "mx.example.org");
  names_.a_script["mx.example.org"].said.status = lookup_status::server_failure;
  EXPECT_TRUE(check().had_trouble);
  has_address("mx.example.org", "192.0.2.1");
  EXPECT_EQ(check().said, evaluation::pass);
  EXPECT_FALSE(check().had_trouble);
}

TEST_F(CheckHostTest, EndsAtTheDeadline) {
  publish("example.org", "v=spf1 a:slow.example.org ptr -all");
  names_.a_script["slow.example.org"].after = 60s;
  EXPECT_EQ(check().said, evaluation::temperror);
  publish("example.org", "v=spf1 ptr -all");
  names_.ptr_script["1.2.0.192.in-addr.arpa"].after = 60s;
  EXPECT_EQ(check().said, evaluation::temperror) << "that our time is up is no mismatch";
}

TEST_F(CheckHostTest, AsksForNamesMadeOfOddLocalParts) {
  publish("example.org", "v=spf1 exists:%{l}._u.%{d} -all");
  has_address("o\\039neil\\043x._u.example.org", "127.0.0.2");
  EXPECT_EQ(check("O'Neil+x@example.org").said, evaluation::pass);
  EXPECT_EQ(check("b\xc3\xbc@example.org").said, evaluation::fail);
  EXPECT_EQ(names_.questions.back(), "b\\195\\188._u.example.org A");
}

TEST_F(CheckHostTest, TakesAMappedAddressAsIpv4) {
  publish("example.org", "v=spf1 ip4:192.0.2.1 -all");
  EXPECT_EQ(check("ann@example.org", "::ffff:192.0.2.1").said, evaluation::pass);
}

TEST_F(CheckHostTest, CountsOnlyTheVoidsOfTerms) {
  // Three IPv4 hosts of one MX have nothing for a client that came over IPv6.
  publish("example.org", "v=spf1 mx ip6:2001:db8::1 -all");
  auto& exchanges = names_.mx_script["example.org"].said;
  exchanges.status = lookup_status::ok;
  for (const std::string name : {"a", "b", "c"}) {
    exchanges.records.push_back(dns::mx_record{10, name + ".example.org"});
    names_.aaaa_script[name + ".example.org"].said.status = lookup_status::no_data;
  }
  EXPECT_EQ(check("ann@example.org", "2001:db8::1").said, evaluation::pass);
}

TEST_F(CheckHostTest, LooksNamesOfTheClientUpOnce) {
  publish("example.org", "v=spf1 ptr:a.org ptr:b.org exists:%{p}.c.org exp=e.example.org -all");
  publish("e.example.org", "%{p} %{d}");
  has_name("1.2.0.192.in-addr.arpa", "mx.example.net");
  has_address("mx.example.net", "192.0.2.1");
  const outcome said = check();
  EXPECT_EQ(said.said, evaluation::fail);
  EXPECT_EQ(said.explanation, "mx.example.net example.org");
  EXPECT_THAT(names_.questions,
              ElementsAre("example.org TXT", "1.2.0.192.in-addr.arpa PTR", "mx.example.net A",
                          "mx.example.net.c.org A", "e.example.org TXT"));
}

TEST_F(CheckHostTest, ExplainsInAsciiOrNotAtAll) {
  publish("example.org", "v=spf1 exp=e.example.org -all");
  publish("e.example.org", "%{s} is none of ours");
  EXPECT_EQ(check().explanation, "ann@example.org is none of ours");
  EXPECT_EQ(check("b\xc3\xbc@example.org").explanation, "");
}

TEST_F(CheckHostTest, IgnoresANullMx) {
  publish("example.org", "v=spf1 mx -all");
  names_.mx_script["example.org"].said = {lookup_status::ok, {dns::mx_record{0, ""}}, 300s};
  EXPECT_EQ(check().said, evaluation::fail);
}

TEST_F(CheckHostTest, IsBoundedByItsLimits) {
  options_.limits.terms_max = 1;
  publish("example.org", "v=spf1 a:x.org include:x.org -all");
  const outcome said = check();
  EXPECT_EQ(said.said, evaluation::permerror);
  EXPECT_THAT(said.problem, HasSubstr("more than 1 terms"));
}

TEST_F(CheckHostTest, PassesCancellationOn) {
  names_.txt_script["example.org"].after = 10s;
  bool was_cancelled = false;
  asio::cancellation_signal cancel;
  asio::io_context io;
  const identity asked = helo_identity(make_address("192.0.2.1"), "example.org");
  asio::co_spawn(io, check_host(names_, time_, asked, options_, time_.now() + 20s),
                 asio::bind_cancellation_slot(
                     cancel.slot(), [&](const std::exception_ptr& thrown, const outcome&) {
                       was_cancelled = thrown != nullptr;
                     }));
  io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  io.restart();
  io.run();
  EXPECT_TRUE(was_cancelled);
}

TEST(SpfIdentityTest, IsOfHeloOrMailFrom) {
  const struct {
    const char* mail_from;
    const char* local_part;
    const char* domain;
  } cases[] = {{"ann@example.org", "ann", "example.org"},
               {"\"a@b\"@example.org", "\"a@b\"", "example.org"},
               {"@example.org", "postmaster", "example.org"},
               {"example.org", "postmaster", "example.org"},
               {"", "postmaster", "mx.example.net"}};
  for (const auto& one : cases) {
    const identity made =
        mail_from_identity(make_address("192.0.2.1"), "mx.example.net", one.mail_from);
    EXPECT_EQ(made.local_part, one.local_part) << one.mail_from;
    EXPECT_EQ(made.domain, one.domain) << one.mail_from;
  }
}

}  // namespace
}  // namespace cbv::spf
