// A small internet on loopback: cbv-sim with a world of the test.
#ifndef CBV_TESTS_E2E_FAR_WORLD_HPP
#define CBV_TESTS_E2E_FAR_WORLD_HPP

#include <filesystem>
#include <string>

#include "tests/e2e/process.hpp"

namespace cbv::e2e {

class far_world {
 public:
  /// Returns when it answers; throws what wait_for() throws if it does not in time.
  far_world(const std::filesystem::path& folder, const std::string& world);

  /// ADDRESS:PORT of its name server.
  const std::string& dns() const { return dns_; }
  /// The port of all its mail hosts.
  const std::string& smtp_port() const { return smtp_port_; }

  /// Has it end and say how it went: its exit status, and all it wrote.
  int end();
  std::string log() const;

 private:
  std::filesystem::path output_;
  process server_;
  std::string dns_;
  std::string smtp_port_;
};

}  // namespace cbv::e2e

#endif
