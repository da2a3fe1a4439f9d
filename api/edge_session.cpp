#include "api/edge_session.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <exception>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "api/given_counts.hpp"
#include "cbv/async/deadline.hpp"
#include "cbv/async/side_by_side.hpp"

namespace cbv::api {
namespace {

constexpr std::size_t read_octets = 4'096;

// The backend answers in time of itself. Should it not, the client still has an answer.
constexpr std::chrono::seconds backend_grace{1};

constexpr std::string_view not_in_time = "not answered in time";

bool is_passing(reason why) {
  return why == reason::pending || why == reason::busy;
}

}  // namespace

edge_session::edge_session(std::unique_ptr<net::stream> client,
                           std::unique_ptr<edge_protocol> spoken, backend& behind, timer& time,
                           const edge_session_options& options, const logger& log,
                           const asio::any_io_executor& executor)
    : client_(std::move(client)),
      spoken_(std::move(spoken)),
      behind_(behind),
      time_(time),
      options_(options),
      log_(log),
      working_(executor),
      watching_(executor),
      idle_since_(time.now()) {}

awaitable<ending> edge_session::run() {
  if (!ended_) {
    watching_.spawn(watch_the_time());
    working_.spawn(take_turns());
  }
  co_await working_.wait_until_empty();
  watching_.cancel();
  co_await watching_.wait_until_empty();
  client_->close();
  co_return ended_.value_or(ending::client_done);
}

void edge_session::stop() {
  end_as(ending::stopped);
  if (reading_) client_->close();
}

void edge_session::abort(ending why) {
  end_as(why);
  aborted_ = true;
  working_.cancel();
  client_->close();
}

awaitable<void> edge_session::take_turns() {
  std::array<char, read_octets> buffer{};
  while (!ended_) {
    if (std::optional<edge_request> asked = spoken_->take_request()) {
      auto replying = reply_to(*std::move(asked));
      co_await std::move(replying);
      idle_since_ = time_.now();
    } else if (!spoken_->fault().empty()) {
      complaint_.assign(spoken_->name()).append(": ").append(spoken_->fault());
      end_as(ending::not_understood);
    } else {
      const std::span<char> into(buffer);
      reading_ = true;
      const auto count = co_await client_->read_some(into);
      reading_ = false;
      if (count) {
        spoken_->receive(std::string_view(buffer.data(), *count));
      } else {
        end_as(count.error() == asio::error::eof ? ending::client_done : ending::connection_lost);
      }
    }
  }
}

// One sleep for many turns: a deadline for each read would cost more than the answer from memory.
awaitable<void> edge_session::watch_the_time() {
  while (!ended_) {
    const time_point until = idle_since_ + options_.idle_timeout;
    if (time_.now() < until) {
      co_await time_.sleep_until(until);
    } else if (reading_) {
      end_as(ending::idle);
      client_->close();
    } else {
      co_await time_.sleep_until(time_.now() + options_.idle_timeout);
    }
  }
}

awaitable<void> edge_session::reply_to(edge_request asked) {
  auto finding = reply_of(std::move(asked));
  std::string reply = co_await std::move(finding);
  if (reply.empty()) {
    end_as(ending::our_failure);
    co_return;
  }
  reply.erase(0, client_->write_now(reply));
  if (reply.empty()) co_return;
  auto writing = client_->write(std::move(reply));
  const time_point until = time_.now() + options_.write_timeout;
  const result<void> written = co_await with_deadline(time_, until, std::move(writing));
  if (written) co_return;
  end_as(written.error() == errc::timed_out ? ending::client_too_slow : ending::connection_lost);
}

// Empty: hang up.
awaitable<std::string> edge_session::reply_of(edge_request asked) {
  if (asked.envelope) {
    auto replying = reply_of_envelope(*std::move(asked.envelope));
    co_return co_await std::move(replying);
  }
  std::optional<opinion> sender;
  std::optional<opinion> recipient;
  if (asked.sender && known_sender_ && !asked.instance.empty() &&
      known_sender_->instance == asked.instance &&
      known_sender_->address == asked.sender->address) {
    sender = opinion{known_sender_->given, known_sender_->meant};
    asked.sender.reset();
  }
  if (asked.sender) sender = known(*asked.sender);
  if (asked.recipient) recipient = known(*asked.recipient);
  if ((asked.sender && !sender) || (asked.recipient && !recipient)) {
    bool failed = false;
    bool timed_out = false;
    try {
      auto asking = ask_both(asked, sender, recipient);
      const time_point until = time_.now() + options_.wait + backend_grace;
      const result<void> asked_all = co_await with_deadline(time_, until, std::move(asking));
      timed_out = !asked_all;
    } catch (const std::exception& error) {
      if (aborted_) throw;
      failed = true;
      log_.write(severity::error, "call_failed", {{"error", error.what()}});
    }
    if (timed_out) log_.write(severity::error, "call_failed", {{"error", not_in_time}});
    if (failed || timed_out) co_return spoken_->failure(timed_out);
  }
  if (asked.sender && sender && !sender->may_change)
    known_sender_ =
        known_sender{asked.instance, asked.sender->address, sender->given, sender->meant};

  if (!sender && !recipient) co_return asked.otherwise;
  co_return spoken_->reply(
      decide(asked, sender ? &*sender : nullptr, recipient ? &*recipient : nullptr));
}

// What to say, of one opinion or two; counted, and so is a client that did wrong.
const advice& edge_session::decide(const edge_request& asked, const opinion* sender,
                                   const opinion* recipient) {
  const auto weight = [](const opinion* one) {
    if (one == nullptr || one->meant == action::accept) return 0;
    return one->meant == action::defer ? 1 : 2;
  };
  std::optional<envelope::check> by;
  if (weight(sender) > 0) by = envelope::check::sender_callback;
  if (weight(recipient) > weight(sender)) by = envelope::check::recipient;
  const advice& said = sender == nullptr      ? recipient->given
                       : recipient == nullptr ? sender->given
                                              : stricter(sender->given, recipient->given);
  tally& counted = behind_.tallied();
  count_decision(by, said.action, counted);
  const auto is_bad = [](const opinion* one) { return one != nullptr && one->is_undeliverable; };
  const std::optional<query>& told = asked.sender ? asked.sender : asked.recipient;
  if (told && (is_bad(sender) || is_bad(recipient))) counted.note_misdeed_of(told->client_ip);
  return said;
}

awaitable<std::string> edge_session::reply_of_envelope(envelope::question asked) {
  std::optional<advice> given;
  std::string failed;
  try {
    auto judging = judge(std::move(asked), given);
    const time_point until = time_.now() + options_.wait + backend_grace;
    const result<void> judged = co_await with_deadline(time_, until, std::move(judging));
    if (!judged) failed = not_in_time;
  } catch (const std::exception& error) {
    if (aborted_) throw;
    failed = error.what();
  }
  if (given) co_return spoken_->reply(*given);
  log_.write(severity::error, "call_failed", {{"error", failed}});
  const bool timed_out = failed == not_in_time;
  co_return spoken_->failure(timed_out);
}

awaitable<result<void>> edge_session::judge(envelope::question asked,
                                            std::optional<advice>& given) {
  asked.wait = options_.wait;
  const std::string client = client_of(asked.about);
  envelope::judgement made = co_await behind_.check(std::move(asked));
  count_judgement(made, client, behind_.tallied());
  given = std::move(made.given);
  co_return result<void>();
}

awaitable<result<void>> edge_session::ask_both(const edge_request& asked,
                                               std::optional<opinion>& sender,
                                               std::optional<opinion>& recipient) {
  const bool of_sender = asked.sender && !sender;
  const bool of_recipient = asked.recipient && !recipient;
  if (of_sender && of_recipient) {
    std::vector<awaitable<void>> both;
    both.push_back(ask(*asked.sender, sender));
    both.push_back(ask(*asked.recipient, recipient));
    co_await side_by_side(std::move(both));
  } else if (of_sender) {
    auto one = ask(*asked.sender, sender);
    co_await std::move(one);
  } else if (of_recipient) {
    auto one = ask(*asked.recipient, recipient);
    co_await std::move(one);
  }
  co_return result<void>();
}

awaitable<void> edge_session::ask(query asked, std::optional<opinion>& found) {
  asked.wait = options_.wait;
  query question = asked;
  const verdict made = co_await behind_.verify(std::move(question));
  found = opinion_of(asked, made);
}

// What fails here fails again in verify(), which says so.
std::optional<edge_session::opinion> edge_session::known(const query& asked) const {
  try {
    if (const auto made = behind_.verify_at_once(asked)) return opinion_of(asked, *made);
  } catch (const std::exception&) {
  }
  return std::nullopt;
}

edge_session::opinion edge_session::opinion_of(const query& asked, const verdict& found) const {
  opinion made{advise(found, asked.role, options_.advice)};
  made.meant = meant_by(asked, found, made.given);
  made.may_change = is_passing(found.reason);
  made.is_undeliverable = found.status == status::undeliverable;
  count_advice(asked.role, made.given.action, behind_.tallied());
  note(asked, found, made);
  return made;
}

action edge_session::meant_by(const query& asked, const verdict& found, const advice& given) const {
  if (!options_.advice.observe) return given.action;
  advice_options enforced = options_.advice;
  enforced.observe = false;
  return advise(found, asked.role, enforced).action;
}

// The MTA's log has the reply; what it came from stands here.
void edge_session::note(const query& asked, const verdict& found, const opinion& made) const {
  const bool is_plain = made.given.action == action::accept && !options_.advice.observe;
  const severity level = is_plain ? severity::debug : severity::info;
  if (!log_.enabled(level)) return;
  log_.write(level, "edge_advised",
             {{"protocol", spoken_->name()},
              {"role", to_string(asked.role)},
              {"mailbox", asked.address},
              {"client", asked.client_ip},
              {"status", to_string(found.status)},
              {"reason", to_string(found.reason)},
              {"source", to_string(found.source)},
              {"action", to_string(made.given.action)},
              {"enforced", to_string(made.meant)}});
}

void edge_session::end_as(ending why) {
  if (!ended_) ended_ = why;
}

}  // namespace cbv::api
