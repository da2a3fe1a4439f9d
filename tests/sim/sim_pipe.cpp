#include "tests/sim/sim_pipe.hpp"

#include <algorithm>
#include <utility>

#include "cbv/async/deadline.hpp"

namespace cbv::sim {

void sim_pipe::put(std::string bytes, time_point arrival) {
  if (ended_ || bytes.empty()) return;
  last_arrival_ = std::max(arrival, last_arrival_);
  held_ += bytes.size();
  pieces_.push_back(piece{last_arrival_, std::move(bytes)});
  changed_.beat();
}

void sim_pipe::end(error_code why, time_point arrival) {
  if (ended_) return;
  last_arrival_ = std::max(arrival, last_arrival_);
  ended_ = why;
  changed_.beat();
}

void sim_pipe::cut(error_code why) {
  pieces_.clear();
  held_ = 0;
  last_arrival_ = time_.now();
  ended_ = why;
  changed_.beat();
}

bool sim_pipe::is_readable() const {
  if (!pieces_.empty()) return pieces_.front().arrival <= time_.now();
  return ended_ && last_arrival_ <= time_.now();
}

result<std::size_t> sim_pipe::take(std::span<char> into) {
  std::size_t taken = 0;
  while (taken < into.size() && !pieces_.empty() && pieces_.front().arrival <= time_.now()) {
    std::string& bytes = pieces_.front().bytes;
    const std::size_t part = std::min(bytes.size(), into.size() - taken);
    std::copy_n(bytes.begin(), part, into.begin() + static_cast<std::ptrdiff_t>(taken));
    taken += part;
    bytes.erase(0, part);
    if (bytes.empty()) pieces_.pop_front();
  }
  held_ -= taken;
  if (taken > 0) changed_.beat();
  if (taken == 0 && pieces_.empty() && is_readable()) return *ended_;
  return taken;
}

awaitable<void> sim_pipe::wait_readable(time_point until) {
  while (!is_readable() && time_.now() < until) {
    time_point next = until;
    if (!pieces_.empty()) {
      next = std::min(next, pieces_.front().arrival);
    } else if (ended_) {
      next = std::min(next, last_arrival_);
    }
    co_await wait_change(next, changed_.beats());
  }
}

awaitable<void> sim_pipe::wait_room(std::size_t octets, time_point until) {
  while (held_ >= octets && !ended_ && time_.now() < until) {
    co_await wait_change(until, changed_.beats());
  }
}

awaitable<void> sim_pipe::wait_change(time_point until, std::uint64_t seen) {
  auto change = changed_.next(seen);
  co_await with_deadline(time_, until, std::move(change));
}

}  // namespace cbv::sim
