// A real postgrey: greylisting for Postfix.
#ifndef CBV_TESTS_E2E_POSTGREY_HPP
#define CBV_TESTS_E2E_POSTGREY_HPP

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/e2e/unpacked_server.hpp"

namespace cbv::e2e {

/// Defers the first tries of each client, sender and recipient.
class postgrey {
 public:
  /// Starts with lists of its own, all empty. A later try passes after `delay`. Returns when it
  /// listens; throws std::runtime_error, with what it said, if it does not.
  postgrey(std::string address, std::chrono::seconds delay);

  /// What Postfix is to be told: a `check_policy_service` for its recipient restrictions.
  std::string restriction() const;

 private:
  std::string address_;
  std::uint16_t port_;
  unpacked_server server_;
};

}  // namespace cbv::e2e

#endif
