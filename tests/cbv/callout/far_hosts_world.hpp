// Far hosts in a described world, asked without a callout, in virtual time.
#ifndef CBV_TESTS_CBV_CALLOUT_FAR_HOSTS_WORLD_HPP
#define CBV_TESTS_CBV_CALLOUT_FAR_HOSTS_WORLD_HPP

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/callout/far_hosts.hpp"
#include "cbv/net/tls_client.hpp"
#include "tests/sim/sim_net.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tests/sim/test_world.hpp"

namespace cbv::callout {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

inline constexpr const char* here = "192.0.2.25";
inline constexpr const char* here_v6 = "2001:db8::25";

class FarHostsTest : public testing::Test {
 protected:
  FarHostsTest() {
    how_.plan.helo_name = "probe.example.net";
    how_.refused = breaker_options{5min, 1h};
    how_.unreachable = breaker_options{1min, 10min};
  }

  // To be called once the options are set.
  void describe(std::string_view text) {
    hosts_.reset();
    io_.reset();
    net_.reset();
    world_ = std::make_unique<sim::world>(sim::read_world(text));
    net_ = std::make_unique<sim::sim_net>(time_, *world_, std::uint16_t{25}, lines_);
    net::tls_client_options trusting;
    trusting.ca_pem = net_->authority().pem();
    io_ = std::make_unique<asio::io_context>(1);
    tls_ = std::make_unique<net::tls_client>(time_, trusting);
    hosts_ = make_hosts(*net_);
    manner_ = std::make_shared<const manner>(how_);
    start_ = time_.now();
  }

  std::unique_ptr<far_hosts> make_hosts(net::dialer& network) {
    return std::make_unique<far_hosts>(
        io_->get_executor(), time_, network, *tls_, options_,
        [](const smtp::probe_outcome& outcome) {
          return outcome.reply && joined_text(*outcome.reply).find("blocked") != std::string::npos;
        },
        counted_, memory_);
  }

  // Nothing of before is known but what the memory holds.
  void restart() {
    stop(1h);
    hosts_ = make_hosts(*net_);
  }

  struct told {
    host_answer answer;
    milliseconds at{0};  // since the beginning

    const smtp::probe_outcome& last() const { return answer.attempts.back().outcome; }
    int code() const {
      if (answer.attempts.empty() || !last().reply) return 0;
      return last().reply->code;
    }
  };

  static net::peer peer_at(const std::string& address) {
    if (address.starts_with('/')) return net::peer{{}, address};
    return net::peer{{asio::ip::make_address(address), 25}, {}};
  }

  // Asks host_name_ about LOCAL@example.net; the answer is in told_ once time has passed.
  void start(const std::string& local, const std::vector<std::string>& addresses = {here},
             milliseconds patience = 10min) {
    host_to_ask host{host_name_, {}};
    for (const std::string& each : addresses) host.addresses.push_back(peer_at(each));
    smtp::inquiry about{*parse_mailbox(local + "@example.net"), std::nullopt};
    asio::co_spawn(
        *io_,
        hosts_->ask(manner_, std::move(host), std::move(about), time_.now() + patience, heard_),
        asio::bind_cancellation_slot(
            cancel_[local].slot(),
            [this, local](const std::exception_ptr& thrown, host_answer got) {
              order_.push_back(local);
              if (thrown) return;
              told_[local] = told{std::move(got), since_start()};
            }));
  }

  const told& ask(const std::string& local, const std::vector<std::string>& addresses = {here},
                  milliseconds patience = 10min) {
    told_.erase(local);
    start(local, addresses, patience);
    sim::run_until(*io_, time_, time_.now() + 1h, [&] { return told_.contains(local); });
    return told_.at(local);
  }

  void start_many(int count, const std::string& name = "u") {
    for (int i = 0; i < count; ++i) start(name + std::to_string(i));
  }

  void pass(milliseconds span) {
    sim::run_until(*io_, time_, time_.now() + span, [] { return false; });
  }

  milliseconds since_start() const {
    return std::chrono::duration_cast<milliseconds>(time_.now() - start_);
  }

  // Stops, and says how long it took.
  milliseconds stop(milliseconds within) {
    const time_point begun = time_.now();
    bool stopped = false;
    asio::co_spawn(*io_, hosts_->stop(begun + within), [&](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
      stopped = true;
    });
    EXPECT_TRUE(sim::run_until(*io_, time_, begun + 1h, [&] { return stopped; }));
    const auto took = std::chrono::duration_cast<milliseconds>(time_.now() - begun);
    pass(0ms);
    return took;
  }

  std::size_t held_back() const {
    std::size_t count = 0;
    for (const auto& [local, one] : told_) count += one.answer.held_back ? 1 : 0;
    return count;
  }

  std::uint64_t connects() const { return net_->connects(); }
  sim::host_counts seen(const std::string& address = here) const {
    return net_->counts_at(asio::ip::make_address(address));
  }

  manner how_;
  std::string host_name_ = "mx1.example.net";
  far_hosts_options options_;
  host_memory* memory_ = nullptr;  // of the troubles; null: none
  sim::sim_net_options lines_;
  sim::sim_timer time_;
  time_point start_;
  std::unique_ptr<sim::world> world_;
  std::unique_ptr<sim::sim_net> net_;
  std::unique_ptr<asio::io_context> io_;
  std::unique_ptr<net::tls_client> tls_;
  tally counted_;
  std::unique_ptr<far_hosts> hosts_;
  std::shared_ptr<const manner> manner_;
  std::shared_ptr<smtp::transcript> heard_;
  std::map<std::string, told> told_;
  std::map<std::string, asio::cancellation_signal> cancel_;
  std::vector<std::string> order_;
};

}  // namespace cbv::callout

#endif
