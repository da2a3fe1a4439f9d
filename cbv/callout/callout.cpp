#include "cbv/callout/callout.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "cbv/net/reserved.hpp"
#include "cbv/policy/usable_hosts.hpp"

namespace cbv::callout {
namespace {

// More than is dialled, so that an address we may dial is not hidden behind some that we may not.
constexpr std::size_t resolved_addresses_max = 32;

// One's own server is tried again soon: mail waits for it.
constexpr breaker_options own_server_unreachable{std::chrono::milliseconds(10'000),
                                                 std::chrono::milliseconds(60'000)};

constexpr std::size_t random_local_part_octets = 14;

// Those of this machine, and those that far hosts see.
std::vector<asio::ip::address> own_addresses_of(const callout_options& options) {
  std::vector<asio::ip::address> own = options.own_addresses;
  for (const std::string& seen : {options.own_ipv4, options.own_ipv6}) {
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(seen, no_address);
    if (!no_address) own.push_back(address);
  }
  return own;
}

policy::attempt not_dialled(const std::string& host, const asio::ip::address& address) {
  policy::attempt attempt{host, address.to_string(), {}};
  attempt.outcome.end = smtp::probe_end::loop;
  attempt.outcome.at = stage::connect;
  attempt.outcome.detail = "this is our own address";
  return attempt;
}

smtp::session_plan plan_of(const callout_options& options) {
  smtp::session_plan plan;
  plan.helo_name = options.helo_name;
  plan.tls = options.tls;
  plan.noop = options.noop;
  return plan;
}

// A local-part that nobody has: letters and digits, as mailboxes have them.
std::string random_local_part(random_source& chance) {
  constexpr std::string_view octets = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t letters = 26;
  std::string name;
  for (std::size_t i = 0; i < random_local_part_octets; ++i) {
    name += octets[chance() % (i == 0 ? letters : octets.size())];
  }
  return name;
}

}  // namespace

/// What callouts go by that begin while it is in force, and those under way to their end.
class callout::terms {
 public:
  terms(callout_options given, std::uint64_t edition)
      : options(std::move(given)),
        edition_(edition),
        own_addresses_(own_addresses_of(options)),
        strangers_(std::make_shared<const manner>(manner{
            {}, plan_of(options), options.per_host, options.breaker, options.breaker, edition})) {}

  std::uint64_t edition() const noexcept { return edition_; }
  const std::shared_ptr<const manner>& strangers() const noexcept { return strangers_; }
  std::shared_ptr<const manner> manner_of(const route& by, transfer_protocol protocol);
  bool is_our_own(const asio::ip::address& address) const;
  policy::decision_options judging() const;
  smtp::reply_meaning meaning_of(const policy::attempt& made) const;

  const callout_options options;

 private:
  std::uint64_t edition_;
  std::vector<asio::ip::address> own_addresses_;
  std::shared_ptr<const manner> strangers_;
  std::map<std::string, std::shared_ptr<const manner>> manners_;  // of routes
};

/// One callout under way.
struct callout::journey {
  std::shared_ptr<terms> by_terms;
  role side;
  mailbox about;  // as it is asked for
  domain of;
  const route* by = nullptr;  // of by_terms
  reverse_path sender;
  std::shared_ptr<smtp::transcript> heard;
  time_point deadline;
  finding found;
  bool decided = false;
  std::set<std::string> asked;  // addresses
};

callout::callout(const asio::any_io_executor& executor, dns::resolver& names, net::dialer& network,
                 net::tls_client& tls, timer& time, random_source& chance, domain_memory& memory,
                 tally& counted, callout_options options, host_memory* hosts)
    : names_(names),
      time_(time),
      chance_(chance),
      memory_(memory),
      terms_(std::make_shared<terms>(std::move(options), 1)),
      hosts_(
          executor, time, network, tls, terms_->options.hosts,
          [this](const smtp::probe_outcome& outcome) {
            return is_about_us(policy::attempt{{}, {}, outcome});
          },
          counted, hosts) {}

callout::~callout() = default;

void callout::change(callout_options options) {
  terms_ = std::make_shared<terms>(std::move(options), terms_->edition() + 1);
  hosts_.change(terms_->options.hosts);
}

const callout_options& callout::options() const noexcept {
  return terms_->options;
}

void note_catch_all(verdict& made, catch_all found) {
  if (made.status != status::deliverable || found == catch_all::untested) return;
  made.catch_all = found;
  made.reason = found == catch_all::yes ? reason::catch_all : reason::accepted;
}

bool callout::is_about_us(const policy::attempt& made) const {
  return made.outcome.reply && terms_->meaning_of(made).reason == reason::prober_blocked;
}

awaitable<finding> callout::ask(role side, mailbox about, std::shared_ptr<smtp::transcript> heard) {
  const std::shared_ptr<terms> now = terms_;
  const callout_options& options = now->options;
  const route* by = side == role::recipient ? options.routes.find(about.domain()) : nullptr;
  const domain& of = about.domain();
  journey on{now,
             side,
             by != nullptr ? probed_mailbox(about, *by) : about,
             of,
             by,
             by != nullptr && by->mail_from ? *by->mail_from : options.mail_from,
             std::move(heard),
             time_.now() + options.patience,
             {},
             false,
             {}};
  on.found.by_route = by != nullptr;
  policy::evidence& learnt = on.found.learnt;
  const domain_facts known = memory_.facts(side, of, time_.wall_now());
  learnt.catch_all = known.catch_all;
  if (by == nullptr && options.opt_out.matches(of)) {
    learnt.opted_out = true;
  } else if (by != nullptr) {
    co_await find_servers(on);
  } else {
    co_await find_hosts(on);
  }
  if (!on.sender && known.null_sender_refused) {
    if (options.fallback_sender) {
      on.sender = options.fallback_sender;
    } else if (!options.null_sender_refused_is_undeliverable) {
      learnt.null_sender_known_refused = true;  // else every host is asked: a memory proves nothing
    }
  }
  if (learnt.hosts && !policy::decide(learnt, now->judging())) co_await walk(on);
  finish(on);
  co_return std::move(on.found);
}

awaitable<void> callout::find_hosts(journey& on) {
  const callout_options& options = on.by_terms->options;
  const dns::mail_hosts_options looked_up{options.hosts_max, resolved_addresses_max,
                                          options.family};
  const time_point until = std::min(on.deadline, time_.now() + options.dns_limit);
  policy::evidence& learnt = on.found.learnt;
  learnt.hosts = co_await dns::find_mail_hosts(names_, chance_, on.of, looked_up, until);
  learnt.no_usable_address = policy::has_no_usable_address(*learnt.hosts, options.permit_networks);
}

// The servers of a route, as if the DNS had given them. Whatever is wrong with their names is a
// trouble of ours and proves nothing of the domain: so it is as if there were more hosts.
awaitable<void> callout::find_servers(journey& on) {
  dns::mail_hosts servers;
  servers.kind = dns::routing::explicit_mx;
  servers.hosts_left_out = 1;
  const callout_options& options = on.by_terms->options;
  const dns::mail_hosts_options looked_up{options.hosts_max, options.addresses_max, options.family};
  const time_point until = std::min(on.deadline, time_.now() + options.dns_limit);
  for (const route_target& to : on.by->to) {
    dns::mail_host server;
    server.name = to.path;
    if (to.path.empty()) {
      std::string name = to.host;
      server = co_await dns::find_host(names_, std::move(name), looked_up, until);
      if (server.addresses.empty() && dns::is_authoritative(server.status)) {
        server.status = dns::lookup_status::server_failure;
      }
    }
    servers.hosts.push_back(std::move(server));
  }
  on.found.learnt.hosts = std::move(servers);
}

awaitable<void> callout::walk(journey& on) {
  const std::vector<dns::mail_host> hosts = on.found.learnt.hosts->hosts;
  for (std::size_t i = 0; i < hosts.size() && !on.decided && time_.now() < on.deadline; ++i) {
    const dns::mail_host& host = hosts[i];
    std::vector<net::peer> addresses;
    std::shared_ptr<const manner> how = on.by_terms->strangers();
    if (on.by != nullptr) {
      const route_target& to = on.by->to[i];
      how = on.by_terms->manner_of(*on.by, to.protocol);
      if (!to.path.empty()) addresses.push_back(net::peer{{}, to.path});
      for (const auto& address : host.addresses) {
        addresses.push_back(net::peer{{address, to.port}, {}});
      }
    } else if (on.by_terms->options.opt_out.matches_host(host.name)) {
      on.found.learnt.opted_out = true;
    } else {
      addresses = dialled_addresses(on, host);
    }
    if (addresses.empty()) continue;
    std::string name = host.name;
    const bool again = co_await ask_host(on, std::move(name), std::move(addresses), std::move(how));
    if (again) --i;  // the same host, with the fallback sender
  }
}

// True if the same host is to be asked once more, with another sender.
awaitable<bool> callout::ask_host(journey& on, std::string name, std::vector<net::peer> addresses,
                                  std::shared_ptr<const manner> how) {
  const callout_options& options = on.by_terms->options;
  policy::evidence& learnt = on.found.learnt;
  host_to_ask host{std::move(name), std::move(addresses)};
  const auto manners = how;
  auto asking = hosts_.ask(std::move(how), host, smtp::inquiry{on.about, on.sender}, on.deadline,
                           on.heard, errand_of{on.side});
  host_answer got = co_await std::move(asking);
  if (got.held_back) {
    learnt.held_back = true;
    learnt.held_back_why = std::move(got.why);
  }
  if (learnt.hosts->kind == dns::routing::implicit_mx && !got.attempts.empty()) {
    learnt.tried_implicit_mx = true;
  }
  for (policy::attempt& made : got.attempts) {
    made.null_sender = !on.sender.has_value();
    made.asked = to_string(on.about);
    if (made.outcome.end == smtp::probe_end::replied) take_note(on, made);
    on.asked.insert(made.host_ip);
    learnt.attempts.push_back(std::move(made));
  }
  auto made = policy::decide(learnt, on.by_terms->judging());
  on.decided = made.has_value();
  if (made && made->status == status::deliverable &&
      on.found.learnt.catch_all == catch_all::untested &&
      options.catch_all_test != catch_all_test::off &&
      memory_.is_catch_all_test_due(on.side, on.of, time_.wall_now())) {
    memory_.note_catch_all(on.side, on.of, catch_all::untested, time_.wall_now());
    const std::string& accepting = learnt.attempts.back().host_ip;
    std::erase_if(host.addresses,
                  [&accepting](const auto& where) { return where.host() != accepting; });
    on.found.errand = std::make_shared<const catch_all_errand>(
        catch_all_errand{on.side, on.about, manners, std::move(host), on.sender});
  }
  if (on.decided) {
    on.found.made = *std::move(made);
    co_return false;
  }
  if (learnt.attempts.empty() || on.sender || !options.fallback_sender) co_return false;
  const policy::attempt& last = learnt.attempts.back();
  if (last.outcome.end != smtp::probe_end::replied || !last.outcome.reply) co_return false;
  if (on.by_terms->meaning_of(last).reason != reason::null_sender_refused) co_return false;
  on.sender = options.fallback_sender;
  on.asked.erase(last.host_ip);
  co_return true;
}

// What a reply says of the domain: whether bounces are taken.
void callout::take_note(journey& on, const policy::attempt& made) {
  if (!made.null_sender || !made.outcome.reply) return;
  const bool is_refused = on.by_terms->meaning_of(made).reason == reason::null_sender_refused &&
                          made.outcome.reply->is_permanent();
  if (is_refused || made.outcome.at == stage::rcpt) {
    memory_.note_null_sender(on.side, on.of, is_refused, time_.wall_now());
  }
}

void callout::finish(journey& on) {
  policy::evidence& learnt = on.found.learnt;
  learnt.walk_finished = true;
  if (!on.decided) on.found.made = *policy::decide(learnt, on.by_terms->judging());
  const reason why = on.found.made.reason;
  if (why != reason::greylisted && why != reason::try_later) return;
  for (const policy::attempt& made : learnt.attempts) {
    if (made.outcome.end != smtp::probe_end::replied || !made.outcome.reply) continue;
    const smtp::reply_meaning means = on.by_terms->meaning_of(made);
    if (means.reason == why && means.retry_after) on.found.retry_after = means.retry_after;
  }
}

awaitable<catch_all> callout::test_catch_all(catch_all_errand errand,
                                             std::shared_ptr<smtp::transcript> heard) {
  auto nobody = parse_mailbox(random_local_part(chance_) + '@' + errand.accepted.domain().text());
  if (!nobody) co_return catch_all::untested;
  std::string asked = to_string(*nobody);
  smtp::inquiry about{*std::move(nobody), errand.mail_from};
  const std::shared_ptr<terms> now = terms_;
  const time_point until = time_.now() + now->options.catch_all_limit;
  const errand_of whose{errand.side, true};
  auto asking = hosts_.ask(std::move(errand.how), std::move(errand.host), std::move(about), until,
                           std::move(heard), whose);
  host_answer got = co_await std::move(asking);
  catch_all found = catch_all::untested;
  if (!got.attempts.empty()) {
    policy::attempt& last = got.attempts.back();
    last.null_sender = !errand.mail_from.has_value();
    last.asked = std::move(asked);
    if (last.outcome.end == smtp::probe_end::replied && last.outcome.reply) {
      const smtp::reply_meaning means = now->meaning_of(last);
      if (means.status == status::deliverable) found = catch_all::yes;
      if (means.reason == reason::mailbox_not_found) found = catch_all::no;
    }
  }
  memory_.note_catch_all(errand.side, errand.accepted.domain(), found, time_.wall_now());
  co_return found;
}

awaitable<void> callout::stop(time_point deadline) {
  return hosts_.stop(deadline);
}

// The addresses of a host that may be dialled and were not yet asked, in order.
std::vector<net::peer> callout::dialled_addresses(journey& on, const dns::mail_host& host) const {
  const callout_options& options = on.by_terms->options;
  std::vector<net::peer> chosen;
  for (const asio::ip::address& address : host.addresses) {
    if (chosen.size() >= options.addresses_max) break;
    if (net::is_never_dialled(address, options.permit_networks)) continue;
    if (options.opt_out.matches(address)) {
      on.found.learnt.opted_out = true;
      continue;
    }
    const asio::ip::address plain = net::unmapped(address);
    if (!on.asked.empty() && on.asked.contains(plain.to_string())) continue;
    // Our own addresses: that says nothing about the domain. Its mail comes to us, and whoever asks
    // knows better than we do what becomes of it.
    if (on.by_terms->is_our_own(plain)) {
      on.asked.insert(plain.to_string());
      on.found.learnt.attempts.push_back(not_dialled(host.name, address));
      continue;
    }
    chosen.push_back(net::peer{{plain, options.port}, {}});
  }
  return chosen;
}

bool callout::terms::is_our_own(const asio::ip::address& address) const {
  if (std::find(own_addresses_.begin(), own_addresses_.end(), address) == own_addresses_.end()) {
    return false;
  }
  return std::none_of(options.permit_networks.begin(), options.permit_networks.end(),
                      [&address](const auto& network) { return network.contains(address); });
}

policy::decision_options callout::terms::judging() const {
  return policy::decision_options{options.helo_name,
                                  options.own_ipv4,
                                  options.own_ipv6,
                                  options.rules.get(),
                                  options.null_sender_refused_is_undeliverable,
                                  options.relay_denied_is_undeliverable};
}

smtp::reply_meaning callout::terms::meaning_of(const policy::attempt& made) const {
  return policy::meaning_of(made, judging());
}

std::shared_ptr<const manner> callout::terms::manner_of(const route& by,
                                                        transfer_protocol protocol) {
  const bool lmtp = protocol == transfer_protocol::lmtp;
  const std::string name = (lmtp ? "lmtp " : "smtp ") + by.domain;
  auto& known = manners_[name];
  if (!known) {
    smtp::session_plan plan = plan_of(options);
    plan.tls = by.tls;
    plan.lmtp = lmtp;
    plan.own_name_is_loop = false;
    plan.auth = by.auth;
    known = std::make_shared<const manner>(manner{name, std::move(plan), by.limits, options.breaker,
                                                  own_server_unreachable, edition_});
  }
  return known;
}

}  // namespace cbv::callout
