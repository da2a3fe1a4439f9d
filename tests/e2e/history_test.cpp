// What is counted survives: cbvd is killed with SIGKILL again and again while it is asked. After
// each start the hours, the days and the months agree in every number; nothing is counted twice,
// and what it had told to be on the disk is there. Stopped by SIGTERM it loses nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/far_world.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"

namespace cbv::e2e {
namespace {

namespace asio = boost::asio;
using json = nlohmann::json;

constexpr int kills = 8;
constexpr int in_flight = 20;

constexpr auto world = R"(
zone
  example.org.       300  MX  10 mx1.example.org.
  mx1.example.org.   300  A   {host}

host {host} mx1.example.org
  mailbox u{0-99999}@example.org
  full f{0-99999}@example.org
)";

constexpr auto settings = R"(
listen.unix = ["{folder}/socket"]
server.threads = 3
cache.directory = "{folder}/cache"
dns.servers = ["{dns}"]
callout.helo_name = "edge.example.net"
callout.port = {port}
callout.permit_networks = ["127.0.0.0/8"]
callout.catch_all_test = "off"
callout.greylist_retries = []
callout.per_host.sessions_per_minute = 100000
callout.per_host.refusals_per_minute = 100000
callout.per_host.refusals_per_session = 1000
callout.per_host.rcpts_per_session = 1000
self_test.at_start = false
)";

/// One connection with several questions in flight.
class asker {
 public:
  explicit asker(const std::filesystem::path& socket) : socket_(io_) {
    socket_.connect(asio::local::stream_protocol::endpoint(socket));
  }

  void send(const char* method, const json& params = json::object()) {
    const json asked{
        {"jsonrpc", "2.0"}, {"id", ++last_id_}, {"method", method}, {"params", params}};
    asio::write(socket_, asio::buffer(asked.dump() + "\n"));
  }

  json next_result() {
    const auto length = asio::read_until(socket_, asio::dynamic_buffer(received_), '\n');
    const json response = json::parse(received_.substr(0, length));
    received_.erase(0, length);
    if (!response.contains("result")) throw std::runtime_error("not a result: " + response.dump());
    return response.at("result");
  }

  json ask(const char* method, const json& params = json::object()) {
    send(method, params);
    return next_result();
  }

 private:
  asio::io_context io_;
  asio::local::stream_protocol::socket socket_;
  std::string received_;
  int last_id_ = 0;
};

using numbers = std::map<std::string, std::uint64_t>;

/// What is counted in a role, but for what is 0; shares and rates are left out.
void add_numbers(const json& of, const std::string& under, numbers& to) {
  for (const auto& [name, value] : of.items()) {
    if (name == "shares" || name == "per_second") continue;
    if (value.is_object()) add_numbers(value, under + name + ".", to);
    if (value.is_number_unsigned() && value != 0) to[under + name] += value.get<std::uint64_t>();
  }
}

numbers counted_in(const json& of) {
  numbers all;
  for (const char* role : {"sender", "recipient"})
    add_numbers(of.at(role), role + std::string("."), all);
  return all;
}

numbers by_periods(const json& told) {
  numbers all;
  for (const json& one : told.at("periods"))
    for (const auto& [name, value] : counted_in(one)) all[name] += value;
  return all;
}

std::uint64_t value_of(const numbers& all, const std::string& name) {
  const auto at = all.find(name);
  return at == all.end() ? 0 : at->second;
}

std::uint64_t sum_of(const numbers& all, const std::string& start) {
  std::uint64_t sum = 0;
  for (const auto& [name, value] : all) sum += name.starts_with(start) ? value : 0;
  return sum;
}

class HistoryTest : public testing::Test {
 protected:
  HistoryTest() {
    far_ = std::make_unique<far_world>(place_.path(), filled_in(world, {{"host", own_address()}}));
    daemon_ = std::make_unique<cbvd>(
        place_.path(), settings,
        std::map<std::string, std::string>{{"dns", far_->dns()}, {"port", far_->smtp_port()}});
  }

  void TearDown() override {
    if (HasFailure()) std::cerr << "-- cbvd:\n" << daemon_->log();
  }

  std::uint64_t up_to(std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(0, most)(random_);
  }

  void send_one(asker& by) {
    const std::uint64_t kind = up_to(9);
    const std::string number = std::to_string(up_to(2000));
    const std::string start = kind < 4 ? "u" : kind < 6 ? "n" : kind < 7 ? "f" : "two..dots";
    by.send(up_to(1) == 0 ? "verify_sender" : "verify_recipient",
            {{"address", start + number + "@example.org"}, {"wait_ms", 60'000}});
    ++sent_;
  }

  /// Asks on and on until so many calls of this run are told to be on the disk, and some more have
  /// been answered.
  void load(asker& by, std::uint64_t committed, std::uint64_t more) {
    for (int i = 0; i < in_flight; ++i) send_one(by);
    std::uint64_t on_disk = 0;
    for (std::uint64_t answered = 0, after = 0; on_disk < committed || after < more; ++answered) {
      const json result = by.next_result();
      if (!result.contains("calls_committed")) {
        send_one(by);
      } else {
        on_disk = result.at("calls_committed");
      }
      if (answered % 50 == 0) by.send("health");
      after = on_disk < committed ? 0 : after + 1;
    }
    at_least_ += on_disk;
  }

  /// All that is told agrees; what was counted in all.
  numbers consistent() {
    asker by(daemon_->socket());
    const json hours = by.ask("stats", {{"by", "hour"}});
    const json days = by.ask("stats", {{"by", "day"}});
    const json months = by.ask("stats", {{"by", "month"}});
    const numbers all = counted_in(hours);
    for (const json* told : {&hours, &days, &months}) {
      EXPECT_EQ(counted_in(*told), all);
      EXPECT_EQ(by_periods(*told), all);
      for (const char* other : {"latency", "decisions", "top", "listing_alarms", "counted_since"})
        EXPECT_EQ(told->at(other), hours.at(other)) << other;
      EXPECT_EQ(told->at("now").at("history"), "ok");
    }
    for (const std::string role : {"sender.", "recipient."}) {
      const std::uint64_t calls = value_of(all, role + "calls");
      EXPECT_EQ(sum_of(all, role + "by_status."), calls);
      EXPECT_EQ(sum_of(all, role + "by_reason."), calls);
      std::uint64_t ways = 0;
      for (const char* way : {"skips", "cached", "local", "joined", "asked"})
        ways += value_of(all, role + way);
      EXPECT_EQ(ways, calls);
    }
    return all;
  }

  static std::uint64_t calls_in(const numbers& all) {
    return value_of(all, "sender.calls") + value_of(all, "recipient.calls");
  }

  const temporary_directory place_;
  std::mt19937_64 random_{20261121};
  std::uint64_t sent_ = 0;
  std::uint64_t at_least_ = 0;  // calls that were told to be on the disk
  std::unique_ptr<far_world> far_;
  std::unique_ptr<cbvd> daemon_;
};

TEST_F(HistoryTest, AfterAKillTheSumsAgreeAndNothingIsCountedTwice) {
  for (int i = 0; i < kills; ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    {
      asker by(daemon_->socket());
      load(by, 1 + up_to(400), up_to(60));
      daemon_->kill();
    }
    daemon_->start();
    const std::uint64_t calls = calls_in(consistent());
    EXPECT_GE(calls, at_least_);
    EXPECT_LE(calls, sent_);
    at_least_ = calls;
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(at_least_, 500U);
  for (const char* bad : {"history_failed", "history_record_corrupt", "damaged", "Sanitizer"})
    EXPECT_EQ(lines_with(daemon_->log(), bad), 0U) << bad;
}

TEST_F(HistoryTest, StoppedItHasCountedEveryAnswer) {
  for (int i = 0; i < 4; ++i) {
    SCOPED_TRACE("stop " + std::to_string(i));
    numbers before;
    {
      asker by(daemon_->socket());
      const std::uint64_t questions = 1 + up_to(200);
      for (std::uint64_t n = 0; n < questions; ++n) send_one(by);
      if (i % 2 == 0) {  // else they are in flight when it is told to stop
        for (std::uint64_t n = 0; n < questions; ++n) by.next_result();
        before = consistent();
        EXPECT_EQ(calls_in(before), sent_);
        ASSERT_EQ(daemon_->stop(), 0);
      } else {
        by.next_result();
        daemon_->begin_to_stop();
        std::uint64_t answered = 1;
        try {
          for (; answered < questions; ++answered) by.next_result();
        } catch (const boost::system::system_error&) {
          // What it had not read yet when it was told to stop is not answered.
        }
        EXPECT_EQ(daemon_->exit_status(), 0);
        sent_ -= questions - answered;
      }
    }
    daemon_->start();
    const numbers after = consistent();
    EXPECT_EQ(calls_in(after), sent_);
    if (i % 2 == 0) {
      EXPECT_EQ(after, before);
    }
  }
}

}  // namespace
}  // namespace cbv::e2e
