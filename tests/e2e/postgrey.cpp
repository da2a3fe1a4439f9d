#include "tests/e2e/postgrey.hpp"

#include "tests/e2e/loopback.hpp"

namespace cbv::e2e {

postgrey::postgrey(std::string address, std::chrono::seconds delay)
    : address_(std::move(address)), port_(free_port(address_)), server_("postgrey", {"postgrey"}) {
  server_.write("etc/none", "");
  server_.make_directory("srv/database", "postgrey");
  server_.start({"postgrey", "--inet=" + address_ + ":" + std::to_string(port_),
                 "--delay=" + std::to_string(delay.count()), "--dbdir=/srv/database",
                 "--user=postgrey", "--group=postgrey", "--whitelist-clients=/etc/none",
                 "--whitelist-recipients=/etc/none", "--auto-whitelist-clients=0"},
                [this] { return accepts_tcp(address_, port_); });
}

std::string postgrey::restriction() const {
  return "check_policy_service inet:" + address_ + ":" + std::to_string(port_);
}

}  // namespace cbv::e2e
