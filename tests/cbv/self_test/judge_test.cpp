#include "cbv/self_test/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/cbv/self_test/self_test_world.hpp"

namespace cbv::self_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// The good zone without the lines that have `gone` in them, and with `more`.
std::string zone_with(const std::string& gone, const std::string& more = "") {
  std::string zone;
  std::string rest = good_zone;
  while (!rest.empty()) {
    const std::string line = rest.substr(0, rest.find('\n') + 1);
    rest.erase(0, line.size());
    if (gone.empty() || line.find(gone) == std::string::npos) zone += line;
  }
  return zone + (more.empty() ? "" : "  " + more + "\n");
}

std::vector<std::string> judged(const std::string& zone,
                                const appearance& seen = good_appearance()) {
  return grades(judge(learn(zone, seen)));
}

TEST(SelfTestTest, FindsNothingWhereAllIsWell) {
  EXPECT_THAT(
      judged(good_zone),
      ElementsAre("ok helo_name probe.example.org", "ok source_ipv4 193.0.2.25",
                  "ok source_ipv6 2a00:db8::25", "ok ptr 193.0.2.25", "ok helo_match 193.0.2.25",
                  "ok ptr 2a00:db8::25", "ok helo_match 2a00:db8::25",
                  "ok helo_spf probe.example.org", "ok sender_spf example.org",
                  "ok helo_spf probe.example.org", "ok sender_spf example.org",
                  "ok sender_domain example.org", "ok dnsbl 193.0.2.25", "ok dnsbl 2a00:db8::25"));
}

TEST(SelfTestTest, SaysWhatTheDnsLacks) {
  const struct {
    const char* gone;
    const char* more;
    std::vector<const char*> found;
  } cases[] = {
      // EHLO's name
      {"probe.example.org.          ", "", {"wrong helo_name probe.example.org"}},
      {"A    193.0.2.25", "", {"warning helo_match 193.0.2.25"}},
      {"AAAA", "", {"wrong ptr 2a00:db8::25", "warning helo_match 2a00:db8::25"}},
      {"A    193.0.2.25",
       "probe.example.org. A 193.0.2.99",
       {"wrong ptr 193.0.2.25", "warning helo_match 193.0.2.25",
        "wrong helo_spf probe.example.org"}},
      // PTR
      {"in-addr.arpa", "", {"wrong ptr 193.0.2.25", "warning helo_match 193.0.2.25"}},
      {"in-addr.arpa",
       "25.2.0.193.in-addr.arpa. PTR liar.example.org.",
       {"wrong ptr 193.0.2.25", "warning helo_match 193.0.2.25"}},
      {"in-addr.arpa",
       "25.2.0.193.in-addr.arpa. PTR mx2.example.org.\n  mx2.example.org. A 193.0.2.25",
       {"ok ptr 193.0.2.25", "warning helo_match 193.0.2.25"}},
      {"in-addr.arpa",
       "25.2.0.193.in-addr.arpa. PTR p193-0-2-25.isp.example.\n  p193-0-2-25.isp.example. A "
       "193.0.2.25",
       {"warning ptr 193.0.2.25"}},
      {"in-addr.arpa",
       "25.2.0.193.in-addr.arpa. PTR 25.2.0.193.isp.example.\n  25.2.0.193.isp.example. A "
       "193.0.2.25",
       {"warning ptr 193.0.2.25"}},
      {"in-addr.arpa",
       "25.2.0.193.in-addr.arpa. PTR h193.isp.example.\n  h193.isp.example. A 193.0.2.25",
       {"ok ptr 193.0.2.25"}},
      // SPF
      {"ip4:193", "", {"warning sender_spf example.org"}},
      {"ip4:193", "example.org. TXT \"v=spf1 ?all\"", {"warning sender_spf example.org"}},
      {"ip4:193", "example.org. TXT \"v=spf1 ~all\"", {"wrong sender_spf example.org"}},
      {"ip4:193", "example.org. TXT \"v=spf1 mx -all\"", {"wrong sender_spf example.org"}},
      {"ip4:193", "example.org. TXT \"v=spf1 ip4:193.0.2 -all\"", {"wrong sender_spf example.org"}},
      {"spf1 a", "", {"ok helo_spf probe.example.org"}},
      {"spf1 a", "probe.example.org. TXT \"v=spf1 -all\"", {"wrong helo_spf probe.example.org"}},
      // the sender's domain
      {" example.org.", "", {"wrong sender_domain example.org"}},
      {"10 mx", "", {"wrong sender_domain example.org"}},
      {"10 mx", "example.org. A 193.0.2.26", {"ok sender_domain example.org"}},
      {"10 mx", "example.org. MX 0 .", {"wrong sender_domain example.org"}},
      {" mx.example.org. ", "", {"wrong sender_domain example.org"}},
      {" mx.example.org. ", "mx.example.org. A 10.0.0.1", {"warning sender_domain example.org"}},
      // block lists
      {"", "25.2.0.193.bl.example.net. A 127.0.0.3", {"wrong dnsbl 193.0.2.25"}},
      {" 2.0.0.127", "25.2.0.193.bl.example.net. A 127.0.0.3", {"not_known dnsbl 193.0.2.25"}},
      {"",
       "1.0.0.127.bl.example.net. A 127.0.0.2\n  25.2.0.193.bl.example.net. A 127.0.0.3",
       {"not_known dnsbl 193.0.2.25"}},
      {"", "25.2.0.193.bl.example.net. A 193.0.2.99", {"not_known dnsbl 193.0.2.25"}},
      {"", "25.2.0.193.bl.example.net. A 127.255.255.254", {"not_known dnsbl 193.0.2.25"}},
      {" 2.0.0.127", "*.bl.example.net. A 127.255.255.254", {"not_known dnsbl 193.0.2.25"}},
      {"f.7.f.f", "", {"not_known dnsbl 2a00:db8::25"}},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(std::string(one.gone) + " -> " + one.more);
    const std::vector<std::string> found = judged(zone_with(one.gone, one.more));
    for (const char* each : one.found) EXPECT_THAT(found, Contains(each));
  }
}

std::string entry(std::string name, const std::string& what) {
  return name.append(" ").append(what);
}

// Trouble of the DNS with any name, or with all of them, is never said to be wrong.
TEST(SelfTestTest, NeverCallsTroubleWrong) {
  for (const std::string name :
       {"probe.example.org.", "25.2.0.193.in-addr.arpa.", "ip6.arpa.", "example.org.",
        "mx.example.org.", "bl.example.net.", "2.0.0.127.bl.example.net.",
        "1.0.0.127.bl.example.net.", "25.2.0.193.bl.example.net.", "org.", "."}) {
    for (const std::string temper : {"SERVFAIL", "REFUSED", "TIMEOUT", "MALFORMED"}) {
      const std::string zone = zone_with("", entry(name, temper));
      const std::vector<std::string> found = judged(zone);
      EXPECT_THAT(found, Contains(HasSubstr("not_known"))) << name << temper;
      EXPECT_THAT(found, Not(Contains(HasSubstr("wrong")))) << name << temper;
      EXPECT_THAT(found, Not(Contains(HasSubstr("warning")))) << name << temper;
    }
  }
}

TEST(SelfTestTest, NeverCallsTroubleWithOneTypeWrong) {
  for (const std::string type : {"A", "AAAA", "MX", "TXT", "PTR"}) {
    for (const std::string name : {"probe.example.org.", "25.2.0.193.in-addr.arpa.", "example.org.",
                                   "mx.example.org.", "25.2.0.193.bl.example.net."}) {
      const std::string zone = zone_with("", entry(name, type + " SERVFAIL"));
      EXPECT_THAT(judged(zone), Not(Contains(HasSubstr("wrong")))) << name << type;
    }
  }
}

TEST(SelfTestTest, TakesOneFamilyInTroubleForNoStatement) {
  for (const std::string type : {"A", "AAAA"}) {
    const std::string of_name = "probe.example.org.          A";  // both records
    const std::vector<std::string> found =
        judged(zone_with(of_name, entry("probe.example.org.", type + " SERVFAIL")));
    EXPECT_THAT(found, Contains("not_known helo_name probe.example.org")) << type;
  }
}

TEST(SelfTestTest, TakesAnSpfOutcomeThatPassedTroubleOverForNone) {
  const std::string zone = zone_with("ip4:193",
                                     "example.org. TXT \"v=spf1 ptr -all\"\n"
                                     "  25.2.0.193.in-addr.arpa. PTR SERVFAIL");
  const std::vector<std::string> found = judged(zone);
  EXPECT_THAT(found, Contains("not_known sender_spf example.org"));  // of IPv4
  EXPECT_THAT(found, Contains("ok sender_spf example.org"));         // of IPv6
  EXPECT_THAT(found, Not(Contains("wrong sender_spf example.org")));
}

TEST(SelfTestTest, JudgesTheNameInEhlo) {
  const std::pair<const char*, const char*> cases[] = {
      {"localhost", "wrong"},      {"mailhost", "wrong"},    {"localhost.localdomain", "wrong"},
      {"mail.lan", "wrong"},       {"mx.example", "wrong"},  {"[193.0.2.25]", "warning"},
      {"nx.example.org", "wrong"}, {"example.org", "wrong"},  // it has no address
      {"mx.example.org", "ok"},
  };
  for (const auto& [name, expected] : cases) {
    appearance seen = good_appearance();
    seen.helo_name = name;
    EXPECT_THAT(judged(good_zone, seen), Contains(std::string(expected) + " helo_name " + name));
  }
}

TEST(SelfTestTest, JudgesTheSource) {
  const auto at = [](const char* address, origin from) {
    return source{asio::ip::make_address(address), from};
  };
  const struct {
    source ipv4;
    source ipv6;
    dns::address_family family;
    std::vector<const char*> found;
    std::vector<const char*> not_found;
  } cases[] = {
      {at("193.0.2.25", origin::routes), {}, dns::address_family::any, {"ok source_ipv6 IPv6"}, {}},
      {{},
       at("2a00:db8::25", origin::routes),
       dns::address_family::any,
       {"warning source_ipv4 IPv4"},
       {}},
      {{},
       {},
       dns::address_family::any,
       {"wrong source_ipv4 IPv4", "wrong source_ipv6 IPv6"},
       {"ptr"}},
      {at("193.0.2.25", origin::routes),
       at("2a00:db8::25", origin::routes),
       dns::address_family::ipv4,
       {"ok source_ipv4 193.0.2.25"},
       {"2a00", "IPv6"}},
      {at("193.0.2.25", origin::routes),
       {},
       dns::address_family::ipv6,
       {"wrong source_ipv6 IPv6"},
       {"193", "IPv4"}},
      {at("10.0.0.1", origin::routes),
       {},
       dns::address_family::any,
       {"not_known source_ipv4 10.0.0.1"},
       {"ptr"}},
      {at("10.0.0.1", origin::source_setting),
       {},
       dns::address_family::any,
       {"not_known source_ipv4 10.0.0.1"},
       {"ptr"}},
      {at("10.0.0.1", origin::own_ip),
       {},
       dns::address_family::any,
       {"warning source_ipv4 10.0.0.1"},
       {"ptr"}},
  };
  for (const auto& one : cases) {
    appearance seen = good_appearance();
    seen.ipv4 = one.ipv4;
    seen.ipv6 = one.ipv6;
    seen.family = one.family;
    const std::vector<std::string> found = judged(good_zone, seen);
    for (const char* each : one.found) EXPECT_THAT(found, Contains(each));
    for (const char* each : one.not_found) EXPECT_THAT(found, Not(Contains(HasSubstr(each))));
  }
}

TEST(SelfTestTest, JudgesTheNullSenderByTheNameInEhlo) {
  appearance seen = good_appearance();
  seen.senders = {reverse_path()};
  const std::vector<std::string> found = judged(good_zone, seen);
  EXPECT_THAT(found, Contains("ok sender_domain <>"));
  EXPECT_THAT(found, Contains("ok helo_spf probe.example.org"));
  EXPECT_THAT(found, Not(Contains(HasSubstr("sender_spf"))));
}

TEST(SelfTestTest, JudgesEachSender) {
  appearance seen = good_appearance();
  seen.senders.push_back(*parse_reverse_path("<a@example.net>"));
  seen.senders.push_back(*parse_reverse_path("<b@[193.0.2.25]>"));
  const std::vector<std::string> found = judged(good_zone, seen);
  EXPECT_THAT(found, Contains("warning sender_spf example.net"));
  EXPECT_THAT(found, Contains("wrong sender_domain example.net"));
  EXPECT_THAT(found, Contains("warning sender_domain [193.0.2.25]"));
}

TEST(SelfTestTest, SaysThatNoBlockListIsSet) {
  appearance seen = good_appearance();
  seen.dnsbls.clear();
  EXPECT_THAT(judged(good_zone, seen), Contains("not_known dnsbl "));
}

TEST(SelfTestTest, TellsTheListsWordsAndWhatToDo) {
  const std::string zone = zone_with("",
                                     "25.2.0.193.bl.example.net. A 127.0.0.3\n"
                                     "  25.2.0.193.bl.example.net. TXT \"callouts seen\"");
  for (const finding& each : judge(learn(zone, good_appearance()))) {
    EXPECT_EQ(each.text.find('\n'), std::string::npos);
    if (each.graded == grade::wrong) {
      EXPECT_EQ(each.text, "bl.example.net lists it (127.0.0.3: callouts seen)");
      EXPECT_FALSE(each.advice.empty());
    }
  }
}

TEST(SelfTestTest, GivesAdviceWhereSomethingIsNotOk) {
  for (const std::string gone :
       {"probe.example.org.          ", "in-addr.arpa", "ip4:193", " example.org."}) {
    for (const finding& each : judge(learn(zone_with(gone), good_appearance()))) {
      EXPECT_EQ(each.advice.empty() && each.graded != grade::ok, false) << each.text;
    }
  }
}

TEST(SelfTestTest, SaysWhetherAnythingIsWrong) {
  EXPECT_FALSE(is_anything_wrong({}));
  finding one;
  one.graded = grade::warning;
  EXPECT_FALSE(is_anything_wrong({one}));
  one.graded = grade::not_known;
  EXPECT_FALSE(is_anything_wrong({one}));
  one.graded = grade::wrong;
  EXPECT_TRUE(is_anything_wrong({finding(), one}));
}

}  // namespace
}  // namespace cbv::self_test
