// Cancellation is passed up as an exception, every other failure as a value.
#ifndef CBV_NET_CANCELLED_HPP
#define CBV_NET_CANCELLED_HPP

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/error.hpp"

namespace cbv::net {

/// Throws asio::error::operation_aborted if that is how an operation `failed` and its coroutine was
/// cancelled. A socket that was closed under an operation gives the same code and is not cancelled.
/// `state` is `co_await asio::this_coro::cancellation_state`.
inline void throw_if_cancelled(error_code failed, const asio::cancellation_state& state) {
  if (failed == asio::error::operation_aborted &&
      state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(failed);
  }
}

}  // namespace cbv::net

#endif
