// Evidence to verdict: the only place where verdicts are made.
#ifndef CBV_POLICY_DECISION_HPP
#define CBV_POLICY_DECISION_HPP

#include <optional>
#include <string>

#include "cbv/policy/evidence.hpp"
#include "cbv/smtp/reply_class.hpp"
#include "cbv/smtp/reply_rulebook.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::policy {

struct decision_options {
  std::string helo_name;  // our own name, as far hosts would quote it
  std::string own_ipv4;   // our own addresses, likewise; may be empty
  std::string own_ipv6;
  const smtp::reply_rulebook* rules = nullptr;  // how replies are read; none: the table alone
  // If every host of the domain says so, in this callout:
  bool null_sender_refused_is_undeliverable = false;
  bool relay_denied_is_undeliverable = false;
};

/// What the reply of a dialogue means.
smtp::reply_meaning meaning_of(const attempt& made, const decision_options& options);

/// The verdict that `so_far` proves; nothing: keep looking (always a verdict once walk_finished is
/// set). Sets status, reason, stage, source, host, reply and detail; times are the store's and the
/// verifier's business. Pure.
std::optional<verdict> decide(const evidence& so_far, const decision_options& options);

}  // namespace cbv::policy

#endif
