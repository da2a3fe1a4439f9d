// A verifier in a small simulated internet, for its tests.
#ifndef CBV_TESTS_CBV_VERIFIER_VERIFIER_WORLD_HPP
#define CBV_TESTS_CBV_VERIFIER_VERIFIER_WORLD_HPP

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/test_world.hpp"

namespace cbv {

inline constexpr std::string_view plain_world =
    "zone\n"
    "  example.net. MX 10 mx1.example.net.\n"
    "  mx1.example.net. A 192.0.2.25\n"
    "  slow.example. MX 10 mx.slow.example.\n"
    "  mx.slow.example. A 192.0.2.26\n"
    "host 192.0.2.25 mx1.example.net\n"
    "  mailbox ann@example.net u{0-99}@example.net\n"
    "host 192.0.2.26 mx.slow.example\n"
    "  catch-all slow.example\n"
    "  tarpit 10s\n";

class VerifierTest : public testing::Test {
 protected:
  sim::test_world& world() {
    if (!world_) {
      world_ = std::make_unique<sim::test_world>(sim::read_world(plain_world), options_);
    }
    return *world_;
  }

  verdict ask(std::string address, std::chrono::milliseconds wait = std::chrono::seconds(5)) {
    query asked;
    asked.address = std::move(address);
    asked.wait = wait;
    return world().ask(asked);
  }

  void start(std::string address, std::chrono::milliseconds wait = std::chrono::seconds(5)) {
    query asked;
    asked.address = std::move(address);
    asked.wait = wait;
    world().start(asked, [this](const verdict& made) { given_.push_back(made); });
  }

  // Begins to stop; true in stopped_ when it is done.
  void stop(std::chrono::milliseconds patience) {
    asio::co_spawn(world().io(), world().verifier().stop(world().time().now() + patience),
                   [this](const std::exception_ptr& thrown) {
                     if (thrown) std::rethrow_exception(thrown);
                     stopped_ = true;
                   });
  }

  const role_counters& counted() { return world().verifier().counted().recipient; }

  sim::test_world_options options_;
  std::unique_ptr<sim::test_world> world_;
  std::vector<verdict> given_;
  bool stopped_ = false;
};

}  // namespace cbv

#endif
