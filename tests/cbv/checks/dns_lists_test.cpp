#include "cbv/checks/dns_lists.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cbv/checks/checks_world.hpp"

namespace cbv::checks {
namespace {

using asio::ip::make_address_v4;
using dns::listing;
using testing::HasSubstr;

dns_list list_of(const char* zone, int weight, consequence alone = consequence::off) {
  dns_list made;
  made.zone = zone;
  made.weight = weight;
  made.alone.if_failed = alone;
  return made;
}

dns_list with_codes(dns_list made, const std::vector<const char*>& patterns) {
  for (const char* each : patterns) made.codes.push_back(*code_pattern::parse(each));
  return made;
}

dns_list allow_list(const char* zone) {
  dns_list made = list_of(zone, 0);
  made.allows = true;
  return made;
}

dns_list_rules rules_of(std::vector<dns_list> lists, int threshold = 2) {
  dns_list_rules rules;
  rules.lists = std::move(lists);
  rules.threshold = threshold;
  return rules;
}

zone_answer said(const char* zone, listing what, const std::vector<const char*>& codes = {}) {
  zone_answer made;
  made.zone = zone;
  made.said = what;
  for (const char* each : codes) made.codes.push_back(make_address_v4(each));
  return made;
}

zone_answer lists(const char* zone, const char* code = "127.0.0.2") {
  return said(zone, listing::listed, {code});
}

const envelope of = envelope_of("198.51.100.7");

// 'a', 'd' and 'r' for what is decided; 0 for nothing.
int decision_of(const finding& found) {
  if (!found.decision) return 0;
  return found.decision->action == action::reject  ? 'r'
         : found.decision->action == action::defer ? 'd'
                                                   : 'a';
}

TEST(DnsListsTest, WeighsWhatListsSay) {
  const struct {
    const char* what;
    dns_list_rules rules;
    std::vector<zone_answer> answers;
    checks::outcome outcome;
    int decision;
  } cases[] = {
      {"no one lists it",
       rules_of({list_of("a", 1), list_of("b", 1)}),
       {said("a", listing::not_listed), said("b", listing::not_listed)},
       outcome::pass,
       0},
      {"below the threshold",
       rules_of({list_of("a", 1), list_of("b", 1)}),
       {lists("a"), said("b", listing::not_listed)},
       outcome::pass,
       0},
      {"at the threshold",
       rules_of({list_of("a", 1), list_of("b", 1)}),
       {lists("a"), lists("b")},
       outcome::fail,
       'r'},
      {"taken off by an allow list",
       rules_of({list_of("a", 3), list_of("w", -2)}),
       {lists("a"), lists("w")},
       outcome::pass,
       0},
      {"not taken off",
       rules_of({list_of("a", 4), list_of("w", -2)}),
       {lists("a"), lists("w")},
       outcome::fail,
       'r'},
      {"allowed",
       rules_of({list_of("a", 9, consequence::reject), allow_list("w")}),
       {lists("a"), lists("w")},
       outcome::pass,
       0},
      {"not allowed",
       rules_of({list_of("a", 9), allow_list("w")}),
       {lists("a"), said("w", listing::not_listed)},
       outcome::fail,
       'r'},
      {"one alone rejects",
       rules_of({list_of("a", 0, consequence::reject)}),
       {lists("a")},
       outcome::fail,
       'r'},
      {"one alone defers",
       rules_of({list_of("a", 0, consequence::defer)}),
       {lists("a")},
       outcome::fail,
       'd'},
      {"one alone is logged",
       rules_of({list_of("a", 0, consequence::log)}),
       {lists("a")},
       outcome::fail,
       0},
      {"the strictest counts",
       rules_of({list_of("a", 0, consequence::defer), list_of("b", 0, consequence::reject)}),
       {lists("a"), lists("b")},
       outcome::fail,
       'r'},
      {"a code that counts",
       rules_of({with_codes(list_of("a", 2), {"127.0.0.[2..4]"})}),
       {lists("a", "127.0.0.4")},
       outcome::fail,
       'r'},
      {"a code that does not",
       rules_of({with_codes(list_of("a", 2), {"127.0.0.[2..4]"})}),
       {lists("a", "127.0.0.10")},
       outcome::pass,
       0},
      {"one of two codes",
       rules_of({with_codes(list_of("a", 2), {"127.0.0.9", "127.0.0.10"})}),
       {said("a", listing::listed, {"127.0.0.4", "127.0.0.10"})},
       outcome::fail,
       'r'},
      {"a zone in two parts",
       rules_of({with_codes(list_of("a", 1), {"127.0.0.2"}),
                 with_codes(list_of("a", 1), {"127.0.0.3"})}),
       {said("a", listing::listed, {"127.0.0.2", "127.0.0.3"})},
       outcome::fail,
       'r'},
      {"one part of a zone",
       rules_of({with_codes(list_of("a", 1), {"127.0.0.2"}),
                 with_codes(list_of("a", 1), {"127.0.0.3"})}),
       {lists("a", "127.0.0.3")},
       outcome::pass,
       0},
      {"weight without a listing",
       rules_of({list_of("a", 1)}, 0),
       {said("a", listing::not_listed)},
       outcome::pass,
       0},
  };
  for (const auto& one : cases) {
    const finding found = judge_dns_lists(of, one.rules, {one.answers});
    EXPECT_EQ(found.outcome, one.outcome) << one.what << ": " << found.evidence;
    EXPECT_EQ(decision_of(found), one.decision) << one.what;
  }
}

TEST(DnsListsTest, RejectsNoOneForAFault) {
  for (const listing fault : {listing::trouble, listing::refused, listing::not_working}) {
    SCOPED_TRACE(to_string(fault));
    const bool may_have_it = fault != listing::not_working;
    const dns_list_rules alone = rules_of({list_of("a", 5, consequence::reject)});
    const finding nothing = judge_dns_lists(of, alone, {{said("a", fault)}});
    EXPECT_EQ(nothing.outcome, outcome::unknown);
    EXPECT_FALSE(nothing.decision);

    // What is listed elsewhere is.
    const dns_list_rules both = rules_of({list_of("a", 5), list_of("b", 5)});
    EXPECT_EQ(decision_of(judge_dns_lists(of, both, {{said("a", fault), lists("b")}})), 'r');

    // But not where who was not heard might have spoken for the client.
    const dns_list_rules allowed =
        rules_of({list_of("a", 5, consequence::reject), allow_list("w")});
    EXPECT_EQ(decision_of(judge_dns_lists(of, allowed, {{lists("a"), said("w", fault)}})),
              may_have_it ? 'd' : 'r');
    const dns_list_rules lighter = rules_of({list_of("a", 2), list_of("w", -1)});
    EXPECT_EQ(decision_of(judge_dns_lists(of, lighter, {{lists("a"), said("w", fault)}})),
              may_have_it ? 'd' : 'r');
    const dns_list_rules heavy = rules_of({list_of("a", 3), list_of("w", -1)});
    EXPECT_EQ(decision_of(judge_dns_lists(of, heavy, {{lists("a"), said("w", fault)}})), 'r');
    const dns_list_rules by_itself =
        rules_of({list_of("a", 2, consequence::reject), list_of("w", -1)});
    EXPECT_EQ(decision_of(judge_dns_lists(of, by_itself, {{lists("a"), said("w", fault)}})), 'r');
  }
}

TEST(DnsListsTest, RejectsNoOneWithoutAnAnswer) {
  const finding found = judge_dns_lists(of, rules_of({list_of("a", 5, consequence::reject)}), {});
  EXPECT_EQ(found, not_known("a: not asked"));
}

TEST(DnsListsTest, TellsWhoListsItAndWhy) {
  dns_list_rules rules = rules_of({list_of("a.example.net", 1), list_of("b.example.net", 1)});
  zone_answer words = lists("a.example.net", "127.0.0.4");
  words.words = "see http://a.example.net/?ip=198.51.100.7\r\n" + std::string(500, 'x');
  const finding found = judge_dns_lists(of, rules, {{words, lists("b.example.net")}});
  EXPECT_THAT(found.evidence, HasSubstr("weight 2 of 2: a.example.net (127.0.0.4: see http://"));
  EXPECT_THAT(found.evidence, HasSubstr("b.example.net (127.0.0.2)"));
  EXPECT_EQ(found.evidence.find_first_of("\r\n"), std::string::npos);
  EXPECT_LT(found.evidence.size(), 400U);
  EXPECT_EQ(found.decision,
            (advice{action::reject, 554, "5.7.1",
                    "Client 198.51.100.7 is listed by a.example.net, b.example.net"}));
  rules.heavy = {{550, "5.7.9", "no"}, consequence::reject};
  EXPECT_EQ(judge_dns_lists(of, rules, {{words, lists("b.example.net")}}).decision,
            (advice{action::reject, 550, "5.7.9", "no"}));
}

TEST(DnsListsTest, SkipsWhatIsNotThere) {
  EXPECT_EQ(judge_dns_lists(of, {}, {}).outcome, outcome::skip);
  EXPECT_EQ(judge_dns_lists(envelope_of(""), rules_of({list_of("a", 1)}), {}).outcome,
            outcome::skip);
}

}  // namespace
}  // namespace cbv::checks
