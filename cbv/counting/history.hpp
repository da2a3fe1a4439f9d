// What was counted, by hours, days and months.
#ifndef CBV_COUNTING_HISTORY_HPP
#define CBV_COUNTING_HISTORY_HPP

#include <optional>
#include <string>
#include <vector>

#include "cbv/base/clock.hpp"
#include "cbv/base/result.hpp"
#include "cbv/counting/counters.hpp"
#include "cbv/counting/period.hpp"
#include "cbv/counting/ranking.hpp"

namespace cbv {

/// The most periods that one question is answered with.
inline constexpr std::size_t longest_history = 2000;

/// Which time is asked about. It is widened to what is kept of it: to whole hours, or days or
/// months where the hours are not kept any more.
struct history_question {
  std::optional<wall_time> from{};  // none: since counting began
  std::optional<wall_time> to{};    // not included; none: up to now
  std::optional<span> by{};         // none: the sum only
};

struct counted_period {
  wall_time from{};
  wall_time to{};
  role_counters sender;
  role_counters recipient;

  friend bool operator==(const counted_period&, const counted_period&) = default;
};

struct history_answer {
  wall_time from{};  // what is covered
  wall_time to{};
  std::optional<wall_time> counted_since{};  // the first hour in which anything was counted
  counters sum;
  rankings top;
  std::vector<counted_period> periods{};  // one after the other, those without any count as well
  std::string trouble;                    // why nothing is kept over a restart; empty: it is
};

}  // namespace cbv

#endif
