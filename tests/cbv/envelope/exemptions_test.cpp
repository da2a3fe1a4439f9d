#include "cbv/envelope/exemptions.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cbv/address/mailbox.hpp"

namespace cbv::envelope {
namespace {

skip_rules rules() {
  skip_rules all;
  all.own_networks.push_back(*net::ip_network::parse("10.0.0.0/8"));
  all.allowed_networks.push_back(*net::ip_network::parse("192.0.2.0/24"));
  all.allowed_clients = name_list({*name_pattern::parse(".friend.example")});
  all.unfiltered_domains = name_list({*name_pattern::parse("raw.example")});
  all.unfiltered_addresses = {"ann@b.example"};
  return all;
}

struct world {
  std::string client = "198.51.100.7";
  std::string client_name{};
  std::string sender = "joe@elsewhere.example";
  std::string recipient = "bob@b.example";
  bool authenticated = false;
};

std::string spared(const world& given, const skip_rules& by = rules()) {
  checks::envelope of;
  of.client = boost::asio::ip::make_address(given.client);
  of.client_name = given.client_name;
  of.sender = given.sender;
  of.recipient = given.recipient;
  of.authenticated = given.authenticated;
  checks::paths parsed;
  if (auto path = parse_reverse_path(given.sender)) parsed.sender = *path;
  if (auto path = parse_forward_path(given.recipient)) parsed.recipient = *path;
  const exemptions all = exemptions_of(of, parsed, by);
  std::string names;
  for (const check one : all_checks()) {
    if (all.has(one)) names += (names.empty() ? "" : " ") + std::string(to_string(one));
  }
  return names;
}

const std::string of_our_own =
    "rate access helo client_name dnsbl own_domain spf sender_domain sender_callback";

TEST(EnvelopeExemptionsTest, WhoIsSparedWhat) {
  const struct {
    std::string name;
    world given;
    std::string expected;
  } cases[] = {
      {"a stranger", {}, ""},
      {"authenticated", {.authenticated = true}, of_our_own},
      {"own network", {.client = "10.1.2.3"}, of_our_own},
      {"allowed network", {.client = "192.0.2.9"}, "rate helo client_name dnsbl own_domain spf"},
      {"allowed name",
       {.client_name = "mx.friend.example"},
       "rate helo client_name dnsbl own_domain spf"},
      {"an unknown name", {.client_name = "unknown"}, ""},
      {"null", {.sender = ""}, "own_domain sender_domain sender_callback"},
      {"postmaster",
       {.recipient = "PostMaster@b.example"},
       "rate syntax access helo client_name dnsbl own_domain spf sender_domain recipient "
       "sender_callback"},
      {"postmaster without a domain",
       {.recipient = "Postmaster"},
       "rate syntax access helo client_name dnsbl own_domain spf sender_domain recipient "
       "sender_callback"},
      {"nearly postmaster", {.recipient = "postmaster.x@b.example"}, ""},
      {"unfiltered domain",
       {.recipient = "x@raw.example"},
       "access helo client_name dnsbl own_domain spf sender_domain sender_callback"},
      {"unfiltered address",
       {.recipient = "ANN@b.example"},
       "access helo client_name dnsbl own_domain spf sender_domain sender_callback"},
      {"below an unfiltered domain", {.recipient = "x@sub.raw.example"}, ""},
  };
  for (const auto& one : cases) EXPECT_EQ(spared(one.given), one.expected) << one.name;
}

TEST(EnvelopeExemptionsTest, PasswordsNeedNotCount) {
  skip_rules strict = rules();
  strict.authenticated = false;
  EXPECT_EQ(spared({.authenticated = true}, strict), "");
}

TEST(EnvelopeExemptionsTest, EachReasonIsSaidOnce) {
  exemptions all;
  EXPECT_EQ(all.found().outcome, checks::outcome::pass);
  all.add({check::rate, check::helo}, "one");
  all.add({check::helo, check::spf}, "two");
  EXPECT_EQ(all.found().outcome, checks::outcome::skip);
  EXPECT_EQ(all.found().evidence, "one; two");
  EXPECT_EQ(all.why(check::helo), "one");
}

}  // namespace
}  // namespace cbv::envelope
