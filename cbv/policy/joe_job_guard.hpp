// Spam with forged senders of one domain comes from many clients at once. To call that domain back
// for each message would multiply the attack on it.
#ifndef CBV_POLICY_JOE_JOB_GUARD_HPP
#define CBV_POLICY_JOE_JOB_GUARD_HPP

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cbv/address/domain.hpp"
#include "cbv/base/clock.hpp"

namespace cbv::policy {

struct joe_job_options {
  std::size_t clients = 30;  // so many clients within `window` are too many; 0: off
  std::chrono::milliseconds window{600'000};   // counted back from each question
  std::chrono::milliseconds pause{3'600'000};  // then the domain is not called for so long
  std::size_t domains_max = 10'000;            // remembered; the longest unasked is forgotten
};

/// Counts the clients that ask about senders of a domain. Equal IPv4 addresses are one client, and
/// so are all IPv6 addresses of a /64; all questions without an address are one client together.
/// Memory: domains_max times `clients` times 24 octets, at most.
///
/// Pure: time comes in, and does not go back.
class joe_job_guard {
 public:
  explicit joe_job_guard(joe_job_options options) : options_(options) {}

  joe_job_guard(const joe_job_guard&) = delete;
  joe_job_guard& operator=(const joe_job_guard&) = delete;

  /// For the questions from now on; what is remembered stays.
  void change(joe_job_options options) noexcept { options_ = options; }

  /// May the domain be called back for this client's question? To be asked only when a call-back
  /// would start (nothing is remembered, none is under way). No: from the client on that makes them
  /// too many, until the pause is over; then the count begins anew.
  bool admits(const domain& about, std::string_view client_ip, time_point now);

  /// Domains that are remembered.
  std::size_t size() const noexcept { return known_.size(); }

 private:
  struct client {
    std::uint64_t number = 0;  // of an address, or the hash of another text
    std::uint8_t kind = 0;     // so that the numbers of different kinds are not equal

    friend bool operator==(const client&, const client&) = default;
  };
  struct sighting {
    client who;
    time_point last;
  };
  struct record {
    std::string domain;
    std::vector<sighting> clients;  // fewer than options_.clients, unless these were changed
    time_point paused_until = time_point::min();
  };

  static client client_of(std::string_view client_ip);
  record& record_of(const domain& about);

  joe_job_options options_;
  std::list<record> known_;  // the last asked first
  std::unordered_map<std::string_view, std::list<record>::iterator> by_domain_;  // into known_
};

}  // namespace cbv::policy

#endif
