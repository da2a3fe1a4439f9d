#include "cbv/callout/callout.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "cbv/async/deadline.hpp"
#include "cbv/net/reserved.hpp"
#include "cbv/policy/decision.hpp"

namespace cbv::callout {
namespace {

// More than is dialled, so that an address we may dial is not hidden behind some that we may not.
constexpr std::size_t resolved_addresses_max = 32;
constexpr std::size_t gates_min = 64;

// The addresses of a host that are dialled, in order.
std::vector<asio::ip::address> dialled_addresses(const dns::mail_host& host,
                                                 const callout_options& options) {
  std::vector<asio::ip::address> chosen;
  for (const asio::ip::address& address : host.addresses) {
    if (chosen.size() >= options.addresses_max) break;
    if (net::is_never_dialled(address, options.permit_networks)) continue;
    chosen.push_back(address);
  }
  return chosen;
}

// By the DNS's own word the host has no address, or it has only such as no one may dial. One that
// has, or may have, others is usable, if not by us.
bool is_unusable(const dns::mail_host& host, const callout_options& options) {
  if (!dns::is_authoritative(host.status)) return false;
  if (host.addresses_left_out > 0 || host.may_have_more) return false;
  return std::all_of(host.addresses.begin(), host.addresses.end(), [&options](const auto& one) {
    return net::is_never_dialled(one, options.permit_networks);
  });
}

// "Our own addresses" are not dialled either. That says nothing about the domain: its mail comes to
// us, and whoever asks knows better than we do what becomes of it.
bool is_our_own(const asio::ip::address& address, const callout_options& options) {
  error_code no_address;
  const auto own = asio::ip::make_address(options.own_ip, no_address);
  if (no_address || net::unmapped(own) != net::unmapped(address)) return false;
  return std::none_of(options.permit_networks.begin(), options.permit_networks.end(),
                      [&address](const auto& network) { return network.contains(address); });
}

policy::attempt not_dialled(const dns::mail_host& host, const asio::ip::address& address) {
  policy::attempt attempt{host.name, address.to_string(), {}};
  attempt.outcome.end = smtp::probe_end::loop;
  attempt.outcome.at = stage::connect;
  attempt.outcome.detail = "this is our own address";
  return attempt;
}

bool all_are_unusable(const std::vector<dns::mail_host>& hosts, const callout_options& options) {
  return !hosts.empty() && std::all_of(hosts.begin(), hosts.end(), [&options](const auto& host) {
    return is_unusable(host, options);
  });
}

}  // namespace

callout::callout(dns::resolver& names, smtp::prober& prober, timer& time, random_source& chance,
                 callout_options options)
    : names_(names), prober_(prober), time_(time), chance_(chance), options_(std::move(options)) {}

awaitable<finding> callout::ask(mailbox about, smtp::transcript* heard) {
  const time_point deadline = time_.now() + options_.total_limit;
  const policy::decision_options us{options_.helo_name, options_.own_ip,
                                    !options_.mail_from.has_value()};
  policy::evidence learnt;

  const dns::mail_hosts_options looked_up{options_.hosts_max, resolved_addresses_max,
                                          options_.family};
  const time_point dns_deadline = std::min(deadline, time_.now() + options_.dns_limit);
  learnt.hosts =
      co_await dns::find_mail_hosts(names_, chance_, about.domain(), looked_up, dns_deadline);
  learnt.no_usable_address = all_are_unusable(learnt.hosts->hosts, options_);

  std::optional<verdict> made = policy::decide(learnt, us);
  std::set<asio::ip::address> dialled;
  for (const dns::mail_host& host : learnt.hosts->hosts) {
    for (const asio::ip::address& address : dialled_addresses(host, options_)) {
      if (made || time_.now() >= deadline) break;
      if (!dialled.insert(net::unmapped(address)).second) continue;
      if (is_our_own(address, options_)) {
        learnt.attempts.push_back(not_dialled(host, address));
        continue;
      }
      auto entering = gate_of(address).enter();
      auto entered = co_await with_deadline(time_, deadline, std::move(entering));
      if (!entered) {
        learnt.held_back = true;
        break;
      }
      // Shared with the prober until the connection is closed, which may be after the answer.
      auto turn = std::make_shared<gate::pass>(*std::move(entered));
      smtp::probe_plan plan{about, options_.mail_from, options_.helo_name};
      const net::endpoint peer{address, options_.port};
      policy::attempt attempt{host.name, address.to_string(), {}};
      attempt.outcome = co_await prober_.probe(peer, std::move(plan), deadline, heard, turn);
      turn.reset();
      const bool was_connected = attempt.outcome.end != smtp::probe_end::connect_failed;
      learnt.attempts.push_back(std::move(attempt));
      made = policy::decide(learnt, us);
      if (was_connected) break;  // its other addresses would say the same
    }
    if (made) break;
  }
  learnt.walk_finished = true;
  if (!made) made = policy::decide(learnt, us);
  co_return finding{*std::move(made), std::move(learnt)};
}

gate& callout::gate_of(const asio::ip::address& address) {
  const asio::ip::address key = net::unmapped(address);
  if (gates_.size() >= gates_swept_at_) {
    std::erase_if(gates_, [](const auto& entry) { return entry.second.is_unused(); });
    gates_swept_at_ = std::max(gates_min, 2 * gates_.size());
  }
  return gates_.try_emplace(key, options_.per_host.connections_max, options_.per_host.waiting_max)
      .first->second;
}

}  // namespace cbv::callout
