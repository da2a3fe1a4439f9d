// How the daemon is: what `health` tells.
#ifndef CBV_API_HEALTH_FACTS_HPP
#define CBV_API_HEALTH_FACTS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace cbv::api {

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
};

}  // namespace cbv::api

#endif
