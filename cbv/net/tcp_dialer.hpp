// Connects to one address over TCP, from a chosen source address.
#ifndef CBV_NET_TCP_DIALER_HPP
#define CBV_NET_TCP_DIALER_HPP

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <optional>
#include <string>
#include <utility>

#include "cbv/net/dialer.hpp"

namespace cbv::net {

struct tcp_dialer_options {
  // Where calls come from; nothing leaves it to the operating system. A host that lists the prober
  // lists this address, so it had better not be the one the site's mail leaves from.
  std::optional<asio::ip::address_v4> source_v4;
  std::optional<asio::ip::address_v6> source_v6;
};

/// The dialer of the real network. Usable from any thread while it is not changed.
class tcp_dialer final : public dialer {
 public:
  explicit tcp_dialer(tcp_dialer_options options = {}) : options_(std::move(options)) {}

  /// For the connections that are begun from now on.
  void change(const tcp_dialer_options& options) { options_ = options; }

  /// A source address that this machine does not have gives address_not_available.
  awaitable<result<std::unique_ptr<stream>>> connect(endpoint peer) override;

  awaitable<result<std::unique_ptr<stream>>> connect_local(std::string path) override;

 private:
  tcp_dialer_options options_;
};

}  // namespace cbv::net

#endif
