// Asking a running cbvd.
#ifndef CBV_TOOLS_CBV_PROBE_DAEMON_ASKER_HPP
#define CBV_TOOLS_CBV_PROBE_DAEMON_ASKER_HPP

#include <memory>

#include "cbv/async/timer.hpp"
#include "tools/cbv-probe/asker.hpp"
#include "tools/cbv-probe/options.hpp"

namespace cbv::probe {

/// Connects to asked.socket. `time` outlives the asker.
awaitable<result<std::unique_ptr<asker>>> connect_asker(const options& asked, timer& time);

}  // namespace cbv::probe

#endif
