// Answers `stats`, however it is asked for.
#ifndef CBV_API_STATS_DESK_HPP
#define CBV_API_STATS_DESK_HPP

#include <string>

#include "api/backend.hpp"
#include "api/stats_call.hpp"
#include "cbv/async/awaitable.hpp"

namespace cbv::api {

/// One of them is there.
struct looked_back {
  std::string result;       // JSON
  wrong_parameter refused;  // more periods than are answered
};

/// Both outlive it. Throws what the backend throws.
awaitable<looked_back> look_back(backend& behind, history_question asked, const clock& time);

}  // namespace cbv::api

#endif
