#include "cbv/callout/far_host.hpp"

#include <algorithm>
#include <utility>

#include "cbv/callout/far_host_desk.hpp"

namespace cbv::callout {

using smtp::probe_outcome;

far_host::far_host(const surroundings& with, task_group& tasks, resting_sessions& resting,
                   std::shared_ptr<const manner> how, net::peer where)
    : with_(with),
      tasks_(tasks),
      resting_(resting),
      how_(std::move(how)),
      where_(std::move(where)),
      where_text_(where_.host()),
      standing_(to_string(where_), how_->limits, how_->refused, how_->unreachable) {
  if (!is_remembered()) return;
  const wall_time today = with_.time.wall_now();
  standing_.resume(with_.memory->facts(where_.at.address, today), with_.time.now(), today);
  note_standing();
}

far_host::~far_host() = default;

void far_host::follow(const std::shared_ptr<const manner>& how) {
  if (how->edition <= how_->edition) return;
  const bool is_same_plan = how->plan == how_->plan;
  how_ = how;
  standing_.change(how_->limits, how_->refused, how_->unreachable);
  if (is_same_plan) return;
  for (const shared_desk& one : desks_) {
    one->is_outdated = true;
    one->session->leave();
  }
}

bool far_host::is_one_name_only() const noexcept {
  return how_->plan.tls == smtp::tls_policy::verify;
}

// A session for the one serves the other.
bool far_host::is_same(std::string_view name, std::string_view other) const noexcept {
  return !is_one_name_only() || name == other;
}

bool far_host::suits(const desk& session, const question& one) const noexcept {
  return !session.is_outdated && is_same(session.session->peer().name, one.host_name);
}

bool far_host::is_live() const noexcept {
  return !dialling_.empty() || std::any_of(desks_.begin(), desks_.end(), [](const auto& one) {
    return !one->session->has_ended();
  });
}

bool far_host::is_live_for(std::string_view name) const noexcept {
  const auto is_it = [&](const std::string& other) { return is_same(name, other); };
  return std::any_of(dialling_.begin(), dialling_.end(), is_it) ||
         std::any_of(desks_.begin(), desks_.end(), [&](const auto& one) {
           return !one->session->has_ended() && is_it(one->session->peer().name);
         });
}

bool far_host::is_in_use(std::string_view name) const noexcept {
  return is_live_for(name) || !standing_.has_room(with_.time.now());
}

bool far_host::is_unused(time_point now) const noexcept {
  return waiting_.empty() && desks_.empty() && standing_.is_idle(now, is_remembered());
}

void far_host::ask(shared_question one) {
  drop_given_up();
  if (stopping_) return one->hold_back("stopping");
  if (waiting_.size() >= how_->limits.waiting_max) {
    return one->hold_back("too many wait for " + to_string(where_));
  }
  if (const auto why = standing_.why_not_ask(with_.time.now())) return one->hold_back(*why);
  waiting_.push_back(std::move(one));
  pump();
}

std::size_t far_host::waiting_for(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(waiting_.begin(), waiting_.end(),
                    [&](const auto& one) { return is_same(name, one->host_name); }));
}

// Sessions that will soon take a question of this name, those that are being opened too.
std::size_t far_host::free_sessions(std::string_view name, const desk* but) const noexcept {
  const auto free = std::count_if(desks_.begin(), desks_.end(), [&](const auto& one) {
    return one.get() != but && one->session->is_free() && is_same(name, one->session->peer().name);
  });
  const auto dialled =
      std::count_if(dialling_.begin(), dialling_.end(),
                    [&](const std::string& other) { return is_same(name, other); });
  return static_cast<std::size_t>(free + dialled);
}

// Wakes and opens as many sessions as there are questions for, within the limits.
void far_host::pump() {
  drop_given_up();
  if (stopping_ || waiting_.empty()) return;
  const time_point now = with_.time.now();
  if (standing_.has_refused_enough(now)) return hold_back_waiting(standing_.too_many_refusals());
  wake_resting();
  std::vector<std::pair<std::string, std::size_t>> at_hand;  // sessions, by name
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const shared_question one = waiting_[i];
    const std::string& name = one->host_name;
    auto known = std::find_if(at_hand.begin(), at_hand.end(),
                              [&](const auto& other) { return is_same(name, other.first); });
    if (known == at_hand.end()) {
      known = at_hand.emplace(at_hand.end(), name, free_sessions(name, nullptr));
    }
    if (known->second > 0) {
      --known->second;
      continue;
    }
    if (!standing_.has_room(now)) {
      make_room();
      break;
    }
    if (standing_.begin_session(now)) {
      dialling_.push_back(name);
      tasks_.spawn(dial(shared_from_this(), one));
    } else if (!is_live_for(name)) {
      one->hold_back(standing_.too_many_sessions());
    }
  }
  drop_given_up();
}

// As many as there are questions for.
void far_host::wake_resting() {
  std::size_t to_wake = waiting_.size();
  for (const shared_desk& one : desks_) {
    if (to_wake == 0) return;
    if (!one->session->is_resting() || one->is_outdated) continue;
    if (waiting_for(one->session->peer().name) == 0) continue;
    one->session->wake();
    --to_wake;
  }
}

// Somebody waits for a connection, and no more may be made: a session at rest that is of use to
// none who wait leaves, if none is leaving yet.
void far_host::make_room() {
  for (const shared_desk& one : desks_) {
    const smtp::session& each = *one->session;
    if (each.has_ended() || (each.is_resting() && !each.is_free())) return;
  }
  for (const shared_desk& one : desks_) {
    if (!one->session->is_resting() || waiting_for(one->session->peer().name) > 0) continue;
    return one->session->leave();
  }
}

// A session has come to rest. If others wait all the same they wait for one of another name; or
// until it is known what is refused of that which is under way, and then nothing is to be done.
void far_host::rested() {
  if (waiting_.empty()) return;
  const time_point now = with_.time.now();
  if (standing_.refusals_left(now) > 0 || standing_.has_refused_enough(now)) pump();
}

void far_host::drop_given_up() {
  waiting_.remove_if([](const auto& one) { return one->given_up || one->done.is_set(); });
}

void far_host::end_waiting(const probe_outcome& with) {
  const auto all = std::exchange(waiting_, {});
  bool is_first = with.first_of_connection;
  for (const shared_question& one : all) {
    probe_outcome its_own = with;
    its_own.first_of_connection = std::exchange(is_first, false);
    one->end_with(attempt_of(*one, std::move(its_own)));
  }
}

void far_host::end_waiting_for(std::string_view name, const probe_outcome& with) {
  auto others = std::exchange(waiting_, {});
  others.remove_if([&](const shared_question& one) {
    const bool is_it = is_same(name, one->host_name);
    if (is_it) waiting_.push_back(one);
    return is_it;
  });
  end_waiting(with);
  waiting_ = std::move(others);
}

void far_host::hold_back_waiting(const std::string& why) {
  const auto all = std::exchange(waiting_, {});
  for (const shared_question& one : all) one->hold_back(why);
}

policy::attempt far_host::attempt_of(const question& one, probe_outcome outcome) const {
  return policy::attempt{one.host_name, where_text_, std::move(outcome)};
}

std::optional<far_host::progress> far_host::progress_of(const question& one) const {
  for (const shared_desk& at : desks_) {
    if (!at->has(one)) continue;
    const bool is_first = !at->has_answered && at->taken.front().get() == &one;
    return progress{at->session->at(), is_first};
  }
  for (const shared_desk& at : desks_) {
    if (at->session->has_ended() || !suits(*at, one)) continue;
    if (at->session->is_ready()) return std::nullopt;  // it waits behind others
    return progress{at->session->at(), false};
  }
  const bool is_dialled =
      std::any_of(dialling_.begin(), dialling_.end(),
                  [&](const std::string& name) { return is_same(name, one.host_name); });
  if (is_dialled) return progress{stage::connect, false};
  return std::nullopt;
}

void far_host::stop() {
  stopping_ = true;
  hold_back_waiting("stopping");
  for (const shared_desk& one : desks_) one->session->leave();
}

}  // namespace cbv::callout
