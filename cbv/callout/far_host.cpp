#include "cbv/callout/far_host.hpp"

#include <algorithm>
#include <array>
#include <boost/system/errc.hpp>
#include <cassert>
#include <utility>

#include "cbv/async/deadline.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::callout {
namespace {

using smtp::probe_end;
using smtp::probe_outcome;

// Sessions that a question may see end before its turn, those that answered others not counted.
constexpr std::size_t tries_max = 3;
constexpr int closing = 421;

probe_outcome not_connected(const error_code& why) {
  probe_outcome outcome;
  outcome.detail = why == errc::timed_out ? "no connection in time" : why.message();
  return outcome;
}

// Our own network is down, or has no such family, or we have no more sockets: that is over when
// somebody mends it here, and worth nothing after a restart.
bool is_trouble_of_ours(const error_code& why) {
  using boost::system::errc::errc_t;
  constexpr std::array ours{
      errc_t::network_unreachable,   errc_t::network_down,
      errc_t::address_not_available, errc_t::address_family_not_supported,
      errc_t::permission_denied,     errc_t::operation_not_permitted,
      errc_t::too_many_files_open,   errc_t::too_many_files_open_in_system,
      errc_t::no_buffer_space,       errc_t::not_enough_memory,
      errc_t::operation_canceled,
  };
  return std::any_of(ours.begin(), ours.end(), [&why](errc_t one) { return why == one; });
}

std::string words_of(const smtp::reply& said) {
  return std::to_string(said.code) + ' ' + joined_text(said);
}

// A reply that we never read may have been a refusal all the same.
bool may_have_been_refused(const smtp::session_machine::answer& with) {
  if (!with) return true;
  if (with->end == probe_end::no_smtputf8) return false;  // it was not said
  if (with->end == probe_end::replied) return with->at == stage::rcpt && with->reply->code >= 400;
  return with->at == stage::rcpt || with->pipelined;
}

/// A connection that was counted. It is taken off when this goes.
class counted_connection {
 public:
  explicit counted_connection(host_standing& at) : at_(&at) {}
  counted_connection(const counted_connection&) = delete;
  counted_connection& operator=(const counted_connection&) = delete;
  ~counted_connection() { end(); }
  void end() {
    if (at_ != nullptr) std::exchange(at_, nullptr)->connection_ended();
  }
  void hand_on() noexcept { at_ = nullptr; }  // another one counts it

 private:
  host_standing* at_;
};

/// A name in the list of those that are being dialled, until this goes.
class listed_name {
 public:
  listed_name(std::vector<std::string>& in, std::string name) : in_(in), name_(std::move(name)) {}
  listed_name(const listed_name&) = delete;
  listed_name& operator=(const listed_name&) = delete;
  ~listed_name() { end(); }
  void end() {
    if (std::exchange(ended_, true)) return;
    take_off(in_, name_);
  }

  static void take_off(std::vector<std::string>& list, std::string_view name) {
    const auto found = std::find(list.begin(), list.end(), name);
    assert(found != list.end());
    list.erase(found);
  }

 private:
  std::vector<std::string>& in_;
  std::string name_;
  bool ended_ = false;
};

}  // namespace

resting_sessions::place::place(const resting_sessions& all, smtp::session& of)
    : all_(all.all_), of_(of), mine_(all_->oldest_first.insert(all_->oldest_first.end(), this)) {
  if (all_->oldest_first.size() <= all_->most) return;
  place& oldest = *all_->oldest_first.front();
  all_->oldest_first.pop_front();
  oldest.is_counted_ = false;
  oldest.of_.leave();
}

resting_sessions::place::~place() {
  if (is_counted_) all_->oldest_first.erase(mine_);
}

/// One session's place at its host: what it has taken, and not yet answered.
class far_host::desk final : public smtp::session_desk {
 public:
  desk(far_host& host, std::string name)
      : host_(host),
        session(std::make_shared<smtp::session>(
            host.with_.executor, host.with_.time, host.with_.tls, host.with_.sessions,
            host.plan_now(),
            smtp::session_peer{std::move(name), to_string(host.where_), host.how_->limits.idle},
            *this)) {}

  std::optional<smtp::inquiry> next() override {
    at_rest_.reset();
    return host_.next_for(*this);
  }
  void answered(smtp::session_machine::answer with) override {
    host_.answered(*this, std::move(with));
  }
  void rests() override {
    at_rest_.emplace(host_.resting_, *session);
    host_.rested();
  }
  void ended(const smtp::ended& last) override {
    at_rest_.reset();
    host_.session_ended(*this, last);
  }

  bool has(const question& one) const {
    return std::any_of(taken.begin(), taken.end(),
                       [&one](const auto& other) { return other.get() == &one; });
  }

 private:
  far_host& host_;

 public:
  std::shared_ptr<smtp::session> session;
  fifo<shared_question> taken;         // in the order in which they were said
  std::vector<shared_question> again;  // to be asked in another session
  bool has_answered = false;
  bool was_of_use = false;  // the host answered a question

 private:
  std::optional<resting_sessions::place> at_rest_;  // goes before the session
};

far_host::far_host(const surroundings& with, task_group& tasks, resting_sessions& resting,
                   std::shared_ptr<const manner> how, net::peer where)
    : with_(with),
      tasks_(tasks),
      resting_(resting),
      how_(std::move(how)),
      where_(std::move(where)),
      standing_(to_string(where_), how_->limits, how_->refused, how_->unreachable) {
  if (!is_remembered()) return;
  const wall_time today = with_.time.wall_now();
  standing_.resume(with_.memory->facts(where_.at.address, today), with_.time.now(), today);
}

far_host::~far_host() = default;

bool far_host::is_one_name_only() const noexcept {
  return how_->plan.tls == smtp::tls_policy::verify;
}

// A session for the one serves the other.
bool far_host::is_same(std::string_view name, std::string_view other) const noexcept {
  return !is_one_name_only() || name == other;
}

bool far_host::suits(const desk& session, const question& one) const noexcept {
  return is_same(session.session->peer().name, one.host_name);
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

std::optional<obstacle> far_host::reserve(std::string_view name) {
  if (stopping_) return obstacle{std::nullopt, "stopping"};
  auto in_the_way = standing_.begin_connection(with_.time.now());
  if (!in_the_way) dialling_.emplace_back(name);
  return in_the_way;
}

void far_host::reached(const std::string& name, std::unique_ptr<net::stream> line,
                       fifo<shared_question> waiting) {
  listed_name::take_off(dialling_, name);
  observe_connection();
  for (shared_question& one : waiting) waiting_.push_back(std::move(one));
  drop_given_up();
  open_session(name, std::move(line), waiting_.empty() ? nullptr : waiting_.front()->heard);
  pump();
}

void far_host::not_reached(std::string_view name, const std::optional<error_code>& why) {
  listed_name::take_off(dialling_, name);
  standing_.connection_ended();
  if (why) {
    probe_outcome outcome = not_connected(*why);
    observe_no_connection(outcome, *why);
    outcome.first_of_connection = false;  // who had it made is told as well
    if (!is_live()) end_waiting(outcome);
  }
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
    if (!one->session->is_resting() || waiting_for(one->session->peer().name) == 0) continue;
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

void far_host::open_session(const std::string& name, std::unique_ptr<net::stream> line,
                            const std::shared_ptr<smtp::transcript>& heard) {
  auto at = std::make_shared<desk>(*this, name);
  if (heard) at->session->tell(heard);
  desks_.push_back(at);
  if (stopping_) at->session->leave();
  tasks_.spawn(talk(shared_from_this(), std::move(at), std::move(line)));
}

awaitable<void> far_host::dial(std::shared_ptr<far_host> self, shared_question opener) {
  counted_connection connection(self->standing_);
  listed_name dialling(self->dialling_, opener->host_name);
  if (opener->heard) {
    opener->heard->note(self->with_.time.now(), "connecting to " + to_string(self->where_));
  }
  const time_point until = self->with_.time.now() + self->with_.sessions.limits.connect;
  auto connecting = net::connect(self->with_.network, self->where_);
  auto line = co_await with_deadline(self->with_.time, until, std::move(connecting));
  dialling.end();
  if (!line) {
    connection.end();
    const probe_outcome outcome = not_connected(line.error());
    self->observe_no_connection(outcome, line.error());
    if (self->is_live()) {
      self->standing_.refused_another_connection(self->with_.time.now());
    } else {
      self->end_waiting(outcome);
    }
    self->pump();
    co_return;
  }
  self->observe_connection();
  connection.hand_on();
  self->open_session(opener->host_name, *std::move(line), opener->heard);
}

awaitable<void> far_host::talk(std::shared_ptr<far_host> self, shared_desk at,
                               std::unique_ptr<net::stream> line) {
  counted_connection connection(self->standing_);
  try {
    co_await at->session->run(std::move(line));
  } catch (...) {  // cancelled: whoever waits is told
    for (const shared_question& one : at->taken) {
      one->hold_back("stopped before the answer came");
      self->standing_.question_answered(false, self->with_.time.now());
    }
    at->taken.clear();
    self->desks_.remove(at);
    throw;
  }
  self->desks_.remove(at);
  connection.end();
  self->pump();
}

std::optional<smtp::inquiry> far_host::next_for(desk& asking) {
  drop_given_up();
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const auto& one) { return suits(asking, *one); });
  if (found == waiting_.end()) return std::nullopt;
  const time_point now = with_.time.now();
  if (standing_.refusals_left(now) == 0) {
    if (standing_.has_refused_enough(now)) hold_back_waiting(standing_.too_many_refusals());
    return std::nullopt;
  }
  // What leaves in one write is answered one after the other: a session that is free has it sooner.
  const std::string& name = asking.session->peer().name;
  if (!asking.taken.empty() && free_sessions(name, &asking) >= waiting_for(name)) {
    return std::nullopt;
  }
  shared_question one = waiting_.take(found);
  if (one->heard) asking.session->tell(one->heard);
  one->in_session = true;
  standing_.question_said();
  smtp::inquiry asked = one->asked;
  asking.taken.push_back(std::move(one));
  return asked;
}

void far_host::answered(desk& asking, smtp::session_machine::answer with) {
  shared_question one = std::move(asking.taken.front());
  asking.taken.pop_front();
  asking.has_answered = true;
  one->in_session = false;
  standing_.question_answered(may_have_been_refused(with), with_.time.now());
  if (with) {
    if (with->end == probe_end::replied) asking.was_of_use = true;
    // The certificate was looked at for the name that the session was opened with.
    if (with->tls && asking.session->peer().name != one->host_name) with->tls->verified = false;
    observe(*with);
    one->end_with(attempt_of(*one, *std::move(with)));
  } else if (!asking.was_of_use && ++one->tries >= tries_max) {
    probe_outcome lost;
    lost.end = probe_end::connection_lost;
    lost.at = stage::rcpt;
    lost.first_of_connection = false;
    lost.detail = "the host ended one session after the other before it was asked";
    one->end_with(attempt_of(*one, std::move(lost)));
  } else {
    asking.again.push_back(std::move(one));
  }
}

void far_host::session_ended(desk& of, const smtp::ended& last) {
  for (auto one = of.again.rbegin(); one != of.again.rend(); ++one) waiting_.push_front(*one);
  of.again.clear();
  if (last.clear_may_help) {
    standing_.tls_failed(with_.time.now());
    return pump();
  }
  const bool is_421 = last.how.reply && last.how.reply->code == closing;
  if (last.was_ready) {
    if (is_421) observe(last.how);
    return pump();
  }
  // What is wrong with the certificate for one name says nothing of the others.
  const std::string& name = of.session->peer().name;
  const bool refused = is_refusal_of_us(last.how);
  const bool is_of_its_name = is_one_name_only() && last.how.at == stage::starttls && !refused;
  const bool is_ready = std::any_of(desks_.begin(), desks_.end(), [&](const auto& one) {
    return one->session->is_ready() && !one->session->has_ended() &&
           (!is_of_its_name || is_same(name, one->session->peer().name));
  });
  const bool is_another = is_of_its_name ? is_live_for(name) : is_live();
  if (is_ready || (is_another && (is_421 || !refused))) {  // another one may fare better
    standing_.refused_another_connection(with_.time.now());
    return pump();
  }
  // Who waited for this session is told what the host said, before the others are held back.
  if (is_of_its_name) {
    end_waiting_for(name, last.how);
  } else {
    end_waiting(last.how);
  }
  observe(last.how);
  pump();
}

bool far_host::is_refusal_of_us(const probe_outcome& outcome) const {
  if (outcome.end != probe_end::replied || !outcome.reply) return false;
  return outcome.reply->code == closing || with_.is_about_us(outcome);
}

// What a host does to one is a reason to leave it alone, or to take heart.
void far_host::observe(const probe_outcome& outcome) {
  if (is_refusal_of_us(outcome)) {
    const std::string said = words_of(*outcome.reply);
    const auto span = standing_.refused_us(said, with_.time.now());
    if (span) remember(host_fault::refused, *span, said);
    hold_back_waiting(standing_.why_left_alone());
  } else if (outcome.end == probe_end::replied && outcome.at == stage::rcpt) {
    if (standing_.took_a_question()) remember_success(host_fault::refused);
  }
}

void far_host::observe_no_connection(const probe_outcome& outcome, const error_code& why) {
  const auto span = standing_.not_reached(outcome, with_.time.now());
  if (span && !is_trouble_of_ours(why)) remember(host_fault::unreachable, *span, outcome.detail);
}

void far_host::observe_connection() {
  if (standing_.reached()) remember_success(host_fault::unreachable);
}

// Servers of one's own are not: after a restart they are asked at once.
bool far_host::is_remembered() const noexcept {
  return with_.memory != nullptr && how_->name.empty() && !where_.is_local();
}

void far_host::remember(host_fault what, std::chrono::milliseconds span, std::string_view said) {
  if (!is_remembered()) return;
  const wall_time today = with_.time.wall_now();
  const wall_time until = today + std::chrono::ceil<std::chrono::seconds>(span);
  with_.memory->note_trouble(where_.at.address, what, until, ascii::printable(said), today);
}

void far_host::remember_success(host_fault what) {
  if (is_remembered()) with_.memory->note_success(where_.at.address, what, with_.time.wall_now());
}

void far_host::drop_forgotten_troubles() {
  const bool has_any =
      standing_.has_trouble(host_fault::unreachable) || standing_.has_trouble(host_fault::refused);
  if (!has_any || !is_remembered()) return;
  const host_facts known = with_.memory->facts(where_.at.address, with_.time.wall_now());
  if (!known.unreachable) standing_.forget(host_fault::unreachable);
  if (!known.refused) standing_.forget(host_fault::refused);
}

void far_host::forget_troubles() noexcept {
  standing_.forget(host_fault::unreachable);
  standing_.forget(host_fault::refused);
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
  return policy::attempt{one.host_name, where_.host(), std::move(outcome)};
}

smtp::session_plan far_host::plan_now() const {
  smtp::session_plan plan = how_->plan;
  plan.rcpts_max = how_->limits.rcpts_per_session;
  plan.refusals_max = how_->limits.refusals_per_session;
  plan.keep = how_->limits.idle.count() > 0;
  plan.is_local = where_.is_local();
  const bool may = plan.tls == smtp::tls_policy::may;
  if (may && standing_.is_asked_in_clear(with_.time.now())) plan.tls = smtp::tls_policy::never;
  return plan;
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
