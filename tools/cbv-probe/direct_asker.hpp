// The callout without a daemon: DNS, dialogue and verdict in this process, nothing remembered.
#ifndef CBV_TOOLS_CBV_PROBE_DIRECT_ASKER_HPP
#define CBV_TOOLS_CBV_PROBE_DIRECT_ASKER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cbv/async/timer.hpp"
#include "tools/cbv-probe/asker.hpp"
#include "tools/cbv-probe/options.hpp"

namespace cbv::probe {

/// Takes the dialogue of an address, fit to be shown, before its verdict is handed on.
using dialogue_sink = std::function<void(std::string_view address, std::string_view dialogue)>;

/// `asked` has been checked by parse_command_line. `heard` may be empty. Everything runs on
/// `executor`, which has one thread.
std::unique_ptr<asker> make_direct_asker(const asio::any_io_executor& executor, timer& time,
                                         const options& asked, dialogue_sink heard);

}  // namespace cbv::probe

#endif
