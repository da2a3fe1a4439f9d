#include "cache/shelf/write_queue.hpp"

#include <algorithm>
#include <utility>

namespace cbv::cache {

bool write_queue::put(std::string_view key, std::string octets) {
  {
    const std::lock_guard lock(mutex_);
    const auto held = records_.find(key);
    if (held != records_.end() && !held->second.taken) {
      held->second.octets = std::move(octets);
      return true;
    }
    if (order_.size() >= options_.records_max) return false;
    if (held != records_.end()) {
      held->second = entry{std::move(octets), false};
    } else {
      records_.emplace(std::string(key), entry{std::move(octets), false});
      shadow_of(key).fetch_add(1, std::memory_order_release);
    }
    if (order_.size() == in_hand_) oldest_ = steady::now();
    order_.emplace_back(key);
    ++places_;
    const std::size_t waiting = order_.size() - in_hand_;
    if (waiting != 1 && waiting < options_.group_records_max) return true;
  }
  work_.notify_one();
  return true;
}

std::optional<std::string> write_queue::find(std::string_view key) const {
  if (shadow_of(key).load(std::memory_order_acquire) == 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto held = records_.find(key);
  if (held == records_.end()) return std::nullopt;
  return held->second.octets;
}

std::vector<queued_record> write_queue::range(std::string_view from, std::string_view until,
                                              std::size_t most) const {
  std::vector<const std::pair<const std::string, entry>*> within;
  std::vector<queued_record> first;
  const std::lock_guard lock(mutex_);
  for (const auto& held : records_) {
    if (held.first < from || (!until.empty() && held.first >= until)) continue;
    within.push_back(&held);
  }
  const auto end = within.begin() + static_cast<std::ptrdiff_t>(std::min(most, within.size()));
  std::partial_sort(within.begin(), end, within.end(),
                    [](const auto* a, const auto* b) { return a->first < b->first; });
  first.reserve(static_cast<std::size_t>(end - within.begin()));
  for (auto it = within.begin(); it != end; ++it) {
    first.push_back({(*it)->first, (*it)->second.octets});
  }
  return first;
}

std::vector<queued_record> write_queue::take(steady::time_point give_up) {
  std::unique_lock lock(mutex_);
  work_.wait_until(lock, give_up, [&] { return !order_.empty() || is_urgent(); });
  work_.wait_until(lock, oldest_ + options_.group_delay, [&] {
    return order_.empty() || order_.size() >= options_.group_records_max || is_urgent();
  });

  woken_ = false;
  in_hand_ = std::min(order_.size(), options_.group_records_max);
  std::vector<queued_record> group;
  group.reserve(in_hand_);
  for (std::size_t i = 0; i < in_hand_; ++i) {
    const auto held = records_.find(order_[i]);
    if (held == records_.end() || held->second.taken) continue;
    held->second.taken = true;
    group.push_back({held->first, held->second.octets});
  }
  return group;
}

void write_queue::settle(error_code outcome) {
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < in_hand_; ++i) {
      const std::string& key = order_[i];
      const auto held = records_.find(key);
      if (held == records_.end() || !held->second.taken) continue;
      if (outcome) {
        held->second.taken = false;
      } else {
        shadow_of(key).fetch_sub(1, std::memory_order_release);
        records_.erase(held);
      }
    }
    if (outcome) {
      ++failures_;
      last_failure_ = outcome;
    } else {
      order_.erase(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(in_hand_));
      places_done_ += in_hand_;
    }
    in_hand_ = 0;
  }
  settled_.notify_all();
}

result<void> write_queue::flush() {
  std::unique_lock lock(mutex_);
  const std::uint64_t last = places_;
  const std::uint64_t failures = failures_;
  ++flushing_;
  work_.notify_one();
  settled_.wait(lock, [&] { return places_done_ >= last || failures_ != failures; });
  --flushing_;
  if (places_done_ >= last) return {};
  return last_failure_;
}

void write_queue::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  work_.notify_one();
}

void write_queue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
}

bool write_queue::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void write_queue::pause(std::chrono::milliseconds length) {
  std::unique_lock lock(mutex_);
  work_.wait_for(lock, length, [&] { return is_urgent(); });
}

write_progress write_queue::progress() const {
  const std::lock_guard lock(mutex_);
  return {places_, places_done_};
}

std::size_t write_queue::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

}  // namespace cbv::cache
