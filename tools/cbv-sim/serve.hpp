// Drives a session over a stream: the one coroutine behind real sockets and simulated pipes.
#ifndef CBV_TOOLS_CBV_SIM_SERVE_HPP
#define CBV_TOOLS_CBV_SIM_SERVE_HPP

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/net/stream.hpp"
#include "tools/cbv-sim/session.hpp"

namespace cbv::sim {

/// Does what `machine` says until it closes; then `client` is closed. It reads on while a reply is
/// delayed, so it ends as soon as the client has gone. Throws only when cancelled.
awaitable<void> serve(net::stream& client, session& machine, timer& time);

}  // namespace cbv::sim

#endif
