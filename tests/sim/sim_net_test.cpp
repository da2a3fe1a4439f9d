// The lines of the simulated network: TLS over them, IPv6, unix sockets.
#include "tests/sim/sim_net.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cbv/net/tls_stream.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tests/sim/test_world.hpp"

namespace cbv::sim {
namespace {

constexpr std::uint16_t port = 25;

constexpr const char* text = R"(
host 192.0.2.25 mx1.example.net
  tls on
  mailbox ann@example.net
host 2001:db8::25 mx6.example.net
  unknown-user "550 5.1.1 {client}"
  domain example.net
host unix:/run/lmtp lmtp.example.net
  lmtp
host unix:/run/dead
  dead
)";

awaitable<std::string> reply_of(net::stream& line, std::string command) {
  if (!command.empty()) {
    std::string words = command + "\r\n";
    const auto written = co_await line.write(std::move(words));
    if (!written) co_return '<' + written.error().message() + '>';
  }
  std::string reply;
  while (true) {
    std::array<char, 256> piece{};
    const std::span<char> into(piece);
    const auto count = co_await line.read_some(into);
    if (!count) co_return reply + '<' + count.error().message() + '>';
    reply.append(piece.data(), *count);
    const std::size_t last = reply.rfind('\n', reply.size() - 2);
    const std::size_t start = last == std::string::npos ? 0 : last + 1;
    if (reply.ends_with('\n') && reply.size() > start + 3 && reply[start + 3] == ' ')
      co_return reply;
  }
}

// All replies to these commands; "TLS" in their place is the handshake.
awaitable<std::vector<std::string>> talk(std::unique_ptr<net::stream> line, net::tls_client& with,
                                         std::vector<std::string> commands) {
  std::vector<std::string> replies;
  replies.push_back(co_await reply_of(*line, ""));
  for (const std::string& each : commands) {
    if (each == "TLS") {
      net::tls_request asked;
      asked.server_name = "mx1.example.net";
      asked.verify = true;
      asked.session_key = "mx1";
      auto secured = co_await net::start_tls(std::move(line), with, asked);
      replies.push_back(secured->line ? secured->facts.protocol : secured->failure);
      if (!secured->line) break;
      line = std::move(secured->line);
    } else {
      std::string command = each;
      replies.push_back(co_await reply_of(*line, std::move(command)));
    }
  }
  co_return replies;
}

class SimNetTest : public testing::Test {
 protected:
  void make(const sim_net_options& options = {}) {
    made_at_ = time_.now();
    net_ = std::make_unique<sim_net>(time_, world_, port, options, [this](const event& each) {
      events_.push_back(std::to_string((each.at - made_at_).count()) + ' ' +
                        std::string(each.text));
    });
    net::tls_client_options trust;
    trust.ca_pem = net_->authority().pem();
    client_ = std::make_unique<net::tls_client>(time_, trust);
  }

  template <class T>
  T run(awaitable<T> work) {
    std::optional<T> outcome;
    asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr& thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      outcome.emplace(std::move(value));
    });
    run_until(io_, time_, time_.now() + std::chrono::hours(1), [&] { return outcome.has_value(); });
    return std::move(*outcome);
  }

  std::vector<std::string> converse(const std::string& address, std::vector<std::string> commands) {
    const net::endpoint peer{asio::ip::make_address(address), port};
    auto line = run(net_->connect(peer));
    return run(talk(*std::move(line), *client_, std::move(commands)));
  }

  const world world_ = read_world(text);
  sim_timer time_;
  time_point made_at_;
  std::vector<std::string> events_;
  std::unique_ptr<sim_net> net_;
  std::unique_ptr<net::tls_client> client_;
  asio::io_context io_{1};
};

TEST_F(SimNetTest, HostsSpeakTls) {
  make();
  for (int i = 0; i < 2; ++i) {
    const auto replies =
        converse("192.0.2.25", {"EHLO probe.example", "STARTTLS", "TLS", "EHLO probe.example",
                                "MAIL FROM:<>", "RCPT TO:<ann@example.net>", "QUIT"});
    ASSERT_EQ(replies.size(), 8U) << replies.back();
    EXPECT_EQ(replies[3], "TLSv1.3");
    EXPECT_EQ(replies[6], "250 2.1.5 Ok\r\n");
  }
  const host_counts seen = net_->total();
  EXPECT_EQ(seen.handshakes, 2U);
  EXPECT_EQ(seen.resumed, 1U);
  EXPECT_EQ(seen.faults, 0U);
}

// Whatever keys are drawn: the same seed gives the same pieces at the same times.
TEST_F(SimNetTest, TlsIsTheSameEachTime) {
  sim_net_options options;
  options.split = 700;
  options.jitter = std::chrono::milliseconds(50);
  options.seed = 7;
  std::vector<std::string> first;
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    const time_point start = time_.now();
    events_.clear();
    make(options);
    for (int i = 0; i < 3; ++i) {
      converse("192.0.2.25",
               {"EHLO probe.example", "STARTTLS", "TLS", "EHLO probe.example", "QUIT"});
    }
    const std::string took = std::to_string((time_.now() - start).count());
    std::vector<std::string> all = events_;
    all.push_back(took);
    if (round == 0) first = all;
    ASSERT_EQ(all, first);
  }
}

TEST_F(SimNetTest, HostsOnIpv6SeeAnotherClient) {
  make();
  const auto replies =
      converse("2001:db8::25", {"EHLO probe.example", "MAIL FROM:<>", "RCPT TO:<x@example.net>"});
  EXPECT_EQ(replies.back(), "550 5.1.1 2001:db8:ffff::7\r\n");
}

TEST_F(SimNetTest, HostsOnUnixSockets) {
  make();
  auto line = run(net_->connect_local("/run/lmtp"));
  ASSERT_TRUE(line);
  const auto replies = run(talk(*std::move(line), *client_, {"LHLO probe.example", "QUIT"}));
  EXPECT_EQ(replies.at(0), "220 lmtp.example.net LMTP\r\n");
  EXPECT_EQ(replies.at(1).substr(0, 21), "250-lmtp.example.net\r");
  EXPECT_EQ(net_->counts_at("/run/lmtp").sessions, 1U);
  EXPECT_EQ(run(net_->connect_local("/run/dead")).error(), asio::error::connection_refused);
  EXPECT_EQ(run(net_->connect_local("/run/none")).error().message(), "No such file or directory");
}

}  // namespace
}  // namespace cbv::sim
