// Answers that need no verifier, for threads that have none.
#ifndef CBV_VERIFIER_RECOLLECTION_HPP
#define CBV_VERIFIER_RECOLLECTION_HPP

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/counting/tally.hpp"
#include "cbv/verdict/query.hpp"
#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/verdict_store.hpp"

namespace cbv {

/// What is said of a recipient because it stands in a table, or does not; nothing if no table can
/// tell. From any thread.
using recipient_lookup = std::function<std::optional<verdict>(const mailbox& about)>;

/// What is known without memory.
struct known_addresses {
  std::vector<mailbox> own_senders;  // what callouts come from: never asked about
  recipient_lookup recipients{};     // none: there is no table
};

/// Answers from memory, a table, or because of the address itself, and counts that. Belongs to one
/// thread, of which it need not be the only one: the store is for all.
class recollection {
 public:
  /// All outlive it; `known` as the verifier's.
  recollection(verdict_store& memory, const clock& time, tally& counted, known_addresses known)
      : memory_(memory), time_(time), counted_(counted), known_(std::move(known)) {}

  /// What verifier::verify_at_once() would say, where that is decided and nothing else is to be
  /// done. Nothing: ask the verifier, which knows more, as whether a refresh behind may begin, or
  /// whether a backup MX stands in. Nothing was counted then. May throw where memory is short.
  std::optional<verdict> verify_at_once(const query& asked);

  /// From the next question on.
  void change(known_addresses known) { known_ = std::move(known); }

 private:
  verdict_store& memory_;
  const clock& time_;
  tally& counted_;
  known_addresses known_;
};

/// What the table says of whoever is asked about.
std::optional<verdict> look_up(const query& asked, const mailbox& about,
                               const known_addresses& known);

/// The counter of what a call is answered from: cached, local, joined or asked.
using call_way = std::uint64_t role_counters::*;

/// What every answer gets, whatever it was made from: its times, and its place in the counters. A
/// question is a call from here on; one that is asked of no one is counted as skipped, in whatever
/// way that was found out.
/// `about` is the domain of the mailbox; empty: the address is none.
void finish_answer(verdict& given, role side, std::string_view about, time_point started,
                   const clock& time, call_way way, tally& counted);

}  // namespace cbv

#endif
