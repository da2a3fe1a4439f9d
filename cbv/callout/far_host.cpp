#include "cbv/callout/far_host.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "cbv/async/deadline.hpp"

namespace cbv::callout {
namespace {

using smtp::probe_end;
using smtp::probe_outcome;

// Sessions that a question may see end before its turn, those that answered others not counted.
constexpr std::size_t tries_max = 3;
constexpr std::chrono::hours without_tls{1};
constexpr int closing = 421;

probe_outcome not_connected(const error_code& why) {
  probe_outcome outcome;
  outcome.detail = why == errc::timed_out ? "no connection in time" : why.message();
  return outcome;
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

/// Takes one off a count when it goes.
class counted {
 public:
  explicit counted(std::size_t& count) : count_(&count) {}
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() { end(); }
  void end() {
    if (count_ != nullptr) --*std::exchange(count_, nullptr);
  }

 private:
  std::size_t* count_;
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
  void rests() override { at_rest_.emplace(host_.resting_, *session); }
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
      session_rate_(how_->limits.sessions_per_minute),
      refusal_rate_(how_->limits.refusals_per_minute),
      refused_(how_->refused),
      unreachable_(how_->unreachable) {}

far_host::~far_host() = default;

bool far_host::is_live() const noexcept {
  return dialling_ > 0 || std::any_of(desks_.begin(), desks_.end(),
                                      [](const auto& one) { return !one->session->has_ended(); });
}

bool far_host::has_ready_session() const noexcept {
  return std::any_of(desks_.begin(), desks_.end(), [](const auto& one) {
    return one->session->is_ready() && !one->session->has_ended();
  });
}

bool far_host::is_in_use() const noexcept {
  return is_live() || connections_ >= connections_max(with_.time.now());
}

bool far_host::is_unused(time_point now) const noexcept {
  return waiting_.empty() && connections_ == 0 && refused_.is_idle() && unreachable_.is_idle() &&
         session_rate_.is_idle(now) && refusal_rate_.is_idle(now) && in_clear_until_ <= now;
}

// One at once of a host that has refused another.
std::size_t far_host::connections_max(time_point now) const noexcept {
  return std::min<std::size_t>(how_->limits.connections_max, now < crowded_until_ ? 1 : SIZE_MAX);
}

std::string far_host::enough_refused() const {
  return to_string(where_) + " has refused enough recipients for this minute";
}

std::size_t far_host::refusals_left(time_point now) const noexcept {
  const std::size_t room = refusal_rate_.room(now);
  return room - std::min(room, said_);
}

void far_host::ask(shared_question one) {
  const time_point now = with_.time.now();
  drop_given_up();
  if (stopping_) return one->hold_back("stopping");
  if (waiting_.size() >= how_->limits.waiting_max) {
    return one->hold_back("too many wait for " + to_string(where_));
  }
  if (refusal_rate_.room(now) == 0) {
    return one->hold_back(enough_refused());
  }
  if (!refused_.admits(now)) return one->hold_back(refused_why_);
  waiting_.push_back(std::move(one));
  pump();
}

std::optional<far_host::obstacle> far_host::reserve() {
  const time_point now = with_.time.now();
  if (stopping_) return obstacle{std::nullopt, "stopping"};
  if (connections_ >= connections_max(now)) {
    return obstacle{std::nullopt, "no more connections to " + to_string(where_) + " for now"};
  }
  if (!session_rate_.has_room(now)) {
    return obstacle{std::nullopt,
                    "no more new sessions with " + to_string(where_) + " this minute"};
  }
  if (refusal_rate_.room(now) == 0) return obstacle{std::nullopt, enough_refused()};
  if (!unreachable_.admits(now)) return obstacle{unreachable_why_, {}};
  if (!refused_.admits(now)) return obstacle{std::nullopt, refused_why_};
  session_rate_.note(now);
  ++connections_;
  ++dialling_;
  return std::nullopt;
}

void far_host::reached(std::unique_ptr<net::stream> line, fifo<shared_question> waiting) {
  --dialling_;
  unreachable_.succeeded();
  for (shared_question& one : waiting) waiting_.push_back(std::move(one));
  drop_given_up();
  open_session(std::move(line), waiting_.empty() ? nullptr : waiting_.front());
  pump();
}

void far_host::not_reached(const std::optional<error_code>& why) {
  --dialling_;
  --connections_;
  if (why) {
    probe_outcome outcome = not_connected(*why);
    observe(outcome);
    outcome.first_of_connection = false;  // who had it made is told as well
    if (!is_live()) end_waiting(outcome);
  }
  pump();
}

// Sessions that will soon take a question, those that are being opened too.
std::size_t far_host::free_sessions(const desk* but) const noexcept {
  const auto free = std::count_if(desks_.begin(), desks_.end(), [but](const auto& one) {
    return one.get() != but && one->session->is_free();
  });
  return dialling_ + static_cast<std::size_t>(free);
}

// Wakes and opens as many sessions as there are questions for, within the limits.
void far_host::pump() {
  drop_given_up();
  if (stopping_ || waiting_.empty()) return;
  const time_point now = with_.time.now();
  if (said_ == 0 && refusal_rate_.room(now) == 0) return hold_back_waiting(enough_refused());
  std::size_t to_wake = waiting_.size();
  for (const shared_desk& one : desks_) {
    if (to_wake == 0) break;
    if (!one->session->is_resting()) continue;
    one->session->wake();
    --to_wake;
  }
  std::size_t at_hand = free_sessions(nullptr);
  while (at_hand < waiting_.size() && connections_ < connections_max(now)) {
    if (!session_rate_.take(now)) {
      if (!is_live()) {
        hold_back_waiting("no more new sessions with " + to_string(where_) + " this minute");
      }
      return;
    }
    ++connections_;
    ++dialling_;
    shared_question opener = waiting_[at_hand];
    tasks_.spawn(dial(shared_from_this(), std::move(opener)));
    ++at_hand;
  }
}

void far_host::open_session(std::unique_ptr<net::stream> line, const shared_question& opener) {
  auto at = std::make_shared<desk>(*this, opener ? opener->host_name : std::string());
  if (opener && opener->heard) at->session->tell(opener->heard);
  desks_.push_back(at);
  if (stopping_) at->session->leave();
  tasks_.spawn(talk(shared_from_this(), std::move(at), std::move(line)));
}

awaitable<void> far_host::dial(std::shared_ptr<far_host> self, shared_question opener) {
  counted connection(self->connections_);
  counted dialling(self->dialling_);
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
    self->observe(outcome);
    if (self->is_live()) {
      self->make_do();
    } else {
      self->end_waiting(outcome);
    }
    self->pump();
    co_return;
  }
  self->unreachable_.succeeded();
  ++self->connections_;  // the session's own
  self->open_session(*std::move(line), opener);
}

awaitable<void> far_host::talk(std::shared_ptr<far_host> self, shared_desk at,
                               std::unique_ptr<net::stream> line) {
  counted connection(self->connections_);
  try {
    co_await at->session->run(std::move(line));
  } catch (...) {  // cancelled: whoever waits is told
    for (const shared_question& one : at->taken) one->hold_back("stopped before the answer came");
    self->said_ -= at->taken.size();
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
  if (waiting_.empty()) return std::nullopt;
  if (refusals_left(with_.time.now()) == 0) {
    if (said_ == 0) {
      hold_back_waiting(enough_refused());
    }
    return std::nullopt;
  }
  // What leaves in one write is answered one after the other: a session that is free has it sooner.
  if (!asking.taken.empty() && free_sessions(&asking) >= waiting_.size()) return std::nullopt;
  shared_question one = std::move(waiting_.front());
  waiting_.pop_front();
  if (one->heard) asking.session->tell(one->heard);
  one->in_session = true;
  ++said_;
  smtp::inquiry asked = one->asked;
  asking.taken.push_back(std::move(one));
  return asked;
}

void far_host::answered(desk& asking, smtp::session_machine::answer with) {
  shared_question one = std::move(asking.taken.front());
  asking.taken.pop_front();
  asking.has_answered = true;
  --said_;
  one->in_session = false;
  if (may_have_been_refused(with)) refusal_rate_.note(with_.time.now());
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
    in_clear_until_ = with_.time.now() + without_tls;
  } else {
    const bool is_421 = last.how.reply && last.how.reply->code == closing;
    // Another one may fare better.
    const bool is_one_of_many =
        has_ready_session() || (is_live() && (is_421 || !is_refusal_of_us(last.how)));
    if (!last.was_ready && is_one_of_many) {
      make_do();
    } else {
      // Who waited for this session is told what the host said, before the others are held back.
      if (!last.was_ready && (!is_live() || is_refusal_of_us(last.how))) end_waiting(last.how);
      if (!last.was_ready || is_421) observe(last.how);
    }
  }
  pump();
}

// It talks to us, or may, but not on so many connections at once.
void far_host::make_do() {
  crowded_until_ = with_.time.now() + how_->refused.first;
}

bool far_host::is_refusal_of_us(const probe_outcome& outcome) const {
  if (outcome.end != probe_end::replied || !outcome.reply) return false;
  return outcome.reply->code == closing || with_.is_about_us(outcome);
}

// What a host does to one is a reason to leave it alone, or to take heart.
void far_host::observe(const probe_outcome& outcome) {
  const time_point now = with_.time.now();
  if (outcome.end == probe_end::connect_failed) {
    unreachable_.open(now);
    unreachable_why_ = outcome;
    unreachable_why_.first_of_connection = false;
    unreachable_why_.detail += " (not long ago: not tried again yet)";
    return;
  }
  if (is_refusal_of_us(outcome)) {
    refused_.open(now);
    refused_why_ =
        to_string(where_) + " is left alone for a while; it said: " + words_of(*outcome.reply);
    hold_back_waiting(refused_why_);
  } else if (outcome.end == probe_end::replied && outcome.at == stage::rcpt) {
    refused_.succeeded();
  }
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

void far_host::hold_back_waiting(const std::string& why) {
  const auto all = std::exchange(waiting_, {});
  for (const shared_question& one : all) one->hold_back(why);
}

policy::attempt far_host::attempt_of(const question& one, probe_outcome outcome) const {
  return policy::attempt{one.host_name,
                         where_.is_local() ? where_.path : where_.at.address.to_string(),
                         std::move(outcome)};
}

smtp::session_plan far_host::plan_now() const {
  smtp::session_plan plan = how_->plan;
  plan.rcpts_max = how_->limits.rcpts_per_session;
  plan.refusals_max = how_->limits.refusals_per_session;
  plan.keep = how_->limits.idle.count() > 0;
  plan.is_local = where_.is_local();
  const bool may = plan.tls == smtp::tls_policy::may;
  if (may && with_.time.now() < in_clear_until_) plan.tls = smtp::tls_policy::never;
  return plan;
}

std::optional<far_host::standing> far_host::standing_of(const question& one) const {
  for (const shared_desk& at : desks_) {
    if (!at->has(one)) continue;
    const bool is_first = !at->has_answered && at->taken.front().get() == &one;
    return standing{at->session->at(), is_first};
  }
  for (const shared_desk& at : desks_) {
    if (at->session->has_ended()) continue;
    if (at->session->is_ready()) return std::nullopt;  // it waits behind others
    return standing{at->session->at(), false};
  }
  if (dialling_ > 0) return standing{stage::connect, false};
  return std::nullopt;
}

void far_host::stop() {
  stopping_ = true;
  hold_back_waiting("stopping");
  for (const shared_desk& one : desks_) one->session->leave();
}

}  // namespace cbv::callout
