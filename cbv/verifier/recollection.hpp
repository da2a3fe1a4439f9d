// Answers that need no verifier, for threads that have none.
#ifndef CBV_VERIFIER_RECOLLECTION_HPP
#define CBV_VERIFIER_RECOLLECTION_HPP

#include <optional>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/verdict/counters.hpp"
#include "cbv/verdict/query.hpp"
#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/verdict_store.hpp"

namespace cbv {

/// Answers from memory, or because of the address itself, and counts that. Belongs to one thread,
/// of which it need not be the only one: the store is for all.
class recollection {
 public:
  /// Both outlive it; `own_senders` as the verifier's.
  recollection(verdict_store& memory, const clock& time, std::vector<mailbox> own_senders)
      : memory_(memory), time_(time), own_senders_(std::move(own_senders)) {}

  /// What verifier::verify_at_once() would say, where that is decided and nothing else is to be
  /// done. Nothing: ask the verifier, which knows more, as whether a refresh behind may begin, or
  /// whether a backup MX stands in. Nothing was counted then. May throw where memory is short.
  std::optional<verdict> verify_at_once(const query& asked);

  /// From the next question on.
  void set_own_senders(std::vector<mailbox> own_senders) { own_senders_ = std::move(own_senders); }

  const counters& counted() const noexcept { return counters_; }

 private:
  verdict_store& memory_;
  const clock& time_;
  std::vector<mailbox> own_senders_;
  counters counters_;
};

/// What every answer gets, whatever it was made from: its times, and its place in the counters.
void finish_answer(verdict& given, time_point started, const clock& time, role_counters& counted);

}  // namespace cbv

#endif
