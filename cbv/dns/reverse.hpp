// From an address back to names: where its PTR records are, and which names mean it.
#ifndef CBV_DNS_REVERSE_HPP
#define CBV_DNS_REVERSE_HPP

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/dns/record.hpp"
#include "cbv/dns/resolver.hpp"

namespace cbv::dns {

/// The parts of an address from the last to the first, with dots between: "1.2.0.192", or for IPv6
/// its 32 nibbles (RFC 3596 section 2.5). In front of a zone it is the name to ask for, in
/// in-addr.arpa and ip6.arpa as in a DNSBL (RFC 5782).
std::string reversed(const asio::ip::address& address);

/// "1.2.0.192.in-addr.arpa"; "....ip6.arpa".
std::string reverse_name(const asio::ip::address& address);

/// One name that an address has by its PTR record.
struct pointer {
  std::string name;
  // How its addresses of the family were looked up.
  lookup_status forward = lookup_status::no_data;
  bool is_confirmed = false;  // the address is among them
};

/// `status` says how the PTR records were looked up.
struct pointers {
  lookup_status status = lookup_status::server_failure;
  std::vector<pointer> names;      // in the order of their names, each once
  std::size_t names_left_out = 0;  // beyond names_max
};

/// Looks up the names of `address`, and then the addresses of the first `names_max` of them, side
/// by side: anyone can write any name into the reverse zone of an address, so a name counts only if
/// it leads back to it. Throws only when cancelled.
awaitable<pointers> find_pointers(resolver& names, asio::ip::address address, std::size_t names_max,
                                  time_point deadline);

}  // namespace cbv::dns

#endif
