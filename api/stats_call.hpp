// The parameters of `stats`: which time is asked about. Pure.
#ifndef CBV_API_STATS_CALL_HPP
#define CBV_API_STATS_CALL_HPP

#include <string>
#include <string_view>
#include <variant>

#include "api/json_rpc.hpp"
#include "api/params.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/counting/history.hpp"

namespace cbv::api {

/// What is wrong, by name: "from: expected ...".
using wrong_parameter = std::string;

/// `from`, `to` and `by` of a request. A time is one of RFC 3339 with any offset, a date or a month
/// of UTC, from 1970 to 9999; `to` is not included if it is a time, and is if it is a date or a
/// month.
taken read_stats_call(const request& asked, history_question& into);

/// The same out of "from=2026-11&by=day", with octets as %41; a plus is a plus.
std::variant<history_question, wrong_parameter> read_stats_query(std::string_view query);

/// Why so many periods are not answered, and what to ask for; empty if they are. `since` is where
/// it would begin, should it not be said.
wrong_parameter why_too_long(const history_question& asked, wall_time since, wall_time now);

/// The same of a request.
fault fault_of(const wrong_parameter& about_params);

}  // namespace cbv::api

#endif
