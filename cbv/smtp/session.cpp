#include "cbv/smtp/session.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <span>
#include <utility>
#include <variant>

#include "cbv/async/deadline.hpp"
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
    : executor_(executor),
      time_(time),
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
          options.replies) {}

awaitable<void> session::run(std::unique_ptr<net::stream> line) {
  line_ = std::move(line);
  const at_the_end closing(shared_from_this());
  advance(machine_.started());
  while (way_ != way::over) {
    if (way_ == way::securing) {
      step next = co_await begin_tls();
      advance(std::move(next));
    } else if (!unsent_.empty() && !writing_) {
      co_await send_unsent();
    } else {
      set_alarm();
      reading_ = true;
      const std::span<char> into(piece_);
      const auto come = co_await line_->read_some(into);
      reading_ = false;
      take(come);
    }
  }
}

void session::wake() {
  if (way_ != way::resting) return;  // it will ask the desk before it rests
  woken_ = true;
  stir();
}

void session::leave() {
  leaving_ = true;
  if (way_ == way::resting) stir();
}

void session::take(const result<std::size_t>& read) {
  if (way_ == way::over) return;
  const std::string_view bytes(piece_.data(), read ? *read : 0);
  if (way_ == way::parting) {
    if (!read || is_farewell(bytes)) way_ = way::over;
    return;
  }
  if (read) {
    if (heard_) heard_->received(time_.now(), bytes);
    advance(machine_.received(bytes));
  } else {
    const bool is_closed = read.error() == asio::error::eof;
    advance(is_closed ? machine_.closed() : machine_.failed(read.error()));
  }
}

// Does what the machine wants, as far as it goes without waiting; run() does the rest.
void session::advance(step next) {
  if (const auto* last = std::get_if<smtp::ended>(&next)) return end(*last);
  hand_over();
  if (auto* what = std::get_if<converse>(&next)) {
    talk(std::move(*what));
  } else if (std::holds_alternative<secure>(next)) {
    way_ = way::securing;
  } else {
    rest();
  }
}

void session::talk(converse what) {
  way_ = way::talking;
  if (!what.send.empty() || turn_ != what.turn || stage_ != what.at) {
    until_ = time_.now() + limit_of(what.at);
    stage_ = what.at;
    turn_ = what.turn;
  }
  if (what.send.empty()) return;
  if (heard_) heard_->sent(time_.now(), without_password(what.send));
  send(std::move(what.send));
}

// The host may speak, the desk may want something, or the time may be over.
void session::rest() {
  if (leaving_) return advance(machine_.leave());
  way_ = way::resting;
  if (stage_) rest_end_ = time_.now() + peer_.idle;  // not anew for a host that drips octets
  stage_.reset();
  until_ = rest_end_;
  desk_.rests();
}

void session::end(const smtp::ended& last) {
  ended_ = true;
  way_ = last.goodbye.empty() || !line_ ? way::over : way::parting;
  if (!last.how.detail.empty()) note(last.how.detail);
  if (!last.goodbye.empty() && heard_) heard_->sent(time_.now(), last.goodbye);
  hand_over();
  heard_.reset();
  desk_.ended(last);
  if (way_ == way::over) {
    if (line_) line_->close();  // a read that waits ends
    return;
  }
  until_ = time_.now() + options_.limits.quit;
  farewell_ = std::make_unique<reply_parser>(options_.replies);
  send(last.goodbye);
}

// The answer to QUIT, or what is none: either way it is the end.
bool session::is_farewell(std::string_view bytes) {
  farewell_->feed(bytes);
  while (true) {
    const auto said = farewell_->next();
    if (!said || (*said && (*said)->code == closing_channel)) return true;
    if (!*said) return false;
  }
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

// Nearly always the line takes all of it. Else run() writes the rest, unless it waits in a read,
// which goes on beside.
void session::send(std::string words) {
  if (unsent_.empty() && !writing_) words.erase(0, line_->write_now(words));
  unsent_ += words;
  if (unsent_.empty() || writing_ || !reading_) return;
  writing_ = true;
  auto cut_short = [](const std::exception_ptr&) {};  // with all of the session
  asio::co_spawn(executor_, send_beside(shared_from_this()),
                 asio::bind_cancellation_slot(stop_sending_.slot(), std::move(cut_short)));
}

awaitable<void> session::send_unsent() {
  auto writing = line_->write(std::exchange(unsent_, {}));
  const auto written = co_await with_deadline(time_, until_, std::move(writing));
  if (!written) not_sent(written.error());
}

// Ends with the line, which is closed when its time is over.
awaitable<void> session::send_beside(std::shared_ptr<session> self) {
  result<void> written;
  while (written && !self->unsent_.empty() && self->way_ != way::over) {
    auto writing = self->line_->write(std::exchange(self->unsent_, {}));
    written = co_await std::move(writing);
  }
  self->writing_ = false;
  if (!written) self->not_sent(written.error());
}

void session::not_sent(const error_code& why) {
  if (way_ == way::over) return;
  if (way_ == way::parting) {
    way_ = way::over;
    line_->close();
  } else {
    advance(why == errc::timed_out ? machine_.timed_out() : machine_.failed(why));
  }
}

void session::hang_up() noexcept {
  way_ = way::over;
  alarm_.reset();
  if (line_) line_->close();
  if (writing_) return stop_sending_.emit(asio::cancellation_type::terminal);
  line_.reset();
}

void session::stir() {
  if (std::exchange(stirring_, true)) return;
  asio::post(executor_, [held = weak_from_this()] {
    if (const auto self = held.lock()) self->stirred();
  });
}

void session::stirred() {
  stirring_ = false;
  const bool is_woken = std::exchange(woken_, false);
  if (way_ != way::resting) return;
  advance(is_woken ? machine_.resume() : machine_.leave());
  set_alarm();
}

// One alarm for all that is awaited: where the time is prolonged it is left as it is, and set anew
// when it has come.
void session::set_alarm() {
  if (way_ == way::over || (alarm_ && alarm_at_ <= until_)) return;
  alarm_at_ = until_;
  alarm_ = time_.call_at(executor_, until_, [this] { on_alarm(); });
}

void session::on_alarm() {
  alarm_.reset();
  if (!reading_) return;  // whatever else is under way has its own deadline
  if (time_.now() >= until_) {
    if (way_ == way::parting) {
      way_ = way::over;
      line_->close();
    } else {
      advance(way_ == way::resting ? machine_.leave() : machine_.timed_out());
    }
  }
  set_alarm();
}

void session::hand_over() {
  for (const counted_reply& said : machine_.take_counted()) desk_.heard(said);
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

}  // namespace cbv::smtp
