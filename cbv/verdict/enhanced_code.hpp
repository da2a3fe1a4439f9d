// The form of an enhanced status code (RFC 3463 section 2).
#ifndef CBV_VERDICT_ENHANCED_CODE_HPP
#define CBV_VERDICT_ENHANCED_CODE_HPP

#include <string_view>

namespace cbv {

/// "5.7.27".
bool is_enhanced_code(std::string_view text) noexcept;

}  // namespace cbv

#endif
