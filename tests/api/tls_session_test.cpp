#include "api/tls_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "api/session.hpp"
#include "tests/api/fake_backend.hpp"
#include "tests/api/fake_peer.hpp"
#include "tests/cbv/net/tls_parts.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// JSON-RPC behind TLS, with a client in memory, in virtual time.
class TlsSessionTest : public testing::Test {
 protected:
  void start() {
    const auto begin = [this](std::unique_ptr<net::stream> clear) {
      ++begun_;
      return std::make_unique<session>(std::move(clear), backend_, time_, session_options{}, log_,
                                       io_.get_executor());
    };
    session_.emplace(peer_.stream(), keys_, begin, time_, io_.get_executor());
    keys_.reset();  // what it has is enough
    asio::co_spawn(io_, session_->run(), [this](const std::exception_ptr& thrown, ending how) {
      EXPECT_FALSE(thrown);
      ended_ = how;
    });
    pass(0ms);
  }
  void TearDown() override {
    session_->abort();
    pass(0ms);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(time_.sleepers(), 0U);
  }
  void pass(std::chrono::milliseconds span) {
    sim::run_until(io_, time_, time_.now() + span, [] { return false; });
  }
  // Carries octets both ways until neither side has any.
  void carry(net::tls_machine& client) {
    while (true) {
      const std::string out = client.take_output();
      peer_.send(out);
      pass(0ms);
      const std::string in = peer_.take_received();
      client.receive(in);
      if (out.empty() && in.empty()) return;
    }
  }
  static std::string read(net::tls_machine& from) {
    std::array<char, 4'096> buffer{};
    return {buffer.data(), from.read(buffer)};
  }

  asio::io_context io_{1};
  sim::sim_timer time_;
  logger log_;
  fake_backend backend_{time_};
  fake_peer peer_{io_.get_executor()};
  std::shared_ptr<net::tls_server> keys_ =
      std::make_shared<net::tls_server>(net::certified(sim::certificate_kind::good));
  net::set_clock clock_;
  net::tls_client dialer_ = net::make_client(clock_);
  std::optional<tls_session> session_;
  std::optional<ending> ended_;
  int begun_ = 0;
};

TEST_F(TlsSessionTest, ServesWhoHasShakenHands) {
  start();
  EXPECT_EQ(begun_, 0);
  const auto client = dialer_.begin(net::ask_for(net::far_name));
  carry(*client);
  ASSERT_EQ(client->at(), net::tls_machine::phase::open) << client->failure();
  EXPECT_EQ(begun_, 1);
  client->write("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"version\"}\n");
  carry(*client);
  EXPECT_THAT(read(*client), StartsWith(R"({"jsonrpc":"2.0","id":1,"result":{"name":"cbv")"));
  session_->stop();
  pass(0ms);
  EXPECT_EQ(ended_, ending::stopped);
  EXPECT_TRUE(peer_.closed());
}

TEST_F(TlsSessionTest, ClosesWhoSpeaksSomethingElse) {
  start();
  peer_.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"version\"}\n");
  pass(0ms);
  EXPECT_EQ(ended_, ending::not_understood);
  EXPECT_THAT(session_->complaint(), StartsWith("tls: "));
  EXPECT_TRUE(peer_.closed());
  EXPECT_EQ(begun_, 0);
}

TEST_F(TlsSessionTest, DoesNotWaitForAHandshakeForEver) {
  start();
  peer_.send("\x16\x03\x01");
  pass(tls_handshake_timeout - 1ms);
  EXPECT_FALSE(ended_);
  pass(1ms);
  EXPECT_EQ(ended_, ending::client_too_slow);
  EXPECT_TRUE(peer_.closed());
}

TEST_F(TlsSessionTest, StoppedItWaitsForNoHandshake) {
  start();
  session_->stop();
  pass(0ms);
  EXPECT_EQ(ended_, ending::stopped);
  EXPECT_TRUE(peer_.closed());
}

TEST_F(TlsSessionTest, WhoHasNoCertificateIsNotServedWhereOneIsWanted) {
  net::tls_server_options options = net::certified(sim::certificate_kind::good);
  options.client_ca_pem = net::authority().pem();
  keys_ = std::make_shared<net::tls_server>(options);
  start();
  const auto client = dialer_.begin(net::ask_for(net::far_name));
  carry(*client);
  EXPECT_EQ(ended_, ending::not_understood);
  EXPECT_THAT(session_->complaint(), HasSubstr("certificate"));
  EXPECT_EQ(begun_, 0);
}

}  // namespace
}  // namespace cbv::api
