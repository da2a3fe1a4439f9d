// Where the mail of a domain goes (RFC 5321 section 5.1, RFC 7505).
#ifndef CBV_DNS_MAIL_HOSTS_HPP
#define CBV_DNS_MAIL_HOSTS_HPP

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/domain.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/random.hpp"
#include "cbv/dns/record.hpp"
#include "cbv/dns/resolver.hpp"

namespace cbv::dns {

/// How a domain's mail is routed. `unknown`: the DNS did not carry the question through.
enum class routing {
  explicit_mx,
  implicit_mx,
  address_literal,
  null_mx,
  no_such_domain,
  no_mail_host,
  unknown
};

std::string_view to_string(routing kind) noexcept;

/// One host to try. `status` says how its addresses were looked up: ok if it has any, no_data or
/// nx_domain if by the DNS's own word it has none, else the trouble. It may be ok with no addresses
/// here: then all that it has were left out.
struct mail_host {
  std::string name;
  std::uint16_t preference = 0;
  lookup_status status = lookup_status::ok;
  std::vector<asio::ip::address> addresses;
  std::size_t addresses_left_out = 0;  // beyond addresses_max, or not of the family asked for
  bool may_have_more = false;  // addresses of a family that was not or could not be looked up
};

/// Hosts in the order in which they are to be tried: by preference, equal ones shuffled.
struct mail_hosts {
  routing kind = routing::unknown;
  std::vector<mail_host> hosts;
  std::size_t hosts_left_out = 0;            // MX hosts beyond hosts_max; nothing is known of these
  lookup_status status = lookup_status::ok;  // of the decisive look-up, where kind is unknown
};

enum class address_family { any, ipv4, ipv6 };

struct mail_hosts_options {
  std::size_t hosts_max = 5;      // MX hosts resolved and tried at most
  std::size_t addresses_max = 4;  // addresses a host at most, both families together
  address_family family = address_family::any;
};

/// Looks up MX, then the addresses of the hosts side by side. A domain without MX but with
/// addresses is its own host (implicit MX). NXDOMAIN, null MX and "neither MX nor address" are told
/// apart from DNS trouble, which is routing::unknown; trouble with the name of an MX host is that
/// host's status. A host that is named like an IP address has none. Throws only when cancelled.
awaitable<mail_hosts> find_mail_hosts(resolver& names, random_source& chance, domain of,
                                      mail_hosts_options options, time_point deadline);

/// The addresses of one host, as those of an MX are found; a host that is named like an IP address
/// has that one. Throws only when cancelled.
awaitable<mail_host> find_host(resolver& names, std::string name, mail_hosts_options options,
                               time_point deadline);

}  // namespace cbv::dns

#endif
