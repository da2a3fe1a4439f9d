#include "cbv/callout/count.hpp"

namespace cbv::callout {
namespace {

void count_reply(stage at, const smtp::reply& said, role_counters& into) {
  switch (at) {
    case stage::greeting:
      ++into.refused_welcome;
      break;
    case stage::ehlo:
      ++into.refused_helo;
      break;
    case stage::mail:
      ++into.refused_mail_from;
      break;
    case stage::rcpt:
      ++(said.is_permanent()   ? into.refused_rcpt_to
         : said.is_transient() ? into.deferred
                               : into.accepted);
      break;
    default:
      break;
  }
}

bool takes_no_mail_by_dns(reason why) noexcept {
  return why == reason::domain_not_found || why == reason::null_mx || why == reason::no_mail_host ||
         why == reason::mx_unusable;
}

}  // namespace

bool was_made(const verdict& made) noexcept {
  return made.stage != stage::policy ||
         (made.reason != reason::busy && made.reason != reason::not_asked);
}

void count(const policy::evidence& learnt, const verdict& made, role_counters& into) {
  if (was_made(made)) {
    ++into.callouts;
    if (takes_no_mail_by_dns(made.reason)) ++into.bad_domain;
    if (learnt.tried_implicit_mx) ++into.no_mx;
  }
  for (const policy::attempt& tried : learnt.attempts) {
    const smtp::probe_outcome& outcome = tried.outcome;
    if (outcome.end == smtp::probe_end::connect_failed) {
      if (outcome.first_of_connection) ++into.bad_connects;
      continue;
    }
    if (outcome.at == stage::connect) continue;  // our own address: it was not dialled
    if (outcome.first_of_connection) ++into.sessions;
    if (outcome.at < stage::mail && !outcome.first_of_connection) continue;
    if (outcome.at_noop) {
      ++into.refused_noop;
    } else if (outcome.end == smtp::probe_end::replied && outcome.reply) {
      count_reply(outcome.at, *outcome.reply, into);
    }
  }
}

}  // namespace cbv::callout
