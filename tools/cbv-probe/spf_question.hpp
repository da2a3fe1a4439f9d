// --spf: may this client send for that domain? Asks the DNS, and no one else.
#ifndef CBV_TOOLS_CBV_PROBE_SPF_QUESTION_HPP
#define CBV_TOOLS_CBV_PROBE_SPF_QUESTION_HPP

#include <string>

#include "cbv/spf/check_host.hpp"
#include "cbv/spf/received_spf.hpp"
#include "tools/cbv-probe/options.hpp"

namespace cbv::probe {

/// Whom `asked` is about: the sender, or for the null sender the client by its HELO.
spf::identity spf_identity(const options& asked);
spf::identity_kind spf_identity_kind(const options& asked);

/// As lines, or as one JSON object; it ends in a line end. Octets of strangers are escaped.
std::string show_spf(const spf::identity& about, spf::identity_kind kind, const spf::outcome& found,
                     const std::string& receiver, bool json);

/// 0 for a pass, 1 for a fail, 2 for all that says neither.
int exit_status_of(spf::evaluation said) noexcept;

/// Asks, and writes what is said to standard output; the exit status. For a program without other
/// work: it blocks.
int ask_spf(const options& asked);

}  // namespace cbv::probe

#endif
