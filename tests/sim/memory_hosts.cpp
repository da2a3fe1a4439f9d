#include "tests/sim/memory_hosts.hpp"

#include <utility>

#include "cache/records/host_record.hpp"

namespace cbv::sim {

host_facts memory_hosts::facts(const boost::asio::ip::address& of, wall_time now) {
  const auto found = held_.find(cache::encode_host_key(of));
  return found == held_.end() ? host_facts{} : cache::facts_in(found->second, times_, now);
}

void memory_hosts::note_trouble(const boost::asio::ip::address& of, host_fault what,
                                wall_time until, std::string said, wall_time now) {
  ++notes_;
  held_[cache::encode_host_key(of)] =
      cache::with_trouble(facts(of, now), what, until, std::move(said), now);
}

void memory_hosts::note_success(const boost::asio::ip::address& of, host_fault what, wall_time) {
  ++notes_;
  const auto found = held_.find(cache::encode_host_key(of));
  if (found == held_.end()) return;
  found->second = cache::without_trouble(found->second, what);
  if (found->second == host_facts{}) held_.erase(found);
}

bool memory_hosts::forget(const boost::asio::ip::address& of) {
  return held_.erase(cache::encode_host_key(of)) > 0;
}

}  // namespace cbv::sim
