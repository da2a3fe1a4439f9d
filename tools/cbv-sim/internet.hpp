// A world brought to life: who answers at which address. No I/O.
#ifndef CBV_TOOLS_CBV_SIM_INTERNET_HPP
#define CBV_TOOLS_CBV_SIM_INTERNET_HPP

#include <boost/asio/ip/address.hpp>
#include <deque>
#include <memory>
#include <string>

#include "cbv/base/clock.hpp"
#include "tools/cbv-sim/mail_host.hpp"
#include "tools/cbv-sim/world.hpp"

namespace cbv::sim {

/// All hosts of a world. Belongs to one thread; outlives its sessions, and is outlived by the
/// world.
class internet {
 public:
  explicit internet(const world& described, const event_sink& sink = {});

  const world& described() const noexcept { return described_; }

  /// How a connection to an address fares; where there is no host it is dead.
  reachability reach(const asio::ip::address& address) const;

  /// A connection from `client`; null unless the address is open.
  std::unique_ptr<session> connect(const asio::ip::address& address,
                                   const asio::ip::address& client, time_point now);

  /// The same, to the unix socket at `path`.
  std::unique_ptr<session> connect_local(const std::string& path, time_point now);

  /// Who has signed the certificates of all hosts.
  const certificate_authority& authority() const noexcept { return authority_; }

  /// In the order of the world.
  const std::deque<mail_host>& hosts() const noexcept { return hosts_; }

  /// The host at an address; null if there is none.
  const mail_host* host_at(const asio::ip::address& address) const;

  /// What all hosts together have seen; `open_max` is that of the busiest.
  host_counts total() const;

 private:
  std::unique_ptr<session> accept(const host* there, const asio::ip::address& address,
                                  const asio::ip::address& client, time_point now);

  const world& described_;
  certificate_authority authority_;
  std::deque<mail_host> hosts_;
};

}  // namespace cbv::sim

#endif
