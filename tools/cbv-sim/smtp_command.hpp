// The commands of SMTP and LMTP, as a host reads them.
#ifndef CBV_TOOLS_CBV_SIM_SMTP_COMMAND_HPP
#define CBV_TOOLS_CBV_SIM_SMTP_COMMAND_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "tools/cbv-sim/host.hpp"

namespace cbv::sim {

enum class verb : std::uint8_t {
  ehlo,
  helo,
  lhlo,
  starttls,
  auth,
  mail,
  rcpt,
  rset,
  quit,
  noop,
  vrfy,
  data,
  bdat,
  known,  // a command of SMTP that no host here has
  unknown,
};

/// A line of the client; `argument` looks into it.
struct smtp_command {
  verb what = verb::unknown;
  std::string_view argument;
};

smtp_command read_command(std::string_view line);

/// The stage whose temper a command meets; nothing: only the host's own.
std::optional<dialogue_stage> stage_of(verb what) noexcept;

/// True if nothing may follow it before its reply, even where PIPELINING is offered (RFC 2920
/// section 3.1, RFC 3207 section 4, RFC 4954 section 4).
bool ends_a_group(verb what) noexcept;

}  // namespace cbv::sim

#endif
