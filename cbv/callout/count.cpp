#include "cbv/callout/count.hpp"

namespace cbv::callout {
namespace {

bool takes_no_mail_by_dns(reason why) noexcept {
  return why == reason::domain_not_found || why == reason::null_mx || why == reason::no_mail_host ||
         why == reason::mx_unusable;
}

}  // namespace

bool was_made(const verdict& made) noexcept {
  return made.stage != stage::policy ||
         (made.reason != reason::busy && made.reason != reason::not_asked);
}

bool count(const policy::evidence& learnt, const verdict& made, role_counters& into) noexcept {
  if (!was_made(made)) return false;
  ++into.callouts;
  if (takes_no_mail_by_dns(made.reason)) ++into.bad_domain;
  if (learnt.tried_implicit_mx) ++into.no_mx;
  return true;
}

bool count(const smtp::counted_reply& said, role_counters& into) noexcept {
  switch (said.at) {
    case stage::greeting:
      ++(said.at_noop ? into.refused_noop : into.refused_welcome);
      return true;
    case stage::ehlo:
      ++into.refused_helo;
      return true;
    case stage::mail:
      ++into.refused_mail_from;
      return true;
    case stage::rcpt:
      ++(said.code >= 500   ? into.refused_rcpt_to
         : said.code >= 400 ? into.deferred
                            : into.accepted);
      return said.code >= 400;
    default:
      return false;
  }
}

}  // namespace cbv::callout
