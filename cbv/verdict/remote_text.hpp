// The far host's own words, made fit for a reply of ours.
#ifndef CBV_VERDICT_REMOTE_TEXT_HPP
#define CBV_VERDICT_REMOTE_TEXT_HPP

#include <cstddef>
#include <string>

#include "cbv/verdict/verdict.hpp"

namespace cbv {

/// With this, the text of advice fits into a reply line of 512 octets (RFC 5321 section 4.5.3.1.5).
inline constexpr std::size_t remote_text_octets_max = 200;

/// What the host said, in one line of printable ASCII without what anything on the way to the
/// client takes for more than text: quotes, brackets, braces, `\`, `$`, `%`, `^`, backquote and `|`
/// (Sendmail's rules and map arguments, Exim's expansions, JSON). Codes and enhanced codes are left
/// out, because those of the reply are ours. At most `remote_text_octets_max` octets; empty if
/// nothing is left. Pure.
std::string remote_text(const far_reply& said);

}  // namespace cbv

#endif
