// When a greylisted mailbox is asked about again, of our own accord. Pure.
#ifndef CBV_VERIFIER_RE_PROBE_PLAN_HPP
#define CBV_VERIFIER_RE_PROBE_PLAN_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "cbv/base/clock.hpp"
#include "cbv/verdict/booking_book.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv {

struct re_probe_options {
  /// The wait before each re-probe, counted from the callout before it, where the far host named no
  /// time. After the last one it is given up. None: nothing is ever booked.
  std::vector<std::chrono::seconds> retries{std::chrono::minutes{6}, std::chrono::minutes{16},
                                            std::chrono::hours{1}};
  /// Where it did name one: that, and the margin, within these bounds.
  std::chrono::seconds hint_margin{5};
  std::chrono::seconds hint_least{30};
  std::chrono::seconds hint_most = std::chrono::hours{4};
  std::size_t at_once = 50;  // re-probes under way; the others wait
  /// What came due while we were not running is begun over this time, and not at all if it is older
  /// than that one: nobody waits for it any more.
  std::chrono::seconds overdue_spread = std::chrono::minutes{10};
  std::chrono::seconds overdue_most = std::chrono::hours{24};
};

/// What a finished callout means for a booking of its mailbox.
enum class re_probe_need {
  none,        // it is answered, or asking again would be a nuisance: no booking
  again,       // greylisted: a booking
  unanswered,  // the callout came to nothing: what is booked stays
};

re_probe_need re_probe_need_after(const verdict& made) noexcept;

/// The wait until the next re-probe after `tries` of them, `retry_after` being what the far host
/// asked for just now. Nothing: it is given up.
std::optional<std::chrono::seconds> re_probe_wait(
    const re_probe_options& options, std::uint8_t tries,
    std::optional<std::chrono::seconds> retry_after) noexcept;

/// A booking from before the start, and how long from now it waits.
struct resumed_booking {
  booking held;
  std::chrono::milliseconds wait{};
};

/// Those that are still wanted at the start, the earliest first. The overdue come one after the
/// other; none waits longer than it could have been booked for, so that a clock that was set back
/// does no harm.
std::vector<resumed_booking> resume(std::vector<booking> booked, const re_probe_options& options,
                                    wall_time now);

}  // namespace cbv

#endif
