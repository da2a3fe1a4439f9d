// Many questions at once, and those who ask and leave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/cbv/dns/cares_test.hpp"

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;

class CaresLoadTest : public CaresTest {};

const std::string aborted = boost::system::system_error(asio::error::operation_aborted).what();

TEST_F(CaresLoadTest, AsksManyAtOnce) {
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

TEST_F(CaresLoadTest, AsksManyAtOnceOverTcp) {
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

TEST_F(CaresLoadTest, PassesCancellationOn) {
  std::optional<answer<asio::ip::address_v4>> said;
  spawn(names().a("example.org", time_.now() + 60s), said);
  while (first_.over_udp.empty()) io_.run_one();
  signals_.back().emit(asio::cancellation_type::terminal);
  while (ended_ == 0) io_.run_one();
  EXPECT_EQ(what_was_thrown(), aborted);
  EXPECT_FALSE(said);
}

TEST_F(CaresLoadTest, MayAnswerOneWhoHasLeft) {
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

TEST_F(CaresLoadTest, MayBeDestroyedWithQuestionsOpen) {
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

TEST_F(CaresLoadTest, MayBeLeftWithQuestionsOpenAtTheEnd) {
  std::optional<answer<asio::ip::address_v4>> said;
  spawn(names().a("example.org", time_.now() + 60s), said);
  while (first_.over_udp.empty()) io_.run_one();
}

}  // namespace
}  // namespace cbv::dns
