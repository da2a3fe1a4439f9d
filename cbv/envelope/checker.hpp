// One envelope, from what the edge knows to what it is to say: runs the checks in their order.
#ifndef CBV_ENVELOPE_CHECKER_HPP
#define CBV_ENVELOPE_CHECKER_HPP

#include <chrono>
#include <memory>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/envelope/decision_ids.hpp"
#include "cbv/envelope/exemptions.hpp"
#include "cbv/envelope/judgement.hpp"
#include "cbv/envelope/step.hpp"
#include "cbv/verdict/advice.hpp"

namespace cbv::envelope {

struct checker_options {
  skip_rules skips;
  /// For all look-ups together; never more than half of the time of a question, so that the
  /// recipient can be asked about in the other half.
  std::chrono::milliseconds look_up_time{5'000};
  bool observe = false;     // advise `accept`, whatever is found
  bool id_in_text = false;  // a refusal's text ends in "(id ...)"; %{id} in a text is its id anyway
};

/// Judges envelopes, each by itself. What is given by reference outlives it. Belongs to one thread.
class checker {
 public:
  /// `steps` in any order; the check `skips` is made without one.
  checker(timer& time, decision_ids& ids, const logger& log, checker_options options,
          std::vector<step> steps);
  checker(const checker&) = delete;
  checker& operator=(const checker&) = delete;

  /// Always ends in a judgement, within `asked.wait` if the steps keep their time: look-ups that
  /// take too long are cancelled, and unknown. The first decision in the order of the checks
  /// counts, whichever of them ends first; what is not needed any more is cancelled. A step that
  /// fails is unknown, and an error line in the log. Throws only when cancelled.
  awaitable<judgement> judge(question asked);

  /// From the next question on.
  void change(checker_options options, std::vector<step> steps);

 private:
  struct terms {
    checker_options options;
    std::vector<step> steps;  // in their order
  };
  class trial;

  timer& time_;
  decision_ids& ids_;
  const logger& log_;
  std::shared_ptr<const terms> terms_;  // shared with the questions that are under way
};

/// The paths of an envelope, parsed.
checks::paths paths_of(const question& asked);

}  // namespace cbv::envelope

#endif
