// How the daemon is: what `health` tells.
#ifndef CBV_API_HEALTH_FACTS_HPP
#define CBV_API_HEALTH_FACTS_HPP

#include <chrono>
#include <string>

namespace cbv::api {

struct health_facts {
  bool store_ok = true;
  std::string store_detail;  // what is wrong with the store; empty if nothing is
  std::chrono::seconds uptime{};
};

}  // namespace cbv::api

#endif
