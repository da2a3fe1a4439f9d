// A real OpenSMTPD as the far mail host.
#ifndef CBV_TESTS_E2E_OPENSMTPD_HPP
#define CBV_TESTS_E2E_OPENSMTPD_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "tests/e2e/unpacked_server.hpp"

namespace cbv::e2e {

/// OpenSMTPD as Debian builds it. It offers neither PIPELINING nor STARTTLS.
class opensmtpd {
 public:
  /// Starts as mx1.DOMAIN with settings of its own. `mailboxes` are the local-parts of `domain`
  /// that exist; it takes mail for no other domain. Returns when it listens; throws
  /// std::runtime_error, with what it said, if it does not.
  opensmtpd(std::string address, const std::string& domain,
            const std::vector<std::string>& mailboxes);

  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }

  /// All that it logged so far.
  std::string log() const { return server_.output(); }

 private:
  std::string address_;
  std::uint16_t port_;
  unpacked_server server_;
};

}  // namespace cbv::e2e

#endif
