// What the tests of sessions share: one session, with a client in memory, in virtual time.
#ifndef CBV_TESTS_API_CLIENT_SESSION_TEST_HPP
#define CBV_TESTS_API_CLIENT_SESSION_TEST_HPP

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/client_session.hpp"
#include "cbv/base/log.hpp"
#include "tests/api/fake_backend.hpp"
#include "tests/api/fake_peer.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv::api {

template <class Session, class Options>
class client_session_test : public testing::Test {
 protected:
  explicit client_session_test(severity least = severity::info)
      : log_(least, [this](severity, std::string_view line) { logged_.emplace_back(line); }) {}

  /// `own` is what this kind of session has behind its stream.
  template <class... Own>
  void begin(Own... own) {
    client_.emplace(io_.get_executor());
    session_.emplace(client_->stream(), std::move(own)..., backend_, time_, options_, log_,
                     io_.get_executor());
    ended_.reset();
    asio::co_spawn(io_, session_->run(), [this](const std::exception_ptr& thrown, ending how) {
      EXPECT_FALSE(thrown);
      ended_ = how;
    });
    settle();
  }

  void TearDown() override {
    if (!session_) return;
    session_->abort();
    settle();
    EXPECT_TRUE(ended_);
    EXPECT_EQ(time_.sleepers(), 0U);
    EXPECT_EQ(backend_.in_flight, 0U);
  }

  /// Does all that can be done without time passing.
  void settle() { pass(std::chrono::milliseconds(0)); }
  void pass(std::chrono::milliseconds span) {
    sim::run_until(io_, time_, time_.now() + span, [] { return false; });
  }

  /// What comes back at once.
  std::string say(std::string_view octets) {
    client_->send(octets);
    settle();
    return client_->take_received();
  }

  asio::io_context io_{1};
  sim::sim_timer time_;
  std::vector<std::string> logged_;
  logger log_;
  fake_backend backend_{time_};
  Options options_;
  std::optional<fake_peer> client_;
  std::optional<Session> session_;
  std::optional<ending> ended_;
};

}  // namespace cbv::api

#endif
