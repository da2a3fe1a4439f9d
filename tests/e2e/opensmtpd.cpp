#include "tests/e2e/opensmtpd.hpp"

#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"

namespace cbv::e2e {

namespace {

// Whoever has an account has a mailbox.
constexpr auto settings = R"(
listen on {address} port {port} hostname mx1.{domain}
action "keep" maildir "/srv/mail"
match from any for domain "{domain}" action "keep"
)";

std::vector<std::string> users_and(const std::vector<std::string>& mailboxes) {
  std::vector<std::string> users = {"opensmtpd", "opensmtpq"};  // compiled in
  users.insert(users.end(), mailboxes.begin(), mailboxes.end());
  return users;
}

}  // namespace

opensmtpd::opensmtpd(std::string address, const std::string& domain,
                     const std::vector<std::string>& mailboxes)
    : address_(std::move(address)),
      port_(free_port(address_)),
      server_("opensmtpd", users_and(mailboxes)) {
  server_.write("etc/smtpd.conf", filled_in(settings, {{"address", address_},
                                                       {"port", std::to_string(port_)},
                                                       {"domain", domain}}));
  server_.start({"smtpd", "-d", "-f", "/etc/smtpd.conf"},
                [this] { return accepts_tcp(address_, port_); });
}

}  // namespace cbv::e2e
