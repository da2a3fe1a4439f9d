#include "tests/e2e/dovecot.hpp"

#include "tests/e2e/loopback.hpp"

namespace cbv::e2e {

namespace {

constexpr auto settings = R"(
base_dir = /run/dovecot
log_path = /srv/log
protocols = lmtp
ssl = no
first_valid_uid = 1
auth_mechanisms = plain
mail_location = maildir:/srv/mail/%u
passdb {
  driver = passwd-file
  args = /etc/users
}
userdb {
  driver = passwd-file
  args = /etc/users
  default_fields = uid=mail gid=mail home=/srv/mail/%u
}
protocol lmtp {
  hostname = mail.example.org
  postmaster_address = postmaster@example.org
}
service lmtp {
  inet_listener lmtp {
    address = {address}
    port = {port}
  }
  unix_listener /srv/lmtp {
    mode = 0666
  }
}
service auth {
  inet_listener {
    address = {address}
    port = {auth_port}
  }
}
)";

}  // namespace

dovecot::dovecot(std::string address, const std::vector<std::string>& users)
    : address_(std::move(address)),
      port_(free_port(address_)),
      auth_port_(free_port(address_)),
      server_("dovecot", {"dovecot", "dovenull", "mail"}) {
  std::string existing;
  for (const auto& user : users)
    existing.append(user).append(":{PLAIN}").append(password).append("::::::\n");
  server_.write("etc/users", existing);
  server_.write("etc/dovecot.conf",
                filled_in(settings, {{"address", address_},
                                     {"port", std::to_string(port_)},
                                     {"auth_port", std::to_string(auth_port_)}}));
  std::filesystem::create_symlink(server_.root() / "srv/lmtp", socket());
  server_.start({"dovecot", "-F", "-c", "/etc/dovecot.conf"}, [this] {
    return accepts_tcp(address_, port_) && accepts_tcp(address_, auth_port_) &&
           std::filesystem::exists(socket());
  });
}

std::string dovecot::sasl_settings() const {
  return "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:" +
         address_ + ":" + std::to_string(auth_port_) + "\n";
}

std::string dovecot::log() const {
  return server_.output() + read_file(server_.root() / "srv/log");
}

}  // namespace cbv::e2e
