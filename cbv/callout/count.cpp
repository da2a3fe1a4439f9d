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

}  // namespace

void count(const policy::evidence& learnt, const verdict& made, role_counters& into) {
  if (made.reason == reason::domain_not_found) ++into.bad_domain;
  if (made.reason == reason::null_mx || made.reason == reason::no_mail_host ||
      made.reason == reason::mx_unusable) {
    ++into.no_mx;
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
