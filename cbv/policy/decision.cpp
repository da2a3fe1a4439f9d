#include "cbv/policy/decision.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "cbv/base/shown.hpp"
#include "cbv/smtp/reply_class.hpp"

namespace cbv::policy {
namespace {

using cbv::shown;
using smtp::probe_end;

constexpr std::size_t detail_octets_max = 512;

// What a walk without an answer amounts to: the first of these that any host gave. Words about the
// mailbox come before words that promise a later answer, those before words about us, a reply
// before silence, and of the silences the one that went further comes first.
constexpr std::array telling{
    reason::mailbox_full,         // speaks of this mailbox, and says that it is there
    reason::greylisted,           // promises an answer; asking again is what helps
    reason::prober_blocked,       // someone on our side must act
    reason::null_sender_refused,  // about every bounce to this domain
    reason::tls_required,         // about how we asked; a setting helps
    reason::try_later,            // the host has a trouble that passes
    reason::refused_other,        // the host has an opinion, but not of the mailbox
    reason::relay_denied,         // this host is not the one to ask
    reason::not_asked,            // we dialled ourselves
    reason::tls_failed,           // from here on no reply: how far did it come?
    reason::bad_protocol,        reason::connection_lost, reason::timed_out,
    reason::connect_failed,      reason::dns_failure,
};

std::size_t rank(reason why) {
  const auto* found = std::find(telling.begin(), telling.end(), why);
  return static_cast<std::size_t>(found - telling.begin());
}

far_reply shown(const smtp::reply& said) {
  far_reply fit;
  fit.code = said.code;
  if (said.enhanced) fit.enhanced = to_string(*said.enhanced);
  fit.text = shown(joined_text(said), reply_text_octets_max);
  return fit;
}

// The host says that it takes no mail at all (RFC 7504). At the greeting only: at RCPT a 556 is an
// intermediate's opinion of the domain. The code alone is not enough: postscreen drops whom it does
// not like with 521.
bool takes_no_mail(const attempt& made, const decision_options& options) {
  const smtp::probe_outcome& outcome = made.outcome;
  return outcome.end == probe_end::replied && outcome.at == stage::greeting && outcome.reply &&
         (outcome.reply->code == 521 || outcome.reply->code == 556) &&
         meaning_of(made, options).reason == reason::host_takes_no_mail;
}

// The refusals that the design lets end a walk. classify() knows them; that they were given at RCPT
// with a 5xx is asked for once more, because here is where a rejection is made.
bool is_about_mailbox(stage at, const smtp::reply& said, const smtp::reply_meaning& means) {
  return means.status == status::undeliverable && at == stage::rcpt && said.is_permanent() &&
         (means.reason == reason::mailbox_not_found || means.reason == reason::mailbox_disabled ||
          means.reason == reason::mailbox_moved);
}

std::pair<status, reason> judge_reply(const attempt& made, const decision_options& options) {
  const smtp::probe_outcome& outcome = made.outcome;
  if (!outcome.reply) return {status::unknown, reason::bad_protocol};
  const smtp::reply& said = *outcome.reply;
  const smtp::reply_meaning means = meaning_of(made, options);
  if (means.status == status::deliverable && outcome.at == stage::rcpt && said.code / 100 == 2) {
    return {status::deliverable, reason::accepted};
  }
  if (is_about_mailbox(outcome.at, said, means)) return {status::undeliverable, means.reason};
  if (means.status == status::unknown && rank(means.reason) < telling.size()) {
    return {status::unknown, means.reason};
  }
  if (means.reason == reason::null_sender_refused) {
    return {status::unknown, reason::null_sender_refused};
  }
  return {status::unknown, said.is_transient() ? reason::try_later : reason::refused_other};
}

std::pair<status, reason> judge(const attempt& made, const decision_options& options) {
  switch (made.outcome.end) {
    case probe_end::replied:
      return judge_reply(made, options);
    case probe_end::connect_failed:
      return {status::unknown, reason::connect_failed};
    case probe_end::timed_out:
      return {status::unknown, reason::timed_out};
    case probe_end::connection_lost:
      return {status::unknown, reason::connection_lost};
    case probe_end::bad_protocol:
      return {status::unknown, reason::bad_protocol};
    case probe_end::loop:
      return {status::unknown, reason::not_asked};
    case probe_end::no_smtputf8:
      return {status::unknown, reason::refused_other};
    // Where TLS is needed nothing is asked without it, and so nothing is known of the mailbox. That
    // holds for a 454 to STARTTLS, too (RFC 3207 section 4: whether to go on without is the
    // client's choice, and this one may not). It is "TLS not available due to temporary reason",
    // but it is TLS that stands in the way, often for good. A 421 is a reply like any other: the
    // host leaves.
    case probe_end::tls_missing:
    case probe_end::tls_failed:
      return {status::unknown, reason::tls_failed};
    case probe_end::auth_failed:
      return {status::unknown, reason::prober_blocked};
  }
  return {status::unknown, reason::bad_protocol};
}

std::string trouble_words(const smtp::probe_outcome& outcome) {
  if (!outcome.detail.empty()) return shown(outcome.detail, detail_octets_max);
  switch (outcome.end) {
    case probe_end::loop:
      return "the greeting carries our own name";
    case probe_end::no_smtputf8:
      return "the host does not offer SMTPUTF8, which the address needs";
    default:
      return {};
  }
}

verdict made_from(const attempt& decisive, status what, reason why) {
  verdict made;
  made.status = what;
  made.reason = why;
  made.stage = decisive.outcome.at;
  made.source = source::callout;
  made.host = shown(decisive.host, detail_octets_max);
  made.host_ip = decisive.host_ip;
  if (decisive.outcome.reply) made.reply = shown(*decisive.outcome.reply);
  made.tls = decisive.outcome.tls;
  made.detail = trouble_words(decisive.outcome);
  return made;
}

verdict not_asked(std::string detail) {
  verdict made;
  made.status = status::unknown;
  made.reason = reason::not_asked;
  made.stage = stage::policy;
  made.source = source::policy;
  made.detail = std::move(detail);
  return made;
}

verdict made_from_dns(reason why, std::string detail) {
  verdict made;
  made.status = status_of(why);
  made.reason = why;
  made.stage = stage::dns;
  made.source = source::dns;
  made.detail = std::move(detail);
  return made;
}

// What the DNS alone settles; nothing if there are hosts to ask.
std::optional<verdict> settled_by_dns(const dns::mail_hosts& found) {
  switch (found.kind) {
    case dns::routing::no_such_domain:
      return made_from_dns(reason::domain_not_found, "the domain does not exist");
    case dns::routing::null_mx:
      return made_from_dns(reason::null_mx, "the domain says that it takes no mail (null MX)");
    case dns::routing::no_mail_host:
      return made_from_dns(reason::no_mail_host, "the domain has neither MX nor address records");
    case dns::routing::unknown:
      return made_from_dns(reason::dns_failure,
                           "looking up the domain: " + std::string(to_string(found.status)));
    case dns::routing::explicit_mx:
    case dns::routing::implicit_mx:
    case dns::routing::address_literal:
      break;
  }
  return std::nullopt;
}

const dns::mail_host* first_unresolved(const dns::mail_hosts& found) {
  const auto host = std::find_if(found.hosts.begin(), found.hosts.end(), [](const auto& one) {
    return one.addresses.empty() && !dns::is_authoritative(one.status);
  });
  return host == found.hosts.end() ? nullptr : &*host;
}

// The evidence claims it; what contradicts it weighs more.
bool is_unusable(const evidence& so_far, const dns::mail_hosts& found) {
  return so_far.no_usable_address && so_far.attempts.empty() && !found.hosts.empty() &&
         found.hosts_left_out == 0 && first_unresolved(found) == nullptr;
}

bool was_asked(const dns::mail_host& host, const std::vector<attempt>& attempts) {
  return std::any_of(attempts.begin(), attempts.end(),
                     [&host](const attempt& made) { return made.host == host.name; });
}

// "Every MX": each host of the domain was asked, and nothing else was heard than what `is_said`
// looks for.
template <class Said>
bool every_host_says(const evidence& so_far, const dns::mail_hosts& found, const Said& is_said) {
  if (so_far.attempts.empty() || found.hosts.empty() || found.hosts_left_out != 0) return false;
  return std::all_of(so_far.attempts.begin(), so_far.attempts.end(), is_said) &&
         std::all_of(found.hosts.begin(), found.hosts.end(),
                     [&so_far](const auto& host) { return was_asked(host, so_far.attempts); });
}

bool no_host_takes_mail(const evidence& so_far, const dns::mail_hosts& found,
                        const decision_options& options) {
  return every_host_says(so_far, found,
                         [&options](const attempt& made) { return takes_no_mail(made, options); });
}

bool every_host_denies_relay(const evidence& so_far, const dns::mail_hosts& found,
                             const decision_options& options) {
  return every_host_says(so_far, found, [&options](const attempt& made) {
    return judge(made, options).second == reason::relay_denied && made.outcome.reply &&
           made.outcome.reply->is_permanent() && made.outcome.at == stage::rcpt;
  });
}

// Of what was said to a named sender, and of a refusal for now, nothing follows for bounces.
bool every_host_refuses_bounces(const evidence& so_far, const dns::mail_hosts& found,
                                const decision_options& options) {
  return every_host_says(so_far, found, [&options](const attempt& made) {
    return made.null_sender && made.outcome.reply && made.outcome.reply->is_permanent() &&
           judge(made, options).second == reason::null_sender_refused;
  });
}

verdict accepted_by(const attempt& host, catch_all takes_any) {
  verdict made = made_from(host, status::deliverable,
                           takes_any == catch_all::yes ? reason::catch_all : reason::accepted);
  made.catch_all = takes_any;
  return made;
}

// As it is remembered of the domain: what one of its hosts said, so never a proof.
verdict refused_before() {
  verdict made;
  made.status = status::unknown;
  made.reason = reason::null_sender_refused;
  made.stage = stage::mail;
  made.source = source::cache;
  made.detail = "the hosts of the domain refused MAIL FROM:<> not long ago";
  return made;
}

verdict most_telling(const evidence& so_far, const dns::mail_hosts& found,
                     const decision_options& options) {
  const attempt* best = nullptr;
  reason best_reason = reason::dns_failure;
  for (const attempt& made : so_far.attempts) {
    const reason why = judge(made, options).second;
    if (best != nullptr && rank(why) >= rank(best_reason)) continue;
    best = &made;
    best_reason = why;
  }
  if (best != nullptr) return made_from(*best, status::unknown, best_reason);
  if (const dns::mail_host* host = first_unresolved(found)) {
    return made_from_dns(reason::dns_failure, "looking up " + shown(host->name, detail_octets_max) +
                                                  ": " + std::string(to_string(host->status)));
  }
  if (so_far.opted_out && !so_far.held_back) {
    return not_asked("the hosts of the domain are on the list of those who are not called");
  }
  verdict made;
  made.status = status::unknown;
  made.reason = so_far.held_back ? reason::busy : reason::connect_failed;
  made.stage = so_far.held_back ? stage::policy : stage::connect;
  made.source = so_far.held_back ? source::policy : source::callout;
  made.detail = so_far.held_back ? "our own limits left no time to ask a host of the domain"
                                 : "no host of the domain could be dialled";
  if (so_far.held_back && !so_far.held_back_why.empty()) {
    made.detail = shown(so_far.held_back_why, detail_octets_max);
  }
  return made;
}

}  // namespace

smtp::reply_meaning meaning_of(const attempt& made, const decision_options& options) {
  const bool is_v6 = made.host_ip.find(':') != std::string::npos;
  const std::string& own_ip = is_v6 ? options.own_ipv6 : options.own_ipv4;
  return smtp::classify(made.outcome.at, *made.outcome.reply,
                        {own_ip, options.helo_name, made.null_sender, made.asked},
                        options.rules ? *options.rules : smtp::reply_rulebook::built_in());
}

std::optional<verdict> decide(const evidence& so_far, const decision_options& options) {
  if (so_far.syntax) {
    verdict made;
    made.status = status::undeliverable;
    made.reason = reason::syntax;
    made.stage = stage::syntax;
    made.source = source::syntax;
    made.detail = shown(to_string(*so_far.syntax), detail_octets_max);
    return made;
  }
  if (so_far.opted_out && !so_far.hosts) {
    return not_asked("the domain is on the list of those who are not called");
  }
  if (!so_far.hosts) {
    if (!so_far.walk_finished) return std::nullopt;
    return made_from_dns(reason::dns_failure, "the domain was not looked up in time");
  }
  const dns::mail_hosts& found = *so_far.hosts;
  if (auto settled = settled_by_dns(found)) return settled;
  if (is_unusable(so_far, found)) {
    return made_from_dns(reason::mx_unusable,
                         "every mail host is reserved, loopback or without an address");
  }
  if (so_far.null_sender_known_refused) return refused_before();
  for (const attempt& made : so_far.attempts) {
    const auto [what, why] = judge(made, options);
    if (what == status::deliverable) return accepted_by(made, so_far.catch_all);
    if (what != status::unknown) return made_from(made, what, why);
  }
  if (!so_far.walk_finished) return std::nullopt;
  if (no_host_takes_mail(so_far, found, options)) {
    return made_from(so_far.attempts.front(), status::undeliverable, reason::host_takes_no_mail);
  }
  if (options.relay_denied_is_undeliverable && every_host_denies_relay(so_far, found, options)) {
    return made_from(so_far.attempts.front(), status::undeliverable, reason::relay_denied);
  }
  if (options.null_sender_refused_is_undeliverable &&
      every_host_refuses_bounces(so_far, found, options)) {
    return made_from(so_far.attempts.front(), status::undeliverable, reason::null_sender_refused);
  }
  return most_telling(so_far, found, options);
}

}  // namespace cbv::policy
