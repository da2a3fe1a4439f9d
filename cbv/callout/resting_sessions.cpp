#include "cbv/callout/resting_sessions.hpp"

namespace cbv::callout {

resting_sessions::place::place(const resting_sessions& all, smtp::session& of)
    : all_(all.all_), of_(of), mine_(all_->oldest_first.insert(all_->oldest_first.end(), this)) {
  while (all_->oldest_first.size() > all_->most) {
    place& oldest = *all_->oldest_first.front();
    all_->oldest_first.pop_front();
    oldest.is_counted_ = false;
    oldest.of_.leave();
  }
}

resting_sessions::place::~place() {
  if (is_counted_) all_->oldest_first.erase(mine_);
}

}  // namespace cbv::callout
