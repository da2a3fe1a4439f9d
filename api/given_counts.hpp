// What is said to those who ask, counted: on the thread that says it.
#ifndef CBV_API_GIVEN_COUNTS_HPP
#define CBV_API_GIVEN_COUNTS_HPP

#include <optional>
#include <string>
#include <string_view>

#include "cbv/counting/tally.hpp"
#include "cbv/envelope/check.hpp"
#include "cbv/envelope/judgement.hpp"
#include "cbv/verdict/advice.hpp"
#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::api {

/// An answer about one address, and the advice that goes with it.
inline void count_advice(role side, action said, tally& into) noexcept {
  ++into.sums.of(side).of(said);
}

/// What was said of an envelope, and which check decided it, if any did.
inline void count_decision(std::optional<envelope::check> decided_by, action said,
                           tally& into) noexcept {
  into.note_decision(decided_by ? envelope::index_of(*decided_by) + 1 : 0, said);
}

/// A judgement of the envelope of a client, whose IP address may be empty. He is counted once, if
/// it was rejected or one of its addresses is undeliverable.
inline void count_judgement(const envelope::judgement& made, std::string_view client,
                            tally& into) noexcept {
  count_decision(made.decided_by, made.given.action, into);
  const auto is_bad = [](const std::optional<verdict>& found) {
    return found && found->status == status::undeliverable;
  };
  if (made.given.action == action::reject || is_bad(made.sender) || is_bad(made.recipient)) {
    into.note_misdeed_of(client);
  }
}

/// The client of an envelope, for that; empty if the edge did not tell.
inline std::string client_of(const checks::envelope& of) {
  return of.client ? of.client->to_string() : std::string();
}

}  // namespace cbv::api

#endif
