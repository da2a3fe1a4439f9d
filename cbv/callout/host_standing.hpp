// How we stand with one address: what it has to bear of us, and whether it is left alone.
#ifndef CBV_CALLOUT_HOST_STANDING_HPP
#define CBV_CALLOUT_HOST_STANDING_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cbv/base/clock.hpp"
#include "cbv/callout/breaker.hpp"
#include "cbv/callout/host_limits.hpp"
#include "cbv/callout/rate_limit.hpp"
#include "cbv/smtp/probe.hpp"
#include "cbv/verdict/host_memory.hpp"

namespace cbv::callout {

/// What keeps a connection from being made now.
struct obstacle {
  std::optional<smtp::probe_outcome> outcome;  // it could not be reached not long ago
  std::string why;                             // else: our limits, or it has had enough of us
};

/// Counts of one address, whatever the names by which it is reached and whosever mail it takes: the
/// connections, the new sessions and the refused recipients of a minute; and its troubles: it could
/// not be reached, it refused us, it takes no second connection, its TLS does not work.
///
/// It says what may be done, and is told what is done and what came of it.
///
/// Pure: time comes in, and does not go back.
class host_standing {
 public:
  /// `address` is what people are told. Of the limits, those of a session and of the queue are not
  /// its business.
  host_standing(std::string address, const host_limits& limits, breaker_options refused,
                breaker_options unreachable);

  /// As if it had been made with these; what was counted and the troubles stay.
  void change(const host_limits& limits, breaker_options refused, breaker_options unreachable);

  /// Why no question may be put to it; nothing: one may, and who is told so asks, for it may be the
  /// breaker's trial.
  std::optional<std::string> why_not_ask(time_point now);

  /// A connection for questions that were not yet let through. Counted if there is no obstacle.
  std::optional<obstacle> begin_connection(time_point now);

  /// A connection may be made beside those that there are.
  bool has_room(time_point now) const noexcept { return connections_ < connections_max(now); }

  /// A connection, where has_room(), for questions that were let through. Counted if true; false:
  /// there were too many new sessions in the last minute.
  bool begin_session(time_point now);

  /// One that was counted is closed, or was not made.
  void connection_ended() noexcept { --connections_; }

  /// A question is said. Until it is answered it counts as one that may be refused.
  void question_said() noexcept { ++said_; }
  void question_answered(bool may_have_been_refused, time_point now);

  /// Questions that may be said now, if all of them, and all that are under way, are refused.
  std::size_t refusals_left(time_point now) const noexcept;

  /// No question may be said in this minute, whatever comes of those that are under way.
  bool has_refused_enough(time_point now) const noexcept {
    return said_ == 0 && refusal_rate_.room(now) == 0;
  }

  /// For how long it is left alone from now on; nothing: it was already.
  using left_alone = std::optional<std::chrono::milliseconds>;

  /// It could not be reached; `how` is told to those who ask before it is tried again.
  left_alone not_reached(smtp::probe_outcome how, time_point now);

  /// True, here and below: until now that was a trouble.
  bool reached() noexcept { return unreachable_.succeeded(); }

  /// It has had enough of us; `said` is its reply.
  left_alone refused_us(std::string_view said, time_point now);
  bool took_a_question() noexcept { return refused_.succeeded(); }

  /// Goes on with the troubles that were remembered of it, before anything else is told. `now` and
  /// `today` are the same moment.
  void resume(const host_facts& known, time_point now, wall_time today);

  /// It is not left alone any more, whatever it did.
  void forget(host_fault what) noexcept;
  bool has_trouble(host_fault what) const noexcept;

  /// time_point::min(), or a time that has passed: it is not left alone.
  time_point left_alone_until() const noexcept {
    return std::max(refused_.closed_until(), unreachable_.closed_until());
  }

  /// It talks to us, or may, but not on so many connections at once: for a while one must do.
  void refused_another_connection(time_point now) noexcept;

  /// TLS failed where it may be done without; for an hour it is.
  void tls_failed(time_point now) noexcept;
  bool is_asked_in_clear(time_point now) const noexcept { return now < in_clear_until_; }

  /// For people.
  const std::string& address() const noexcept { return address_; }
  const std::string& why_left_alone() const noexcept { return refused_why_; }
  std::string too_many_sessions() const;
  std::string too_many_refusals() const;

  /// Nothing is counted and nothing known, so that one made new would say the same; if its troubles
  /// are remembered, one made new and resumed.
  bool is_idle(time_point now, bool is_remembered = false) const noexcept;

 private:
  std::size_t connections_max(time_point now) const noexcept;
  void tell_not_reached(smtp::probe_outcome how);
  void tell_refused_us(std::string_view said);

  std::string address_;
  std::size_t connections_max_;
  std::chrono::milliseconds crowded_span_;
  std::size_t connections_ = 0;  // open, or being made
  std::size_t said_ = 0;         // questions said and not answered
  rate_limit session_rate_;
  rate_limit refusal_rate_;
  breaker refused_;
  breaker unreachable_;
  std::string refused_why_;
  smtp::probe_outcome unreachable_why_;
  time_point in_clear_until_ = time_point::min();
  time_point crowded_until_ = time_point::min();
};

}  // namespace cbv::callout

#endif
