#include "tests/e2e/sendmail_edge.hpp"

#include <filesystem>
#include <stdexcept>

#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"

namespace cbv::e2e {

namespace {

constexpr auto program = "/usr/libexec/sendmail/sendmail";
constexpr auto settings_file = "/etc/mail/sendmail.cf";
constexpr auto m4_files = "/usr/share/sendmail/cf/";

// No name server, no IDENT. cbv.m4 is where it says.
constexpr auto settings = R"(
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `edge.example.net')dnl
define(`confPID_FILE', `/srv/pid')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confSERVICE_SWITCH_FILE', `/etc/mail/service.switch')dnl
define(`confTO_IDENT', `0s')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {inside_port}')dnl
define(`SMART_HOST', `relay:[{address}]')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`delay_checks')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Family=inet, Addr={address}, Port={port}, Name=MTA')dnl
RELAY_DOMAIN(`example.org')dnl
MAILER(`smtp')dnl
include(`/etc/mail/cbv.m4')dnl
)";

}  // namespace

sendmail_edge::sendmail_edge(const edge_place& at)
    : address_(at.address),
      wait_(at.wait),
      cbvd_port_(free_port(address_)),
      port_(free_port(address_)),
      server_("sendmail", {"smmsp", "smmta"}) {
  write_settings(at);
  server_.start({program, "-bD", "-C", settings_file, "-X", "/srv/dialogues"},
                [&] { return accepts_tcp(address_, port_); });
}

void sendmail_edge::write_settings(const edge_place& at) const {
  std::filesystem::create_directories(server_.root() / "etc/mail");
  server_.write("etc/mail/service.switch", "hosts files\naliases files\n");
  server_.write("etc/mail/cbv.m4", replaced(example("sendmail/cbv.m4"), "inet:8028@127.0.0.1",
                                            "inet:" + std::to_string(cbvd_port_) + "@" + address_));
  server_.write("etc/mail/sendmail.mc",
                filled_in(settings, {{"address", address_},
                                     {"port", std::to_string(port_)},
                                     {"inside_port", std::to_string(at.inside_port)}}));
  // It complains that there is no shell, in which it wants to note who made the file.
  const auto made = run_inside({"m4", "-D", std::string("_CF_DIR_=") + m4_files,
                                m4_files + std::string("m4/cf.m4"), "/etc/mail/sendmail.mc"});
  if (made.exit_status != 0) throw std::runtime_error("m4: " + made.errors);
  server_.write("etc/mail/sendmail.cf", made.output);
}

void sendmail_edge::deliver_now() {
  const auto delivered = run_inside({program, "-C", settings_file, "-qf"});
  if (delivered.exit_status != 0) throw std::runtime_error("sendmail -qf: " + delivered.errors);
}

std::string sendmail_edge::log() const {
  return server_.output() + read_file(server_.root() / "srv/dialogues");
}

finished_command sendmail_edge::run_inside(const std::vector<std::string>& words) const {
  std::vector<std::string> all = {"chroot", server_.root()};
  all.insert(all.end(), words.begin(), words.end());
  return run(all, server_.root());
}

}  // namespace cbv::e2e
