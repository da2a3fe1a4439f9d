// Evidence for the tests of decisions: by hand, and at random; and what would prove a rejection.
#ifndef CBV_TESTS_CBV_POLICY_EVIDENCE_MAKER_HPP
#define CBV_TESTS_CBV_POLICY_EVIDENCE_MAKER_HPP

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cbv/policy/evidence.hpp"

namespace cbv::policy {

inline constexpr std::array all_ends{
    smtp::probe_end::replied,         smtp::probe_end::connect_failed, smtp::probe_end::timed_out,
    smtp::probe_end::connection_lost, smtp::probe_end::bad_protocol,   smtp::probe_end::loop,
    smtp::probe_end::no_smtputf8,     smtp::probe_end::tls_missing,    smtp::probe_end::tls_failed,
    smtp::probe_end::auth_failed};
inline constexpr std::array all_stages{stage::connect,  stage::greeting, stage::ehlo,
                                       stage::starttls, stage::mail,     stage::rcpt};

inline smtp::reply reply(int code, std::string text) {
  return smtp::reply{code, std::nullopt, {std::move(text)}};
}

inline smtp::reply reply(int code, smtp::enhanced_status enhanced, std::string text) {
  return smtp::reply{code, enhanced, {std::move(text)}};
}

inline smtp::reply no_such_user() {
  return reply(550, {5, 1, 1}, "<x@example.net>: User unknown");
}

inline smtp::reply takes_no_mail() {
  return reply(521, "mx1.example.net does not accept mail");
}

inline attempt replied(stage at, smtp::reply said) {
  attempt made{"mx1.example.net", "192.0.2.1", {}};
  made.outcome.end = smtp::probe_end::replied;
  made.outcome.at = at;
  made.outcome.reply = std::move(said);
  return made;
}

inline attempt trouble(smtp::probe_end end, stage at, std::string detail = {}) {
  attempt made{"mx1.example.net", "192.0.2.1", {}};
  made.outcome.end = end;
  made.outcome.at = at;
  made.outcome.detail = std::move(detail);
  return made;
}

/// The same, at another host.
inline attempt on(std::string host, attempt made) {
  made.host = std::move(host);
  return made;
}

inline dns::mail_host host(std::string name, dns::lookup_status status = dns::lookup_status::ok) {
  dns::mail_host made;
  made.name = std::move(name);
  made.status = status;
  if (status == dns::lookup_status::ok) {
    made.addresses = {boost::asio::ip::make_address("192.0.2.1")};
  }
  return made;
}

inline dns::mail_hosts routed(dns::routing kind, std::vector<dns::mail_host> hosts = {}) {
  dns::mail_hosts found;
  found.kind = kind;
  found.hosts = std::move(hosts);
  return found;
}

/// A finished walk over the hosts that were attempted, and no others.
inline evidence walked(std::vector<attempt> attempts) {
  evidence learnt;
  std::vector<dns::mail_host> hosts;
  for (const attempt& made : attempts) {
    if (std::none_of(hosts.begin(), hosts.end(),
                     [&made](const auto& known) { return known.name == made.host; })) {
      hosts.push_back(host(made.host));
    }
  }
  learnt.hosts = routed(dns::routing::explicit_mx, std::move(hosts));
  learnt.attempts = std::move(attempts);
  learnt.walk_finished = true;
  return learnt;
}

/// A reply, and whether it speaks of the mailbox if it is given at RCPT.
struct sample {
  smtp::reply said;
  bool speaks_of_mailbox;
};

inline const std::vector<sample>& sample_replies() {
  static const std::vector<sample> all{
      {reply(250, {2, 1, 5}, "Ok"), false},
      {reply(220, "mx ESMTP"), false},
      {reply(354, "go ahead"), false},
      {reply(421, {4, 7, 0}, "Too many errors"), false},
      {reply(450, {4, 1, 1}, "User unknown"), false},
      {reply(451, {4, 7, 1}, "Greylisted"), false},
      {reply(452, {4, 2, 2}, "Mailbox full"), false},
      {reply(500, {5, 5, 2}, "Syntax error"), false},
      {reply(503, {5, 5, 1}, "Bad sequence of commands"), false},
      {takes_no_mail(), false},
      {reply(521, {5, 7, 1}, "Blocked using zen.example"), false},
      {reply(521, {5, 3, 2}, "Service currently unavailable"), false},
      {reply(530, {5, 7, 0}, "Must issue a STARTTLS command first"), false},
      {reply(550, {5, 7, 1}, "Client host [198.51.100.7] blocked using zen.example"), false},
      {reply(550, "198.51.100.7 is listed"), false},
      {reply(550, {5, 7, 23}, "SPF check failed"), false},
      {reply(550, "Sender verify failed"), false},
      {reply(550, {5, 7, 1}, "Service unavailable; probe.example.org has no PTR"), false},
      {reply(552, {5, 2, 2}, "Over quota"), false},
      {reply(554, {5, 7, 1}, "Relay access denied"), false},
      {no_such_user(), true},
      {reply(556, {5, 1, 10}, "Recipient address has null MX"), true},
      {reply(550, "No such user here"), true},
      {reply(551, {5, 1, 6}, "User has moved"), true},
      {reply(550, {5, 2, 1}, "Account disabled"), true},
  };
  return all;
}

inline bool says_no_such_mailbox(const attempt& made) {
  if (made.outcome.end != smtp::probe_end::replied || made.outcome.at != stage::rcpt) return false;
  return std::any_of(sample_replies().begin(), sample_replies().end(), [&made](const auto& one) {
    return one.speaks_of_mailbox && one.said == made.outcome.reply;
  });
}

inline bool says_no_mail(const attempt& made) {
  const smtp::probe_outcome& outcome = made.outcome;
  return outcome.end == smtp::probe_end::replied && outcome.at == stage::greeting &&
         (outcome.reply == takes_no_mail() ||
          outcome.reply == reply(556, {5, 1, 10}, "Recipient address has null MX"));
}

/// Whether the evidence holds what promise 1 asks for before an address is called undeliverable;
/// told in another way than decide() does it.
inline bool has_proof(const evidence& learnt, reason why) {
  if (why == reason::syntax) return learnt.syntax.has_value();
  if (!learnt.hosts) return false;
  const dns::mail_hosts& found = *learnt.hosts;
  switch (why) {
    case reason::domain_not_found:
      return found.kind == dns::routing::no_such_domain;
    case reason::null_mx:
      return found.kind == dns::routing::null_mx;
    case reason::no_mail_host:
      return found.kind == dns::routing::no_mail_host;
    case reason::mx_unusable: {
      std::size_t unresolved = 0;
      for (const auto& one : found.hosts) {
        if (one.addresses.empty() && !is_authoritative(one.status)) ++unresolved;
      }
      return learnt.no_usable_address && unresolved == 0 && found.hosts_left_out == 0 &&
             learnt.attempts.empty();
    }
    case reason::host_takes_no_mail: {
      if (!learnt.walk_finished || found.hosts.empty() || found.hosts_left_out != 0) return false;
      for (const auto& one : found.hosts) {
        bool asked = false;
        for (const attempt& made : learnt.attempts) {
          if (made.host != one.name) continue;
          asked = true;
          if (!says_no_mail(made)) return false;
        }
        if (!asked) return false;
      }
      return true;
    }
    case reason::mailbox_not_found:
    case reason::mailbox_disabled:
    case reason::mailbox_moved:
      return std::any_of(learnt.attempts.begin(), learnt.attempts.end(), says_no_such_mailbox);
    default:
      return false;
  }
}

/// Evidence as no callout would bring it home, also contradictory.
class random_evidence {
 public:
  explicit random_evidence(std::uint64_t seed) : engine_(seed) {}

  evidence make() {
    using dns::lookup_status;
    using dns::routing;
    evidence learnt;
    if (one_in(40)) learnt.syntax = syntax_error{"no good", 3};
    learnt.walk_finished = one_in(2);
    learnt.held_back = one_in(8);
    learnt.no_usable_address = one_in(6);
    if (one_in(20)) return learnt;
    learnt.hosts =
        routed(pick(std::array{routing::explicit_mx, routing::explicit_mx, routing::explicit_mx,
                               routing::implicit_mx, routing::address_literal, routing::null_mx,
                               routing::no_such_domain, routing::no_mail_host, routing::unknown}));
    if (one_in(4)) learnt.hosts->hosts_left_out = below(3);
    for (std::size_t i = below(4); i > 0; --i) {
      const lookup_status status = pick(std::array{
          lookup_status::ok, lookup_status::ok, lookup_status::ok, lookup_status::no_data,
          lookup_status::nx_domain, lookup_status::server_failure, lookup_status::timed_out});
      learnt.hosts->hosts.push_back(host("mx" + std::to_string(i), status));
    }
    const bool no_mail_here = one_in(3);  // by chance alone it would hardly ever be all of them
    for (std::size_t i = below(5); i > 0; --i) {
      attempt made =
          no_mail_here && !one_in(5) ? replied(stage::greeting, takes_no_mail()) : any_attempt();
      learnt.attempts.push_back(on("mx" + std::to_string(1 + below(3)), std::move(made)));
    }
    return learnt;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }

  template <class Many>
  typename Many::value_type pick(const Many& many) {
    return many[below(many.size())];
  }

  attempt any_attempt() {
    const smtp::probe_end end = one_in(2) ? smtp::probe_end::replied : pick(all_ends);
    attempt made = trouble(end, one_in(2) ? stage::rcpt : pick(all_stages));
    if (!one_in(5)) made.outcome.reply = pick(sample_replies()).said;
    return made;
  }

  std::mt19937_64 engine_;
};

}  // namespace cbv::policy

#endif
