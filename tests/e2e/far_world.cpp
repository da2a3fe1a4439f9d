#include "tests/e2e/far_world.hpp"

#include <csignal>
#include <sstream>
#include <vector>

#include "tests/e2e/files.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

std::vector<std::string> command_for(const std::filesystem::path& folder,
                                     const std::string& world) {
  const auto file = folder / "far.world";
  write_file(file, world);
  return {CBV_E2E_CBV_SIM, "--quiet", file};
}

}  // namespace

far_world::far_world(const std::filesystem::path& folder, const std::string& world)
    : output_(folder / "far.log"), server_(command_for(folder, world), output_) {
  wait_for("cbv-sim to be ready", [this] {
    std::istringstream first(read_file(output_));
    std::string word;
    return first >> word >> dns_ >> smtp_port_ && word == "ready" && first.peek() == '\n';
  });
  dns_.erase(0, dns_.find('=') + 1);
  smtp_port_.erase(0, smtp_port_.find('=') + 1);
}

int far_world::end() {
  server_.end(SIGTERM);
  return server_.exit_status();
}

std::string far_world::log() const {
  return read_file(output_);
}

}  // namespace cbv::e2e
