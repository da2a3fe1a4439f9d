// Where the recipients of a domain are asked about, if not at its MX: call-ahead to a server
// inside.
#ifndef CBV_CALLOUT_ROUTE_HPP
#define CBV_CALLOUT_ROUTE_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/callout/host_limits.hpp"
#include "cbv/smtp/command.hpp"
#include "cbv/smtp/tls_policy.hpp"

namespace cbv::callout {

enum class transfer_protocol : std::uint8_t { smtp, lmtp };

/// One server of a route: a host name or an IP address with a port, or a unix socket.
struct route_target {
  transfer_protocol protocol = transfer_protocol::smtp;
  std::string host;  // a name, looked up for its addresses (no MX), or an IP address
  std::uint16_t port = 25;
  std::string path;  // of a unix socket; then there is neither host nor port

  friend bool operator==(const route_target&, const route_target&) = default;
};

using smtp::credentials;

/// One's own servers bear more than strangers'. Half of all questions may be about recipients that
/// are not there, and a limit that these use up would defer the good ones; Postfix slows a session
/// down at 10 errors.
inline constexpr host_limits own_server_limits{.connections_max = 10,
                                               .waiting_max = 1'000,
                                               .sessions_per_minute = 1'200,
                                               .refusals_per_minute = 6'000,
                                               .rcpts_per_session = 100,
                                               .refusals_per_session = 8,
                                               .idle = std::chrono::milliseconds(10'000)};

/// A route. The servers are tried in their order. They are one's own, so reserved addresses are
/// dialled, and a greeting with our own name is no loop.
struct route {
  std::string domain;  // "example.org", "*.example.org" (its subdomains), "*" (all others)
  std::vector<route_target> to;
  smtp::tls_policy tls = smtp::tls_policy::may;
  std::optional<smtp::credentials> auth;  // said only inside TLS or over a unix socket
  std::optional<reverse_path> mail_from;  // nothing: as for all other callouts
  host_limits limits = own_server_limits;
  bool backup_mx = false;           // an unreachable server: accept, not defer
  std::string recipient_delimiter;  // "+": bob+list is asked for as bob; empty: as received
};

}  // namespace cbv::callout

#endif
