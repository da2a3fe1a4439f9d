// Answers what is asked of the cache: a catalogue and the time in, a result as JSON or a fault out.
#ifndef CBV_API_CACHE_DESK_HPP
#define CBV_API_CACHE_DESK_HPP

#include "api/cache_call.hpp"
#include "cache/catalogue.hpp"
#include "cbv/base/clock.hpp"

namespace cbv::api {

/// One step of what is asked for: a bounded number of records is looked at, and the result fits
/// into a line. Waits for the disk, so it is not for io threads; usable from all others.
cache_answer answer_cache_call(const cache_call& asked, cache::catalogue& all, wall_time now);

/// Whether a booking goes with what is forgotten.
bool is_forgotten_by(const cache_call& asked, role side, const mailbox& address);

}  // namespace cbv::api

#endif
