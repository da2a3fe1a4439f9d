// What is said of a whole envelope, and what it came from.
#ifndef CBV_ENVELOPE_JUDGEMENT_HPP
#define CBV_ENVELOPE_JUDGEMENT_HPP

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/envelope/check.hpp"
#include "cbv/verdict/advice.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::envelope {

/// A question about an envelope. A path that the edge does not know, or will still complete ("bob"
/// without a domain), is not `whole`: then nothing is asked about it.
struct question {
  checks::envelope about;
  bool is_sender_whole = true;
  bool is_recipient_whole = true;
  bool asks_recipient = true;  // a callout, or memory; the other checks are made in any case
  bool asks_sender = true;     // likewise
  std::chrono::milliseconds wait{5'000};
};

/// A check that was made.
struct check_made {
  check which = check::skips;
  checks::outcome outcome = checks::outcome::skip;
  std::string evidence;  // printable, without line ends
  std::chrono::milliseconds cost{};

  friend bool operator==(const check_made&, const check_made&) = default;
};

struct judgement {
  std::string id;                    // of this decision: printable, without blanks
  advice given;                      // what to say
  advice meant;                      // what `given` were if it were not only observed
  std::optional<check> decided_by;   // nothing: no check had anything against it
  std::vector<check_made> made;      // in their order, up to the one that decided
  std::optional<verdict> sender;     // if it was asked about
  std::optional<verdict> recipient;  // likewise
  bool is_pending = false;           // something was not known in time: ask again soon
  std::chrono::milliseconds elapsed{};

  friend bool operator==(const judgement&, const judgement&) = default;
};

}  // namespace cbv::envelope

#endif
