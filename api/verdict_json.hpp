// The members that verdicts have wherever they are written. Pure.
#ifndef CBV_API_VERDICT_JSON_HPP
#define CBV_API_VERDICT_JSON_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "api/json_writer.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::api {

/// "2026-11-21T12:00:00Z"; empty for a time that is not set (the epoch or before it).
std::string rfc3339(wall_time when);

/// Writes the same to `at`, where there is room for it, and returns its end; a time that is not set
/// is written as the epoch.
char* write_rfc3339(char* at, wall_time when) noexcept;
inline constexpr std::size_t rfc3339_octets = 20;

/// Reads what rfc3339() wrote; nothing if it is something else.
std::optional<wall_time> parse_rfc3339(std::string_view text);

/// A member with its value; null where there is none.
void write_time(json_writer& json, std::string_view name, wall_time when);
void write_reply(json_writer& json, const std::optional<far_reply>& reply);
void write_tls(json_writer& json, const std::optional<tls_facts>& tls);
void write_catch_all(json_writer& json, catch_all found);

}  // namespace cbv::api

#endif
