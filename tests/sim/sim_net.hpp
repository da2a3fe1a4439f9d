// The simulated network: the hosts of a described world, behind lines with latency and faults.
#ifndef CBV_TESTS_SIM_SIM_NET_HPP
#define CBV_TESTS_SIM_SIM_NET_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cbv/async/timer.hpp"
#include "cbv/base/random.hpp"
#include "cbv/net/dialer.hpp"
#include "tests/sim/line_watcher.hpp"
#include "tests/sim/sim_pipe.hpp"
#include "tools/cbv-sim/certificates.hpp"
#include "tools/cbv-sim/mail_host.hpp"
#include "tools/cbv-sim/world.hpp"

namespace cbv::sim {

/// How the lines are. Chances are in a thousand; all are drawn from the network's own seed.
struct sim_net_options {
  asio::ip::address client = asio::ip::address_v4({198, 51, 100, 7});
  asio::ip::address client_v6 = asio::ip::make_address_v6("2001:db8:ffff::7");
  std::chrono::milliseconds latency{5};  // one way
  std::chrono::milliseconds jitter{0};   // added at random
  unsigned split = 0;                    // that what a host sends arrives in pieces
  unsigned refused = 0;                  // that a connection is refused
  unsigned black_hole = 0;               // that a connection is never made
  unsigned reset = 0;                    // that a line breaks when a host is about to send
  unsigned reset_within = 0;             // that a line breaks behind some octet of the host's
  unsigned garbage = 0;                  // that octets get into what a host sends
  unsigned drip = 0;                     // that what a host sends comes octet by octet
  std::uint64_t seed = 1;
};

/// Connects to the hosts of a world. An address without a host is unreachable by its network's
/// word, a host that is `unreachable` never answers, one that is `dead` refuses. Belongs to one
/// thread; outlives the io_context it is used on, for lines are torn down with that.
class sim_net final : public net::dialer {
 public:
  /// `port` is where the hosts listen. `time`, `described`, `watcher` outlive the network.
  sim_net(timer& time, const world& described, std::uint16_t port, sim_net_options options = {},
          const event_sink& sink = {}, line_watcher* watcher = nullptr);

  awaitable<result<std::unique_ptr<net::stream>>> connect(net::endpoint peer) override;
  awaitable<result<std::unique_ptr<net::stream>>> connect_local(std::string path) override;

  /// Who has signed the certificates of all hosts.
  const certificate_authority& authority() const noexcept { return authority_; }

  /// What the host at an address, or on a unix socket, has seen; zeros if it was never dialled.
  host_counts counts_at(const asio::ip::address& address) const;
  host_counts counts_at(const std::string& path) const;

  /// What all hosts have seen.
  host_counts total() const;

  /// Connections that the client holds now, and held at once at most, to any one address.
  std::size_t open() const noexcept { return open_; }
  std::size_t open_max_at_one() const noexcept { return open_max_at_one_; }

  /// And to this one: an address or the path of a unix socket.
  std::size_t open_max_at(const std::string& place) const;

  /// Connections whose host is still at work.
  std::size_t served() const noexcept { return served_; }

  /// Connections that the client asked for.
  std::uint64_t connects() const noexcept { return connects_; }

  /// Of these: those that the client got, those that failed, and after how long it gave up others.
  std::uint64_t made() const noexcept { return made_; }
  std::uint64_t failed() const noexcept { return failed_; }
  const std::vector<std::chrono::milliseconds>& given_up_after() const noexcept {
    return given_up_after_;
  }

  /// Lines that broke, and lines with garbage in them or that dripped: each is counted once.
  std::size_t disturbed() const noexcept { return disturbed_; }

 private:
  struct wire;
  class dialling;
  class line;
  enum class heard { nothing, bytes, the_end };

  awaitable<void> serve(std::shared_ptr<wire> on, mail_host& at, asio::ip::address address,
                        time_point from);
  awaitable<heard> listen(std::shared_ptr<wire> on, session& host, time_point until);
  void note_taken(wire& on, std::size_t octets);
  void send(wire& on, std::string bytes);
  void drip(wire& on, std::string_view bytes);
  void disturb(wire& on);
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(chance_() % n); }
  awaitable<result<std::unique_ptr<net::stream>>> reach(mail_host* host, asio::ip::address address,
                                                        error_code without);
  mail_host* host_of(const host* described);
  bool happens(unsigned chance) { return chance > 0 && chance_() % 1000 < chance; }
  std::chrono::milliseconds latency();

  timer& time_;
  const world& world_;
  std::uint16_t port_;
  sim_net_options options_;
  seeded_random chance_;
  certificate_authority authority_;
  std::vector<std::unique_ptr<mail_host>> hosts_;  // in the order of world_.hosts
  struct openings {
    std::size_t now = 0;
    std::size_t most = 0;
  };
  std::map<std::string, openings> open_at_;  // by place
  std::size_t open_ = 0;
  std::size_t open_max_at_one_ = 0;
  std::size_t served_ = 0;
  std::uint64_t connects_ = 0;
  std::uint64_t made_ = 0;
  std::uint64_t failed_ = 0;
  std::vector<std::chrono::milliseconds> given_up_after_;
  line_watcher* watcher_;
  std::size_t disturbed_ = 0;
};

}  // namespace cbv::sim

#endif
