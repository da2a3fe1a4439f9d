// What one far host is asked to bear.
#ifndef CBV_CALLOUT_HOST_LIMITS_HPP
#define CBV_CALLOUT_HOST_LIMITS_HPP

#include <chrono>
#include <cstddef>

namespace cbv::callout {

/// For one address of one host, all its domains together. Over the limits of a minute, and over
/// waiting_max: busy. Hosts drop clients that ask for too many unknown recipients (Postfix after 20
/// errors, others after 4), hence the last of a session.
struct host_limits {
  std::size_t connections_max = 2;        // at once
  std::size_t waiting_max = 100;          // questions that wait for a session
  std::size_t sessions_per_minute = 60;   // new connections
  std::size_t refusals_per_minute = 60;   // recipients that were refused
  std::size_t rcpts_per_session = 20;     // RCPT commands of one session
  std::size_t refusals_per_session = 4;   // of these, refused; then a new session
  std::chrono::milliseconds idle{3'000};  // an unused session is kept so long, then QUIT
};

}  // namespace cbv::callout

#endif
