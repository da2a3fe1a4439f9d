#include "tests/e2e/postfix.hpp"

#include <signal.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <sstream>
#include <stdexcept>

#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

constexpr auto program = "/usr/sbin/postfix";
constexpr auto master_program = "/usr/lib/postfix/sbin/master";

// inet_interfaces must name the address of an interface; where smtpd listens is in master.cf.
// Nobody is in mynetworks, and no client's name is looked up.
const std::string main_settings = R"(
compatibility_level = 3.6
config_directory = {folder}/etc
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 192.0.2.0/32
smtpd_peername_lookup = no
myhostname = mx1.{domain}
mydestination = {domain}
local_recipient_maps = texthash:{folder}/etc/mailboxes
alias_maps = texthash:{folder}/etc/aliases
alias_database =
smtpd_error_sleep_time = 0
)";

constexpr auto services = R"(
{address}:{port} inet n - {chroot} - - smtpd
pickup   unix       n - n 60    1 pickup
cleanup  unix       n - n -     0 cleanup
qmgr     unix       n - n 300   1 qmgr
rewrite  unix       - - n -     - trivial-rewrite
bounce   unix       - - n -     0 bounce
defer    unix       - - n -     0 bounce
trace    unix       - - n -     0 bounce
flush    unix       n - n 1000? 0 flush
proxymap unix       - - n -     - proxymap
error    unix       - - n -     - error
retry    unix       - - n -     - error
local    unix       - n n -     - local
smtp     unix       - - n -     - smtp
relay    unix       - - n -     - smtp
anvil    unix       - - n -     1 anvil
tlsmgr   unix       - - n 1000? 1 tlsmgr
postlog  unix-dgram n - n -     1 postlogd
)";

/// `settings` after those of ours that they do not set. Set twice, each process of Postfix warns,
/// and its log daemon, warning at its own full socket, waits for itself for ever.
std::string main_settings_with(const std::string& settings) {
  std::istringstream ours(main_settings);
  std::string all;
  for (std::string line; std::getline(ours, line);) {
    const std::string name = line.substr(0, line.find('=') + 1);
    if (name.empty() || ("\n" + settings).find("\n" + name) == std::string::npos)
      all += line + "\n";
  }
  return all + settings;
}

/// Postfix does not trust a file that changed within the last seconds, and waits.
void write_old_file(const std::filesystem::path& path, std::string_view text) {
  write_file(path, text);
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - 1min);
}

}  // namespace

postfix::postfix(const std::filesystem::path& folder, std::string address,
                 const std::string& domain, const std::vector<std::string>& mailboxes,
                 const postfix_options& options)
    : folder_(folder / "postfix"), address_(std::move(address)), port_(free_port(address_)) {
  if (!std::filesystem::exists(program)) {
    throw std::runtime_error(
        "Postfix is not installed: apt-get install postfix, or run tools/test");
  }
  write_settings(domain, mailboxes, options);
  start();
}

void postfix::write_settings(const std::string& domain, const std::vector<std::string>& mailboxes,
                             const postfix_options& options) {
  for (const auto* part : {"etc", "queue/etc", "data", "mail"}) {
    std::filesystem::create_directories(folder_ / part);
  }
  // Mail is put there by nobody, who is whom Postfix writes files as.
  std::filesystem::permissions(folder_ / "mail", std::filesystem::perms::all);

  const std::map<std::string, std::string> values = {
      {"folder", folder_},
      {"address", address_},
      {"port", std::to_string(port_)},
      {"domain", domain},
      {"chroot", options.resolver.empty() ? "n" : "y"}};
  write_old_file(folder_ / "etc/main.cf", filled_in(main_settings_with(options.settings), values));
  write_old_file(folder_ / "etc/master.cf", filled_in(services, values));
  // Under chroot smtpd reads this one, not the machine's.
  if (!options.resolver.empty()) {
    write_file(folder_ / "queue/etc/resolv.conf", "nameserver " + options.resolver + "\n");
  }
  std::string existing;
  std::string aliases;
  for (const auto& mailbox : mailboxes) {
    existing += mailbox + " exists\n";
    aliases += mailbox + " " + mail_file(mailbox).string() + "\n";
  }
  write_old_file(folder_ / "etc/mailboxes", existing);
  write_old_file(folder_ / "etc/aliases", aliases);

  const auto owned = run({"chown", "postfix", folder_ / "data"}, folder_);
  if (owned.exit_status != 0) {
    throw std::runtime_error("Postfix needs root to start: " + owned.errors);
  }
}

// What "postfix start" does, except that the master does not leave us.
void postfix::start() {
  const auto checked = run({program, "-c", folder_ / "etc", "check"}, folder_);
  if (checked.exit_status != 0) {
    throw std::runtime_error("Postfix does not like its settings: " + checked.errors + log());
  }
  master_ = std::make_unique<process>(
      std::vector<std::string>{master_program, "-c", folder_ / "etc", "-d"}, folder_ / "output");
  wait_for("Postfix to answer", [this] {
    if (!master_->running()) {
      throw std::runtime_error("Postfix did not start: " + read_file(folder_ / "output") + log());
    }
    return greets();
  });
}

void postfix::stop() {
  master_->end(SIGTERM);
  master_.reset();
}

std::string postfix::mail(const std::string& mailbox) const {
  return read_file(mail_file(mailbox));
}

void postfix::deliver_now() {
  const auto flushed = run({"/usr/sbin/postqueue", "-c", folder_ / "etc", "-f"}, folder_);
  if (flushed.exit_status != 0) throw std::runtime_error("postqueue: " + flushed.errors);
}

std::string postfix::log() const {
  return read_file(folder_ / "log");
}

std::size_t postfix::sessions() {
  if (!greets()) throw std::runtime_error("Postfix does not answer");
  const auto of_ours = [this] {
    return lines_with(log(), ": connect from unknown[" + address_ + "]");
  };
  wait_for("Postfix to log our own session", [&] { return of_ours() == own_sessions_; });
  return lines_with(log(), ": connect from ") - own_sessions_;
}

bool postfix::greets() {
  asio::io_context io;
  asio::ip::tcp::socket socket(io, {asio::ip::make_address(address_), 0});
  boost::system::error_code failed;
  socket.connect({asio::ip::make_address(address_), port_}, failed);
  if (failed) return false;
  ++own_sessions_;
  std::string greeting;
  asio::read_until(socket, asio::dynamic_buffer(greeting), '\n', failed);
  asio::write(socket, asio::buffer("QUIT\r\n", 6), failed);
  return greeting.starts_with("220 ");
}

}  // namespace cbv::e2e
