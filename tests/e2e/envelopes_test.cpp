// A real Postfix at the edge puts whole envelopes to cbvd, which asks a real name server: each is
// settled by another check.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/dialogue.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/knot.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/postfix.hpp"
#include "tests/e2e/postfix_edge.hpp"

namespace cbv::e2e {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// One zone for the whole DNS.
constexpr auto zone = R"(
$ORIGIN .
$TTL 300
@                           SOA ns.test. hostmaster.test. 1 3600 900 604800 60
@                           NS  ns.test.
ns.test.                    A   127.0.0.1

10.100.51.198.in-addr.arpa. PTR mail.good.example.
mail.good.example.          A   198.51.100.10
mail.good.example.          TXT "v=spf1 a -all"
good.example.               MX  10 mx.good.example.
good.example.               TXT "v=spf1 a:mail.good.example -all"
mx.good.example.            A   193.0.2.80

30.100.51.198.in-addr.arpa. PTR mail.lying.example.
mail.lying.example.         A   198.51.100.31

forged.example.             MX  10 mx.good.example.
forged.example.             TXT "v=spf1 ip4:193.0.2.80 -all"
null.example.               MX  0 .
loop.example.               MX  10 mx.loop.example.
mx.loop.example.            A   192.168.1.1

2.0.0.127.bl.example.       A   127.0.0.2
66.100.51.198.bl.example.   A   127.0.0.4
66.100.51.198.bl.example.   TXT "see https://bl.example/?198.51.100.66"
66.100.51.198.in-addr.arpa. PTR mail.listed.example.
mail.listed.example.        A   198.51.100.66
10.100.51.198.dead.example. A   127.0.0.2
1.0.0.127.dead.example.     A   127.0.0.2
2.0.0.127.dead.example.     A   127.0.0.2
2.0.0.127.wl.example.       A   127.0.0.2
67.100.51.198.wl.example.   A   127.0.5.1
67.100.51.198.bl.example.   A   127.0.0.4
67.100.51.198.in-addr.arpa. PTR mail.allowed.example.
mail.allowed.example.       A   198.51.100.67
)";

constexpr auto settings = R"(
listen.unix = ["{folder}/socket"]
cache.directory = "{folder}/cache"
dns.servers = ["{address}:{dns_port}"]
callout.helo_name = "edge.example.net"
callout.permit_networks = ["{address}/32"]

[check]
make = ["syntax", "access", "helo", "client_name", "dnsbl", "own_domain", "spf", "sender_domain", "recipient"]
access.files = ["{access}"]
helo.syntax.action = "reject"
client_name.no_name.action = "reject"
client_name.not_confirmed.action = "defer"

[[dns_list]]
zone = "bl.example"
codes = ["127.0.0.[2..10]"]

[[dns_list]]
zone = "dead.example"
action = "reject"

[[dns_list]]
zone = "wl.example"
action = "allow"
weight = 0

[[own_domain]]
domains = ["example.org"]
networks = ["193.0.2.0/24"]

[[route]]
domain = "example.org"
to = ["smtp://{inside}"]
)";

class EnvelopesTest : public testing::Test {
 protected:
  EnvelopesTest() {
    std::filesystem::create_directories(place_.path() / "edge");
    const edge_place at{place_.path() / "edge", address_, inside_.port()};
    edge_ = std::make_unique<postfix_edge>(
        at,
        example("postfix/policy-service.cf") + "\nsmtpd_authorized_xclient_hosts = 127.0.0.0/8\n",
        "451 4.3.0 ");
    const auto access = place_.path() / "access";
    write_file(access, "refuse client 198.51.100.99 553 5.7.1 go away\n");
    daemon_ =
        std::make_unique<cbvd>(place_.path(), settings + edge_->cbvd_settings(),
                               std::map<std::string, std::string>{
                                   {"address", address_},
                                   {"dns_port", std::to_string(name_server_.port())},
                                   {"access", access},
                                   {"inside", address_ + ":" + std::to_string(inside_.port())}});
  }

  void TearDown() override {
    if (!HasFailure()) return;
    std::cerr << "-- cbvd:\n" << daemon_->log() << "-- the edge:\n" << edge_->log();
  }

  /// What the edge says to RCPT TO of such a client.
  std::string rcpt(const std::string& client_ip, const std::string& client_name,
                   const std::string& helo, const std::string& sender,
                   const std::string& recipient) {
    dialogue client(address_, edge_->port());
    client.say("EHLO test.example");
    const std::string name = client_name.empty() ? "[UNAVAILABLE]" : client_name;
    EXPECT_THAT(client.say("XCLIENT ADDR=" + client_ip + " NAME=" + name), StartsWith("220 "));
    EXPECT_THAT(client.say("EHLO " + helo), StartsWith("250"));
    EXPECT_THAT(client.say("MAIL FROM:<" + sender + ">"), StartsWith("250 "));
    return client.say("RCPT TO:<" + recipient + ">");
  }

  const temporary_directory place_;
  const std::string address_ = own_address();
  knot name_server_{place_.path(), address_, ".", zone};
  postfix inside_{place_.path(), address_, "example.org", {"ann", "bob"}};
  std::unique_ptr<postfix_edge> edge_;
  std::unique_ptr<cbvd> daemon_;
};

// At RCPT, Postfix makes 5.1.2 of the 5.1.8 that is about a sender.
TEST_F(EnvelopesTest, EachIsSettledByAnotherCheck) {
  constexpr const char* good = "198.51.100.10";
  constexpr const char* good_name = "mail.good.example";
  const struct {
    const char* check;
    const char* client;
    const char* client_name;
    const char* helo;
    const char* sender;
    const char* recipient;
    const char* reply;
    const char* text;
  } cases[] = {
      {"none", good, good_name, good_name, "joe@good.example", "ann@example.org", "250 2.1.5 ", ""},
      {"none, of a bounce", good, good_name, good_name, "", "ann@example.org", "250 2.1.5 ", ""},
      {"access", "198.51.100.99", good_name, good_name, "joe@good.example", "ann@example.org",
       "553 5.7.1 ", "go away"},
      {"HELO, our name", good, good_name, "edge.example.net", "joe@good.example", "ann@example.org",
       "550 5.7.1 ", "HELO has a name or address that is ours"},
      {"HELO, syntax", good, good_name, "laptop", "joe@good.example", "ann@example.org",
       "550 5.5.4 ", "HELO needs a fully qualified name"},
      {"client name, none", "198.51.100.20", "", good_name, "joe@good.example", "ann@example.org",
       "550 5.7.25 ", "Your address has no name"},
      {"client name, not confirmed", "198.51.100.30", "", good_name, "joe@good.example",
       "ann@example.org", "450 4.7.25 ", "does not lead back"},
      {"block list", "198.51.100.66", "", good_name, "joe@good.example", "ann@example.org",
       "554 5.7.1 ", "Client 198.51.100.66 is listed by bl.example"},
      {"own domain", good, good_name, good_name, "ann@example.org", "bob@example.org", "550 5.7.",
       ""},
      {"SPF", good, good_name, good_name, "joe@forged.example", "ann@example.org", "550 5.7.23 ",
       "198.51.100.10 may not send for forged.example"},
      {"SPF of HELO", "198.51.100.67", "", good_name, "", "ann@example.org", "550 5.7.23 ",
       "may not send for mail.good.example"},
      {"sender domain, none", good, good_name, good_name, "joe@nosuch.example", "ann@example.org",
       "550 5.1.2 ", "domain not found"},
      {"sender domain, null MX", good, good_name, good_name, "joe@null.example", "ann@example.org",
       "550 5.7.27 ", "does not accept mail"},
      {"sender domain, private", good, good_name, good_name, "joe@loop.example", "ann@example.org",
       "550 5.1.2 ", "no usable mail host"},
      {"recipient", good, good_name, good_name, "joe@good.example", "zed@example.org", "550 5.1.1 ",
       "mailbox not found"},
      {"an allow list", "198.51.100.67", "", "mail.allowed.example", "joe@allowed.example",
       "ann@example.org", "550 5.1.2 ", "domain has no mail host"},
  };
  for (const auto& one : cases) {
    const std::string said = rcpt(one.client, one.client_name, one.helo, one.sender, one.recipient);
    EXPECT_THAT(said, StartsWith(one.reply)) << one.check;
    EXPECT_THAT(said, HasSubstr(one.text)) << one.check;
  }
}

// A fault never becomes a rejection.
TEST_F(EnvelopesTest, WithoutANameServerOnlyWhatIsCertainIsRefused) {
  name_server_.stop();
  const struct {
    const char* client;
    const char* helo;
    const char* sender;
    const char* recipient;
    const char* reply;
  } cases[] = {
      {"198.51.100.66", "mail.listed.example", "joe@null.example", "ann@example.org", "250 2.1.5 "},
      {"198.51.100.20", "no.example", "joe@forged.example", "ann@example.org", "250 2.1.5 "},
      {"198.51.100.20", "edge.example.net", "joe@forged.example", "ann@example.org", "550 5.7.1 "},
      {"198.51.100.20", "no.example", "joe@forged.example", "zed@example.org", "550 5.1.1 "},
  };
  for (const auto& one : cases) {
    EXPECT_THAT(rcpt(one.client, "", one.helo, one.sender, one.recipient), StartsWith(one.reply))
        << one.client << ' ' << one.sender;
  }
}

}  // namespace
}  // namespace cbv::e2e
