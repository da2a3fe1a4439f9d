// Answers kept for a time, the least recently used out first when there are too many.
#ifndef CBV_DNS_ANSWER_MEMORY_HPP
#define CBV_DNS_ANSWER_MEMORY_HPP

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "cbv/base/clock.hpp"
#include "cbv/dns/record.hpp"

namespace cbv::dns {

/// Belongs to one thread. Memory: `entries_max` answers.
template <class Record>
class answer_memory {
 public:
  explicit answer_memory(std::size_t entries_max) : entries_max_(entries_max) {}

  /// What is known of `name`, its TTL what is left of it.
  std::optional<answer<Record>> find(std::string_view name, time_point now) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return std::nullopt;
    if (found->second->until <= now) {
      forget(found->second);
      return std::nullopt;
    }
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    answer<Record> said = found->second->said;
    if (is_authoritative(said.status)) {
      said.ttl = std::chrono::floor<std::chrono::seconds>(found->second->until - now);
    }
    return said;
  }

  /// Keeps `said` until `until`, in place of what was known of `name`.
  void put(std::string_view name, answer<Record> said, time_point until) {
    if (const auto old = by_name_.find(name); old != by_name_.end()) forget(old->second);
    if (entries_max_ == 0) return;
    if (by_use_.size() == entries_max_) forget(std::prev(by_use_.end()));
    by_use_.push_front(entry{std::string(name), std::move(said), until});
    by_name_.emplace(by_use_.front().name, by_use_.begin());
  }

  std::size_t size() const noexcept { return by_use_.size(); }

  /// From now on so many.
  void change(std::size_t entries_max) {
    entries_max_ = entries_max;
    while (by_use_.size() > entries_max_) forget(std::prev(by_use_.end()));
  }

 private:
  struct entry {
    std::string name;
    answer<Record> said;
    time_point until;
  };
  using place = typename std::list<entry>::iterator;

  void forget(place which) {
    by_name_.erase(which->name);
    by_use_.erase(which);
  }

  std::size_t entries_max_;
  std::list<entry> by_use_;                              // the latest first
  std::unordered_map<std::string_view, place> by_name_;  // the keys lie in the entries
};

}  // namespace cbv::dns

#endif
