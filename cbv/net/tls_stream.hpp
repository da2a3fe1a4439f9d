// TLS over any stream.
#ifndef CBV_NET_TLS_STREAM_HPP
#define CBV_NET_TLS_STREAM_HPP

#include <memory>
#include <string>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/result.hpp"
#include "cbv/net/stream.hpp"
#include "cbv/net/tls_client.hpp"
#include "cbv/net/tls_server.hpp"

namespace cbv::net {

/// What start_tls came to.
struct secured {
  std::unique_ptr<stream> line;  // null: the handshake failed, and the connection is closed
  handshake_facts facts;         // if there is a line
  std::string failure;           // if there is none, why: "wrong version number"
};

/// Shakes hands with the peer of `clear` as a client. What has been read of `clear` before is the
/// caller's: if octets came behind the reply that allowed TLS, they are an injection and the caller
/// has to give up (RFC 3207 section 4.2); and nothing that the peer said in clear counts any more.
///
/// Every failure is a value with its reason in words; the result is never an error of its own (it
/// is one so that with_deadline can make it errc::timed_out). Throws only when cancelled. `with`
/// outlives the handshake.
///
/// The stream: one read and one write may be under way at once. The peer's close_notify and its
/// mere closing are both asio::error::eof (of mail hosts many say nothing), a broken record is
/// errc::protocol_error of Boost.System. A write that was cancelled leaves a stream that is good
/// for nothing but close(), which says close_notify if that goes without waiting.
awaitable<result<secured>> start_tls(std::unique_ptr<stream> clear, tls_client& with,
                                     tls_request asked);

/// The same as a server.
awaitable<result<secured>> accept_tls(std::unique_ptr<stream> clear, tls_server& with);

}  // namespace cbv::net

#endif
