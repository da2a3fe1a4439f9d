// A real Dovecot as the server inside: LMTP, and whom Postfix asks about passwords.
#ifndef CBV_TESTS_E2E_DOVECOT_HPP
#define CBV_TESTS_E2E_DOVECOT_HPP

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/files.hpp"
#include "tests/e2e/unpacked_server.hpp"

namespace cbv::e2e {

/// Dovecot's LMTP server (RFC 2033), over TCP and over a unix socket.
class dovecot {
 public:
  static constexpr auto password = "open sesame";  // of every user

  /// Starts with settings of its own. `users` are the addresses that exist. Returns when all its
  /// sockets listen; throws std::runtime_error, with what Dovecot logged, if they do not.
  dovecot(std::string address, const std::vector<std::string>& users);

  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }

  /// An LMTP server, too.
  std::filesystem::path socket() const { return short_cut_.path() / "lmtp"; }

  /// All sockets are closed from then on.
  void stop() { server_.stop(); }

  /// Settings with which Postfix offers AUTH and has Dovecot judge.
  std::string sasl_settings() const;

  /// All that Dovecot logged so far.
  std::string log() const;

 private:
  std::string address_;
  std::uint16_t port_;
  std::uint16_t auth_port_;
  unpacked_server server_;
  temporary_directory short_cut_;  // the name of a unix socket has at most 107 octets
};

}  // namespace cbv::e2e

#endif
