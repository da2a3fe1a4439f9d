#include "cbv/envelope/order.hpp"

namespace cbv::envelope {
namespace {

check check_at(std::size_t i) {
  return static_cast<check>(i);
}

}  // namespace

order::order(const std::vector<term>& on) {
  for (const term& one : on) {
    states_.at(index_of(one.which)) = state::due;
    starts_.at(index_of(one.which)) = one.when;
  }
}

// Is all known that this one has to wait for?
bool order::are_known(std::size_t before, bool at_once_only) const {
  for (std::size_t i = 0; i < checks_count; ++i) {
    const bool is_open = states_[i] == state::due || states_[i] == state::started;
    const bool stands_in_the_way =
        at_once_only ? starts_[i] == start::at_once && i <= decided_at_ : i < before;
    if (is_open && stands_in_the_way) return false;
  }
  return true;
}

// A look-up waits for the checks that cost nothing, also for those behind it: with their decision
// it may be the last that is needed.
bool order::may_start(std::size_t i) const {
  if (states_[i] != state::due || i > decided_at_) return false;
  if (starts_[i] == start::at_once) return true;
  return are_known(i, starts_[i] == start::side_by_side);
}

std::vector<check> order::take_ready() {
  std::vector<check> ready;
  for (std::size_t i = 0; i < checks_count; ++i) {
    if (!may_start(i)) continue;
    ready.push_back(check_at(i));
  }
  for (const check one : ready) states_[index_of(one)] = state::started;
  return ready;
}

void order::note(check which, bool decides) {
  const std::size_t i = index_of(which);
  if (states_.at(i) != state::started) return;
  states_[i] = state::noted;
  if (decides && i < decided_at_) decided_at_ = i;
}

std::vector<check> order::take_needless() {
  std::vector<check> needless;
  for (std::size_t i = decided_at_ + 1; i < checks_count; ++i) {
    if (states_[i] != state::started) continue;
    states_[i] = state::needless;
    needless.push_back(check_at(i));
  }
  return needless;
}

std::vector<check> order::awaited() const {
  std::vector<check> open;
  for (std::size_t i = 0; i < checks_count && i < decided_at_; ++i) {
    if (states_[i] == state::started) open.push_back(check_at(i));
  }
  return open;
}

bool order::is_over() const {
  for (std::size_t i = 0; i < checks_count && i < decided_at_; ++i) {
    if (states_[i] == state::due || states_[i] == state::started) return false;
  }
  return true;
}

std::optional<check> order::decided() const {
  if (decided_at_ == checks_count || !is_over()) return std::nullopt;
  return check_at(decided_at_);
}

bool order::counts(check which) const {
  return states_.at(index_of(which)) == state::noted && index_of(which) <= decided_at_;
}

}  // namespace cbv::envelope
