// A real Postfix as the far mail host, or at the edge.
#ifndef CBV_TESTS_E2E_POSTFIX_HPP
#define CBV_TESTS_E2E_POSTFIX_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/process.hpp"

namespace cbv::e2e {

/// What makes one Postfix different from another.
struct postfix_options {
  std::string settings;  // lines for main.cf
  std::string resolver;  // the address of the name server that smtpd asks, at port 53; empty: none
};

/// Postfix with all its own: settings, queue, log, address and port. Needs the Debian package and
/// root.
class postfix {
 public:
  /// Writes the settings below `folder` and starts. `mailboxes` are the local-parts of `domain`
  /// that exist. Returns when it answers; throws std::runtime_error, with what Postfix logged, if
  /// that does not happen.
  postfix(const std::filesystem::path& folder, std::string address, const std::string& domain,
          const std::vector<std::string>& mailboxes, const postfix_options& options = {});

  void start();
  void stop();

  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }

  /// The messages that arrived in one of the mailboxes, as they stand in its file.
  std::string mail(const std::string& mailbox) const;

  /// Has it try again at once to deliver what it could not deliver.
  void deliver_now();

  /// All that Postfix logged so far.
  std::string log() const;

  /// The sessions that others began so far. Begins one of its own, from the server's own address,
  /// and waits for it in the log, so that none that came earlier is missed.
  std::size_t sessions();

 private:
  bool greets();
  std::filesystem::path mail_file(const std::string& mailbox) const {
    return folder_ / "mail" / mailbox;
  }
  void write_settings(const std::string& domain, const std::vector<std::string>& mailboxes,
                      const postfix_options& options);

  std::filesystem::path folder_;
  std::string address_;
  std::uint16_t port_;
  std::size_t own_sessions_ = 0;
  std::unique_ptr<process> master_;
};

}  // namespace cbv::e2e

#endif
