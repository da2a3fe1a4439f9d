#include "tests/e2e/exim_edge.hpp"

#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/process.hpp"

namespace cbv::e2e {

namespace {

constexpr auto user = "Debian-exim";         // compiled in
constexpr auto asked_at = "127.0.0.1:8025";  // in the example and in README.md

// deliver_drop_privilege: it is not setuid root here, and needs not be to deliver over SMTP.
constexpr auto settings = R"(
primary_hostname = edge.example.net
spool_directory = /srv/spool
log_file_path = /srv/log/%slog
pid_file_path =
keep_environment =
host_lookup =
smtputf8_advertise_hosts = *
deliver_drop_privilege = true
acl_smtp_rcpt = acl_check_rcpt

domainlist relay_to_domains = example.org
hostlist relay_from_hosts = 192.0.2.0/32

{acl}
begin routers
inside:
  driver = manualroute
  domains = example.org
  route_list = * {address}
  self = send
  transport = smtp

begin transports
smtp:
  driver = smtp
  port = {inside_port}
  allow_localhost = true
  hosts_avoid_tls = *

begin retry
* * F,1h,1s
)";

/// As README.md has it, but with these questions.
std::string acl_of_readme(const std::string& asks) {
  std::istringstream names(asks);
  std::string questions;
  for (std::string name; names >> name;) questions += "  require acl = " + name + "\n";
  return replaced(readme_block("begin acl"), "  require acl = cbv_recipient\n", questions);
}

}  // namespace

exim_edge::exim_edge(const edge_place& at, const std::string& acl, const std::string& asks)
    : cbvd_at_(at.address + ":" + std::to_string(free_port(at.address))),
      port_(free_port(at.address)),
      server_("exim", {user}) {
  std::filesystem::create_directories(server_.root() / "etc/exim4");
  const auto wait = "CBV_WAIT_MS = " + std::to_string(at.wait.count()) + "000";
  server_.write("etc/exim4/cbv.acl",
                replaced(replaced(acl, asked_at, cbvd_at_), "CBV_WAIT_MS = 20000", wait));
  server_.write("etc/exim4/exim4.conf",
                filled_in(settings, {{"acl", acl_of_readme(asks)},
                                     {"address", at.address},
                                     {"inside_port", std::to_string(at.inside_port)}}));
  server_.make_directory("srv/log", user);
  server_.make_directory("srv/spool", user);
  const auto listen = "[" + at.address + "]:" + std::to_string(port_);
  server_.start({"exim4", "-bdf", "-oX", listen}, [&] { return accepts_tcp(at.address, port_); });
}

// As README.md has them.
std::string exim_edge::cbvd_settings() const {
  return replaced(readme_block("[[listener]]"), asked_at, cbvd_at_);
}

void exim_edge::deliver_now() {
  const auto delivered = run({"chroot", server_.root(), "exim4", "-qff"}, server_.root());
  if (delivered.exit_status != 0) throw std::runtime_error("exim4 -qff: " + delivered.errors);
}

std::string exim_edge::log() const {
  return server_.output() + read_file(server_.root() / "srv/log/mainlog");
}

}  // namespace cbv::e2e
