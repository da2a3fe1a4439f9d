// One connection at a simulated host, as a machine without I/O: bytes in, actions out.
//
// The driver asks next() for one action, does it, and asks again. While it waits for the time of a
// send_bytes it goes on reading and passes on what it reads; so a session learns at once that its
// client has gone.
#ifndef CBV_TOOLS_CBV_SIM_SESSION_HPP
#define CBV_TOOLS_CBV_SIM_SESSION_HPP

#include <string>
#include <string_view>
#include <variant>

#include "cbv/base/clock.hpp"

namespace cbv::sim {

/// Wait for bytes of the client, until `until` at most; then ask again.
struct await_bytes {
  time_point until;
};

/// Send `bytes`, not before `at`.
struct send_bytes {
  std::string bytes;
  time_point at;
};

/// Close the connection, not before `at`. The last action.
struct close_connection {
  time_point at;
};

/// The client shakes hands now: what it sends from here on is TLS. No driver sees this one:
/// secure_session does it.
struct begin_tls {};

using action = std::variant<await_bytes, send_bytes, close_connection, begin_tls>;

/// A connection. Belongs to one thread, and is outlived by the mail_host that made it. Times never
/// run backwards.
class session {
 public:
  session() = default;
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  virtual ~session() = default;

  /// Takes bytes that the client has sent.
  virtual void receive(std::string_view bytes, time_point now) = 0;

  /// The client has closed, or the connection broke. next() then closes.
  virtual void hung_up(time_point now) = 0;

  /// The handshake that begin_tls asked for has succeeded.
  virtual void secured(time_point /*now*/) {}

  /// What to do next.
  virtual action next(time_point now) = 0;
};

}  // namespace cbv::sim

#endif
