#include "cbv/callout/breaker.hpp"

#include <algorithm>

namespace cbv::callout {

std::optional<std::chrono::milliseconds> breaker::open(time_point now) {
  const bool still_open = now < closed_until_ && !on_trial_;
  if (still_open) return std::nullopt;
  span_ = is_idle() ? options_.first : std::min(2 * span_, options_.longest);
  closed_until_ = now + span_;
  on_trial_ = false;
  return span_;
}

void breaker::resume(std::chrono::milliseconds left, std::chrono::milliseconds span,
                     time_point now) {
  span_ = std::min(std::max(span, options_.first), options_.longest);
  closed_until_ = now + std::min(left, span_);
  on_trial_ = false;
}

bool breaker::admits(time_point now) {
  if (is_idle()) return true;
  if (now < closed_until_) return false;
  on_trial_ = true;
  closed_until_ = now + options_.first;
  return true;
}

bool breaker::succeeded() noexcept {
  const bool was_trouble = !is_idle();
  closed_until_ = time_point::min();
  on_trial_ = false;
  return was_trouble;
}

}  // namespace cbv::callout
