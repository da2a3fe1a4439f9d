#include "cbv/callout/far_host.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cbv/async/deadline.hpp"
#include "cbv/callout/connection_marks.hpp"
#include "cbv/callout/count.hpp"
#include "cbv/callout/far_host_desk.hpp"

namespace cbv::callout {
namespace {

using smtp::probe_end;
using smtp::probe_outcome;

// Sessions that a question may see end before its turn, those that answered others not counted.
constexpr std::size_t tries_max = 3;

probe_outcome not_connected(const error_code& why) {
  probe_outcome outcome;
  outcome.detail = why == errc::timed_out ? "no connection in time" : why.message();
  return outcome;
}

// A reply that we never read may have been a refusal all the same.
bool may_have_been_refused(const smtp::session_machine::answer& with) {
  if (!with) return true;
  if (with->end == probe_end::no_smtputf8) return false;  // it was not said
  if (with->end == probe_end::replied) return with->at == stage::rcpt && with->reply->code >= 400;
  return with->at == stage::rcpt || with->pipelined;
}

}  // namespace

std::optional<obstacle> far_host::reserve(std::string_view name) {
  if (stopping_) return obstacle{std::nullopt, "stopping"};
  auto in_the_way = standing_.begin_connection(with_.time.now());
  if (!in_the_way) dialling_.emplace_back(name);
  return in_the_way;
}

void far_host::reached(const std::string& name, role counted_for, std::unique_ptr<net::stream> line,
                       fifo<shared_question> waiting) {
  listed_name::take_off(dialling_, name);
  observe_connection();
  for (shared_question& one : waiting) waiting_.push_back(std::move(one));
  drop_given_up();
  open_session(name, counted_for, std::move(line),
               waiting_.empty() ? nullptr : waiting_.front()->heard);
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

void far_host::open_session(const std::string& name, role counted_for,
                            std::unique_ptr<net::stream> line,
                            const std::shared_ptr<smtp::transcript>& heard) {
  auto at = std::make_shared<desk>(*this, name, counted_for);
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
  const role side = opener->counted_for.side;
  role_counters& counted = self->with_.counted.sums.of(side);
  ++(line ? counted.sessions : counted.bad_connects);
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
  self->open_session(opener->host_name, side, *std::move(line), opener->heard);
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

// What is said before a mailbox is named is said to whoever had the connection made.
void far_host::heard(desk& asking, const smtp::counted_reply& said) {
  const bool is_of_question = said.at == stage::mail || said.at == stage::rcpt;
  const errand_of whose =
      is_of_question ? asking.taken[said.question]->counted_for : errand_of{asking.counted_for};
  if (said.at == stage::rcpt && whose.is_test) return;
  if (callout::count(said, with_.counted.sums.of(whose.side))) {
    const std::string& name = asking.session->peer().name;
    with_.counted.note_refusal_by(name.empty() ? where_text_ : name);
  }
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

}  // namespace cbv::callout
