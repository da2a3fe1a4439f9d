// The result of `stats`. Pure.
#ifndef CBV_API_STATS_WRITER_HPP
#define CBV_API_STATS_WRITER_HPP

#include <optional>
#include <string>
#include <string_view>

#include "api/health_facts.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/counting/history.hpp"

namespace cbv::api {

/// JSON, as PROTOCOL.md has it. `by` is what was asked for; `now` ends the time over which rates
/// are means.
std::string render_stats(const history_answer& found, std::optional<span> by,
                         const health_facts& facts, wall_time now);

/// The name of what decided (an index of counters::decisions): of a check, or "none"; empty for one
/// that there is not.
std::string_view decider_name(std::size_t index) noexcept;

}  // namespace cbv::api

#endif
