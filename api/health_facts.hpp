// How the daemon is: what `health` tells.
#ifndef CBV_API_HEALTH_FACTS_HPP
#define CBV_API_HEALTH_FACTS_HPP

#include <chrono>
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
  bool stopping = false;  // it takes no more questions
};

}  // namespace cbv::api

#endif
