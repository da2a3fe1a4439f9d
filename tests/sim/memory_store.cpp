#include "tests/sim/memory_store.hpp"

#include <utility>

namespace cbv::sim {
namespace {

std::string key_of(role side, const mailbox& address) {
  return std::string(to_string(side)) + ' ' + cache_key(address);
}

}  // namespace

result<std::optional<remembered>> memory_store::find(role side, const mailbox& address,
                                                     wall_time now) {
  if (failure_) failure_();
  if (find_error_) return find_error_;
  const auto entry = records_.find(key_of(side, address));
  if (entry == records_.end()) return std::optional<remembered>{};
  const cache::freshness how = cache::freshness_of(entry->second, times_, now);
  if (how == cache::freshness::expired) return std::optional<remembered>{};
  return std::optional{
      remembered{cache::as_remembered(entry->second), how == cache::freshness::refresh_due}};
}

verdict memory_store::put(role side, const mailbox& address, verdict made, wall_time now) {
  if (failure_) failure_();
  const std::string key = key_of(side, address);
  std::optional<cache::record> held;
  if (const auto entry = records_.find(key); entry != records_.end()) held = entry->second;
  cache::settlement settled = cache::settle(held, made, times_, now);
  if (witness_) witness_(held, made, settled.tell);
  if (settled.keep) records_.insert_or_assign(key, *std::move(settled.keep));
  return std::move(settled.tell);
}

domain_facts memory_store::facts(role side, const domain& of, wall_time now) {
  return cache::facts_in(domains_[{side, of}], times_, now);
}

void memory_store::note_null_sender(role side, const domain& of, bool refused, wall_time now) {
  cache::domain_record& held = domains_[{side, of}];
  held = cache::with_null_sender(held, refused, now);
}

void memory_store::note_catch_all(role side, const domain& of, catch_all found, wall_time now) {
  cache::domain_record& held = domains_[{side, of}];
  held = cache::with_catch_all(held, found, now);
}

bool memory_store::is_catch_all_test_due(role side, const domain& of, wall_time now) {
  return cache::is_catch_all_test_due(domains_[{side, of}], times_, now);
}

void memory_store::forget(const domain& of) {
  for (const role side : {role::sender, role::recipient}) domains_.erase({side, of});
}

bool memory_store::book(const booking& wanted) {
  const std::string key = key_of(wanted.role, wanted.address);
  if (!bookings_.contains(key) && bookings_.size() >= bookings_max_) return false;
  bookings_.insert_or_assign(key, wanted);
  return true;
}

void memory_store::cancel(role side, const mailbox& address) {
  bookings_.erase(key_of(side, address));
}

std::vector<booking> memory_store::booked() {
  std::vector<booking> all;
  for (const auto& [key, held] : bookings_) all.push_back(held);
  return all;
}

void memory_store::break_with(std::function<void()> failure, error_code find_error) {
  failure_ = std::move(failure);
  find_error_ = find_error;
}

}  // namespace cbv::sim
