// What the administrator's own lists say of an envelope (RFC 2505 section 2).
#ifndef CBV_CHECKS_ACCESS_HPP
#define CBV_CHECKS_ACCESS_HPP

#include "cbv/checks/access_list.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"

namespace cbv::checks {

/// What the lists say of an envelope. Pure. Evidence is "FILE:LINE RULE".
///
/// - `allow`, whatever it is about, counts before all others: outcome pass, and the decision
///   `accept`, with which the envelope is settled: no check follows, of the recipient neither.
/// - Then `refuse` and `defer` of the recipient: fail, with a decision.
/// - Then `skip`, whatever it is about: outcome skip without a decision. The envelope is exempt
/// from
///   all checks of the client and the sender (and from the rules about them); the recipient is
///   looked at as ever.
/// - Then `refuse`, then `defer` by client and sender: fail, with a decision.
/// - Otherwise outcome pass, no decision.
finding check_access(const access_list& rules, const envelope& about, const paths& parsed);

}  // namespace cbv::checks

#endif
