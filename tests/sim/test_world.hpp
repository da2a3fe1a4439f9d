// A whole small internet with a verifier in it, in virtual time: what most tests of behaviour ask.
#ifndef CBV_TESTS_SIM_TEST_WORLD_HPP
#define CBV_TESTS_SIM_TEST_WORLD_HPP

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/records/lifetimes.hpp"
#include "cbv/callout/callout.hpp"
#include "cbv/dns/caching_resolver.hpp"
#include "cbv/net/tls_client.hpp"
#include "cbv/verifier/verifier.hpp"
#include "tests/sim/memory_hosts.hpp"
#include "tests/sim/memory_store.hpp"
#include "tests/sim/sim_dns.hpp"
#include "tests/sim/sim_net.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tools/cbv-sim/world.hpp"

namespace cbv::sim {

/// The options of all parts. The networks that are set aside for documentation may be dialled here.
struct test_world_options {
  test_world_options();

  callout::callout_options callout;
  verifier_options verifier;
  cache::lifetimes lifetimes;
  sim_net_options net;
  sim_dns_options dns;
  bool keep_dns_answers = false;  // in a caching_resolver, as the daemon does
  std::uint64_t seed = 1;
};

/// A world from its text; throws std::runtime_error with file and line if it is none.
world read_world(std::string_view text, const world_options& options = {});

class test_world {
 public:
  /// `watcher` outlives it.
  explicit test_world(world described, const test_world_options& options = {},
                      const event_sink& sink = {}, line_watcher* watcher = nullptr);

  /// Asks, and lets time pass until the answer is there.
  verdict ask(query asked);
  verdict ask(std::string address, role side = role::recipient);

  /// Asks, and tells `done` when time has passed so far.
  void start(query asked, std::function<void(const verdict&)> done);

  /// Lets time pass.
  void pass(std::chrono::milliseconds span);

  /// Stops the verifier, and lets time pass until it has stopped. False: it has not by `deadline`.
  bool stop(time_point deadline);

  /// Stops, and begins anew with what the memory holds; all else is forgotten, counters too. Throws
  /// if it cannot be stopped.
  void restart();

  /// Lets time pass until nothing is under way, for an hour at most. False: something still is.
  /// What is booked is not under way.
  bool settle();

  sim_timer& time() noexcept { return time_; }
  sim_net& net() noexcept { return net_; }
  sim_dns& dns() noexcept { return dns_; }
  memory_store& memory() noexcept { return memory_; }
  memory_hosts& remembered_hosts() noexcept { return memory_hosts_; }
  tally& counted() noexcept { return counted_; }
  cbv::verifier& verifier() noexcept { return *verifier_; }
  callout::callout& callouts() noexcept { return *callout_; }
  asio::io_context& io() noexcept { return io_; }

  /// What was logged from severity info on: "warning recall_failed role=...".
  const std::vector<std::string>& log() const noexcept { return log_lines_; }

 private:
  void begin();
  bool is_quiet() const;
  awaitable<void> stop_all(time_point deadline);

  // What streams and sleepers refer to comes before the io_context, which ends them.
  test_world_options options_;
  world described_;
  sim_timer time_;
  seeded_random chance_;
  sim_net net_;
  sim_dns dns_;
  memory_store memory_;
  memory_hosts memory_hosts_;
  std::vector<std::string> log_lines_;
  logger log_;
  asio::io_context io_{1};
  tally counted_;
  std::optional<dns::caching_resolver> kept_dns_;
  std::optional<net::tls_client> tls_;
  std::optional<callout::callout> callout_;
  std::optional<cbv::verifier> verifier_;
};

}  // namespace cbv::sim

#endif
