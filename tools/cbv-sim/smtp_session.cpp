#include "tools/cbv-sim/smtp_session.hpp"

#include <algorithm>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "tools/cbv-sim/reply_form.hpp"
#include "tools/cbv-sim/sasl_plain.hpp"

namespace cbv::sim {
namespace {

// Replies are gathered up to this size before they are sent.
constexpr std::size_t output_octets_max = 16'384;

// An endless line or reply goes out in pieces, so that time passes between them.
constexpr std::chrono::milliseconds endless_pause{10};

constexpr std::string_view bad_sequence = "503 5.5.1 Error: bad sequence of commands";
constexpr std::string_view tls_first = "530 5.7.0 Must issue a STARTTLS command first";

// What the parameters of MAIL are worth; empty: all are known.
std::string parameter_trouble(std::string_view parameters, bool extended, bool smtputf8_offered,
                              bool& smtputf8) {
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find(' '), parameters.size());
    const std::string_view each = parameters.substr(0, end);
    parameters = ascii::trim(parameters.substr(end));
    const bool is_utf8 = ascii::iequals(each, "SMTPUTF8") && smtputf8_offered;
    smtputf8 = smtputf8 || is_utf8;
    const bool is_known = is_utf8 || ascii::istarts_with(each, "SIZE=") ||
                          ascii::iequals(each, "BODY=7BIT") ||
                          ascii::iequals(each, "BODY=8BITMIME");
    if (!is_known || !extended) {
      return "555 5.5.4 Unsupported option: " + ascii::printable(each);
    }
  }
  return "";
}

}  // namespace

smtp_session::smtp_session(std::unique_ptr<connection> link, time_point now)
    : link_(std::move(link)), host_(link_->host()), output_at_(now), idle_since_(now) {}

void smtp_session::receive(std::string_view bytes, time_point now) {
  idle_since_ = now;
  if (mode_ == mode::closing) return;
  if (mode_ == mode::silent || mode_ == mode::endless) return;
  const bool is_quit = ascii::istarts_with(bytes, "QUIT");
  if (!awaiting_ && !is_quit && !pipelining_) {
    link_->fault(greeted_ ? "spoke before the reply, and PIPELINING was not offered"
                          : "spoke before the greeting",
                 now);
  }
  input_ += bytes;
  if (input_.size() > ahead_octets_max && mode_ != mode::in_message && !awaiting_) {
    input_.clear();
    held_.reset();
    reply("421 4.7.0 {host} Error: too much input", now);
  }
}

void smtp_session::hung_up(time_point now) {
  input_.clear();
  held_.reset();
  output_.clear();
  output_at_ = now;
  end("client closed", now);
}

// Whatever was said in clear is forgotten (RFC 3207 section 4.2).
void smtp_session::secured(time_point now) {
  in_tls_ = true;
  mode_ = mode::talking;
  awaiting_ = true;
  idle_since_ = now;
  input_.clear();
  said_hello_ = false;
  pipelining_ = false;
  extended_ = false;
  helo_.clear();
  sender_.reset();
  recipients_ = 0;
  if (!host_.tls.injected.empty()) {
    link_->fault("went on in TLS although octets came behind the reply to STARTTLS", now);
  }
}

action smtp_session::next(time_point now) {
  awaiting_ = false;
  if (!greeted_) {
    greet(now);
  } else {
    work(now);
  }
  if (!output_.empty()) {
    idle_since_ = std::max(now, output_at_);
    return send_bytes{std::exchange(output_, {}), output_at_};
  }
  if (mode_ == mode::closing) return close_connection{output_at_};
  if (mode_ == mode::awaiting_tls) {
    if (!input_.empty()) link_->fault("sent octets behind STARTTLS before its reply", now);
    return begin_tls{};
  }
  if (mode_ == mode::endless) return send_bytes{endless_piece_, now + endless_pause};
  if (now >= idle_since_ + host_.idle) {
    if (mode_ == mode::talking) reply("421 4.4.2 {host} Error: timeout exceeded", now);
    end("idle", now);
    return next(now);
  }
  awaiting_ = true;
  return await_bytes{idle_since_ + host_.idle};
}

void smtp_session::greet(time_point now) {
  greeted_ = true;
  output_at_ = now + delay_of(dialogue_stage::greeting);
  if (link_->counts().open > host_.connections_max) {
    reply("421 4.7.0 {host} Error: too many connections from {client}", now);
    return;
  }
  refused_greeting_ = !host_.at(dialogue_stage::greeting).refusal.empty();
  reply_at(dialogue_stage::greeting, host_.lmtp ? "220 {host} LMTP" : "220 {host} ESMTP", now);
}

// Handles the commands that are there. A command whose reply is delayed waits until the replies
// before it have left.
void smtp_session::work(time_point now) {
  while (mode_ == mode::talking || mode_ == mode::in_message || mode_ == mode::awaiting_login) {
    if (!held_) held_ = take_line();
    if (!held_) return;
    if (mode_ == mode::in_message) {
      const std::string line = *std::exchange(held_, {});
      handle_message_line(line, now);
      continue;
    }
    const auto stage =
        mode_ == mode::awaiting_login ? dialogue_stage::auth : stage_of(read_command(*held_).what);
    const auto delay = delay_of(stage);
    if (!output_.empty() && (delay.count() > 0 || output_.size() > output_octets_max)) return;
    output_at_ = now + delay;
    const std::string line = *std::exchange(held_, {});
    handle_line(line, now);
    if (delay.count() > 0) return;
  }
}

std::optional<std::string> smtp_session::take_line() {
  const std::size_t end = input_.find('\n');
  if (end == std::string::npos) {
    if (input_.size() > command_octets_max) {
      overlong_ = true;
      input_.clear();
    }
    return std::nullopt;
  }
  std::string line = input_.substr(0, end);
  input_.erase(0, end + 1);
  if (line.ends_with('\r')) line.pop_back();
  overlong_ = overlong_ || line.size() > command_octets_max;
  return line;
}

std::chrono::milliseconds smtp_session::delay_of(std::optional<dialogue_stage> stage) const {
  return host_.tarpit + (stage ? host_.at(*stage).delay : std::chrono::milliseconds{});
}

void smtp_session::handle_line(std::string_view line, time_point now) {
  if (std::exchange(overlong_, false)) {
    link_->heard("(a line of more than " + std::to_string(command_octets_max) + " octets)", now);
    return reply("500 5.5.6 Error: line too long", now);
  }
  link_->heard(line, now);
  if (line.find('\0') != std::string_view::npos || line.find('\r') != std::string_view::npos) {
    link_->fault("a NUL or a bare CR in a command", now);
  }
  if (++commands_ > host_.commands_max) {
    return reply("421 4.7.0 {host} Error: too many commands", now);
  }
  if (mode_ == mode::awaiting_login) return on_login(line, now);
  const smtp_command said = read_command(line);
  check_order(said.what, now);
  if (refused_greeting_ && said.what != verb::quit) return reply(bad_sequence, now);
  handle(said, now);
}

void smtp_session::handle(const smtp_command& said, time_point now) {
  switch (said.what) {
    case verb::ehlo:
    case verb::helo:
    case verb::lhlo:
      return on_hello(said.what, said.argument, now);
    case verb::starttls:
      return on_starttls(said.argument, now);
    case verb::auth:
      return on_auth(said.argument, now);
    case verb::mail:
      return on_mail(said.argument, now);
    case verb::rcpt:
      return on_rcpt(said.argument, now);
    case verb::rset:
      sender_.reset();
      recipients_ = 0;
      return reply_at(dialogue_stage::rset, "250 2.0.0 Ok", now);
    case verb::quit:
      ++link_->counts().quits;
      reply_at(dialogue_stage::quit, "221 2.0.0 Bye", now);
      if (mode_ == mode::talking) end("quit", now);
      return;
    case verb::noop:
      return reply_at(dialogue_stage::noop, "250 2.0.0 Ok", now);
    case verb::vrfy:
      return reply("252 2.0.0 Cannot VRFY user, but will accept message and attempt delivery", now);
    case verb::data:
    case verb::bdat:
      return on_message(said.what == verb::data ? "DATA" : "BDAT", now);
    case verb::known:
      return reply("502 5.5.1 Error: command not implemented", now);
    case verb::unknown:
      return reply("500 5.5.2 Error: command not recognized", now);
  }
}

// RFC 2920: without PIPELINING one command at a time; with it, nothing may follow an EHLO and some
// others before its reply. A client that gives up may always say QUIT.
void smtp_session::check_order(verb what, time_point now) {
  const bool wants_hello = what == verb::mail || what == verb::rcpt || what == verb::auth;
  if (in_tls_ && !said_hello_ && wants_hello) link_->fault("went on in TLS without EHLO", now);
  if (input_.empty() || ascii::istarts_with(input_, "QUIT")) return;
  if (!pipelining_) {
    link_->fault("sent commands ahead, and PIPELINING was not offered", now);
  } else if (ends_a_group(what)) {
    link_->fault("sent commands behind one that must be the last of its group", now);
  }
}

void smtp_session::on_hello(verb what, std::string_view name, time_point now) {
  if ((what == verb::lhlo) != host_.lmtp) {
    return reply("500 5.5.1 Error: command not recognized", now);
  }
  const bool is_extended = what != verb::helo;
  if (what == verb::ehlo && !host_.ehlo) {
    return reply("502 5.5.1 Error: command not implemented", now);
  }
  if (name.empty()) return reply("501 5.5.4 Syntax: EHLO hostname", now);
  helo_ = name;
  sender_.reset();
  recipients_ = 0;
  const std::string& refusal = host_.at(dialogue_stage::ehlo).refusal;
  if (refusal.empty()) {
    said_hello_ = true;
    link_->counts().sessions += std::exchange(is_session_, true) ? 0 : 1;
    extended_ = is_extended;
    pipelining_ = is_extended && is_offered(host_.pipelining, in_tls_);
  }
  reply_at(dialogue_stage::ehlo, hello_reply(is_extended), now);
}

std::string smtp_session::hello_reply(bool is_extended) const {
  std::string text = "250 {host}";
  if (!is_extended) return text;
  text += is_offered(host_.pipelining, in_tls_) ? "\nPIPELINING" : "";
  text += "\nSIZE 10240000";
  text += host_.tls.offered && !in_tls_ ? "\nSTARTTLS" : "";
  text += is_auth_offered() ? "\nAUTH PLAIN" : "";
  text += "\nENHANCEDSTATUSCODES\n8BITMIME";
  text += is_offered(host_.smtputf8, in_tls_) ? "\nSMTPUTF8" : "";
  return text;
}

void smtp_session::on_starttls(std::string_view argument, time_point now) {
  if (!host_.tls.offered || in_tls_ || !extended_) {
    link_->fault("STARTTLS, and it was not offered", now);
    return reply(in_tls_ ? bad_sequence : "502 5.5.1 Error: command not implemented", now);
  }
  if (!argument.empty()) return reply("501 5.5.4 Syntax: STARTTLS", now);
  last_code_.clear();
  reply_at(dialogue_stage::starttls, "220 2.0.0 Ready to start TLS", now);
  if (mode_ != mode::talking || last_code_ != "220") return;
  if (!host_.tls.injected.empty()) {
    link_->noted("injected in clear", now);
    reply(host_.tls.injected, now);
  }
  if (mode_ == mode::talking) mode_ = mode::awaiting_tls;
}

bool smtp_session::is_auth_offered() const {
  return !host_.user.empty() && (in_tls_ || !host_.path.empty());
}

void smtp_session::on_auth(std::string_view argument, time_point now) {
  if (!is_auth_offered()) {
    link_->fault("AUTH, and it was not offered", now);
    return reply("538 5.7.11 Error: encryption required, or no authentication here", now);
  }
  if (!said_hello_ || authenticated_ || sender_) return reply(bad_sequence, now);
  const std::size_t length = std::min(argument.find(' '), argument.size());
  if (!ascii::iequals(argument.substr(0, length), "PLAIN")) {
    return reply("504 5.5.4 Error: unrecognized authentication type", now);
  }
  const std::string_view response = ascii::trim(argument.substr(length));
  if (!response.empty()) return on_login(response, now);
  mode_ = mode::awaiting_login;
  reply("334 ", now);
}

void smtp_session::on_login(std::string_view response, time_point now) {
  mode_ = mode::talking;
  const auto said = read_plain(response);
  if (!said) return reply("501 5.5.2 Error: no response of AUTH PLAIN", now);
  const bool is_good = said->user == host_.user && said->password == host_.password;
  last_code_.clear();
  reply_at(
      dialogue_stage::auth,
      is_good ? "235 2.7.0 Authentication successful" : "535 5.7.8 Error: authentication failed",
      now);
  authenticated_ = is_good && last_code_ == "235";
  link_->counts().logins += authenticated_ ? 1 : 0;
}

void smtp_session::on_mail(std::string_view argument, time_point now) {
  const std::string usual = mail_reply(argument);
  const bool was_refused = !host_.at(dialogue_stage::mail).refusal.empty();
  reply_at(dialogue_stage::mail, usual, now);
  if (was_refused) sender_.reset();
}

std::string smtp_session::mail_reply(std::string_view argument) {
  // What MAIL asks for counts for a RCPT that is on its way behind it, also if MAIL is refused.
  auto from = read_path(argument, "FROM:");
  smtputf8_ = false;
  const bool offered = is_offered(host_.smtputf8, in_tls_);
  std::string trouble =
      from ? parameter_trouble(from->parameters, extended_, offered, smtputf8_) : std::string();
  if (!said_hello_) return "503 5.5.1 Error: send HELO/EHLO first";
  if (host_.tls.required && !in_tls_) return std::string(tls_first);
  if (host_.auth_required && !authenticated_) return "530 5.7.0 Authentication required";
  if (sender_) return "503 5.5.1 Error: nested MAIL command";
  if (!from) return "501 5.5.4 Syntax: MAIL FROM:<address>";
  address_ = from->address;
  if (!trouble.empty()) return trouble;
  if (from->address.empty() && !host_.null_sender.empty()) return host_.null_sender;
  for (const address_reply& each : host_.refusals) {
    if (each.at == dialogue_stage::mail && each.addresses.match(from->folded)) return each.reply;
  }
  sender_ = std::move(from);
  recipients_ = 0;
  return "250 2.1.0 Ok";
}

void smtp_session::on_rcpt(std::string_view argument, time_point now) {
  address_.clear();
  const auto to = read_path(argument, "TO:");
  if (to) {
    address_ = to->address;
    if (!to->is_ascii && !smtputf8_) link_->fault("an address past ASCII without SMTPUTF8", now);
  }
  const std::string& refusal = host_.at(dialogue_stage::rcpt).refusal;
  const std::string usual = refusal.empty() ? rcpt_reply(to, now) : refusal;
  host_counts& counts = link_->counts();
  if (usual[0] == '2') {
    ++recipients_;
    ++counts.recipients_accepted;
  } else {
    ++(usual[0] == '4' ? counts.recipients_deferred : counts.recipients_refused);
    if (++refusals_ > host_.refusals_max) {
      return reply("421 4.7.0 {host} Error: too many errors", now);
    }
  }
  reply_at(dialogue_stage::rcpt, usual, now);
}

std::string smtp_session::rcpt_reply(const std::optional<smtp_path>& to, time_point now) {
  if (host_.tls.required && !in_tls_) return std::string(tls_first);
  if (!sender_) return "503 5.5.1 Error: need MAIL command";
  if (!to || to->address.empty()) return "501 5.1.3 Bad recipient address syntax";
  if (!to->parameters.empty()) {
    return "555 5.5.4 Unsupported option: " + ascii::printable(to->parameters);
  }
  if (!to->is_ascii && !smtputf8_) return "553 5.6.7 SMTPUTF8 is required for this address";
  if (recipients_ >= host_.recipients_max) return "452 4.5.3 Error: too many recipients";
  return recipient_reply(*to, now);
}

std::string smtp_session::recipient_reply(const smtp_path& to, time_point now) {
  for (const address_reply& each : host_.refusals) {
    if (each.at == dialogue_stage::rcpt && each.addresses.match(to.folded)) return each.reply;
  }
  if (to.domain.empty()) return "250 2.1.5 Ok";  // postmaster, RFC 5321 section 4.5.1
  if (!host_.domains.has(to.domain)) return host_.relay_denied;
  if (host_.greylist.count() > 0) {
    // In front of the look-up, as a policy service would be.
    const std::string triple = link_->address().to_string() + " " + link_->client().to_string() +
                               " " + sender_->folded + " " + to.folded;
    greylist_wait_ = link_->seen().wait_of(triple, now, host_.greylist);
    if (greylist_wait_.count() > 0) return host_.greylisted;
  }
  if (host_.full.has(to.folded)) return "452 4.2.2 <{address}>: Mailbox full";
  if (host_.disabled.has(to.folded)) return "550 5.2.1 <{address}>: Mailbox disabled";
  const bool takes_any = host_.catch_all || host_.catch_all_domains.has(to.domain);
  if (takes_any || host_.mailboxes.has(to.folded)) return "250 2.1.5 Ok";
  return host_.unknown_user;
}

void smtp_session::on_message(std::string_view what, time_point now) {
  link_->fault(std::string(what) + ": a prober must never send a message", now);
  if (what == "BDAT") return reply("502 5.5.1 Error: command not implemented", now);
  mode_ = mode::in_message;
  reply("354 End data with <CR><LF>.<CR><LF>", now);
}

void smtp_session::handle_message_line(std::string_view line, time_point now) {
  if (std::exchange(overlong_, false) || line != ".") return;
  mode_ = mode::talking;
  sender_.reset();
  output_at_ = now;
  reply("250 2.0.0 Ok: recorded as a fault", now);
}

void smtp_session::reply_at(dialogue_stage stage, std::string_view usual, time_point now) {
  const stage_temper& temper = host_.at(stage);
  const std::string_view form = temper.refusal.empty() ? usual : temper.refusal;
  const std::uint32_t turn = ++turns_[static_cast<std::size_t>(stage)];
  if (temper.bad == misbehaviour::none || turn < temper.bad_from) return reply(form, now);
  misbehave(temper.bad, form, now);
}

void smtp_session::reply(std::string_view form, time_point now) {
  const std::string wire = wire_lines(filled(form));
  for (std::string_view rest = wire; !rest.empty();) {
    const std::size_t end = rest.find("\r\n");
    link_->said(rest.substr(0, end), now);
    rest.remove_prefix(end + 2);
  }
  output_ += wire;
  last_code_ = form.substr(0, 3);
  if (form.starts_with("421")) end("dropped", now);
}

void smtp_session::misbehave(misbehaviour bad, std::string_view form, time_point now) {
  switch (bad) {
    case misbehaviour::none:
    case misbehaviour::drop:
      return end("dropped", now);
    case misbehaviour::drop_after:
      reply(form, now);
      return end("dropped", now);
    case misbehaviour::noise:
      link_->noted("binary noise", now);
      output_ += binary_noise();
      return;
    case misbehaviour::endless_line:
    case misbehaviour::endless_reply:
      link_->noted(bad == misbehaviour::endless_line ? "an endless line" : "an endless reply", now);
      output_.append(form.substr(0, 3)).append("-");
      output_ += bad == misbehaviour::endless_reply ? "and so on\r\n" : "";
      endless_piece_ =
          bad == misbehaviour::endless_line ? endless_line() : endless_lines(form.substr(0, 3));
      mode_ = mode::endless;
      return;
    case misbehaviour::silent:
      link_->noted("silent", now);
      mode_ = mode::silent;
      return;
  }
}

void smtp_session::end(std::string_view why, time_point now) {
  mode_ = mode::closing;
  link_->closed(why, now);
}

std::string smtp_session::filled(std::string_view form) const {
  const auto left = std::chrono::ceil<std::chrono::seconds>(greylist_wait_);
  return fill_in(form, {address_, link_->client().to_string(), helo_, link_->host_name(),
                        std::to_string(left.count())});
}

}  // namespace cbv::sim
