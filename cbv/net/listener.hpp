// Accepts connections, over TCP or on a unix socket.
#ifndef CBV_NET_LISTENER_HPP
#define CBV_NET_LISTENER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cbv/net/endpoint.hpp"
#include "cbv/net/stream.hpp"

namespace cbv::net {

/// A listening socket. Closed when it is destroyed; the file of a unix socket is taken away then.
class listener {
 public:
  listener() = default;
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  virtual ~listener() = default;

  /// The next connection, to be used on `serving`, which may belong to another thread. Throws only
  /// when cancelled. An error such as "too many open files" leaves the listener as it was: wait a
  /// little, then ask again. After close() it is operation_aborted or bad_descriptor.
  virtual awaitable<result<std::unique_ptr<stream>>> accept(asio::any_io_executor serving) = 0;

  /// The same, to be used where this is awaited.
  awaitable<result<std::unique_ptr<stream>>> accept();

  /// Where it listens, for people; the port that port 0 was made into.
  virtual std::string name() const = 0;

  /// The port; 0 for a unix socket.
  virtual std::uint16_t port() const noexcept = 0;

  /// Takes no more connections; an accept under way ends with an error.
  virtual void close() noexcept = 0;
};

/// Of whom a connection is taken.
using admission = std::function<bool(const asio::ip::address&)>;

/// Listens on an address; port 0 lets the operating system choose. An IPv6 address takes no IPv4.
/// Connections of those whom `admits` does not take are closed at once, and not seen.
result<std::unique_ptr<listener>> listen_tcp(const asio::any_io_executor& executor,
                                             const endpoint& at, admission admits = {});

/// Takes over a socket that listens on `at` already (inherited_sockets.hpp); it is closed with the
/// listener.
result<std::unique_ptr<listener>> adopt_tcp(const asio::any_io_executor& executor, int listening,
                                            const endpoint& at, admission admits = {});

/// The same of a unix socket. Its file stays: it belongs to whoever made it.
result<std::unique_ptr<listener>> adopt_local(const asio::any_io_executor& executor, int listening,
                                              std::string path);

/// Who may connect to a unix socket: what its file is like.
struct file_access {
  unsigned mode = 0600;
  std::optional<unsigned> owner;  // numbers; none: whoever makes it
  std::optional<unsigned> group;

  friend bool operator==(const file_access&, const file_access&) = default;
};

/// Listens on a unix socket whose file is as `access` says. A file that is left of a
/// dead listener is replaced; one that something still listens on is asio::error::address_in_use,
/// and so is a file that is no socket.
result<std::unique_ptr<listener>> listen_local(const asio::any_io_executor& executor,
                                               std::string path, const file_access& access = {});

}  // namespace cbv::net

#endif
