#include "cbv/dns/cares_resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "cbv/dns/name.hpp"
#include "tests/cbv/dns/dns_server.hpp"

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;
using asio::ip::make_address_v4;
using asio::ip::make_address_v6;
using testing::ElementsAre;
using testing::IsEmpty;

record mx(const std::string& name, std::uint16_t preference, const std::string& exchange) {
  return {name, record_type::mx, 300s, mx_record{preference, exchange}};
}
record a(const std::string& name, const std::string& address) {
  return {name, record_type::a, 300s, make_address_v4(address)};
}
record cname(const std::string& name, const std::string& target) {
  return {name, record_type::cname, 60s, name_data{target}};
}
record soa(const std::string& name) {
  soa_data data;
  data.minimum = 120;
  return {name, record_type::soa, 300s, data};
}

dns_server::fill with_code(response_code code) {
  return [code](const message&, message& response) { response.code = code; };
}
dns_server::fill with_answers(const std::vector<record>& answers) {
  return [answers](const message&, message& response) { response.answers = answers; };
}
// The CNAME or address that `zone` has for the name asked for, and nothing more.
dns_server::fill from_zone(const std::vector<record>& zone) {
  return [zone](const message& query, message& response) {
    for (const record& one : zone) {
      if (one.name == query.asked->name &&
          (one.type == query.asked->type || one.type == record_type::cname)) {
        response.answers.push_back(one);
      }
    }
    if (response.answers.empty()) response.code = response_code::name_error;
  };
}

// The machine's clock, or ahead of it. c-ares reads the machine's.
class shifted_timer final : public timer {
 public:
  time_point now() const noexcept override { return machine_.now() + ahead; }
  wall_time wall_now() const noexcept override { return machine_.wall_now(); }
  awaitable<void> sleep_until(time_point when) override {
    return machine_.sleep_until(when - ahead);
  }
  std::unique_ptr<alarm> call_at(const asio::any_io_executor& executor, time_point when,
                                 std::function<void()> what) override {
    return machine_.call_at(executor, when - ahead, std::move(what));
  }

  std::chrono::seconds ahead{};

 private:
  system_timer machine_;
};

class CaresResolverTest : public testing::Test {
 protected:
  CaresResolverTest() {
    options_.servers = {first_.address()};
    options_.try_timeout = 20s;  // for those who answer; tests with silent servers shorten it
    options_.tries = 2;
    first_.stay_silent();
    second_.answer(with_answers({a("example.org", "192.0.2.2")}));
  }

  // Both servers, with so much patience that a machine under load does not matter.
  void ask_both() { options_.servers = {first_.address(), second_.address()}; }

  cares_resolver& names() {
    if (!resolver_) resolver_.emplace(io_.get_executor(), time_, options_);
    return *resolver_;
  }

  template <class Record>
  void spawn(awaitable<answer<Record>> question, std::optional<answer<Record>>& to) {
    asio::co_spawn(io_, std::move(question),
                   asio::bind_cancellation_slot(
                       signals_.emplace_back().slot(),
                       [this, &to](const std::exception_ptr& thrown, answer<Record> said) {
                         ++ended_;
                         if (thrown) {
                           thrown_ = thrown;
                         } else {
                           to = std::move(said);
                         }
                       }));
  }

  template <class Record>
  answer<Record> wait_for(awaitable<answer<Record>> question) {
    std::optional<answer<Record>> said;
    spawn(std::move(question), said);
    while (!said && !thrown_) io_.run_one();
    return said.value_or(answer<Record>{});
  }

  answer<mx_record> ask_mx(const std::string& name) {
    return wait_for(names().mx(name, time_.now() + 60s));
  }
  answer<asio::ip::address_v4> ask_a(const std::string& name) {
    return wait_for(names().a(name, time_.now() + 60s));
  }
  lookup_status status() { return ask_a("example.org").status; }

  std::string what_was_thrown() const {
    try {
      if (thrown_) std::rethrow_exception(thrown_);
    } catch (const std::exception& thrown) {
      return thrown.what();
    }
    return "nothing";
  }

  shifted_timer time_;
  asio::io_context io_;
  dns_server first_{io_};
  dns_server second_{io_};
  cares_options options_;
  std::list<asio::cancellation_signal> signals_;  // one an asker
  std::optional<cares_resolver> resolver_;
  std::exception_ptr thrown_;
  int ended_ = 0;
};

const std::string aborted = boost::system::system_error(asio::error::operation_aborted).what();

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

TEST_F(CaresResolverTest, TellsTroublesApart) {
  for (const trouble_case& one : troubles()) {
    SCOPED_TRACE(one.what);
    first_.answer_with(one.script);
    first_.over_udp.clear();
    EXPECT_EQ(status(), one.status);
    EXPECT_EQ(first_.over_udp.size(), 1U) << "it has spoken: asking again is of no use";
  }
}

TEST_F(CaresResolverTest, AsksTheSecondServerWhenTheFirstIsInTrouble) {
  ask_both();
  for (const trouble_case& one : troubles()) {
    SCOPED_TRACE(one.what);
    first_.answer_with(one.script);
    EXPECT_EQ(status(), lookup_status::ok);
  }
  EXPECT_EQ(first_.over_udp.size(), troubles().size()) << "the first is still asked first";
}

TEST_F(CaresResolverTest, ReportsTheFirstTroubleOfSeveral) {
  ask_both();
  first_.answer(with_code(response_code::refused));
  second_.answer(with_code(response_code::server_failure));
  EXPECT_EQ(status(), lookup_status::refused);
}

TEST_F(CaresResolverTest, DoesNotAskTheSecondServerWhatTheFirstHasDenied) {
  ask_both();
  first_.answer(with_code(response_code::name_error));
  EXPECT_EQ(status(), lookup_status::nx_domain);
  EXPECT_THAT(second_.over_udp, IsEmpty());
}

TEST_F(CaresResolverTest, FindsMalformedMailExchangers) {
  first_.answer(with_answers(
      {mx("example.org", 10, "mx1.example.org"),
       {"example.org", record_type::mx, 60s, raw_data{std::string("\0\x0a\2mx\0garbage", 13)}}}));
  EXPECT_EQ(ask_mx("example.org").status, lookup_status::malformed);
}

TEST_F(CaresResolverTest, AsksTheSecondServerWhenTheFirstIsSilent) {
  ask_both();
  options_.try_timeout = 100ms;
  options_.tries = 100;
  EXPECT_EQ(status(), lookup_status::ok);
  EXPECT_GE(first_.over_udp.size(), 1U);
}

TEST_F(CaresResolverTest, AsksTheSilentServerLastForAWhile) {
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

TEST_F(CaresResolverTest, RepeatsAQuestionThatWasLost) {
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

TEST_F(CaresResolverTest, GivesUpWhenAllTriesAreUsed) {
  options_.try_timeout = 20ms;
  EXPECT_EQ(status(), lookup_status::timed_out);
  EXPECT_EQ(first_.over_udp.size(), 2U);
}

TEST_F(CaresResolverTest, AnswersAtTheDeadline) {
  const auto said = wait_for(names().a("example.org", time_.now() + 20ms));
  EXPECT_EQ(said.status, lookup_status::timed_out);
  EXPECT_THAT(said.records, IsEmpty());
}

TEST_F(CaresResolverTest, AsksNothingPastTheDeadline) {
  EXPECT_EQ(wait_for(names().a("example.org", time_.now() - 1s)).status, lookup_status::timed_out);
  io_.poll();
  EXPECT_THAT(first_.over_udp, IsEmpty());
}

TEST_F(CaresResolverTest, SaysWhenNobodyIsThere) {
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

TEST_F(CaresResolverTest, AsksManyAtOnce) {
  first_.answer([](const message& query, message& response) {
    response.answers = {a(query.asked->name, "192.0.2.1")};
  });
  constexpr int many = 2000;
  std::vector<std::optional<answer<asio::ip::address_v4>>> said(many);
  for (int i = 0; i < many; ++i) {
    const std::string name = "host-" + std::to_string(i) + ".example.org";
    spawn(names().a(name, time_.now() + 60s), said[static_cast<std::size_t>(i)]);
  }
  while (ended_ < many) io_.run_one();
  for (const auto& one : said) {
    ASSERT_TRUE(one);
    ASSERT_EQ(one->status, lookup_status::ok);
  }
  EXPECT_GE(first_.over_udp.size(), static_cast<std::size_t>(many));
}

TEST_F(CaresResolverTest, AsksManyAtOnceOverTcp) {
  first_.answer_with([](const message& query, bool is_tcp) {
    message response = response_to(query);
    response.truncated = !is_tcp;
    if (is_tcp) response.answers = {a(query.asked->name, "192.0.2.1")};
    return std::vector{*encode_message(response)};
  });
  std::vector<std::optional<answer<asio::ip::address_v4>>> said(100);
  for (std::size_t i = 0; i < said.size(); ++i) {
    const std::string name = "host-" + std::to_string(i) + ".example.org";
    spawn(names().a(name, time_.now() + 60s), said[i]);
  }
  while (ended_ < 100) io_.run_one();
  for (const auto& one : said) EXPECT_EQ(one->status, lookup_status::ok);
}

TEST_F(CaresResolverTest, PassesCancellationOn) {
  std::optional<answer<asio::ip::address_v4>> said;
  spawn(names().a("example.org", time_.now() + 60s), said);
  while (first_.over_udp.empty()) io_.run_one();
  signals_.back().emit(asio::cancellation_type::terminal);
  while (ended_ == 0) io_.run_one();
  EXPECT_EQ(what_was_thrown(), aborted);
  EXPECT_FALSE(said);
}

TEST_F(CaresResolverTest, MayAnswerOneWhoHasLeft) {
  std::vector<std::string> late;
  first_.answer_with([&](const message& query, bool) -> std::vector<std::string> {
    message response = response_to(query);
    response.answers = {a(query.asked->name, "192.0.2.1")};
    if (query.asked->name == "early.org") {
      late.push_back(*encode_message(response));
      return {};
    }
    late.push_back(*encode_message(response));
    return late;
  });
  EXPECT_EQ(wait_for(names().a("early.org", time_.now() + 20ms)).status, lookup_status::timed_out);
  EXPECT_EQ(ask_a("late.org").status, lookup_status::ok);
}

TEST_F(CaresResolverTest, MayBeDestroyedWithQuestionsOpen) {
  std::optional<answer<asio::ip::address_v4>> udp;
  std::optional<answer<asio::ip::address_v4>> tcp;
  first_.answer_with([](const message& query, bool is_tcp) -> std::vector<std::string> {
    message response = response_to(query);
    response.truncated = true;
    if (is_tcp || query.asked->name == "udp.org") return {};
    return {*encode_message(response)};
  });
  options_.questions_at_once = 2;
  std::optional<answer<asio::ip::address_v4>> waiting;
  spawn(names().a("udp.org", time_.now() + 60s), udp);
  spawn(names().a("tcp.org", time_.now() + 60s), tcp);
  spawn(names().a("waiting.org", time_.now() + 60s), waiting);
  while (first_.over_tcp.empty()) io_.run_one();
  resolver_.reset();
  while (ended_ < 3) io_.run_one();
  EXPECT_EQ(what_was_thrown(), aborted);
  EXPECT_FALSE(udp || tcp || waiting);
}

TEST_F(CaresResolverTest, MayBeLeftWithQuestionsOpenAtTheEnd) {
  std::optional<answer<asio::ip::address_v4>> said;
  spawn(names().a("example.org", time_.now() + 60s), said);
  while (first_.over_udp.empty()) io_.run_one();
}

}  // namespace
}  // namespace cbv::dns
