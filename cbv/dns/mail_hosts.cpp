#include "cbv/dns/mail_hosts.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "cbv/async/side_by_side.hpp"

namespace cbv::dns {
namespace {

using asio::ip::address_v4;
using asio::ip::address_v6;

// What the look-ups of one name's addresses came to; nothing for a family that was not asked for.
struct address_answers {
  std::optional<answer<address_v4>> v4;
  std::optional<answer<address_v6>> v6;
};

template <class Record>
awaitable<void> keep(awaitable<answer<Record>> question, std::optional<answer<Record>>& into) {
  into.emplace(co_await std::move(question));
}

template <class Record>
bool is_ok(const std::optional<answer<Record>>& said) {
  return said && said->status == lookup_status::ok;
}

template <class Record>
bool is_known(const std::optional<answer<Record>>& said) {
  return said && is_authoritative(said->status);
}

// What the DNS says about the name as a host, both families seen together.
lookup_status status_of(const address_answers& answers) {
  if (is_ok(answers.v4) || is_ok(answers.v6)) return lookup_status::ok;
  const lookup_status v4 = answers.v4 ? answers.v4->status : answers.v6->status;
  const lookup_status v6 = answers.v6 ? answers.v6->status : v4;
  if (!is_authoritative(v4)) return v4;
  if (!is_authoritative(v6)) return v6;
  // A server that says "no such name" for one type only is broken; the weaker statement holds.
  return v4 == v6 ? v4 : lookup_status::no_data;
}

address_answers known_addresses(resolver& names, const std::string& name, address_family family) {
  address_answers known;
  if (family != address_family::ipv6) known.v4 = names.known_a(name);
  if (family != address_family::ipv4) known.v6 = names.known_aaaa(name);
  return known;
}

bool are_complete(const address_answers& known, address_family family) {
  return (known.v4 || family == address_family::ipv6) &&
         (known.v6 || family == address_family::ipv4);
}

awaitable<address_answers> ask_for_addresses(resolver& names, std::string name,
                                             address_family family, time_point deadline) {
  address_answers answers = known_addresses(names, name, family);
  std::vector<awaitable<void>> questions;
  if (!answers.v4 && family != address_family::ipv6) {
    questions.push_back(keep(names.a(name, deadline), answers.v4));
  }
  if (!answers.v6 && family != address_family::ipv4) {
    questions.push_back(keep(names.aaaa(name, deadline), answers.v6));
  }
  co_await side_by_side(std::move(questions));
  co_return answers;
}

// Gives `host` the addresses of both families in turn, so that neither crowds the other out; IPv6
// first (RFC 8305).
void take_in_turn(const address_answers& answers, std::size_t addresses_max, mail_host& host) {
  const auto take = [&](const asio::ip::address& one) {
    auto& taken = host.addresses;
    if (std::find(taken.begin(), taken.end(), one) != taken.end()) return;
    if (taken.size() < addresses_max) {
      taken.push_back(one);
    } else {
      ++host.addresses_left_out;
    }
  };
  const std::size_t v4 = is_ok(answers.v4) ? answers.v4->records.size() : 0;
  const std::size_t v6 = is_ok(answers.v6) ? answers.v6->records.size() : 0;
  for (std::size_t i = 0; i < std::max(v4, v6); ++i) {
    if (i < v6) take(answers.v6->records[i]);
    if (i < v4) take(answers.v4->records[i]);
  }
}

std::optional<asio::ip::address> as_address(const std::string& name) {
  boost::system::error_code no_address;
  const auto address = asio::ip::make_address(name, no_address);
  return no_address ? std::nullopt : std::optional(address);
}

// What was learnt of both families, or of the one that was asked for.
void take(const address_answers& answers, const mail_hosts_options& options, mail_host& host) {
  host.status = status_of(answers);
  host.may_have_more = !is_known(answers.v4) || !is_known(answers.v6);
  take_in_turn(answers, options.addresses_max, host);
}

// That there is no address of one family says nothing about the host.
bool is_half_an_answer(lookup_status status, const mail_hosts_options& options) {
  return options.family != address_family::any && status == lookup_status::no_data;
}

// Fills in the addresses of `host` and what the DNS said about them, if that is known; false: it
// has to be asked for.
bool resolve_at_once(resolver& names, const mail_hosts_options& options, mail_host& host) {
  if (as_address(host.name)) {  // "MX 10 192.0.2.1.": there is no such top-level domain
    host.status = lookup_status::nx_domain;
    return true;
  }
  const address_answers known = known_addresses(names, host.name, options.family);
  if (!are_complete(known, options.family)) return false;
  if (is_half_an_answer(status_of(known), options)) return false;
  take(known, options, host);
  return true;
}

// The same, whether it is known or not. `host` is in the frame of who waits.
awaitable<void> resolve(resolver& names, mail_host& host, mail_hosts_options options,
                        time_point deadline) {
  if (resolve_at_once(names, options, host)) co_return;
  address_answers answers = co_await ask_for_addresses(names, host.name, options.family, deadline);
  take(answers, options, host);
  if (!is_half_an_answer(host.status, options)) co_return;
  const address_family other =
      options.family == address_family::ipv4 ? address_family::ipv6 : address_family::ipv4;
  const address_answers others = co_await ask_for_addresses(names, host.name, other, deadline);
  host.status = status_of(others);
  if (host.status == lookup_status::nx_domain) host.status = lookup_status::no_data;
  host.may_have_more = false;
  take_in_turn(others, 0, host);
}

// Orders by preference, equal ones by chance (RFC 5321 section 5.1), and drops null exchanges among
// others (RFC 7505 section 3) and what is named twice.
std::vector<mail_host> in_order(std::vector<mx_record> records, random_source& chance) {
  std::shuffle(records.begin(), records.end(), chance);
  std::stable_sort(records.begin(), records.end(), [](const mx_record& a, const mx_record& b) {
    return a.preference < b.preference;
  });
  std::vector<mail_host> hosts;
  std::unordered_set<std::string> seen;
  for (mx_record& one : records) {
    if (one.exchange.empty() || !seen.insert(one.exchange).second) continue;
    mail_host host;
    host.preference = one.preference;
    host.name = std::move(one.exchange);
    hosts.push_back(std::move(host));
  }
  return hosts;
}

mail_host host_at(const asio::ip::address& address, std::string name,
                  const mail_hosts_options& options) {
  mail_host host;
  host.name = std::move(name);
  const bool is_wanted = options.family == address_family::any ||
                         (options.family == address_family::ipv4) == address.is_v4();
  if (is_wanted) {
    host.addresses.push_back(address);
  } else {
    host.addresses_left_out = 1;
  }
  return host;
}

mail_hosts literal_host(const domain& of, const mail_hosts_options& options) {
  mail_hosts found;
  found.kind = routing::address_literal;
  found.hosts.push_back(host_at(*of.literal(), of.text(), options));
  return found;
}

mail_hosts without_hosts(routing kind, lookup_status status) {
  mail_hosts found;
  found.kind = kind;
  found.status = status;
  return found;
}

// The domain as its own host (RFC 5321 section 5.1).
awaitable<mail_hosts> find_implicit_mx(resolver& names, domain of, mail_hosts_options options,
                                       time_point deadline) {
  mail_host host;
  host.name = of.text();
  co_await resolve(names, host, options, deadline);
  if (!is_authoritative(host.status)) co_return without_hosts(routing::unknown, host.status);
  if (host.status != lookup_status::ok) {
    co_return without_hosts(routing::no_mail_host, lookup_status::ok);
  }
  mail_hosts found;
  found.kind = routing::implicit_mx;
  found.hosts.push_back(std::move(host));
  co_return found;
}

}  // namespace

std::string_view to_string(routing kind) noexcept {
  switch (kind) {
    case routing::explicit_mx:
      return "explicit_mx";
    case routing::implicit_mx:
      return "implicit_mx";
    case routing::address_literal:
      return "address_literal";
    case routing::null_mx:
      return "null_mx";
    case routing::no_such_domain:
      return "no_such_domain";
    case routing::no_mail_host:
      return "no_mail_host";
    case routing::unknown:
      return "unknown";
  }
  return "unknown";
}

awaitable<mail_hosts> find_mail_hosts(resolver& names, random_source& chance, domain of,
                                      mail_hosts_options options, time_point deadline) {
  if (of.literal()) co_return literal_host(of, options);
  std::string name = of.text();
  answer<mx_record> said = co_await names.mx(std::move(name), deadline);
  if (said.status == lookup_status::nx_domain) {
    co_return without_hosts(routing::no_such_domain, lookup_status::ok);
  }
  if (said.status == lookup_status::no_data) {
    co_return co_await find_implicit_mx(names, std::move(of), options, deadline);
  }
  if (said.status != lookup_status::ok) co_return without_hosts(routing::unknown, said.status);

  mail_hosts found;
  found.hosts = in_order(std::move(said.records), chance);
  // Nothing but null exchanges: the domain takes no mail (RFC 7505).
  if (found.hosts.empty()) co_return without_hosts(routing::null_mx, lookup_status::ok);
  found.kind = routing::explicit_mx;
  if (found.hosts.size() > options.hosts_max) {
    found.hosts_left_out = found.hosts.size() - options.hosts_max;
    found.hosts.resize(options.hosts_max);
  }
  std::vector<awaitable<void>> look_ups;
  for (mail_host& host : found.hosts) {
    if (resolve_at_once(names, options, host)) continue;
    look_ups.push_back(resolve(names, host, options, deadline));
  }
  co_await side_by_side(std::move(look_ups));
  co_return found;
}

awaitable<mail_host> find_host(resolver& names, std::string name, mail_hosts_options options,
                               time_point deadline) {
  if (const auto address = as_address(name)) co_return host_at(*address, std::move(name), options);
  mail_host host;
  host.name = std::move(name);
  co_await resolve(names, host, options, deadline);
  co_return host;
}

}  // namespace cbv::dns
