// Patterns of local-parts.
#ifndef CBV_CHECKS_WILDCARD_HPP
#define CBV_CHECKS_WILDCARD_HPP

#include <string_view>

namespace cbv::checks {

/// Whether the whole of `text` is as `pattern` says: "*" is any octets or none, "?" any one octet,
/// "\*", "\?" and "\\" stand for themselves. Cases of letters differ. Takes time for pattern times
/// text at most.
bool wildcard_matches(std::string_view pattern, std::string_view text) noexcept;

}  // namespace cbv::checks

#endif
