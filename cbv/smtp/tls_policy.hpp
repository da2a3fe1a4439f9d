// Whether a dialogue is to be protected by TLS.
#ifndef CBV_SMTP_TLS_POLICY_HPP
#define CBV_SMTP_TLS_POLICY_HPP

#include <cstdint>

namespace cbv::smtp {

/// never: in clear. may: if STARTTLS is offered; in clear on a new connection if the handshake
/// fails. need: in clear nothing is asked; any certificate will do. verify: as need, and the
/// certificate is good and names the host.
enum class tls_policy : std::uint8_t { never, may, need, verify };

}  // namespace cbv::smtp

#endif
