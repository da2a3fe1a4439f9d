#include "cbv/dns/cares_resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "cbv/dns/name.hpp"
#include "tests/cbv/dns/cares_test.hpp"

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;
using asio::ip::make_address_v4;
using asio::ip::make_address_v6;
using testing::ElementsAre;
using testing::IsEmpty;

class CaresResolverTest : public CaresTest {};

TEST_F(CaresResolverTest, FindsMailExchangers) {
  first_.answer(with_answers({mx("example.org", 10, "mx1.example.org"), mx("example.org", 0, "")}));
  const answer<mx_record> said = ask_mx("Example.ORG");
  EXPECT_EQ(said.status, lookup_status::ok);
  EXPECT_EQ(said.ttl, 300s);
  EXPECT_THAT(said.records, ElementsAre(mx_record{10, "mx1.example.org"}, mx_record{0, ""}));
  ASSERT_EQ(first_.over_udp.size(), 1U);
  const message& query = first_.over_udp[0];
  EXPECT_EQ(query.asked, (question{"example.org", record_type::mx, class_in}));
  EXPECT_TRUE(query.recursion_desired);
  EXPECT_EQ(query.udp_octets, 1232);
}

TEST_F(CaresResolverTest, FindsAddresses) {
  first_.answer([](const message& query, message& response) {
    if (query.asked->type == record_type::a) {
      response.answers = {a("example.org", "192.0.2.1"), a("example.org", "192.0.2.2")};
    } else {
      response.answers = {{"example.org", record_type::aaaa, 60s, make_address_v6("2001:db8::1")}};
    }
  });
  EXPECT_THAT(ask_a("example.org").records,
              ElementsAre(make_address_v4("192.0.2.1"), make_address_v4("192.0.2.2")));
  const auto v6 = wait_for(names().aaaa("example.org", time_.now() + 60s));
  EXPECT_THAT(v6.records, ElementsAre(make_address_v6("2001:db8::1")));
  EXPECT_EQ(v6.ttl, 60s);
}

TEST_F(CaresResolverTest, TellsNoDataFromNoName) {
  first_.answer([](const message& query, message& response) {
    response.authorities = {soa("example.org")};
    if (query.asked->name != "example.org") response.code = response_code::name_error;
  });
  const answer<mx_record> no_data = ask_mx("example.org");
  EXPECT_EQ(no_data.status, lookup_status::no_data);
  EXPECT_EQ(no_data.ttl, 120s);
  const answer<mx_record> no_name = ask_mx("nx.example.org");
  EXPECT_EQ(no_name.status, lookup_status::nx_domain);
  EXPECT_EQ(no_name.ttl, 120s);
}

TEST_F(CaresResolverTest, AsksOverTcpForWhatIsTruncated) {
  first_.answer(with_answers(std::vector<record>(200, a("example.org", "192.0.2.1"))));
  EXPECT_EQ(ask_a("example.org").records.size(), 200U);
  EXPECT_EQ(first_.over_udp.size(), 1U);
  EXPECT_EQ(first_.over_tcp.size(), 1U);
}

TEST_F(CaresResolverTest, TakesAFullMessageOverTcp) {
  first_.answer(with_answers(std::vector<record>(4000, a("example.org", "192.0.2.1"))));
  EXPECT_EQ(ask_a("example.org").records.size(), 4000U);
}

TEST_F(CaresResolverTest, DoesNotBelieveWhatIsTruncatedOverTcp) {
  first_.answer([](const message&, message& response) {
    response.truncated = true;
    response.answers = {a("example.org", "192.0.2.1")};
  });
  EXPECT_EQ(status(), lookup_status::malformed);
  EXPECT_EQ(first_.over_tcp.size(), 1U);
}

TEST_F(CaresResolverTest, IsNotHurtByATcpConnectionThatBreaks) {
  const auto truncated = [](const message& query, bool is_tcp) {
    message response = response_to(query);
    response.truncated = true;
    if (is_tcp) return std::vector<std::string>();
    return std::vector{*encode_message(response)};
  };
  first_.answer_with(truncated);
  EXPECT_EQ(status(), lookup_status::server_failure);
  EXPECT_EQ(first_.over_tcp.size(), 2U) << "the question is repeated";
  ask_both();
  resolver_.reset();
  EXPECT_EQ(status(), lookup_status::ok);
}

TEST_F(CaresResolverTest, AsksWithoutEdnsWhoDoesNotKnowIt) {
  first_.answer_with([](const message& query, bool) {
    message response = response_to(query);
    response.recursion_available = true;
    response.udp_octets = 0;
    if (query.udp_octets != 0) {
      response.code = response_code::format_error;
    } else {
      response.answers = {a(query.asked->name, "192.0.2.1")};
    }
    return std::vector{*encode_message(response)};
  });
  std::optional<answer<asio::ip::address_v4>> one;
  std::optional<answer<asio::ip::address_v4>> two;
  spawn(names().a("one.example.org", time_.now() + 60s), one);
  spawn(names().a("two.example.org", time_.now() + 60s), two);
  while (ended_ < 2) io_.run_one();
  EXPECT_EQ(one->status, lookup_status::ok);
  EXPECT_EQ(two->status, lookup_status::ok);
}

TEST_F(CaresResolverTest, IgnoresAnswersToOtherQuestions) {
  first_.answer_with([](const message& query, bool) {
    message response = response_to(query);
    response.recursion_available = true;
    message other_id = response;
    other_id.id = static_cast<std::uint16_t>(query.id + 1);
    message other_name = response;
    other_name.asked->name = "example.net";
    response.answers = {a("example.org", "192.0.2.1")};
    return std::vector{*encode_message(other_id), *encode_message(other_name), std::string("short"),
                       *encode_message(response)};
  });
  EXPECT_EQ(status(), lookup_status::ok);
}

TEST_F(CaresResolverTest, FollowsCnamesAcrossAnswers) {
  first_.answer(
      from_zone({cname("example.org", "b.example.org"), cname("b.example.org", "c.example.org"),
                 a("c.example.org", "192.0.2.1")}));
  const auto said = ask_a("example.org");
  EXPECT_EQ(said.status, lookup_status::ok);
  EXPECT_EQ(said.ttl, 60s) << "the least of all";
  EXPECT_THAT(said.records, ElementsAre(make_address_v4("192.0.2.1")));
  EXPECT_EQ(first_.over_udp.size(), 3U);
}

TEST_F(CaresResolverTest, FollowsCnamesToNothing) {
  first_.answer(from_zone({cname("example.org", "b.example.org")}));
  EXPECT_EQ(status(), lookup_status::nx_domain);
  first_.answer([](const message& query, message& response) {
    if (query.asked->name == "example.org") {
      response.answers = {cname("example.org", "b.example.org")};
    } else {
      response.authorities = {soa("example.org")};
    }
  });
  const auto said = ask_a("example.org");
  EXPECT_EQ(said.status, lookup_status::no_data);
  EXPECT_EQ(said.ttl, 60s);
}

TEST_F(CaresResolverTest, FollowsCnamesOnlySoFar) {
  first_.answer([](const message& query, message& response) {
    response.answers = {cname(query.asked->name, "x." + query.asked->name)};
  });
  EXPECT_EQ(status(), lookup_status::server_failure);
  EXPECT_EQ(first_.over_udp.size(), 9U) << "the name itself, and 8 more";
}

TEST_F(CaresResolverTest, AsksForOddNames) {
  // Names that are made of a local-part (RFC 7208 section 7) may have any octet in them.
  for (const std::string odd :
       {"o'neil+a.b", "a b", "a\\b", "b\xc3\xbc", "\"", "%7e", "\x01\x7f"}) {
    const std::string name = escaped_name(odd + ".example.org");
    const record said = a(name, "192.0.2.1");
    first_.answer(with_answers({said}));
    EXPECT_EQ(ask_a(name).status, lookup_status::ok) << name;
    EXPECT_EQ(first_.over_udp.back().asked->name, name);
  }
  const std::string dot_inside = "a\\046b.example.org";
  first_.answer(with_answers({a(dot_inside, "192.0.2.1")}));
  EXPECT_EQ(ask_a(dot_inside).status, lookup_status::ok);
  EXPECT_EQ(first_.over_udp.back().asked->name, dot_inside);
}

TEST_F(CaresResolverTest, FindsTextsAndNames) {
  first_.answer([](const message& query, message& response) {
    if (query.asked->type == record_type::txt) {
      const text_data spf{{"v=spf1 ip4:192.0.2.1", " -all"}};
      response.answers = {{query.asked->name, record_type::txt, 60s, spf},
                          {query.asked->name, record_type::txt, 60s, text_data{{""}}}};
    } else {
      response.answers = {{query.asked->name, record_type::ptr, 300s, name_data{"mx.example.org"}}};
    }
  });
  const auto texts = wait_for(names().txt("example.org", time_.now() + 60s));
  EXPECT_EQ(texts.ttl, 60s);
  ASSERT_EQ(texts.records.size(), 2U);
  EXPECT_EQ(texts.records[0].joined(), "v=spf1 ip4:192.0.2.1 -all");
  EXPECT_EQ(texts.records[1].joined(), "");
  const auto pointers = wait_for(names().ptr("1.2.0.192.in-addr.arpa", time_.now() + 60s));
  EXPECT_THAT(pointers.records, ElementsAre(name_data{"mx.example.org"}));
  EXPECT_EQ(first_.over_udp.back().asked,
            (question{"1.2.0.192.in-addr.arpa", record_type::ptr, class_in}));
}

TEST_F(CaresResolverTest, AsksForNoNameThatCannotBe) {
  first_.answer(with_answers({}));
  for (const std::string name :
       {"a b.org", "a\\000b.org", "a\\.b.org", "a..org", ".org", "b\xc3\xbc.org"}) {
    EXPECT_EQ(ask_a(name).status, lookup_status::malformed) << name;
  }
  EXPECT_EQ(ask_a(std::string(64, 'a') + ".org").status, lookup_status::malformed);
  EXPECT_EQ(ask_a("x.onion").status, lookup_status::nx_domain);
  EXPECT_THAT(first_.over_udp, IsEmpty());
}

}  // namespace
}  // namespace cbv::dns
