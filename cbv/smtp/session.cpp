#include "cbv/smtp/session.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <span>
#include <utility>
#include <variant>

#include "cbv/async/deadline.hpp"
#include "cbv/async/unless_woken.hpp"
#include "cbv/net/tls_stream.hpp"

namespace cbv::smtp {
namespace {

constexpr int closing_channel = 221;

// What a transcript may hold of a command.
std::string_view without_password(std::string_view command) {
  constexpr std::string_view login = "AUTH PLAIN ";
  return command.starts_with(login) ? "AUTH PLAIN ***\r\n" : command;
}

}  // namespace

session::session(const asio::any_io_executor& executor, timer& time, net::tls_client& tls,
                 const session_options& options, session_plan plan, session_peer peer,
                 session_desk& desk)
    : time_(time),
      tls_(tls),
      options_(options),
      peer_(std::move(peer)),
      desk_(desk),
      machine_(
          std::move(plan),
          [this] {
            hand_over();  // the desk counts what is under way
            return desk_.next();
          },
          options.replies),
      wanted_(executor) {}

awaitable<void> session::run(std::unique_ptr<net::stream> line) {
  line_ = std::move(line);
  step next = machine_.started();
  while (!std::holds_alternative<smtp::ended>(next)) {
    if (auto* what = std::get_if<converse>(&next)) {
      converse said = std::move(*what);
      next = co_await talk(std::move(said));
    } else if (std::holds_alternative<secure>(next)) {
      next = co_await begin_tls();
    } else {
      next = co_await rest();
    }
    if (!std::holds_alternative<smtp::ended>(next)) hand_over();
  }
  auto& last = std::get<smtp::ended>(next);
  ended_ = true;
  if (!last.how.detail.empty()) note(last.how.detail);
  if (!last.goodbye.empty() && heard_) heard_->sent(time_.now(), last.goodbye);
  hand_over();
  heard_.reset();
  desk_.ended(last);
  if (line_ && !last.goodbye.empty()) co_await say_goodbye(std::move(last.goodbye));
  line_.reset();
}

void session::wake() {
  woken_ = true;
  wanted_.notify();
}

void session::leave() {
  leaving_ = true;
  wanted_.notify();
}

awaitable<step> session::talk(converse what) {
  if (!what.send.empty() || turn_ != what.turn || stage_ != what.at) {
    stage_end_ = time_.now() + limit_of(what.at);
    stage_ = what.at;
    turn_ = what.turn;
  }
  if (!what.send.empty()) {
    if (heard_) heard_->sent(time_.now(), without_password(what.send));
    auto writing = line_->write(std::move(what.send));
    const auto written = co_await with_deadline(time_, stage_end_, std::move(writing));
    if (!written) co_return take(written.error());
  }
  auto reading = read();
  auto come = co_await with_deadline(time_, stage_end_, std::move(reading));
  woken_ = false;  // once nothing is awaited any more, the desk is asked
  co_return take(come);
}

awaitable<step> session::begin_tls() {
  note("beginning TLS");
  net::tls_request asked;
  asked.server_name = peer_.name;
  asked.verify = machine_.must_verify();
  asked.session_key = peer_.tls_key;
  auto shaking = net::start_tls(std::move(line_), tls_, std::move(asked));
  const time_point until = time_.now() + options_.limits.starttls;
  auto shaken = co_await with_deadline(time_, until, std::move(shaking));
  if (!shaken) co_return machine_.not_secured("no TLS handshake in time");
  if (!shaken->line) co_return machine_.not_secured(std::move(shaken->failure));
  line_ = std::move(shaken->line);
  tls_facts protection{shaken->facts.protocol, shaken->facts.verified};
  note(protection.protocol + (protection.verified ? ", verified" : ", not verified"));
  co_return machine_.secured(std::move(protection));
}

// The host may speak, the desk may want something, or the time may be over.
awaitable<step> session::rest() {
  if (leaving_) co_return machine_.leave();
  resting_ = true;
  desk_.rests();
  auto reading = unless_woken(wait_wanted(), read());
  // A host that drips octets does not prolong it.
  if (stage_) rest_end_ = time_.now() + peer_.idle;
  stage_.reset();
  const auto come = co_await with_deadline(time_, rest_end_, std::move(reading));
  resting_ = false;
  if (come && !*come) {
    co_return std::exchange(woken_, false) ? machine_.resume() : machine_.leave();
  }
  if (come) co_return take(**come);
  if (come.error() == errc::timed_out) co_return machine_.leave();
  co_return take(come.error());
}

awaitable<void> session::wait_wanted() {
  while (!woken_ && !leaving_) co_await wanted_.wait();
}

awaitable<result<std::size_t>> session::read() {
  const std::span<char> into(piece_);
  return line_->read_some(into);
}

step session::take(result<std::size_t> read) {
  if (!read) {
    if (read.error() == errc::timed_out) return machine_.timed_out();
    return read.error() == asio::error::eof ? machine_.closed() : machine_.failed(read.error());
  }
  const std::string_view bytes(piece_.data(), *read);
  if (heard_) heard_->received(time_.now(), bytes);
  return machine_.received(bytes);
}

void session::hand_over() {
  for (auto& answer : machine_.take_answers()) desk_.answered(std::move(answer));
}

void session::note(std::string_view text) {
  if (heard_) heard_->note(time_.now(), text);
}

std::chrono::milliseconds session::limit_of(stage at) const noexcept {
  switch (at) {
    case stage::greeting:
      return options_.limits.greeting;
    case stage::ehlo:
      return options_.limits.ehlo;
    case stage::starttls:
      return options_.limits.starttls;
    case stage::mail:
      return options_.limits.mail;
    case stage::rcpt:
      return options_.limits.rcpt;
    default:
      return options_.limits.connect;
  }
}

// Whatever comes, it is the end.
awaitable<void> session::say_goodbye(std::string words) {
  const time_point until = time_.now() + options_.limits.quit;
  auto writing = line_->write(std::move(words));
  const auto written = co_await with_deadline(time_, until, std::move(writing));
  if (!written) co_return;
  reply_parser parser(options_.replies);
  while (true) {
    auto reading = read();
    const auto come = co_await with_deadline(time_, until, std::move(reading));
    if (!come) co_return;
    parser.feed(std::string_view(piece_.data(), *come));
    while (true) {
      const auto said = parser.next();
      if (!said || (*said && (*said)->code == closing_channel)) co_return;
      if (!*said) break;
    }
  }
}

}  // namespace cbv::smtp
