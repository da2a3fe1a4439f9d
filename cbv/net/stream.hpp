// A connection, as a seam: real sockets (socket_stream) and the simulated network (tests/sim).
#ifndef CBV_NET_STREAM_HPP
#define CBV_NET_STREAM_HPP

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/result.hpp"

namespace cbv::net {

/// Bytes both ways. One read and one write may be under way at once. Operations throw only when
/// cancelled (asio::error::operation_aborted) and know no time: wrap them in with_deadline.
class stream {
 public:
  stream() = default;
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  /// Closes the connection if it is still open.
  virtual ~stream() = default;

  /// Reads at least one octet; returns how many, or asio::error::eof when the peer has closed.
  virtual awaitable<result<std::size_t>> read_some(std::span<char> into) = 0;

  /// Writes all of `bytes`.
  virtual awaitable<result<void>> write(std::string bytes) = 0;

  /// Writes as many of `bytes` as go without waiting, while no write is under way; returns how
  /// many. A stream that cannot do it takes none.
  virtual std::size_t write_now(std::string_view /*bytes*/) noexcept { return 0; }

  /// Last words before close(), not to be said while a write is under way: writes as many of
  /// `bytes` as go without waiting. Whether they arrive is not known; a stream need not be able to.
  virtual void write_at_once(std::string_view /*bytes*/) noexcept {}

  /// The peer is on this machine: the stream is a unix socket.
  virtual bool is_local() const noexcept { return false; }

  /// Closes at once; an operation under way ends with an error.
  virtual void close() noexcept = 0;
};

}  // namespace cbv::net

#endif
