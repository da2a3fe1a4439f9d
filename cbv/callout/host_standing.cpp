#include "cbv/callout/host_standing.hpp"

#include <algorithm>
#include <utility>

namespace cbv::callout {
namespace {

constexpr std::chrono::hours without_tls{1};

}  // namespace

host_standing::host_standing(std::string address, const host_limits& limits,
                             breaker_options refused, breaker_options unreachable)
    : address_(std::move(address)),
      connections_max_(limits.connections_max),
      crowded_span_(refused.first),
      session_rate_(limits.sessions_per_minute),
      refusal_rate_(limits.refusals_per_minute),
      refused_(refused),
      unreachable_(unreachable) {}

void host_standing::change(const host_limits& limits, breaker_options refused,
                           breaker_options unreachable) {
  connections_max_ = limits.connections_max;
  crowded_span_ = refused.first;
  session_rate_.change(limits.sessions_per_minute);
  refusal_rate_.change(limits.refusals_per_minute);
  refused_.change(refused);
  unreachable_.change(unreachable);
}

std::optional<std::string> host_standing::why_not_ask(time_point now) {
  if (refusal_rate_.room(now) == 0) return too_many_refusals();
  if (!refused_.admits(now)) return refused_why_;
  return std::nullopt;
}

std::optional<obstacle> host_standing::begin_connection(time_point now) {
  if (!has_room(now)) {
    return obstacle{std::nullopt, "no more connections to " + address_ + " for now"};
  }
  if (!session_rate_.has_room(now)) return obstacle{std::nullopt, too_many_sessions()};
  if (refusal_rate_.room(now) == 0) return obstacle{std::nullopt, too_many_refusals()};
  if (!unreachable_.admits(now)) return obstacle{unreachable_why_, {}};
  if (!refused_.admits(now)) return obstacle{std::nullopt, refused_why_};
  session_rate_.note(now);
  ++connections_;
  return std::nullopt;
}

bool host_standing::begin_session(time_point now) {
  if (!session_rate_.take(now)) return false;
  ++connections_;
  return true;
}

void host_standing::question_answered(bool may_have_been_refused, time_point now) {
  --said_;
  if (may_have_been_refused) refusal_rate_.note(now);
}

std::size_t host_standing::refusals_left(time_point now) const noexcept {
  const std::size_t room = refusal_rate_.room(now);
  return room - std::min(room, said_);
}

host_standing::left_alone host_standing::not_reached(smtp::probe_outcome how, time_point now) {
  tell_not_reached(std::move(how));
  return unreachable_.open(now);
}

void host_standing::tell_not_reached(smtp::probe_outcome how) {
  unreachable_why_ = std::move(how);
  unreachable_why_.first_of_connection = false;
  unreachable_why_.detail += " (not long ago: not tried again yet)";
}

host_standing::left_alone host_standing::refused_us(std::string_view said, time_point now) {
  tell_refused_us(said);
  return refused_.open(now);
}

void host_standing::tell_refused_us(std::string_view said) {
  refused_why_ = address_ + " is left alone for a while; it said: ";
  refused_why_ += said;
}

void host_standing::resume(const host_facts& known, time_point now, wall_time today) {
  // How long it was left alone the last time lies between the last trouble and its end.
  if (const auto& one = known.unreachable) {
    unreachable_.resume(one->until - today, one->until - one->last, now);
    smtp::probe_outcome how;
    how.detail = one->said;
    tell_not_reached(std::move(how));
  }
  if (const auto& one = known.refused) {
    refused_.resume(one->until - today, one->until - one->last, now);
    tell_refused_us(one->said);
  }
}

void host_standing::forget(host_fault what) noexcept {
  (what == host_fault::unreachable ? unreachable_ : refused_).succeeded();
}

bool host_standing::has_trouble(host_fault what) const noexcept {
  return !(what == host_fault::unreachable ? unreachable_ : refused_).is_idle();
}

void host_standing::refused_another_connection(time_point now) noexcept {
  crowded_until_ = now + crowded_span_;
}

void host_standing::tls_failed(time_point now) noexcept {
  in_clear_until_ = now + without_tls;
}

std::string host_standing::too_many_sessions() const {
  return "no more new sessions with " + address_ + " this minute";
}

std::string host_standing::too_many_refusals() const {
  return address_ + " has refused enough recipients for this minute";
}

bool host_standing::is_idle(time_point now, bool is_remembered) const noexcept {
  const auto is_no_trouble = [&](const breaker& one) {
    return one.is_idle() || (is_remembered && one.is_over(now));
  };
  return connections_ == 0 && said_ == 0 && is_no_trouble(refused_) &&
         is_no_trouble(unreachable_) && session_rate_.is_idle(now) && refusal_rate_.is_idle(now) &&
         in_clear_until_ <= now && crowded_until_ <= now;
}

std::size_t host_standing::connections_max(time_point now) const noexcept {
  return now < crowded_until_ ? std::min<std::size_t>(connections_max_, 1) : connections_max_;
}

}  // namespace cbv::callout
