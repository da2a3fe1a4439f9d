#include "tests/e2e/postfix_edge.hpp"

#include <stdexcept>
#include <utility>

#include "tests/e2e/files.hpp"
#include "tests/e2e/process.hpp"

namespace cbv::e2e {

namespace {

/// The directory that cbvd puts its sockets into; returns the queue directory.
std::filesystem::path make_queue(const std::filesystem::path& folder) {
  auto queue = folder / "postfix/queue";
  std::filesystem::create_directories(queue);
  // The command of the example's comment, but for the owner: cbvd is root here.
  const auto made = run({"install", "-d", "-g", "postfix", "-m", "2750", queue / "cbv"}, folder);
  if (made.exit_status != 0) throw std::runtime_error(made.errors);
  return queue;
}

postfix_options options_for(const edge_place& at, const std::string& settings) {
  postfix_options options;
  options.settings =
      "mydestination =\nlocal_recipient_maps =\nrelay_domains = example.org\n"
      "transport_maps = inline:{example.org=smtp:[" +
      at.address + "]:" + std::to_string(at.inside_port) + "}\n" + settings;
  options.resolver = at.address;  // nothing is looked up; but so smtpd runs in its chroot
  return options;
}

}  // namespace

postfix_edge::postfix_edge(const edge_place& at, const std::string& settings,
                           std::string without_cbvd)
    : queue_(make_queue(at.folder)),
      wait_(at.wait),
      without_cbvd_(std::move(without_cbvd)),
      server_(at.folder, at.address, "edge.example.net", {}, options_for(at, settings)) {}

// Its smtpd_policy_service_default_action.
std::unique_ptr<postfix_edge> postfix_edge::with_policy_service(const edge_place& at) {
  return std::make_unique<postfix_edge>(at, example("postfix/policy-service.cf"), "451 4.3.0 ");
}

// What Postfix says of a map that cannot be read.
std::unique_ptr<postfix_edge> postfix_edge::with_socketmap(const edge_place& at) {
  return std::make_unique<postfix_edge>(at, example("postfix/socketmap.cf"), "451 4.3.5 ");
}

std::string postfix_edge::cbvd_settings() const {
  const auto placed = replaced(example("postfix/cbvd.toml"), "/var/spool/postfix", queue_);
  return replaced(placed, "wait = \"20s\"", "wait = \"" + std::to_string(wait_.count()) + "s\"");
}

}  // namespace cbv::e2e
