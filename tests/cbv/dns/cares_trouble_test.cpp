// Servers that are silent, in trouble, or not there: each told apart, and another one asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cbv/dns/cares_test.hpp"

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

class CaresTroubleTest : public CaresTest {};

struct trouble_case {
  const char* what;
  lookup_status status;
  dns_server::script script;
};

dns_server::script filled(const dns_server::fill& fill) {
  return [fill](const message& query, bool) {
    message response = response_to(query);
    response.recursion_available = true;
    fill(query, response);
    return std::vector{*encode_message(response)};
  };
}

std::vector<trouble_case> troubles() {
  return {
      {"SERVFAIL", lookup_status::server_failure, filled(with_code(response_code::server_failure))},
      {"REFUSED", lookup_status::refused, filled(with_code(response_code::refused))},
      {"NOTIMP", lookup_status::server_failure, filled(with_code(response_code::not_implemented))},
      {"a referral", lookup_status::server_failure, filled([](const message&, message& response) {
         response.authorities = {{"org", record_type::ns, 60s, name_data{"ns.org"}}};
       })},
      {"A of five octets", lookup_status::malformed,
       filled(with_answers({{"example.org", record_type::a, 60s, raw_data{"12345"}}}))},
      {"a CNAME loop", lookup_status::server_failure,
       filled(with_answers({cname("example.org", "example.org")}))},
      {"a message cut short", lookup_status::malformed,
       [](const message& query, bool) {
         message response = response_to(query);
         response.answers = {a("example.org", "192.0.2.1")};
         const std::string octets = *encode_message(response);
         return std::vector{octets.substr(0, octets.size() - 13)};
       }},
  };
}

TEST_F(CaresTroubleTest, TellsTroublesApart) {
  for (const trouble_case& one : troubles()) {
    SCOPED_TRACE(one.what);
    first_.answer_with(one.script);
    first_.over_udp.clear();
    EXPECT_EQ(status(), one.status);
    EXPECT_EQ(first_.over_udp.size(), 1U) << "it has spoken: asking again is of no use";
  }
}

TEST_F(CaresTroubleTest, AsksTheSecondServerWhenTheFirstIsInTrouble) {
  ask_both();
  for (const trouble_case& one : troubles()) {
    SCOPED_TRACE(one.what);
    first_.answer_with(one.script);
    EXPECT_EQ(status(), lookup_status::ok);
  }
  EXPECT_EQ(first_.over_udp.size(), troubles().size()) << "the first is still asked first";
}

TEST_F(CaresTroubleTest, ReportsTheFirstTroubleOfSeveral) {
  ask_both();
  first_.answer(with_code(response_code::refused));
  second_.answer(with_code(response_code::server_failure));
  EXPECT_EQ(status(), lookup_status::refused);
}

TEST_F(CaresTroubleTest, DoesNotAskTheSecondServerWhatTheFirstHasDenied) {
  ask_both();
  first_.answer(with_code(response_code::name_error));
  EXPECT_EQ(status(), lookup_status::nx_domain);
  EXPECT_THAT(second_.over_udp, IsEmpty());
}

TEST_F(CaresTroubleTest, FindsMalformedMailExchangers) {
  first_.answer(with_answers(
      {mx("example.org", 10, "mx1.example.org"),
       {"example.org", record_type::mx, 60s, raw_data{std::string("\0\x0a\2mx\0garbage", 13)}}}));
  EXPECT_EQ(ask_mx("example.org").status, lookup_status::malformed);
}

TEST_F(CaresTroubleTest, AsksTheSecondServerWhenTheFirstIsSilent) {
  ask_both();
  options_.try_timeout = 100ms;
  options_.tries = 100;
  EXPECT_EQ(status(), lookup_status::ok);
  EXPECT_GE(first_.over_udp.size(), 1U);
}

TEST_F(CaresTroubleTest, AsksTheSilentServerLastForAWhile) {
  ask_both();
  options_.try_timeout = 100ms;
  options_.tries = 100;
  std::vector<std::string> asked;
  first_.answer_with([&](const message&, bool) {
    asked.emplace_back("first");
    return std::vector<std::string>();
  });
  second_.answer([&](const message&, message& response) {
    asked.emplace_back("second");
    response.answers = {a("example.org", "192.0.2.2")};
  });
  EXPECT_EQ(status(), lookup_status::ok);
  EXPECT_EQ(asked.front(), "first");
  asked.clear();
  EXPECT_EQ(status(), lookup_status::ok);
  EXPECT_EQ(asked.front(), "second");
  asked.clear();
  time_.ahead += 31s;
  EXPECT_EQ(status(), lookup_status::ok);
  EXPECT_EQ(asked.front(), "first");
}

TEST_F(CaresTroubleTest, RepeatsAQuestionThatWasLost) {
  options_.try_timeout = 100ms;
  options_.tries = 100;
  first_.answer_with([this](const message& query, bool) -> std::vector<std::string> {
    if (first_.over_udp.size() < 3) return {};
    message response = response_to(query);
    response.answers = {a("example.org", "192.0.2.1")};
    return {*encode_message(response)};
  });
  EXPECT_EQ(status(), lookup_status::ok);
}

TEST_F(CaresTroubleTest, GivesUpWhenAllTriesAreUsed) {
  options_.try_timeout = 20ms;
  EXPECT_EQ(status(), lookup_status::timed_out);
  EXPECT_EQ(first_.over_udp.size(), 2U);
}

TEST_F(CaresTroubleTest, AnswersAtTheDeadline) {
  const auto said = wait_for(names().a("example.org", time_.now() + 20ms));
  EXPECT_EQ(said.status, lookup_status::timed_out);
  EXPECT_THAT(said.records, IsEmpty());
}

TEST_F(CaresTroubleTest, AsksNothingPastTheDeadline) {
  EXPECT_EQ(wait_for(names().a("example.org", time_.now() - 1s)).status, lookup_status::timed_out);
  io_.poll();
  EXPECT_THAT(first_.over_udp, IsEmpty());
}

TEST_F(CaresTroubleTest, SaysWhenNobodyIsThere) {
  std::string nobody;
  {
    asio::io_context other;
    nobody = dns_server(other).address();
  }
  options_.servers = {nobody};
  EXPECT_EQ(status(), lookup_status::server_failure);
  options_.servers = {nobody, second_.address()};
  resolver_.reset();
  EXPECT_EQ(status(), lookup_status::ok);
}

}  // namespace
}  // namespace cbv::dns
