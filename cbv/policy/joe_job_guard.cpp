#include "cbv/policy/joe_job_guard.hpp"

#include <algorithm>
#include <boost/system/error_code.hpp>

#include "cbv/net/ip_network.hpp"

namespace cbv::policy {
namespace {

namespace ip = boost::asio::ip;

// What a client's number is made of.
constexpr std::uint8_t no_address = 0;
constexpr std::uint8_t ipv4 = 1;
constexpr std::uint8_t ipv6_network = 2;
constexpr std::uint8_t other_text = 3;

}  // namespace

bool joe_job_guard::admits(const domain& about, std::string_view client_ip, time_point now) {
  if (options_.clients == 0) return true;
  record& of = record_of(about);
  if (now < of.paused_until) return false;
  std::erase_if(of.clients, [&](const sighting& one) { return one.last + options_.window <= now; });
  const client who = client_of(client_ip);
  const auto seen = std::find_if(of.clients.begin(), of.clients.end(),
                                 [&who](const sighting& one) { return one.who == who; });
  if (seen != of.clients.end()) {
    seen->last = now;
    return true;
  }
  if (of.clients.size() + 1 >= options_.clients) {
    of.clients = {};
    of.paused_until = now + options_.pause;
    return false;
  }
  of.clients.push_back({who, now});
  return true;
}

joe_job_guard::client joe_job_guard::client_of(std::string_view client_ip) {
  if (client_ip.empty()) return {0, no_address};
  boost::system::error_code wrong;
  const ip::address given = ip::make_address(client_ip, wrong);
  if (wrong) return {std::hash<std::string_view>{}(client_ip), other_text};
  const ip::address address = net::unmapped(given);
  if (address.is_v4()) return {address.to_v4().to_uint(), ipv4};
  std::uint64_t upper = 0;
  const auto octets = address.to_v6().to_bytes();
  for (std::size_t i = 0; i < 8; ++i) upper = upper << 8U | octets[i];
  return {upper, ipv6_network};
}

joe_job_guard::record& joe_job_guard::record_of(const domain& about) {
  const auto found = by_domain_.find(about.text());
  if (found != by_domain_.end()) {
    known_.splice(known_.begin(), known_, found->second);
    return known_.front();
  }
  while (!known_.empty() && known_.size() >= options_.domains_max) {
    by_domain_.erase(known_.back().domain);
    known_.pop_back();
  }
  known_.emplace_front().domain = about.text();
  by_domain_.emplace(known_.front().domain, known_.begin());
  return known_.front();
}

}  // namespace cbv::policy
