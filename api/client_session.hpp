// One client, as the server sees it, whatever is spoken with it.
#ifndef CBV_API_CLIENT_SESSION_HPP
#define CBV_API_CLIENT_SESSION_HPP

#include <string>
#include <string_view>

#include "cbv/async/awaitable.hpp"

namespace cbv::api {

/// Why a session ended.
enum class ending {
  client_done,
  idle,
  client_too_slow,
  not_understood,
  not_allowed,
  connection_lost,
  our_failure,
  stopped
};

/// "client_done", "idle" and so on: for the log.
std::string_view to_string(ending word) noexcept;

/// Serves one client until it is done. Belongs to one thread, and to whoever awaits run().
class client_session {
 public:
  client_session() = default;
  client_session(const client_session&) = delete;
  client_session& operator=(const client_session&) = delete;
  virtual ~client_session() = default;

  /// Once. Returns when the connection is closed and nothing of the session runs any more.
  virtual awaitable<ending> run() = 0;

  /// Reads no more; answers what is in flight, then closes. Safe at any time.
  virtual void stop() = 0;

  /// Ends at once: what is in flight is cancelled and not answered. Safe at any time.
  virtual void abort(ending why) = 0;
  void abort() { abort(ending::stopped); }

  /// What was not understood of the client; empty if nothing was.
  virtual std::string complaint() const { return {}; }
};

}  // namespace cbv::api

#endif
