// Internationalised labels (IDNA 2008, RFC 5890 and 5891), over libidn2.
#ifndef CBV_ADDRESS_IDNA_HPP
#define CBV_ADDRESS_IDNA_HPP

#include <optional>
#include <string>
#include <string_view>

#include "cbv/address/syntax_error.hpp"

namespace cbv::idna {

/// True if `label` begins with "xn--" in any case.
bool is_a_label(std::string_view label) noexcept;

/// The A-label of `label`, which is one label of well-formed UTF-8 without control characters. Case
/// and width are mapped as UTS #46 does it, non-transitionally, so that "faß" is not "fass". The
/// outcome is lower case and may be plain ASCII; what characters it holds is for the caller to
/// check, since a mapping can make any ("℀" is "a/c"). An error has `octet` as its place. Throws
/// std::bad_alloc.
parsed<std::string> to_a_label(const std::string& label, std::size_t octet);

/// Why `label`, which begins with "xn--" and is lower case, is no A-label: its Punycode does not
/// decode, or not to what would be encoded so. Whether its code points are allowed is left to the
/// DNS: RFC 5891 section 5.3 makes that test optional, the tables of libidn2 are as old as the
/// library, and there are emoji domains that do receive mail. Throws std::bad_alloc.
std::optional<std::string> a_label_fault(const std::string& label);

}  // namespace cbv::idna

#endif
