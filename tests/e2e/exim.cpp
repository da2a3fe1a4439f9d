#include "tests/e2e/exim.hpp"

#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"

namespace cbv::e2e {

namespace {

constexpr auto user = "Debian-exim";  // compiled in

// As in Debian's own settings, RCPT is answered by the routers ("verify = recipient").
constexpr auto settings = R"(
primary_hostname = mx1.{domain}
spool_directory = /srv/spool
log_file_path = /srv/log/%slog
pid_file_path =
host_lookup =
acl_smtp_rcpt = check_rcpt

begin acl
check_rcpt:
  require message = relay not permitted
          domains = {domain}
  require verify = recipient
  accept

begin routers
mailbox:
  driver = accept
  domains = {domain}
  local_parts = {mailboxes}
  transport = file

begin transports
file:
  driver = appendfile
  file = /srv/spool/mail
)";

}  // namespace

exim::exim(std::string address, const std::string& domain,
           const std::vector<std::string>& mailboxes)
    : address_(std::move(address)), port_(free_port(address_)), server_("exim", {user}) {
  std::string existing;
  for (const auto& mailbox : mailboxes) existing += (existing.empty() ? "" : " : ") + mailbox;
  server_.write("etc/exim.conf",
                filled_in(settings, {{"domain", domain}, {"mailboxes", existing}}));
  server_.make_directory("srv/log", user);
  server_.make_directory("srv/spool", user);
  const auto listen = "[" + address_ + "]:" + std::to_string(port_);
  server_.start({"exim4", "-C", "/etc/exim.conf", "-bdf", "-oX", listen},
                [this] { return accepts_tcp(address_, port_); });
}

std::string exim::log() const {
  return server_.output() + read_file(server_.root() / "srv/log/mainlog");
}

}  // namespace cbv::e2e
