// A far MX: what is described, brought to life. No I/O.
#ifndef CBV_TOOLS_CBV_SIM_MAIL_HOST_HPP
#define CBV_TOOLS_CBV_SIM_MAIL_HOST_HPP

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <map>
#include <memory>

#include "cbv/base/clock.hpp"
#include "cbv/net/tls_server.hpp"
#include "tools/cbv-sim/certificates.hpp"
#include "tools/cbv-sim/connection.hpp"
#include "tools/cbv-sim/host.hpp"
#include "tools/cbv-sim/session.hpp"

namespace cbv::sim {

/// One host, or a range of hosts, with all that it remembers: whom it has greylisted, what it was
/// asked. Belongs to one thread; outlives its sessions, and is outlived by its description.
class mail_host {
 public:
  /// `signs` is who signs its certificate; null: an authority that nobody knows. Outlives it.
  explicit mail_host(const host& described, event_sink sink = {},
                     const certificate_authority* signs = nullptr);
  mail_host(const mail_host&) = delete;
  mail_host& operator=(const mail_host&) = delete;

  /// A connection from `client` to `address`, which is one of this host's. With scripts, the first
  /// connection to an address follows the first script and so on; the last one serves the rest. A
  /// host on a unix socket has no addresses, and its clients none: all are asio::ip::address().
  std::unique_ptr<session> accept(const asio::ip::address& address, const asio::ip::address& client,
                                  time_point now);

  const host& described() const noexcept { return described_; }

  /// What each address has seen; those never dialled are not in it.
  const std::map<asio::ip::address, host_counts>& counts() const noexcept { return counts_; }

  /// What all addresses together have seen; `open_max` is that of the busiest.
  host_counts total() const;

 private:
  net::tls_server& keys();

  const host& described_;
  event_sink sink_;
  const certificate_authority* signs_;
  std::unique_ptr<net::tls_server> keys_;  // made when they are first asked for
  greylist seen_;
  std::map<asio::ip::address, host_counts> counts_;
  std::uint64_t connections_ = 0;
};

}  // namespace cbv::sim

#endif
