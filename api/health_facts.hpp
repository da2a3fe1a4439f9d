// How the daemon is: what `health` tells.
#ifndef CBV_API_HEALTH_FACTS_HPP
#define CBV_API_HEALTH_FACTS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cbv::api {

/// How many there are of something of this name; a word of ours, that lives for ever.
struct named_count {
  std::string_view name;
  std::uint64_t count = 0;
};

struct health_facts {
  bool store_ok = true;
  std::string store_detail;  // what is wrong with the store; empty if nothing is
  std::chrono::seconds uptime{};
  /// Changes that the store was given so far, and how many of them, in that order, are on disk.
  std::uint64_t writes = 0;
  std::uint64_t writes_committed = 0;
  bool stopping = false;             // it takes no more questions
  std::size_t callouts = 0;          // under way
  std::size_t callouts_waiting = 0;  // for one of these to end
  bool overloaded = false;           // no more may wait: what is not in memory is `busy`
  std::size_t sessions = 0;          // with far hosts, asked or resting
  std::size_t breakers_open = 0;     // far hosts that are left alone
  std::string history_detail{};      // why what is counted is not kept; empty: it is
  /// Calls that the history was given so far, and how many of them are on disk.
  std::uint64_t calls = 0;
  std::uint64_t calls_committed = 0;
  // For the metrics only:
  std::vector<named_count> clients{};        // connected, by protocol
  std::vector<named_count> cache_records{};  // on disk, by table
  std::uint64_t cache_queued = 0;            // records that are not on disk yet
  std::uint64_t cache_file_octets = 0;
};

}  // namespace cbv::api

#endif
