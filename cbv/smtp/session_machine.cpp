#include "cbv/smtp/session_machine.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::smtp {
namespace {

constexpr int ready_to_serve = 220;
constexpr int authenticated = 235;
constexpr int done = 250;
constexpr int closing = 421;

// The refusals that mean "I do not know EHLO" (RFC 5321 sections 3.2, 4.1.4 and 4.3.2). Any other
// one is an opinion of us, and HELO would hear it again.
constexpr std::array ehlo_unknown{500, 501, 502, 503, 504, 550};

// The name with which a server introduces itself: the first word (RFC 5321 section 4.2).
std::string_view introduced_name(const reply& greeting) {
  const std::string_view text = ascii::trim(greeting.lines.front());
  std::string_view name = text.substr(0, text.find_first_of(" \t"));
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

bool wants_smtputf8(const inquiry& asked) {
  return needs_smtputf8(asked.recipient) || (asked.mail_from && needs_smtputf8(*asked.mail_from));
}

bool needs_tls(tls_policy policy) {
  return policy == tls_policy::need || policy == tls_policy::verify;
}

bool is_accepted(const reply& said) {
  return said.code / 100 == 2;
}

}  // namespace

session_machine::session_machine(session_plan plan, source next, reply_limits limits)
    : plan_(std::move(plan)), next_(std::move(next)), parser_(limits) {}

step session_machine::started() {
  expected_.push_back(awaited::greeting);
  return converse{{}, at(), turn_};
}

step session_machine::received(std::string_view bytes) {
  parser_.feed(bytes);
  while (true) {
    auto next = parser_.next();
    if (!next) return broken(probe_end::bad_protocol, next.error().message());
    if (!*next) break;
    if (auto decided = on_reply(std::move(**next))) return std::move(*decided);
  }
  if (expected_.empty()) return idle{};  // half a reply that nobody asked for
  return converse{{}, at(), turn_};
}

step session_machine::closed() {
  return broken(probe_end::connection_lost, parser_.has_pending()
                                                ? "connection closed in the middle of a reply"
                                                : "connection closed");
}

step session_machine::failed(error_code why) {
  return broken(probe_end::connection_lost, why.message());
}

step session_machine::timed_out() {
  return broken(probe_end::timed_out,
                parser_.has_pending() ? "reply not completed in time" : "no reply in time");
}

step session_machine::secured(tls_facts protection) {
  tls_ = std::move(protection);
  expected_.clear();
  offered_ = {};
  return introduce();
}

step session_machine::not_secured(std::string why) {
  step last = broken(probe_end::tls_failed, std::move(why));
  std::get<ended>(last).clear_may_help = plan_.tls == tls_policy::may;
  return last;
}

step session_machine::resume() {
  return ask_next();
}

step session_machine::leave() {
  return over(outcome(probe_end::replied, "no more is asked"), quit());
}

std::vector<session_machine::answer> session_machine::take_answers() {
  return std::exchange(answers_, {});
}

// Nothing: more replies are expected before there is something to do.
std::optional<step> session_machine::on_reply(reply said) {
  if (expected_.empty()) {  // idle: a host may only take its leave
    if (said.code == closing) return over(outcome(probe_end::connection_lost, "the host left"));
    return over(outcome(probe_end::bad_protocol, "the host spoke before it was asked"), quit());
  }
  ++turn_;
  switch (expected_.front()) {
    case awaited::greeting:
      return on_greeting(std::move(said));
    case awaited::noop:
      if (said.code != done) {
        count(said);
        step last = refused(std::move(said));
        std::get<ended>(last).how.at_noop = true;
        return last;
      }
      return introduce();
    case awaited::ehlo:
      return on_ehlo(std::move(said));
    case awaited::helo:
      if (said.code == done) return greet({});
      count(said);
      return refused(std::move(said));
    case awaited::starttls:
      return on_starttls(std::move(said));
    case awaited::handshake:
      return std::nullopt;
    case awaited::auth:
      return on_auth(std::move(said));
    case awaited::mail:
      return on_mail(std::move(said));
    case awaited::rcpt:
      return on_rcpt(std::move(said));
    case awaited::rset:
      return on_rset(said);
  }
  return std::nullopt;
}

std::optional<step> session_machine::on_greeting(reply said) {
  if (said.code != ready_to_serve) {
    count(said);
    return refused(std::move(said));
  }
  if (plan_.own_name_is_loop && ascii::iequals(introduced_name(said), plan_.helo_name)) {
    return over(outcome(probe_end::loop, "the greeting carries our own name"), quit());
  }
  if (plan_.noop) return send(awaited::noop, noop());
  return introduce();
}

step session_machine::introduce() {
  return send(awaited::ehlo, plan_.lmtp ? lhlo(plan_.helo_name) : ehlo(plan_.helo_name));
}

std::optional<step> session_machine::on_ehlo(reply said) {
  if (said.code == done) return greet(parse_extensions(said));
  const bool helo_may_help =
      !plan_.lmtp && !tls_ &&
      std::find(ehlo_unknown.begin(), ehlo_unknown.end(), said.code) != ehlo_unknown.end();
  if (helo_may_help) return send(awaited::helo, helo(plan_.helo_name));
  count(said);
  return refused(std::move(said));
}

// The host is introduced: protect the line, log in, or begin.
step session_machine::greet(extensions offered) {
  offered_ = offered;
  if (!tls_ && plan_.tls != tls_policy::never) {
    if (offered_.starttls) return send(awaited::starttls, starttls());
    if (needs_tls(plan_.tls)) {
      probe_outcome missing =
          outcome(probe_end::tls_missing, "the host does not offer STARTTLS, which is needed");
      missing.at = stage::starttls;
      return over(std::move(missing), quit());
    }
  }
  if (plan_.auth) {
    if (!tls_ && !plan_.is_local) {
      return over(outcome(probe_end::auth_failed, "a password is only said inside TLS"), quit());
    }
    if (!offered_.auth_plain) {
      return over(outcome(probe_end::auth_failed, "the host does not offer AUTH PLAIN"), quit());
    }
    return send(awaited::auth, auth_plain(*plan_.auth));
  }
  ready_ = true;
  expected_.clear();
  return ask_next();
}

std::optional<step> session_machine::on_starttls(reply said) {
  if (said.code == ready_to_serve) {
    // What came with it was said before TLS, by whomever: it must never be read as said inside.
    if (parser_.has_pending()) {
      return broken(probe_end::bad_protocol, "octets came with the reply to STARTTLS");
    }
    expected_.front() = awaited::handshake;
    return secure{};
  }
  if (said.code < 400 || said.code == closing) return refused(std::move(said));
  if (needs_tls(plan_.tls)) {
    probe_outcome missing = outcome(probe_end::tls_missing, "the host refuses to begin TLS");
    missing.reply = std::move(said);
    return over(std::move(missing), quit());
  }
  plan_.tls = tls_policy::never;  // RFC 3207 section 4: the client may go on without
  return greet(offered_);
}

std::optional<step> session_machine::on_auth(reply said) {
  if (said.code == authenticated) {
    plan_.auth.reset();
    return greet(offered_);
  }
  if (said.code < 400 || said.code == closing) return refused(std::move(said));
  probe_outcome not_let_in = outcome(probe_end::auth_failed, "the host does not let us log in");
  not_let_in.reply = std::move(said);
  return over(std::move(not_let_in), quit());
}

std::optional<step> session_machine::on_mail(reply said) {
  count(said);
  if (said.code == closing || (said.code < 400 && said.code != done))
    return refused(std::move(said));
  const bool is_refused = said.code != done;
  if (is_refused) {
    ++refused_;
    answer_front(std::move(said));
  }
  if (!offered_.pipelining) {  // RCPT was not said yet
    if (!is_refused) return send(awaited::rcpt, rcpt_to(current_->recipient));
    current_.reset();
    --asked_;
    needs_rset_ = false;  // there is no transaction
    expected_.clear();
    return ask_next();
  }
  // If it was refused, what the host says to the RCPT on its way is about no transaction.
  mail_refused_ = is_refused;
  expected_.pop_front();
  return std::nullopt;
}

std::optional<step> session_machine::on_rcpt(reply said) {
  const bool counts = !std::exchange(mail_refused_, false);
  if (counts) count(said);
  if (said.code == closing) return refused(std::move(said));
  if (counts) {
    if (said.code >= 300 && said.code < 400) return refused(std::move(said));
    if (!is_accepted(said)) ++refused_;
    answer_front(std::move(said));
  }
  if (!offered_.pipelining) current_.reset();
  return next_reply();
}

std::optional<step> session_machine::on_rset(const reply& said) {
  if (said.code == closing) {
    return over(outcome(probe_end::connection_lost, "the host left"));
  }
  if (!is_accepted(said)) {  // a session that can't be reset is of no more use
    return over(outcome(probe_end::bad_protocol, "RSET was refused"), quit());
  }
  return next_reply();
}

// The front reply has come. Nothing: others are on their way.
std::optional<step> session_machine::next_reply() {
  expected_.pop_front();
  if (!expected_.empty()) return std::nullopt;
  return ask_next();
}

// Sends a command that nothing may have answered yet, in place of what was awaited.
step session_machine::send(awaited next, std::string command) {
  if (parser_.has_pending()) {
    return broken(probe_end::bad_protocol, "the host spoke before it was asked");
  }
  expected_.clear();
  expected_.push_back(next);
  return converse{std::move(command), at(), turn_};
}

// How many more recipients this session may name, if the host refuses all of them.
std::size_t session_machine::room() const noexcept {
  const std::size_t rcpts = plan_.rcpts_max - std::min(asked_, plan_.rcpts_max);
  const std::size_t refusals = plan_.refusals_max - std::min(refused_, plan_.refusals_max);
  return std::min(rcpts, refusals);
}

// The next question that the host can be asked into `current_`. The others have their answer at
// once, but not before those that were taken earlier have theirs.
bool session_machine::take_question() {
  while (true) {
    if (!current_) {
      current_ = next_();
      if (!current_) return false;
      ++in_flight_;
    }
    if (offered_.smtputf8 || !wants_smtputf8(*current_)) return true;
    if (in_flight_ > 1) return false;
    probe_outcome no = outcome(probe_end::no_smtputf8,
                               "the host does not offer SMTPUTF8, which the address needs");
    no.at = stage::ehlo;
    answer_front(std::move(no));
    current_.reset();
  }
}

// Nothing is awaited any more: takes what there is to ask, as much as may leave in one write.
step session_machine::ask_next() {
  if (parser_.has_pending()) {
    return over(outcome(probe_end::bad_protocol, "the host spoke before it was asked"), quit());
  }
  return offered_.pipelining ? ask_together() : ask_one();
}

step session_machine::ask_together() {
  std::string commands;
  for (std::size_t left = room(); left > 0 && take_question(); --left) {
    if (needs_rset_) commands += expect(awaited::rset, rset());
    commands += expect(awaited::mail, mail_from(current_->mail_from, wants_smtputf8(*current_)));
    commands += expect(awaited::rcpt, rcpt_to(current_->recipient));
    current_.reset();
    ++asked_;
    needs_rset_ = true;
  }
  if (commands.empty()) return rest();
  pipelined_ = true;
  if (plan_.keep && asked_ < plan_.rcpts_max) {
    commands += expect(awaited::rset, rset());
    needs_rset_ = false;
  }
  return converse{std::move(commands), at(), turn_};
}

step session_machine::ask_one() {
  if (room() == 0) return leave();
  const bool has_question = take_question();
  if (needs_rset_ && (has_question || plan_.keep)) {
    needs_rset_ = false;
    return send(awaited::rset, rset());
  }
  if (!has_question) return rest();
  ++asked_;
  needs_rset_ = true;
  return send(awaited::mail, mail_from(current_->mail_from, wants_smtputf8(*current_)));
}

step session_machine::rest() {
  if (!plan_.keep || room() == 0) return leave();
  return idle{};
}

std::string session_machine::expect(awaited next, std::string command) {
  expected_.push_back(next);
  return command;
}

// Of what is awaited now.
void session_machine::count(const reply& said) {
  const bool is_refusal = said.code >= 400;
  if (!is_refusal && (at() != stage::rcpt || !is_accepted(said))) return;
  counted_.push_back({at(), expected_.front() == awaited::noop, said.code, answers_.size()});
}

probe_outcome session_machine::outcome(probe_end end, std::string detail) const {
  probe_outcome made;
  made.end = end;
  made.at = at();
  made.detail = std::move(detail);
  made.pipelined = pipelined_;
  made.first_of_connection = answered_ == 0;
  made.tls = tls_;
  return made;
}

void session_machine::answer_front(reply said) {
  probe_outcome heard = outcome(probe_end::replied);
  heard.reply = std::move(said);
  answer_front(std::move(heard));
}

void session_machine::answer_front(probe_outcome with) {
  answers_.emplace_back(std::move(with));
  --in_flight_;
  ++answered_;
}

// A reply that ends the session: a refusal, 421, or one that is out of place.
step session_machine::refused(reply said) {
  const bool is_refusal = said.code >= 400;
  // With 421 the host closes the connection, whatever we say (RFC 5321 section 3.8).
  std::string goodbye = is_refusal && said.code != closing ? quit() : std::string();
  probe_outcome how = outcome(is_refusal ? probe_end::replied : probe_end::bad_protocol,
                              is_refusal ? "" : "a reply out of place");
  how.reply = std::move(said);
  return over(std::move(how), std::move(goodbye));
}

step session_machine::broken(probe_end end, std::string detail) {
  return over(outcome(end, std::move(detail)));
}

// A host that has answered others in this session and then ends it (421, a drop) says nothing of
// those who wait: they may be asked again. Silence and noise are the answer to the one whose turn
// it was; while the reply to RSET is awaited it is nobody's.
step session_machine::over(probe_outcome how, std::string goodbye) {
  const bool is_nobodys_turn = expected_.empty() || expected_.front() == awaited::rset;
  const bool about_session = answered_ > 0 && (is_nobodys_turn || how.end == probe_end::replied ||
                                               how.end == probe_end::connection_lost);
  for (std::size_t i = 0; i < in_flight_; ++i) {
    answers_.push_back(i == 0 && !about_session ? answer(how) : std::nullopt);
  }
  in_flight_ = 0;
  return ended{std::move(how), ready_, false, std::move(goodbye)};
}

stage session_machine::at() const noexcept {
  if (expected_.empty()) return stage::rcpt;
  switch (expected_.front()) {
    case awaited::greeting:
    case awaited::noop:
      return stage::greeting;
    case awaited::ehlo:
    case awaited::helo:
    case awaited::auth:
      return stage::ehlo;
    case awaited::starttls:
    case awaited::handshake:
      return stage::starttls;
    case awaited::mail:
      return stage::mail;
    case awaited::rcpt:
    case awaited::rset:
      return stage::rcpt;
  }
  return stage::rcpt;
}

}  // namespace cbv::smtp
