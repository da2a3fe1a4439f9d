#include "tests/sim/random_world.hpp"

#include <array>
#include <string_view>

namespace cbv::sim {
namespace {

std::size_t below(random_source& chance, std::size_t n) {
  return static_cast<std::size_t>(chance() % n);
}

template <class Many>
const auto& pick(random_source& chance, const Many& many) {
  return many[below(chance, many.size())];
}

// A temper, and what it does to the truth of those whose mail the host takes.
struct temper {
  std::string_view lines;
  bool takes_any = false;      // says 250 to every mailbox
  bool takes_no_mail = false;  // 521
};

constexpr std::array tempers{
    // Honest ones, more than once, so that there are answers.
    temper{""},
    temper{""},
    temper{""},
    temper{""},
    temper{""},
    temper{"  pipelining off\n"},
    temper{"  pipelining off\n"},
    temper{"  ehlo off\n"},
    temper{"  smtputf8 on\n"},
    temper{"  tls on\n"},
    temper{"  tls on certificate=self-signed\n"},
    temper{"  tls required\n"},
    temper{"  tls on\n  pipelining clear\n"},
    temper{"  greylist 5m\n"},
    temper{"  greylist 1h\n"},
    temper{"  tarpit 3s\n"},
    temper{"  tarpit 40s\n"},
    temper{"  delay rcpt 20s\n"},
    temper{"  delay greeting 2m\n"},
    temper{"  drop after rcpt\n"},
    temper{"  refusal-limit 1\n"},
    temper{"  connection-limit 1\n"},
    temper{"  silent quit\n"},
    temper{"  drop quit\n"},
    temper{"  catch-all\n", true},
    // About us, or about nothing at all.
    temper{"  dead\n"},
    temper{"  unreachable\n"},
    temper{"  reject-null-sender\n"},
    temper{"  refuse greeting \"554 5.7.1 No SMTP service here\"\n"},
    temper{"  refuse greeting \"421 4.3.2 Too busy\"\n"},
    temper{"  refuse ehlo \"550 5.7.1 Access denied\"\n"},
    temper{"  refuse mail \"451 4.3.0 Try again later\"\n"},
    temper{"  refuse rcpt \"550 5.7.1 Client host [{client}] blocked using zen.spamhaus.org\"\n"},
    temper{"  refuse rcpt \"550 5.7.1 {helo}: helo command rejected\"\n"},
    temper{"  refuse rcpt \"451 4.3.5 Server configuration problem\"\n"},
    temper{"  refuse greeting \"521 5.7.1 Blocked\"\n"},
    temper{"  refuse greeting \"521 {host} does not accept mail\"\n", false, true},
    temper{"  refuse greeting \"521 {host} does not accept mail\"\n", false, true},
    // Broken.
    temper{"  drop greeting\n"},
    temper{"  drop ehlo\n"},
    temper{"  drop mail\n"},
    temper{"  drop rcpt\n"},
    temper{"  drop after mail\n"},
    temper{"  noise greeting\n"},
    temper{"  noise rcpt\n"},
    temper{"  endless-line ehlo\n"},
    temper{"  endless-reply greeting\n"},
    temper{"  endless-reply rcpt\n"},
    temper{"  silent greeting\n"},
    temper{"  silent rcpt\n"},
    temper{"  tls on versions=1.1\n"},
    temper{"  tls on\n  refuse starttls \"454 4.7.0 TLS not available\"\n"},
    temper{"  tls on\n  drop after starttls\n"},
    temper{"  tls on\n  noise handshake\n"},
    temper{"  tls on\n  silent handshake\n"},
    temper{"  tls on\n  drop after handshake\n"},
    temper{"  tls on\n  inject \"250 2.1.5 Ok\"\n"},
    temper{"  tls required\n  drop rcpt\n"},
    temper{"  drop after rcpt 2\n"},
    temper{"  drop rset\n"},
    temper{"  command-limit 5\n"},
};

struct made_host {
  temper has;
  std::string name;
  std::string address;
  std::string mailboxes;  // the lines for the domains it serves
};

enum class domain_kind { served, implicit, none, null_mx, bare, reserved, failing, lame_host };

constexpr std::array domain_kinds{
    domain_kind::served,  domain_kind::served,    domain_kind::served, domain_kind::served,
    domain_kind::served,  domain_kind::served,    domain_kind::served, domain_kind::implicit,
    domain_kind::none,    domain_kind::null_mx,   domain_kind::bare,   domain_kind::reserved,
    domain_kind::failing, domain_kind::lame_host,
};

// Adds the mailboxes of a domain to a host that serves it.
void serve(made_host& by, const std::string& domain) {
  by.mailboxes += "  mailbox ann@" + domain + " bob@" + domain + "\n";
  by.mailboxes += "  full full@" + domain + "\n";
  by.mailboxes += "  disabled gone@" + domain + "\n";
}

class maker {
 public:
  maker(random_source& chance, const random_world_options& options)
      : chance_(chance), options_(options) {}

  random_world make() {
    for (std::size_t i = 0; i < options_.hosts; ++i) {
      made_host host;
      host.has = pick(chance_, tempers);
      host.name = "mx" + std::to_string(i) + ".hosts.example";
      host.address = "192.0.2." + std::to_string(i + 1);
      zone_ += "  " + host.name + ". A " + host.address + "\n";
      hosts_.push_back(std::move(host));
    }
    for (std::size_t i = 0; i < options_.domains; ++i) {
      add_domain("d" + std::to_string(i) + ".example");
    }
    for (const char* wrong : {"ann", "ann@", "@d1.example", "a b@d1.example", ""}) {
      made_.addresses.push_back({wrong, {false, true}});
    }
    made_.text = "zone\n  lame.hosts.example. SERVFAIL\n" + zone_;
    for (const made_host& host : hosts_) {
      made_.text += "host " + host.address + " " + host.name + "\n";
      made_.text += host.has.lines;
      made_.text += host.mailboxes;
    }
    return std::move(made_);
  }

 private:
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
        return add_mailboxes(name, host.has.takes_any, host.has.takes_no_mail);
      }
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
    bool takes_any = false;
    bool takes_no_mail = true;
    const std::size_t count = 1 + below(chance_, 3);
    for (std::size_t i = 0; i < count; ++i) {
      made_host& host = hosts_[below(chance_, hosts_.size())];
      zone_ += owner + "MX " + std::to_string(10 * below(chance_, 3)) + " " + host.name + ".\n";
      takes_any = takes_any || host.has.takes_any;
      takes_no_mail = takes_no_mail && host.has.takes_no_mail;
      // Some host is named that does not know of it: it denies the relay.
      if (below(chance_, 10) > 0) serve(host, name);
    }
    add_mailboxes(name, takes_any, takes_no_mail);
  }

  void add_mailboxes(const std::string& name, bool takes_any, bool takes_no_mail) {
    const auto add = [&](std::string_view local_part, truth is) {
      is.may_be_deliverable = is.may_be_deliverable || takes_any;
      is.may_be_undeliverable = is.may_be_undeliverable || takes_no_mail;
      made_.addresses.push_back({std::string(local_part) + "@" + name, is});
    };
    add("ann", {true, false});
    add("bob", {true, false});
    add("full", {false, false});
    add("gone", {false, true});
    add("nobody", {false, true});
    add("jörg", {false, true});
  }

  void add_all(const std::string& name, truth is) {
    for (const char* local_part : {"ann", "bob", "nobody"}) {
      made_.addresses.push_back({std::string(local_part) + "@" + name, is});
    }
  }

  random_source& chance_;
  const random_world_options& options_;
  std::string zone_;
  std::vector<made_host> hosts_;
  random_world made_;
};

}  // namespace

random_world make_random_world(random_source& chance, const random_world_options& options) {
  return maker(chance, options).make();
}

}  // namespace cbv::sim
