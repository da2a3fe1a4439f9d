// When a server says to come back.
#ifndef CBV_SMTP_REPLY_DELAY_HPP
#define CBV_SMTP_REPLY_DELAY_HPP

#include <chrono>
#include <optional>
#include <string_view>

namespace cbv::smtp {

/// No server is taken at its word for longer than this.
inline constexpr std::chrono::seconds delay_max{86'400};

/// The delay that the text of a refusal names: "try again in 300 seconds", "wait 5 min", "come back
/// in 00:04:58", "retry after 1 hour and 30 minutes", "PT5M", "in 5 Minuten". Nothing if it names
/// none, or nought; at most delay_max. A number of seconds that counts something else ("30 messages
/// in 60 seconds") is none. Work is linear in the text.
std::optional<std::chrono::seconds> named_delay(std::string_view text);

}  // namespace cbv::smtp

#endif
