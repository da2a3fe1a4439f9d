// The words of AUTH PLAIN (RFC 4616).
#ifndef CBV_TOOLS_CBV_SIM_SASL_PLAIN_HPP
#define CBV_TOOLS_CBV_SIM_SASL_PLAIN_HPP

#include <optional>
#include <string>
#include <string_view>

namespace cbv::sim {

/// Who logs in.
struct login {
  std::string user;
  std::string password;
};

/// Reads the client's response, in base64: an identity to act as (left empty, or the user's own), a
/// NUL, the user, a NUL, the password. Nothing if it is anything else.
std::optional<login> read_plain(std::string_view base64);

}  // namespace cbv::sim

#endif
