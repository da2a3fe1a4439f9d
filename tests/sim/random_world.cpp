#include "tests/sim/random_world.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/sim/random_temper.hpp"

namespace cbv::sim {
namespace {

std::size_t below(random_source& chance, std::size_t n) {
  return static_cast<std::size_t>(chance() % n);
}

template <class Many>
const auto& pick(random_source& chance, const Many& many) {
  return many[below(chance, many.size())];
}

// A host has one address, or one of each family. The IPv6 one may lead nowhere.
struct made_host {
  temper has;
  std::string name;
  std::string other_name;  // or none
  std::string address;
  std::string address_v6;  // or none
  std::string temper_v6;
  std::string mailboxes;  // the lines for the domains it serves
};

constexpr std::array<std::string_view, 4> tempers_v6{"  dead\n", "  unreachable\n", "same", "same"};

// One's own servers: what a route leads to.
struct made_server {
  std::string place;  // as in a host section
  callout::route_target target;
  std::string lines;
  bool takes_any = false;
};

constexpr std::size_t servers = 4;

enum class domain_kind {
  served,
  implicit,
  routed,
  none,
  null_mx,
  bare,
  reserved,
  failing,
  lame_host
};

constexpr std::array domain_kinds{
    domain_kind::served, domain_kind::served,   domain_kind::served,  domain_kind::served,
    domain_kind::served, domain_kind::served,   domain_kind::served,  domain_kind::served,
    domain_kind::served, domain_kind::served,   domain_kind::served,  domain_kind::implicit,
    domain_kind::routed, domain_kind::routed,   domain_kind::none,    domain_kind::null_mx,
    domain_kind::bare,   domain_kind::reserved, domain_kind::failing, domain_kind::lame_host,
};

// The lines of a host that serves a domain.
std::string mailboxes_of(const std::string& domain) {
  return "  mailbox ann@" + domain + " bob@" + domain + "\n  full full@" + domain +
         "\n  disabled gone@" + domain + "\n";
}

void serve(made_host& by, const std::string& domain) {
  by.mailboxes += mailboxes_of(domain);
}

class maker {
 public:
  maker(random_source& chance, const random_world_options& options)
      : chance_(chance), options_(options) {}

  random_world make() {
    for (std::size_t i = 0; i < options_.hosts; ++i) add_host(i);
    for (std::size_t i = 0; i < servers; ++i) add_server(i);
    for (std::size_t i = 0; i < options_.domains; ++i) {
      add_domain("d" + std::to_string(i) + ".example");
    }
    for (const char* wrong : {"ann", "ann@", "@d1.example", "a b@d1.example", ""}) {
      add(wrong, {false, true});
    }
    made_.text = "zone\n  lame.hosts.example. SERVFAIL\n" + zone_;
    for (const made_host& host : hosts_) {
      const std::string end = ' ' + host.name + '\n';
      made_.text += "host " + host.address + end + host.has.lines + host.mailboxes;
      if (host.address_v6.empty()) continue;
      made_.text += "host " + host.address_v6 + end + host.temper_v6 + host.mailboxes;
    }
    for (const made_server& server : servers_) {
      made_.text += "host " + server.place + '\n' + server.lines;
    }
    return std::move(made_);
  }

 private:
  // What the hosts of a domain are like, all of them or any.
  struct likeness {
    bool takes_any = false;
    bool takes_no_mail = false;
    bool takes_no_bounces = false;
    bool is_relay = false;  // no host serves the domain
  };

  void add_host(std::size_t number) {
    made_host host;
    host.has = draw_temper(chance_);
    host.name = "mx" + std::to_string(number) + ".hosts.example";
    host.address = "192.0.2." + std::to_string(number + 1);
    zone_ += "  " + host.name + ". A " + host.address + "\n";
    // One address may have many names: a host of many domains has one for each of them.
    if (below(chance_, 2) == 0) {
      host.other_name = "alias" + std::to_string(number) + ".hosts.example";
      zone_ += "  " + host.other_name + ". A " + host.address + "\n";
    }
    if (below(chance_, 4) == 0) {
      host.address_v6 = "2001:db8::" + std::to_string(number + 1);
      const std::string_view drawn = pick(chance_, tempers_v6);
      host.temper_v6 = drawn == "same" ? host.has.lines : std::string(drawn);
      zone_ += "  " + host.name + ". AAAA " + host.address_v6 + "\n";
    }
    hosts_.push_back(std::move(host));
  }

  void add_server(std::size_t number) {
    temper drawn = draw_temper(chance_);
    made_server server;
    server.takes_any = drawn.takes_any;
    const std::string count = std::to_string(number);
    const bool is_local = below(chance_, 3) == 0;
    const bool is_lmtp = is_local || below(chance_, 2) == 0;
    if (is_local && drawn.lines.starts_with("  unreachable")) drawn.lines = "  dead\n";
    server.place = is_local ? "unix:/run/own" + count : "203.0.113." + std::to_string(number + 1);
    server.target.protocol =
        is_lmtp ? callout::transfer_protocol::lmtp : callout::transfer_protocol::smtp;
    server.target.port = is_local ? std::uint16_t{0} : std::uint16_t{25};
    (is_local ? server.target.path : server.target.host) =
        is_local ? "/run/own" + count : server.place;
    server.lines = drawn.lines + (is_lmtp ? "  lmtp\n" : "");
    server.place += " own" + count + ".hosts.example";
    servers_.push_back(std::move(server));
  }

  // Recipients are asked about at one's own servers; the domain itself is unknown to the DNS.
  void add_routed(const std::string& name) {
    callout::route by;
    by.domain = name;
    by.tls = below(chance_, 4) == 0 ? smtp::tls_policy::never : smtp::tls_policy::may;
    likeness like;
    for (std::size_t i = 1 + below(chance_, 2); i > 0; --i) {
      made_server& server = servers_[below(chance_, servers_.size())];
      server.lines += mailboxes_of(name);
      like.takes_any = like.takes_any || server.takes_any;
      by.to.push_back(server.target);
    }
    made_.routes.push_back(std::move(by));
    add_mailboxes(name, like, truth{false, true});
  }

  void add_domain(const std::string& name) {
    const domain_kind kind = pick(chance_, domain_kinds);
    const std::string owner = "  " + name + ". ";
    switch (kind) {
      case domain_kind::served:
        return add_served(name, owner);
      case domain_kind::implicit: {
        made_host& host = hosts_[below(chance_, hosts_.size())];
        zone_ += owner + "A " + host.address + "\n";
        serve(host, name);
        return add_mailboxes(
            name, {host.has.takes_any, host.has.takes_no_mail, host.has.takes_no_bounces, false});
      }
      case domain_kind::routed:
        return add_routed(name);
      case domain_kind::none:
        return add_all(name, {false, true});
      case domain_kind::null_mx:
        zone_ += owner + "MX 0 .\n";
        return add_all(name, {false, true});
      case domain_kind::bare:
        zone_ += owner + "TXT \"no mail here\"\n";
        return add_all(name, {false, true});
      case domain_kind::reserved:
        zone_ += owner + "MX 10 mx." + name + ".\n  mx." + name + ". A 127.0.0.1\n";
        return add_all(name, {false, true});
      case domain_kind::failing:
        zone_ += owner + "SERVFAIL\n";
        return add_all(name, {false, false});
      case domain_kind::lame_host:
        zone_ += owner + "MX 10 lame.hosts.example.\n";
        return add_all(name, {false, false});
    }
  }

  void add_served(const std::string& name, const std::string& owner) {
    likeness like{false, true, true, true};
    const std::size_t count = 1 + below(chance_, 3);
    for (std::size_t i = 0; i < count; ++i) {
      made_host& host = hosts_[below(chance_, hosts_.size())];
      const bool by_other_name = !host.other_name.empty() && below(chance_, 2) == 0;
      zone_ += owner + "MX " + std::to_string(10 * below(chance_, 3)) + " " +
               (by_other_name ? host.other_name : host.name) + ".\n";
      like.takes_any = like.takes_any || host.has.takes_any;
      like.takes_no_mail = like.takes_no_mail && host.has.takes_no_mail;
      like.takes_no_bounces = like.takes_no_bounces && host.has.takes_no_bounces;
      // Some host is named that does not know of it: it denies the relay.
      if (below(chance_, 5) == 0) continue;
      serve(host, name);
      like.is_relay = false;
    }
    add_mailboxes(name, like);
  }

  void add_mailboxes(const std::string& name, const likeness& like,
                     std::optional<truth> as_sender = std::nullopt) {
    const auto add_one = [&](std::string_view local_part, truth is) {
      is.may_be_deliverable = is.may_be_deliverable || like.takes_any;
      is.may_be_undeliverable = is.may_be_undeliverable || like.takes_no_mail;
      is.may_be_catch_all = like.takes_any;
      is.may_refuse_bounces = like.takes_no_bounces;
      is.may_be_relay = like.is_relay;
      add(std::string(local_part) + "@" + name, is, as_sender);
    };
    add_one("ann", {true, false});
    add_one("bob", {true, false});
    add_one("full", {false, false});
    add_one("gone", {false, true});
    add_one("nobody", {false, true});
    add_one("jörg", {false, true});
  }

  void add_all(const std::string& name, truth is) {
    for (const char* local_part : {"ann", "bob", "nobody"}) {
      add(std::string(local_part) + "@" + name, is);
    }
  }

  void add(std::string address, truth is, std::optional<truth> as_sender = std::nullopt) {
    made_.addresses.push_back({std::move(address), is, as_sender.value_or(is)});
  }

  random_source& chance_;
  const random_world_options& options_;
  std::string zone_;
  std::vector<made_host> hosts_;
  std::vector<made_server> servers_;
  random_world made_;
};

}  // namespace

random_world make_random_world(random_source& chance, const random_world_options& options) {
  return maker(chance, options).make();
}

}  // namespace cbv::sim
