// What cbv-probe can say without asking anyone.
#ifndef CBV_TOOLS_CBV_PROBE_OFFLINE_HPP
#define CBV_TOOLS_CBV_PROBE_OFFLINE_HPP

#include <string>

#include "tools/cbv-probe/options.hpp"

namespace cbv::probe {

/// Text for standard output, and the exit status.
struct offline_answer {
  std::string text;
  int exit_status = 0;
};

/// --parse: the parts and normal form of an address, or why and at which octet it is refused.
offline_answer show_parsed(const std::string& address, role side, bool json);

/// --classify: status, reason and rule of a reply given at a stage. An unknown stage or a text that
/// is no reply is exit_usage.
offline_answer show_classified(const options& asked);

}  // namespace cbv::probe

#endif
