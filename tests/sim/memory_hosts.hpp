// What the cache remembers of far hosts, over a map: the same rules, no disk.
#ifndef CBV_TESTS_SIM_MEMORY_HOSTS_HPP
#define CBV_TESTS_SIM_MEMORY_HOSTS_HPP

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <map>
#include <string>

#include "cache/records/lifetimes.hpp"
#include "cbv/verdict/host_memory.hpp"

namespace cbv::sim {

/// Belongs to one thread.
class memory_hosts final : public host_memory {
 public:
  explicit memory_hosts(cache::lifetimes times = {}) : times_(times) {}

  host_facts facts(const boost::asio::ip::address& of, wall_time now) override;
  void note_trouble(const boost::asio::ip::address& of, host_fault what, wall_time until,
                    std::string said, wall_time now) override;
  void note_success(const boost::asio::ip::address& of, host_fault what, wall_time now) override;
  bool forget(const boost::asio::ip::address& of) override;

  /// How often a trouble, or that it is over, was noted.
  std::size_t notes() const noexcept { return notes_; }
  std::size_t size() const noexcept { return held_.size(); }

 private:
  cache::lifetimes times_;
  std::map<std::string, host_facts> held_;
  std::size_t notes_ = 0;
};

}  // namespace cbv::sim

#endif
