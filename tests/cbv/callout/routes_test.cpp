#include "cbv/callout/routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cbv::callout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto smtp = transfer_protocol::smtp;
constexpr auto lmtp = transfer_protocol::lmtp;

route route_of(const char* of) {
  route one;
  one.domain = of;
  one.to = {route_target{smtp, "mail.example.org", 25, ""}};
  return one;
}

TEST(Routes, TargetsAreRead) {
  struct row {
    const char* text;
    route_target server;
    const char* shown;
  };
  for (const row& one : {
           row{"smtp://mail.example.org",
               {smtp, "mail.example.org", 25, ""},
               "smtp://mail.example.org:25"},
           row{"smtp://Mail.Example.ORG:2525",
               {smtp, "mail.example.org", 2525, ""},
               "smtp://mail.example.org:2525"},
           row{"smtp://mail.example.org/",
               {smtp, "mail.example.org", 25, ""},
               "smtp://mail.example.org:25"},
           row{"smtp://backend", {smtp, "backend", 25, ""}, "smtp://backend:25"},
           row{"smtp://192.0.2.1:26", {smtp, "192.0.2.1", 26, ""}, "smtp://192.0.2.1:26"},
           row{"smtp://192.0.2.1", {smtp, "192.0.2.1", 25, ""}, "smtp://192.0.2.1:25"},
           row{"smtp://[2001:DB8::1]:25", {smtp, "2001:db8::1", 25, ""}, "smtp://[2001:db8::1]:25"},
           row{"smtp://[2001:db8::1]", {smtp, "2001:db8::1", 25, ""}, "smtp://[2001:db8::1]:25"},
           row{"lmtp://store.example.org:24",
               {lmtp, "store.example.org", 24, ""},
               "lmtp://store.example.org:24"},
           row{"lmtp://[::1]:65535", {lmtp, "::1", 65535, ""}, "lmtp://[::1]:65535"},
           row{"lmtp+unix:/run/dovecot/lmtp",
               {lmtp, "", 0, "/run/dovecot/lmtp"},
               "lmtp+unix:/run/dovecot/lmtp"},
       }) {
    const auto read = routes::parse_target(one.text);
    ASSERT_TRUE(read) << one.text << ": " << to_string(read.error());
    EXPECT_EQ(*read, one.server) << one.text;
    EXPECT_EQ(to_string(*read), one.shown);
    EXPECT_EQ(*routes::parse_target(to_string(*read)), *read) << "what is shown can be read";
  }
}

TEST(Routes, OfBadTargetsItIsSaidWhatIsWrongAndWhere) {
  struct bad {
    std::string text;
    std::size_t octet;
    const char* what;
  };
  for (const bad& one : {
           bad{"", 1, "neither"},
           bad{"mail.example.org", 1, "neither"},
           bad{"http://mail.example.org", 1, "neither"},
           bad{"smtps://mail.example.org", 1, "neither"},
           bad{"smtp://", 8, "host is missing"},
           bad{"smtp://:25", 8, "host is missing"},
           bad{"smtp://mail.example.org:", 25, "port"},
           bad{"smtp://mail.example.org:0", 25, "port"},
           bad{"smtp://mail.example.org:65536", 25, "port"},
           bad{"smtp://mail.example.org:25x", 25, "port"},
           bad{"smtp://mail.example.org:-1", 25, "port"},
           bad{"smtp://mail_1.example.org", 12, "underscore"},
           bad{"smtp://mail.example.org/x", 24, "not allowed"},
           bad{"smtp://2001:db8::1", 8, "brackets"},
           bad{"smtp://[2001:db8::1", 20, "missing"},
           bad{"smtp://[2001:db8::1]25", 21, "expected"},
           bad{"smtp://[192.0.2.1]:25", 9, "no IPv6 address"},
           bad{"smtp://[fe80::1%lo]:25", 9, "no IPv6 address"},
           bad{"smtp://[]:25", 9, "no IPv6 address"},
           bad{"smtp://user@mail.example.org", 12, "@"},
           bad{"lmtp://store.example.org", 25, "LMTP has no port of its own"},
           bad{"lmtp+unix:run/lmtp", 11, "does not begin with /"},
           bad{"lmtp+unix:", 11, "does not begin with /"},
           bad{"lmtp+unix:/" + std::string(107, 'x'), 118, "107 octets"},
           bad{std::string("lmtp+unix:/a\0b", 14), 13, "NUL"},
       }) {
    const auto read = routes::parse_target(one.text);
    ASSERT_FALSE(read) << one.text;
    EXPECT_EQ(read.error().octet, one.octet) << one.text << ": " << read.error().what;
    EXPECT_THAT(read.error().what, HasSubstr(one.what)) << one.text;
  }
  EXPECT_TRUE(routes::parse_target("lmtp+unix:/" + std::string(106, 'x')));
}

TEST(Routes, DomainsAreRead) {
  for (const char* text : {"example.org", "*.example.org", "*", "[192.0.2.1]"})
    EXPECT_EQ(*routes::parse_domain(text), text);
  EXPECT_EQ(*routes::parse_domain("*.EXAMPLE.org"), "*.example.org");
  for (const char* text : {"", ".", "*.", ".example.org", "**", "*.*", "*example.org", "a b"})
    EXPECT_FALSE(routes::parse_domain(text)) << text;
}

TEST(Routes, TheClosestIsTaken) {
  routes table;
  for (const char* of : {"example.org", "*.example.org", "*.a.example.org", "b.a.example.org",
                         "*.net", "[192.0.2.1]"})
    ASSERT_TRUE(table.add(route_of(of))) << of;
  struct row {
    const char* asked;
    const char* taken;
  };
  const auto check = [&table](const row& one) {
    const route* found = table.find(*domain::parse(one.asked));
    EXPECT_EQ(found == nullptr ? "none" : found->domain, one.taken) << one.asked;
  };
  for (const row& one : {
           row{"example.org", "example.org"},
           row{"EXAMPLE.ORG", "example.org"},
           row{"x.example.org", "*.example.org"},
           row{"a.example.org", "*.example.org"},
           row{"x.a.example.org", "*.a.example.org"},
           row{"y.x.a.example.org", "*.a.example.org"},
           row{"b.a.example.org", "b.a.example.org"},
           row{"c.b.a.example.org", "*.a.example.org"},
           row{"notexample.org", "none"},
           row{"example.net", "*.net"},
           row{"org", "none"},
           row{"[192.0.2.1]", "[192.0.2.1]"},
           row{"[192.0.2.2]", "none"},
       })
    check(one);
  ASSERT_TRUE(table.add(route_of("*")));
  for (const row& one : {row{"notexample.org", "*"}, row{"org", "*"}, row{"[192.0.2.2]", "*"},
                         row{"x.example.org", "*.example.org"}, row{"example.org", "example.org"}})
    check(one);
}

TEST(Routes, ADomainHasOneRoute) {
  routes table;
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.find(*domain::parse("example.org")), nullptr);
  EXPECT_TRUE(table.add(route_of("example.org")));
  route second = route_of("example.org");
  second.backup_mx = true;
  EXPECT_FALSE(table.add(second));
  EXPECT_EQ(table.size(), 1U);
  EXPECT_FALSE(table.find(*domain::parse("example.org"))->backup_mx) << "the first one stays";
}

TEST(Routes, SendersAreNamedOnce) {
  routes table;
  EXPECT_THAT(table.senders(), IsEmpty());
  int number = 0;
  for (const char* sender : {"<>", "probe@example.org", "other@example.org", "probe@example.org"}) {
    route one = route_of("");
    one.domain = std::to_string(number++) + ".test";
    one.mail_from = *parse_reverse_path(sender);
    ASSERT_TRUE(table.add(one));
  }
  ASSERT_TRUE(table.add(route_of("none.test")));
  EXPECT_THAT(table.senders(), ElementsAre(*parse_mailbox("probe@example.org"),
                                           *parse_mailbox("other@example.org")));
}

TEST(Routes, ContradictionsAreFound) {
  EXPECT_THAT(contradictions(route_of("example.org")), IsEmpty());
  const route_target local{lmtp, "", 0, "/run/lmtp"};

  route nowhere = route_of("example.org");
  nowhere.to.clear();
  EXPECT_THAT(contradictions(nowhere), ElementsAre(HasSubstr("to: ")));
  EXPECT_THAT(contradictions(route_of("")), ElementsAre(HasSubstr("domain: ")));

  route half = route_of("example.org");
  half.auth = credentials{"ann", ""};
  EXPECT_THAT(contradictions(half), ElementsAre(HasSubstr("user and password")));
  half.auth = credentials{"", "secret"};
  EXPECT_THAT(contradictions(half), ElementsAre(HasSubstr("user and password")));

  route in_clear = route_of("example.org");
  in_clear.auth = credentials{"ann", "secret"};
  EXPECT_THAT(contradictions(in_clear), IsEmpty()) << "may: AUTH is said if there is TLS";
  in_clear.tls = smtp::tls_policy::never;
  EXPECT_THAT(contradictions(in_clear), ElementsAre(HasSubstr("in clear")));
  in_clear.to = {local};
  EXPECT_THAT(contradictions(in_clear), IsEmpty());

  route no_tls = route_of("example.org");
  no_tls.to.push_back(local);
  EXPECT_THAT(contradictions(no_tls), IsEmpty());
  for (const auto tls : {smtp::tls_policy::need, smtp::tls_policy::verify}) {
    no_tls.tls = tls;
    EXPECT_THAT(contradictions(no_tls), ElementsAre(HasSubstr("unix socket")));
  }
}

TEST(Routes, TheDetailIsCutWhereTheRouteSaysSo) {
  struct row {
    const char* delimiter;
    const char* received;
    const char* asked;
  };
  for (const row& one : {
           row{"", "bob+list@example.org", "bob+list@example.org"},
           row{"+", "bob+list@example.org", "bob@example.org"},
           row{"+", "bob@example.org", "bob@example.org"},
           row{"+", "Bob+List@example.org", "Bob@example.org"},
           row{"+", "bob+a+b@example.org", "bob@example.org"},
           row{"+", "bob+@example.org", "bob@example.org"},
           row{"+", "+list@example.org", "+list@example.org"},
           row{"+", "+bob+list@example.org", "+bob@example.org"},
           row{"+", "bob-list@example.org", "bob-list@example.org"},
           row{"+-", "bob-a+b@example.org", "bob@example.org"},
           row{"-", "owner-news@example.org", "owner-news@example.org"},
           row{"-", "news-request@example.org", "news-request@example.org"},
           row{"-", "NEWS-Request@example.org", "NEWS-Request@example.org"},
           row{"+", "owner+news@example.org", "owner@example.org"},
           row{"+", "\"bob+list\"@example.org", "\"bob+list\"@example.org"},
           row{"=", "a.=b@example.org", "a.=b@example.org"},  // cut, it were none
           row{".", "first.last@example.org", "first@example.org"},
           row{"+", "bob+list@[192.0.2.1]", "bob@[192.0.2.1]"},
           row{"+", "bob+list@[IPv6:2001:db8::1]", "bob@[IPv6:2001:db8::1]"},
       }) {
    route by = route_of("example.org");
    by.recipient_delimiter = one.delimiter;
    const auto received = parse_mailbox(one.received);
    if (!received) {
      ADD_FAILURE() << one.received << ": " << to_string(received.error());
      continue;
    }
    EXPECT_EQ(to_string(probed_mailbox(*received, by)), one.asked)
        << one.delimiter << ' ' << one.received;
  }
}

}  // namespace
}  // namespace cbv::callout
