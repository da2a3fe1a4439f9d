#include "tools/cbv-sim/script_session.hpp"

#include <algorithm>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::sim {
namespace {

constexpr std::size_t input_octets_max = 65'536;

std::string place_of(const script_step& step) {
  return " (line " + std::to_string(step.line) + ")";
}

}  // namespace

bool matches_line(std::string_view form, std::string_view text) noexcept {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t f = 0;
  std::size_t t = 0;
  std::size_t star = none;  // the last * met, and what it was given so far
  std::size_t given = 0;
  while (t < text.size()) {
    if (f < form.size() && form[f] == '*') {
      star = f++;
      given = t;
    } else if (f < form.size() && form[f] == text[t]) {
      ++f;
      ++t;
    } else if (star != none) {
      f = star + 1;
      t = ++given;
    } else {
      return false;
    }
  }
  return form.find_first_not_of('*', f) == none;
}

script_session::script_session(std::unique_ptr<connection> link, const script& lines,
                               time_point now)
    : link_(std::move(link)), script_(lines), ready_at_(now), idle_since_(now) {}

void script_session::receive(std::string_view bytes, time_point now) {
  idle_since_ = now;
  const script_step* const here = step();
  if (ended_ || (here != nullptr && here->kind == script_step::silence)) return;
  if (!awaiting_ && !pipelining_ && !bytes.starts_with("QUIT")) {
    link_->fault("spoke before the reply, and PIPELINING was not offered", now);
  }
  input_ += bytes;
  if (input_.size() > input_octets_max) {
    link_->fault("sent more than a script can take", now);
    end("dropped", now);
  }
}

void script_session::hung_up(time_point now) {
  const script_step* const here = step();
  if (!ended_ && here != nullptr && here->kind == script_step::expect) {
    link_->fault("hung up where the script expects '" + here->text + "'" + place_of(*here), now);
  }
  ready_at_ = now;
  end("client closed", now);
}

void script_session::secured(time_point now) {
  ++place_;
  input_.clear();
  awaiting_ = true;
  pipelining_ = false;
  idle_since_ = now;
}

action script_session::next(time_point now) {
  awaiting_ = false;
  while (!ended_) {
    const script_step* const here = step();
    if (here == nullptr) {
      end("script ended", now);
      break;
    }
    switch (here->kind) {
      case script_step::say: {
        const time_point at = std::max(ready_at_, now);
        idle_since_ = at;
        return send_bytes{gather_speech(now), at};
      }
      case script_step::wait:
        ready_at_ = std::max(ready_at_, now) + here->delay;
        ++place_;
        continue;
      case script_step::expect:
        if (const auto line = take_line()) {
          if (hear(*line, now)) continue;
          end("dropped", now);
          continue;
        }
        break;
      case script_step::drop:
        end("dropped", now);
        continue;
      case script_step::silence:
        break;
      case script_step::handshake:
        if (!input_.empty()) link_->fault("sent octets ahead of the handshake", now);
        return begin_tls{};
    }
    if (now >= idle_since_ + link_->host().idle) {
      end("idle", now);
      continue;
    }
    awaiting_ = true;
    return await_bytes{idle_since_ + link_->host().idle};
  }
  return close_connection{std::max(ready_at_, now)};
}

const script_step* script_session::step() const {
  return place_ < script_.size() ? &script_[place_] : nullptr;
}

std::optional<std::string> script_session::take_line() {
  const std::size_t end = input_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = input_.substr(0, end);
  input_.erase(0, end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

// All that the host says before anything else happens leaves in one piece.
std::string script_session::gather_speech(time_point now) {
  std::string speech;
  for (const script_step* here = step(); here != nullptr && here->kind == script_step::say;
       here = step()) {
    const std::string_view line = here->text;
    link_->said(ascii::trim(line), now);
    pipelining_ = pipelining_ || line.find("PIPELINING") != std::string_view::npos;
    speech += line;
    ++place_;
  }
  return speech;
}

// Whether the client has kept to the script.
bool script_session::hear(std::string_view line, time_point now) {
  const script_step& expected = *step();
  link_->heard(line, now);
  if (ascii::iequals(line, "DATA") || ascii::istarts_with(line, "BDAT ")) {
    link_->fault("DATA: a prober must never send a message", now);
  }
  if (!input_.empty() && !pipelining_ && !input_.starts_with("QUIT")) {
    link_->fault("sent commands ahead, and PIPELINING was not offered", now);
  }
  if (!matches_line(expected.text, line)) {
    link_->fault("said '" + ascii::printable(line) + "' where the script expects '" +
                     expected.text + "'" + place_of(expected),
                 now);
    return false;
  }
  if (ascii::istarts_with(line, "EHLO") || ascii::istarts_with(line, "HELO") ||
      ascii::istarts_with(line, "LHLO")) {
    link_->counts().sessions += std::exchange(is_session_, true) ? 0 : 1;
  }
  link_->counts().quits += ascii::iequals(line, "QUIT") ? 1 : 0;
  ++place_;
  return true;
}

void script_session::end(std::string_view why, time_point now) {
  ended_ = true;
  input_.clear();
  link_->closed(why, now);
}

}  // namespace cbv::sim
