// How long a verdict is good for, and what a new one does to the one that was held. Pure: no clock,
// no storage (design section 9).
#ifndef CBV_CACHE_RECORDS_LIFETIMES_HPP
#define CBV_CACHE_RECORDS_LIFETIMES_HPP

#include <chrono>
#include <cstdint>
#include <optional>

#include "cache/records/record.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::cache {

/// All settable. A refresh never comes after the expiry.
struct lifetimes {
  std::chrono::seconds deliverable_refresh = std::chrono::hours{24};
  std::chrono::seconds deliverable_expire = std::chrono::hours{24 * 7};
  std::chrono::seconds undeliverable_refresh = std::chrono::hours{3};
  std::chrono::seconds undeliverable_expire = std::chrono::hours{24};
  /// The first time without an answer, until the next try; each further one in a row doubles it.
  std::chrono::seconds unknown_first = std::chrono::minutes{5};
  std::chrono::seconds unknown_longest = std::chrono::hours{1};
  /// How long after its time an unknown is kept for the sake of that doubling.
  std::chrono::seconds unknown_memory = std::chrono::hours{24};
  /// A first refusal over a live deliverable: asked again after this.
  std::chrono::seconds dispute_reask = std::chrono::minutes{10};
  /// What is known of a whole domain, whatever the mailbox: 7 d, and what is against it 3 h.
  std::chrono::seconds null_sender_refused = std::chrono::hours{3};
  std::chrono::seconds catch_all_yes = std::chrono::hours{24 * 7};
  std::chrono::seconds catch_all_no = std::chrono::hours{24 * 7};
  /// At least so long between two catch-all tests of a domain, whatever the first one brought.
  std::chrono::seconds catch_all_retest = std::chrono::hours{24};
  /// How long after its end the trouble with a far host is kept, so that the next one in a row
  /// takes twice as long. How long a host is left alone is a setting of the callout.
  std::chrono::seconds host_memory = std::chrono::hours{24};
};

/// What `checked_at` may lie in the future before we say that the clock was set back.
inline constexpr std::chrono::seconds clock_slack = std::chrono::minutes{2};

/// fresh: answer with it. refresh_due: answer with it, and probe behind. expired: do not answer.
enum class freshness { fresh, refresh_due, expired };

/// An `unknown` is never refresh_due: when its time is over it is expired, and the next question is
/// worth a callout that is waited for. A verdict from the future, after the clock was set back, is
/// never fresh.
freshness freshness_of(const verdict& held, wall_time now) noexcept;

/// The same of a record. What is to be looked at again later than a verdict would be that was made
/// now is due as well: the clock was set back, by less than its age, or the times were shortened.
freshness freshness_of(const record& held, const lifetimes& times, wall_time now) noexcept;

/// A verdict from the future, made before the clock was set back, as if it were made now: all its
/// times move by the same amount, so that it lives as long as was meant. Nothing: it is not from
/// the future.
std::optional<record> moved_back(const record& held, wall_time now);

/// Nothing needs the record any more, not even the doubling: the sweeper may have it.
bool is_forgotten(const record& held, const lifetimes& times, wall_time now) noexcept;

/// The wait after `failures` tries in a row that ended unknown (1: the first).
std::chrono::seconds unknown_delay(const lifetimes& times, std::uint8_t failures) noexcept;

/// False for what says nothing about the address: busy, pending, not_asked.
bool is_worth_keeping(const verdict& made) noexcept;

/// The verdict as it is told from memory: its source is `cache`, or `stale` if the last try to
/// refresh it failed; a dispute is told in the detail.
verdict as_remembered(record held);

/// What to keep (nothing: all stays as it is) and what to tell.
struct settlement {
  std::optional<record> keep;
  verdict tell;
};

/// Settles a verdict that was made just now with what is held, which may be expired:
/// - busy, pending, not_asked: nothing changes; a live verdict is told, else the new one, once.
/// - deliverable always stands.
/// - unknown over a live deliverable or undeliverable: that one stays, stale, until its own expiry;
///   the next try is booked with a doubling delay.
/// - unknown otherwise stands, with a delay that doubles while it stays unknown. A try that was
///   made before its time (someone asked for a fresh answer) does not double it.
/// - undeliverable over a live deliverable: that one stays, disputed, and is asked again after
///   dispute_reask; a refusal from then on stands. One before that time changes nothing else.
/// - undeliverable otherwise stands, and always if a table of our own says it.
/// What is held from the future, after the clock was set back, is first moved back with the clock.
settlement settle(const std::optional<record>& held, verdict made, const lifetimes& times,
                  wall_time now);

}  // namespace cbv::cache

#endif
