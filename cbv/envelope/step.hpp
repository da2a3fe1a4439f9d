// How one check of an envelope is made.
#ifndef CBV_ENVELOPE_STEP_HPP
#define CBV_ENVELOPE_STEP_HPP

#include <functional>
#include <optional>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/envelope/exemptions.hpp"
#include "cbv/envelope/judgement.hpp"
#include "cbv/envelope/order.hpp"
#include "cbv/spf/record.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::envelope {

/// What the checks of one envelope look at.
struct situation {
  question asked;
  checks::paths paths;  // nothing, too, where a path is not whole
  exemptions spared;
  std::optional<spf::evaluation> spf;  // of the sender, once SPF has been asked
  std::optional<verdict> recipient;    // once it has been asked about
};

/// What a step comes to.
struct step_result {
  checks::finding found;
  std::optional<verdict> about{};        // of the two that ask for verdicts
  std::optional<spf::evaluation> spf{};  // of SPF
  bool spares_the_rest = false;          // of an access list: add_of_a_list()
};

/// One of the two that do it is set: `at_once` for what waits for nothing, `ask` for what does. Of
/// `ask` the situation outlives the look-up, and it ends by `until`, or soon after it is cancelled.
/// `ask` throws only when cancelled.
struct step {
  check which = check::skips;
  start when = start::at_once;
  std::function<step_result(const situation&)> at_once{};
  std::function<awaitable<step_result>(const situation&, time_point until)> ask{};
  /// Is told what became of it all.
  std::function<void(const situation&, const judgement&)> afterwards{};
};

}  // namespace cbv::envelope

#endif
