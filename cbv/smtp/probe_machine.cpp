#include "cbv/smtp/probe_machine.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::smtp {
namespace {

constexpr int ready = 220;
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

bool wants_smtputf8(const probe_plan& plan) {
  return needs_smtputf8(plan.recipient) || (plan.mail_from && needs_smtputf8(*plan.mail_from));
}

}  // namespace

probe_machine::probe_machine(probe_plan plan, reply_limits limits)
    : plan_(std::move(plan)), parser_(limits) {}

action probe_machine::started() {
  return converse{{}, at()};
}

action probe_machine::received(std::string_view bytes) {
  parser_.feed(bytes);
  while (true) {
    auto next = parser_.next();
    if (!next) return finish(probe_end::bad_protocol, next.error().message());
    if (!*next) return converse{{}, at()};
    if (auto decided = on_reply(std::move(**next))) return std::move(*decided);
  }
}

action probe_machine::closed() {
  return finish(probe_end::connection_lost, parser_.has_pending()
                                                ? "connection closed in the middle of a reply"
                                                : "connection closed");
}

action probe_machine::failed(error_code why) {
  return finish(probe_end::connection_lost, why.message());
}

action probe_machine::timed_out() {
  return finish(probe_end::timed_out,
                parser_.has_pending() ? "reply not completed in time" : "no reply in time");
}

// Nothing: more replies are expected before there is something to do.
std::optional<action> probe_machine::on_reply(reply said) {
  switch (awaiting_) {
    case awaited::greeting:
      return on_greeting(std::move(said));
    case awaited::ehlo:
      return on_ehlo(std::move(said));
    case awaited::helo:
      return on_helo(std::move(said));
    case awaited::mail:
      return on_mail(std::move(said));
    case awaited::rcpt:
      return decided_by(std::move(said));
  }
  return std::nullopt;
}

std::optional<action> probe_machine::on_greeting(reply said) {
  if (said.code != ready) return decided_by(std::move(said));
  if (ascii::iequals(introduced_name(said), plan_.helo_name)) {
    return finish(probe_end::loop, "the greeting carries our own name", quit());
  }
  return ask(awaited::ehlo, ehlo(plan_.helo_name));
}

std::optional<action> probe_machine::on_ehlo(reply said) {
  if (said.code == done) return ask_for_mailbox(parse_extensions(said));
  if (std::find(ehlo_unknown.begin(), ehlo_unknown.end(), said.code) != ehlo_unknown.end()) {
    return ask(awaited::helo, helo(plan_.helo_name));
  }
  return decided_by(std::move(said));
}

std::optional<action> probe_machine::on_helo(reply said) {
  if (said.code == done) return ask_for_mailbox({});
  return decided_by(std::move(said));
}

std::optional<action> probe_machine::on_mail(reply said) {
  if (said.code != done) return decided_by(std::move(said));
  if (!pipelined_) return ask(awaited::rcpt, rcpt_to(plan_.recipient));
  awaiting_ = awaited::rcpt;
  return std::nullopt;
}

// Sends a command that nothing may have answered yet.
action probe_machine::ask(awaited answer, std::string command) {
  if (parser_.has_pending()) {
    return finish(probe_end::bad_protocol, "the host spoke before it was asked");
  }
  awaiting_ = answer;
  return converse{std::move(command), at()};
}

action probe_machine::ask_for_mailbox(const extensions& offered) {
  const bool smtputf8 = wants_smtputf8(plan_);
  if (smtputf8 && !offered.smtputf8) {
    return finish(probe_end::no_smtputf8,
                  "the host does not offer SMTPUTF8, which the address needs", quit());
  }
  pipelined_ = offered.pipelining;
  std::string commands = mail_from(plan_.mail_from, smtputf8);
  if (pipelined_) commands += rcpt_to(plan_.recipient);
  return ask(awaited::mail, std::move(commands));
}

// A reply that ends the dialogue: an answer at RCPT, or a refusal anywhere.
action probe_machine::decided_by(reply said) {
  const bool is_answer = said.code >= 400 || (awaiting_ == awaited::rcpt && said.code < 300);
  // With 421 the host closes the connection, whatever we say (RFC 5321 section 3.8).
  std::string goodbye = is_answer && said.code != closing ? quit() : std::string();
  finished last{{is_answer ? probe_end::replied : probe_end::bad_protocol, at(), std::move(said),
                 is_answer ? "" : "a reply out of place", pipelined_},
                std::move(goodbye)};
  return last;
}

action probe_machine::finish(probe_end end, std::string detail, std::string goodbye) {
  return finished{{end, at(), std::nullopt, std::move(detail), pipelined_}, std::move(goodbye)};
}

stage probe_machine::at() const noexcept {
  switch (awaiting_) {
    case awaited::greeting:
      return stage::greeting;
    case awaited::ehlo:
    case awaited::helo:
      return stage::ehlo;
    case awaited::mail:
      return stage::mail;
    case awaited::rcpt:
      return stage::rcpt;
  }
  return stage::greeting;
}

}  // namespace cbv::smtp
