#include "cbv/policy/usable_hosts.hpp"

#include <algorithm>

#include "cbv/net/reserved.hpp"

namespace cbv::policy {
namespace {

bool is_unusable(const dns::mail_host& host, std::span<const net::ip_network> permit) {
  if (!dns::is_authoritative(host.status)) return false;
  if (host.addresses_left_out > 0 || host.may_have_more) return false;
  return std::all_of(host.addresses.begin(), host.addresses.end(),
                     [permit](const auto& one) { return net::is_never_dialled(one, permit); });
}

}  // namespace

bool has_no_usable_address(const dns::mail_hosts& found, std::span<const net::ip_network> permit) {
  return !found.hosts.empty() &&
         std::all_of(found.hosts.begin(), found.hosts.end(),
                     [permit](const auto& host) { return is_unusable(host, permit); });
}

}  // namespace cbv::policy
