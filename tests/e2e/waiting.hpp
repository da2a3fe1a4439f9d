// Waiting for something to become true in the world of real processes, sockets and log files.
#ifndef CBV_TESTS_E2E_WAITING_HPP
#define CBV_TESTS_E2E_WAITING_HPP

#include <functional>
#include <string>

namespace cbv::e2e {

/// Looks until `true_now` says so. The time limit is far above what any machine needs, so reaching
/// it is a fault: throws std::runtime_error("waited in vain for WHAT").
void wait_for(const std::string& what, const std::function<bool()>& true_now);

}  // namespace cbv::e2e

#endif
