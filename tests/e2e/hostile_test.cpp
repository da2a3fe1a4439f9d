// Clients that mean harm, thousands of them, and one that only asks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t hostile_clients = 5'000;
constexpr int rounds = 15;
constexpr std::size_t greedy_share = 50;  // one of so many does not read its answers
constexpr int questions_a_round = 20;
constexpr unsigned seed = 20261121;  // of all that is random here

std::string question(int id) {
  const json asked = {{"jsonrpc", "2.0"},
                      {"id", id},
                      {"method", "verify_recipient"},
                      {"params", {{"address", "ann@example.org"}, {"wait_ms", 60'000}}}};
  return asked.dump() + '\n';
}

/// Connected, and never waits: what does not go out at once does not go out.
class hostile_client {
 public:
  hostile_client(asio::io_context& io, const stream_protocol::endpoint& at) : socket_(io) {
    socket_.connect(at, failed_);
    if (!failed_) socket_.non_blocking(true, failed_);
  }
  boost::system::error_code failed() const { return failed_; }
  void send(std::string_view octets) {
    if (failed_ && failed_ != asio::error::would_block) return;
    socket_.write_some(asio::buffer(octets), failed_);
  }

 private:
  stream_protocol::socket socket_;
  boost::system::error_code failed_;
};

/// What one kind of them does at its turn.
using mischief = std::function<void(hostile_client& by, int round)>;

class HostileTest : public postfix_test {
 protected:
  static std::vector<mischief> all_kinds() {
    const std::string whole = question(1);
    return {
        [](auto&, int) {},              // says nothing
        [whole](auto& by, int round) {  // half a request
          if (round == 0) by.send(std::string_view(whole).substr(0, whole.size() / 2));
        },
        [whole](auto& by, int round) {  // octet by octet
          by.send(
              std::string_view(whole).substr(static_cast<std::size_t>(round) % whole.size(), 1));
        },
        [line = std::string(65'537, 'x')](auto& by, int) { by.send(line); },  // one endless line
        [chance = std::mt19937(seed)](auto& by, int) mutable {                // anything
          std::string octets(1'000, '\0');
          for (char& one : octets) one = static_cast<char>(chance() & 0xffU);
          by.send(octets);
        },
        [whole](auto& by, int) {  // reads no answers
          std::string many;
          for (int i = 0; i < 300; ++i) many += whole;
          by.send(many);
        },
    };
  }

  /// Asks on `good` and expects each answer to be right.
  static void expect_answers(stream_protocol::socket& good, std::string& received, int first_id) {
    std::string asked;
    for (int i = 0; i < questions_a_round; ++i) asked += question(first_id + i);
    asio::write(good, asio::buffer(asked));
    for (int i = 0; i < questions_a_round; ++i) {
      const auto length = asio::read_until(good, asio::dynamic_buffer(received), '\n');
      const json given = json::parse(received.substr(0, length));
      received.erase(0, length);
      ASSERT_EQ(given["id"], first_id + i);
      ASSERT_EQ(given["result"]["status"], "deliverable") << given;
      ASSERT_EQ(given["result"]["source"], "cache") << given;
    }
  }

  /// All of them at once, around one good client that was there before.
  void expect_good_answers_among_hostile_clients(const std::string& logged_meanwhile = "") {
    ASSERT_THAT(ask("ann@example.org"), is_verdict("deliverable", "accepted"));
    const stream_protocol::endpoint at(daemon_->socket().string());
    asio::io_context io;
    stream_protocol::socket good(io);
    good.connect(at);
    std::string received;
    int asked = 0;
    {
      std::vector<mischief> kinds = all_kinds();
      std::vector<hostile_client> clients;
      clients.reserve(hostile_clients);
      for (int round = 0; round < rounds; ++round) {
        const auto wanted = hostile_clients * static_cast<std::size_t>(round + 1) / rounds;
        while (clients.size() < wanted) {
          clients.emplace_back(io, at);
          ASSERT_FALSE(clients.back().failed()) << clients.back().failed().message();
        }
        for (std::size_t i = 0; i < clients.size(); ++i) {
          const bool is_greedy = i % greedy_share == 0;
          (is_greedy ? kinds.back() : kinds[i % (kinds.size() - 1)])(clients[i], round);
        }
        ASSERT_NO_FATAL_FAILURE(expect_answers(good, received, asked));
        asked += questions_a_round;
      }
      // Accepting takes its turn with all that they send.
      wait_for("the log to say " + logged_meanwhile,
               [&] { return daemon_->log().find(logged_meanwhile) != std::string::npos; });
      ASSERT_NO_FATAL_FAILURE(expect_answers(good, received, asked));
      asked += questions_a_round;
    }
    ASSERT_NO_FATAL_FAILURE(expect_answers(good, received, asked));
    good.close();
    // And afterwards as if nothing had been.
    wait_for("those that are gone to be noticed", [this] {
      const json health =
          json::parse(daemon_->ask_line(R"({"jsonrpc":"2.0","id":1,"method":"health"})"));
      return health.contains("result");
    });
    EXPECT_THAT(ask("bob@example.org"), is_verdict("deliverable", "accepted"));
    EXPECT_EQ(daemon_->stop(), 0);
    EXPECT_THAT(daemon_->log(), Not(HasSubstr(" error ")));
  }
};

TEST_F(HostileTest, WhereAllOfThemAreServedTheGoodOneIsAnsweredAll) {
  start({}, "server.clients_max = 6000\n");
  expect_good_answers_among_hostile_clients();
}

TEST_F(HostileTest, WhereMostOfThemAreOneTooManyTheGoodOneIsAnsweredAll) {
  start();
  expect_good_answers_among_hostile_clients("client_turned_away");
}

}  // namespace
}  // namespace cbv::e2e
