// The asking side, for the programs that ask a running daemon.
#ifndef CBV_API_CLIENT_HPP
#define CBV_API_CLIENT_HPP

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cbv/async/timer.hpp"
#include "cbv/base/result.hpp"
#include "cbv/net/stream.hpp"
#include "cbv/verdict/query.hpp"

namespace cbv::api {

/// An error that the daemon answered with. `data` says more, and may be empty.
struct remote_fault {
  int code = 0;  // of JSON-RPC, see PROTOCOL.md
  std::string message;
  std::string data;
};

/// What a call came to: the result as JSON text, or the fault.
struct response {
  std::string result;
  std::optional<remote_fault> failed;
};

/// Calls methods over one connection, any number at once; each call is a coroutine that ends with
/// its own answer. Belongs to one thread. Calls under way when it is destroyed end with
/// operation_aborted as their error.
class client {
 public:
  /// Connects to "/path" or "unix:/path" (anything with a slash), or to "127.0.0.1:port",
  /// "[::1]:port", "localhost:port". What is neither is an invalid argument; a socket that nobody
  /// listens on is the system's error. Throws only when cancelled. `time` outlives the client.
  static awaitable<result<std::unique_ptr<client>>> connect(std::string where, timer& time);

  /// Takes over a connection.
  client(std::unique_ptr<net::stream> connected, timer& time,
         const asio::any_io_executor& executor);
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  ~client();

  /// Calls a method with parameters that are a JSON object ("{}" for none). errc::timed_out at
  /// `deadline`; the stream's error once the connection is lost, errc::not_available if the daemon
  /// closed it, a protocol error if it speaks something else. Throws only when cancelled.
  awaitable<result<response>> call(std::string method, std::string params, time_point deadline);

 private:
  struct state;
  // Shared with the coroutines that read and write, which end soon after the client.
  std::shared_ptr<state> state_;
};

/// The method and the parameters that ask this question. Octets of it that are not UTF-8 become
/// U+FFFD, for JSON has no others: refuse such an address before.
std::string verify_method(const query& asked);
std::string verify_params(const query& asked);

}  // namespace cbv::api

#endif
