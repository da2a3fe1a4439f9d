// The header field that tells what SPF said (RFC 7208 section 9.1). No I/O.
#ifndef CBV_SPF_RECEIVED_SPF_HPP
#define CBV_SPF_RECEIVED_SPF_HPP

#include <string>
#include <string_view>

#include "cbv/spf/check_host.hpp"

namespace cbv::spf {

enum class identity_kind { mail_from, helo };

/// "mailfrom", "helo".
std::string_view to_string(identity_kind kind) noexcept;

/// The field without its name, on one line of printable ASCII:
/// "pass (mx.example.org: domain of ann@example.net designates 192.0.2.1 as permitted sender)
/// client-ip=192.0.2.1; envelope-from=\"ann@example.net\"; helo=mail.example.net; ...". Words of
/// strangers are cut and quoted.
std::string received_spf(const identity& asked, identity_kind kind, const outcome& found,
                         std::string_view receiver);

}  // namespace cbv::spf

#endif
