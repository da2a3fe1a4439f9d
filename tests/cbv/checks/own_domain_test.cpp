#include "cbv/checks/own_domain.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace cbv::checks {
namespace {

own_domain owner(std::initializer_list<const char*> domains,
                 std::initializer_list<const char*> networks) {
  own_domain made;
  for (const char* one : domains) made.domains.push_back(*name_pattern::parse(one));
  for (const char* one : networks) made.networks.push_back(*net::ip_network::parse(one));
  return made;
}

own_domain_table table() {
  own_domain_table all;
  EXPECT_TRUE(all.add(owner({".ours.example"}, {"192.0.2.0/24", "2001:db8::/32"})));
  EXPECT_TRUE(all.add(owner({"news.ours.example", "partner.example"}, {"203.0.113.5"})));
  return all;
}

finding check(const own_domain_table& all, const std::string& sender, const char* client,
              bool authenticated = false) {
  envelope of;
  of.sender = sender;
  of.authenticated = authenticated;
  if (*client != '\0') of.client = boost::asio::ip::make_address(client);
  paths parsed;
  if (auto read = parse_mailbox(sender)) parsed.sender = *read;
  return check_own_domain(all, of, parsed);
}

TEST(OwnDomainTest, RefusesStrangersAlone) {
  struct row {
    const char* sender;
    const char* client;
    outcome expected;
  };
  const own_domain_table all = table();
  for (const row& one : {
           row{"bob@ours.example", "192.0.2.1", outcome::pass},
           row{"bob@OURS.example", "198.51.100.1", outcome::fail},
           row{"bob@ours.example", "198.51.100.1", outcome::fail},
           row{"bob@ours.example", "2001:db8::1", outcome::pass},
           row{"bob@ours.example", "2001:db9::1", outcome::fail},
           row{"bob@a.b.ours.example", "198.51.100.1", outcome::fail},
           row{"bob@a.b.ours.example", "192.0.2.1", outcome::pass},
           row{"bob@theirs.example", "198.51.100.1", outcome::pass},
           row{"bob@xours.example", "198.51.100.1", outcome::pass},
           // The closest one.
           row{"bob@news.ours.example", "192.0.2.1", outcome::fail},
           row{"bob@news.ours.example", "203.0.113.5", outcome::pass},
           row{"bob@a.news.ours.example", "192.0.2.1", outcome::pass},
           row{"bob@partner.example", "203.0.113.5", outcome::pass},
           row{"bob@partner.example", "203.0.113.6", outcome::fail},
           row{"bob@a.partner.example", "203.0.113.6", outcome::pass},
           // Never refused.
           row{"bob@ours.example", "127.0.0.1", outcome::pass},
           row{"bob@ours.example", "::1", outcome::pass},
           row{"", "198.51.100.1", outcome::pass},
           row{"ours.example", "198.51.100.1", outcome::pass},
           row{"bob@ours.example", "", outcome::unknown},
           row{"bob@theirs.example", "", outcome::pass},
       }) {
    const finding found = check(all, one.sender, one.client);
    EXPECT_EQ(found.outcome, one.expected) << one.sender << " from " << one.client;
    EXPECT_EQ(found.decision.has_value(), one.expected == outcome::fail) << found.evidence;
  }
  EXPECT_EQ(check(all, "bob@ours.example", "198.51.100.1", true).outcome, outcome::pass);
}

TEST(OwnDomainTest, SaysWhyAndWhat) {
  own_domain_table all;
  own_domain one = owner({"ours.example"}, {});
  EXPECT_TRUE(all.add(one));
  finding found = check(all, "bob@ours.example", "198.51.100.1");
  EXPECT_EQ(found.evidence, "198.51.100.1 is none of the networks of ours.example");
  EXPECT_EQ(found.decision,
            (advice{action::reject, 550, "5.7.1", "Sender address rejected: not from this host"}));
  one.stranger = rule_form{{451, "4.7.2", "Not yours"}, consequence::defer};
  all = own_domain_table{};
  EXPECT_TRUE(all.add(one));
  found = check(all, "bob@ours.example", "198.51.100.1");
  EXPECT_EQ(found.decision, (advice{action::defer, 451, "4.7.2", "Not yours"}));
  one.stranger = rule_form{{}, consequence::log};
  all = own_domain_table{};
  EXPECT_TRUE(all.add(one));
  found = check(all, "bob@ours.example", "198.51.100.1");
  EXPECT_EQ(found.outcome, outcome::fail);
  EXPECT_FALSE(found.decision);
  one.stranger.if_failed = consequence::off;
  all = own_domain_table{};
  EXPECT_TRUE(all.add(one));
  EXPECT_EQ(check(all, "bob@ours.example", "198.51.100.1").outcome, outcome::skip);
}

TEST(OwnDomainTest, HasEachDomainOnce) {
  own_domain_table all = table();
  EXPECT_FALSE(all.add(owner({"new.example", "Partner.example"}, {})));
  EXPECT_FALSE(all.add(owner({"new.example", "new.example"}, {})));
  EXPECT_FALSE(all.add(owner({"*.ours.example"}, {})));
  EXPECT_EQ(all.find("new.example"), nullptr) << "nothing of it was added";
  EXPECT_TRUE(all.add(owner({"new.example", "*.new.example"}, {})));
  EXPECT_TRUE(all.add(owner({"*.partner.example"}, {})));
  EXPECT_EQ(all.find("a.new.example"), all.find("new.example"));
  EXPECT_NE(all.find("a.partner.example"), all.find("partner.example"));
  EXPECT_EQ(all.all().size(), 4U);
}

}  // namespace
}  // namespace cbv::checks
