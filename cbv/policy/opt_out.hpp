// Those who do not want to be called, and are not.
#ifndef CBV_POLICY_OPT_OUT_HPP
#define CBV_POLICY_OPT_OUT_HPP

#include <boost/asio/ip/address.hpp>
#include <string_view>
#include <vector>

#include "cbv/address/domain.hpp"
#include "cbv/address/name_pattern.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::policy {

/// Three lists; what any of them has is never called. A plain value, pure.
struct opt_out {
  name_list domains;                      // of mailboxes
  name_list hosts;                        // names of mail hosts
  std::vector<net::ip_network> networks;  // of mail hosts

  /// By the list of domains; an address literal also by the networks.
  bool matches(const domain& asked) const;

  /// The name of a mail host, in any case, with or without a trailing dot.
  bool matches_host(std::string_view name) const { return hosts.matches(name); }

  bool matches(const boost::asio::ip::address& host) const noexcept;
};

}  // namespace cbv::policy

#endif
