#include "cbv/callout/rate_limit.hpp"

#include <algorithm>
#include <cstddef>

namespace cbv::callout {

bool rate_limit::take(time_point now) {
  if (!has_room(now)) return false;
  note(now);
  return true;
}

void rate_limit::note(time_point now) {
  if (events_max_ == 0) return;
  if (times_.size() < events_max_) {
    times_.push_back(now);
    return;
  }
  times_[oldest_] = now;
  oldest_ = (oldest_ + 1) % events_max_;
}

time_point rate_limit::next_room(time_point now) const noexcept {
  if (events_max_ == 0) return time_point::max();
  if (times_.size() < events_max_) return now;
  const time_point free = times_[oldest_] + window;
  return free < now ? now : free;
}

std::size_t rate_limit::room(time_point now) const noexcept {
  const auto past = std::count_if(times_.begin(), times_.end(),
                                  [now](time_point when) { return when + window <= now; });
  return events_max_ - times_.size() + static_cast<std::size_t>(past);
}

void rate_limit::change(std::size_t events_max) {
  if (events_max == events_max_) return;
  const auto place = [](std::size_t number) { return static_cast<std::ptrdiff_t>(number); };
  std::rotate(times_.begin(), times_.begin() + place(oldest_), times_.end());
  const std::size_t kept = std::min(events_max, times_.size());
  times_.erase(times_.begin(), times_.end() - place(kept));
  oldest_ = 0;
  events_max_ = events_max;
}

bool rate_limit::is_idle(time_point now) const noexcept {
  if (times_.empty()) return true;
  const bool full = times_.size() == events_max_;
  const time_point newest =
      full ? times_[(oldest_ + events_max_ - 1) % events_max_] : times_.back();
  return newest + window <= now;
}

}  // namespace cbv::callout
