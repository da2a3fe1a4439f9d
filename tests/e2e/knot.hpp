// A real name server, Knot DNS, authoritative for one zone of the test.
#ifndef CBV_TESTS_E2E_KNOT_HPP
#define CBV_TESTS_E2E_KNOT_HPP

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/e2e/process.hpp"

namespace cbv::e2e {

/// Knot with all its own: settings, database, address and port, UDP and TCP.
class knot {
 public:
  /// Starts with `zone`, the text of a master file, for `domain`, at a free port if none is given.
  /// Returns when it answers; throws std::runtime_error with what Knot logged if it does not.
  knot(const std::filesystem::path& folder, std::string address, const std::string& domain,
       const std::string& zone, std::uint16_t port = 0);

  void stop();

  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }

 private:
  std::filesystem::path folder_;
  std::string address_;
  std::uint16_t port_;
  std::unique_ptr<process> server_;
};

}  // namespace cbv::e2e

#endif
