// What a rule of an access list is compared with: reads and writes the pattern in its line.
#ifndef CBV_CHECKS_ACCESS_PATTERN_HPP
#define CBV_CHECKS_ACCESS_PATTERN_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cbv/address/syntax_error.hpp"
#include "cbv/checks/access_rule.hpp"

namespace cbv::checks {

/// A word of a line, and the column where it begins.
struct access_word {
  std::string_view text;
  std::size_t column = 1;
};

/// "expected WHAT, got "WORD"", at its column.
syntax_error expected(std::string_view what, const access_word& got);

/// Sets all of `into` that a pattern tells; action and subject are set already. What is wrong if it
/// is none for this subject.
std::optional<syntax_error> read_access_pattern(const access_word& pattern, access_rule& into);

/// The pattern of a rule, as read_access_pattern() reads it.
std::string pattern_text(const access_rule& rule);

}  // namespace cbv::checks

#endif
