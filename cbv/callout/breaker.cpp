#include "cbv/callout/breaker.hpp"

#include <algorithm>

namespace cbv::callout {

void breaker::open(time_point now) {
  const bool still_open = now < closed_until_ && !on_trial_;
  if (still_open) return;
  span_ = is_idle() ? options_.first : std::min(2 * span_, options_.longest);
  closed_until_ = now + span_;
  on_trial_ = false;
}

bool breaker::admits(time_point now) {
  if (is_idle()) return true;
  if (now < closed_until_) return false;
  on_trial_ = true;
  closed_until_ = now + options_.first;
  return true;
}

void breaker::succeeded() noexcept {
  closed_until_ = time_point::min();
  on_trial_ = false;
}

}  // namespace cbv::callout
