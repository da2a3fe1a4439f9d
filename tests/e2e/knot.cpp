#include "tests/e2e/knot.hpp"

#include <signal.h>

#include <stdexcept>
#include <vector>

#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {

namespace {

constexpr auto program = "/usr/sbin/knotd";

// Knot never writes the zone file (-1) and keeps no journal of changes.
constexpr auto settings = R"(
server:
  rundir: {folder}
  listen: {address}@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: info
database:
  storage: {folder}/database
zone:
  - domain: {domain}
    file: {folder}/zone
    zonefile-sync: -1
    journal-content: none
)";

}  // namespace

knot::knot(const std::filesystem::path& folder, std::string address, const std::string& domain,
           const std::string& zone, std::uint16_t port)
    : folder_(folder / "knot"),
      address_(std::move(address)),
      port_(port != 0 ? port : free_port(address_)) {
  if (!std::filesystem::exists(program)) {
    throw std::runtime_error("Knot DNS is not installed: apt-get install knot, or run tools/test");
  }
  std::filesystem::create_directories(folder_ / "database");
  write_file(folder_ / "zone", zone);
  const std::map<std::string, std::string> values = {{"folder", folder_},
                                                     {"address", address_},
                                                     {"port", std::to_string(port_)},
                                                     {"domain", domain}};
  write_file(folder_ / "knot.conf", filled_in(settings, values));
  server_ = std::make_unique<process>(
      std::vector<std::string>{program, "-c", folder_ / "knot.conf"}, folder_ / "log");
  wait_for("Knot DNS to serve its zone", [this] {
    const auto log = read_file(folder_ / "log");
    if (!server_->running()) throw std::runtime_error("Knot DNS did not start: " + log);
    return log.find("server started") != std::string::npos;
  });
}

void knot::stop() {
  server_->end(SIGTERM);
}

}  // namespace cbv::e2e
