// A stream over a socket of the operating system, TCP or unix.
#ifndef CBV_NET_SOCKET_STREAM_HPP
#define CBV_NET_SOCKET_STREAM_HPP

#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>
#include <string>

#include "cbv/net/stream.hpp"

namespace cbv::net {

/// A stream that owns a connected socket of any stream protocol.
std::unique_ptr<stream> make_socket_stream(asio::generic::stream_protocol::socket connected);

/// Connects to a unix socket. A path too long for a socket's name is asio::error::name_too_long.
/// Throws only when cancelled.
awaitable<result<std::unique_ptr<stream>>> connect_local(std::string path);

}  // namespace cbv::net

#endif
