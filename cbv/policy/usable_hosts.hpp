// Whether mail could go to any host of a domain.
#ifndef CBV_POLICY_USABLE_HOSTS_HPP
#define CBV_POLICY_USABLE_HOSTS_HPP

#include <span>

#include "cbv/dns/mail_hosts.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::policy {

/// Every host has, by the DNS's own word, no address, or only such as no one may dial, but for
/// those in `permit`. One that has, or may have, others is usable, if not by us. False where there
/// are no hosts. Pure.
bool has_no_usable_address(const dns::mail_hosts& found, std::span<const net::ip_network> permit);

}  // namespace cbv::policy

#endif
