#include "cbv/callout/host_census.hpp"

namespace cbv::callout {

void host_census::note(std::string_view host, time_point left_alone_until, time_point now) {
  drop_over(now);
  const std::string name(host);
  const auto known = until_.find(name);
  if (known != until_.end()) {
    if (known->second == left_alone_until) return;
    soonest_first_.erase({known->second, known->first});
    if (left_alone_until <= now) {
      until_.erase(known);
      return;
    }
    known->second = left_alone_until;
    soonest_first_.emplace(left_alone_until, known->first);
    return;
  }
  if (left_alone_until <= now || until_.size() >= hosts_max) return;
  const auto added = until_.emplace(name, left_alone_until).first;
  soonest_first_.emplace(left_alone_until, added->first);
}

std::size_t host_census::left_alone(time_point now) {
  drop_over(now);
  return until_.size();
}

void host_census::drop_over(time_point now) {
  while (!soonest_first_.empty() && soonest_first_.begin()->first <= now) {
    const std::string name(soonest_first_.begin()->second);
    soonest_first_.erase(soonest_first_.begin());
    until_.erase(name);
  }
}

}  // namespace cbv::callout
