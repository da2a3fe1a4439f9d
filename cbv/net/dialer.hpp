// Opening connections, as a seam: tcp_dialer, and the simulated network (tests/sim).
#ifndef CBV_NET_DIALER_HPP
#define CBV_NET_DIALER_HPP

#include <boost/asio/error.hpp>
#include <memory>
#include <string>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/result.hpp"
#include "cbv/net/endpoint.hpp"
#include "cbv/net/stream.hpp"

namespace cbv::net {

/// Connects to one endpoint, or to a unix socket. Knows no time: wrap in with_deadline. Throws only
/// when cancelled.
class dialer {
 public:
  dialer() = default;
  dialer(const dialer&) = delete;
  dialer& operator=(const dialer&) = delete;
  virtual ~dialer() = default;

  virtual awaitable<result<std::unique_ptr<stream>>> connect(endpoint peer) = 0;

  /// Connects to the unix socket at `path`. A dialer need not be able to.
  virtual awaitable<result<std::unique_ptr<stream>>> connect_local(std::string /*path*/) {
    co_return error_code(asio::error::operation_not_supported);
  }
};

}  // namespace cbv::net

#endif
