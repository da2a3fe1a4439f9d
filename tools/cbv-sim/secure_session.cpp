#include "tools/cbv-sim/secure_session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/cbv-sim/reply_form.hpp"

namespace cbv::sim {

using tls_phase = net::tls_machine::phase;

secure_session::secure_session(std::unique_ptr<session> inside, connection& link,
                               net::tls_server& keys, time_point now)
    : inside_(std::move(inside)), link_(link), keys_(keys), output_at_(now), idle_since_(now) {}

void secure_session::receive(std::string_view bytes, time_point now) {
  idle_since_ = now;
  switch (phase_) {
    case phase::clear:
      return inside_->receive(bytes, now);
    case phase::shaking:
      if (!std::exchange(heard_hello_, true)) answer_hello(now);
      if (phase_ != phase::shaking) return;
      tls_->receive(bytes);
      return go_on(now);
    case phase::secured:
      tls_->receive(bytes);
      return read(now);
    case phase::deaf:
    case phase::closing:
      return;
  }
}

void secure_session::hung_up(time_point now) {
  output_.clear();
  output_at_ = now;
  if (phase_ == phase::clear || phase_ == phase::secured) return inside_->hung_up(now);
  end("client closed", now);
}

action secure_session::next(time_point now) {
  if (phase_ == phase::secured) return next_secured(now);
  if (phase_ == phase::clear) {
    action wanted = inside_->next(now);
    if (!std::holds_alternative<begin_tls>(wanted)) return wanted;
    phase_ = phase::shaking;
    tls_ = keys_.begin();
    idle_since_ = now;
  }
  if (!output_.empty()) return send_bytes{std::exchange(output_, {}), std::max(now, output_at_)};
  if (phase_ != phase::closing && now >= idle_since_ + link_.host().idle) end("idle", now);
  if (phase_ == phase::closing) return close_connection{std::max(now, output_at_)};
  return await_bytes{idle_since_ + link_.host().idle};
}

// What the session says leaves encrypted, behind what TLS itself has to say.
action secure_session::next_secured(time_point now) {
  output_ += tls_->take_output();
  if (!output_.empty()) return send_bytes{std::exchange(output_, {}), std::max(now, output_at_)};
  action wanted = inside_->next(now);
  if (const auto* const speech = std::get_if<send_bytes>(&wanted)) {
    tls_->write(speech->bytes);
    std::string bytes = tls_->take_output();
    if (!bytes.empty()) return send_bytes{std::move(bytes), speech->at};
    end("TLS broke", now);  // a session does not say nothing
    return close_connection{now};
  }
  if (const auto* const last = std::get_if<close_connection>(&wanted)) {
    tls_->close();
    phase_ = phase::closing;
    output_at_ = last->at;
    std::string bytes = tls_->take_output();
    if (!bytes.empty()) return send_bytes{std::move(bytes), last->at};
  }
  return wanted;
}

// The first octets in the place of a ClientHello are there.
void secure_session::answer_hello(time_point now) {
  const stage_temper& temper = link_.host().at(dialogue_stage::handshake);
  output_at_ = now + temper.delay;
  if (!temper.refusal.empty()) {
    link_.said(temper.refusal, now);
    output_ += wire_lines(temper.refusal);
    phase_ = phase::deaf;
    return;
  }
  switch (temper.bad) {
    case misbehaviour::drop:
      return end("dropped", now);
    case misbehaviour::silent:
      link_.noted("silent", now);
      phase_ = phase::deaf;
      return;
    case misbehaviour::noise:
      link_.noted("binary noise", now);
      output_ += binary_noise();
      phase_ = phase::deaf;
      return;
    default:
      return;
  }
}

void secure_session::go_on(time_point now) {
  output_ += tls_->take_output();
  if (tls_->at() == tls_phase::failed) {
    link_.noted("TLS failed: " + tls_->failure(), now);
    return end("dropped", now);
  }
  if (tls_->at() != tls_phase::open) return;
  const net::handshake_facts& facts = tls_->facts();
  ++link_.counts().handshakes;
  link_.counts().resumed += facts.resumed ? 1 : 0;
  const std::string name = tls_->asked_name();
  link_.noted("TLS: " + facts.protocol + (facts.resumed ? ", resumed" : "") +
                  (name.empty() ? "" : ", for " + name),
              now);
  if (link_.host().at(dialogue_stage::handshake).bad == misbehaviour::drop_after) {
    return end("dropped", now);
  }
  phase_ = phase::secured;
  inside_->secured(now);
  read(now);
}

void secure_session::read(time_point now) {
  std::array<char, 4096> piece;  // NOLINT(*-member-init): read fills it
  while (const std::size_t count = tls_->read(piece)) {
    inside_->receive(std::string_view(piece.data(), count), now);
  }
  if (tls_->at() != tls_phase::failed) return;
  output_ += tls_->take_output();
  link_.noted("TLS failed: " + tls_->failure(), now);
  end("dropped", now);
}

void secure_session::end(std::string_view why, time_point now) {
  phase_ = phase::closing;
  link_.closed(why, now);
}

}  // namespace cbv::sim
