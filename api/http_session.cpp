#include "api/http_session.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <span>
#include <utility>
#include <variant>

#include "api/secret.hpp"
#include "api/stats_call.hpp"
#include "api/stats_desk.hpp"
#include "cbv/async/deadline.hpp"

namespace cbv::api {
namespace {

constexpr std::size_t read_octets = 8'192;

// After the last answer: what the client still sends is read away for so long, as closing with
// octets unread would take the answer from it (RFC 9112 section 9.6).
constexpr std::chrono::seconds linger{1};

conversation_limits calls_limits(const http_session_options& options) {
  conversation_limits limits = options.calls;
  limits.line_octets_max = options.limits.body_octets_max;  // a body is one message
  return limits;
}

}  // namespace

http_session::http_session(std::unique_ptr<net::stream> client, backend& behind, timer& time,
                           const http_session_options& options, const logger& log,
                           const asio::any_io_executor& executor)
    : client_(std::move(client)),
      behind_(behind),
      time_(time),
      options_(options),
      reader_(options.limits),
      talk_(calls_limits(options), access_rules{options.rules.methods, {}, client_->is_local()},
            [this](const query& asked, std::string& result) {
              return calls_.answer_at_once(asked, result);
            }),
      working_(executor),
      idle_since_(time.now()),
      calls_(talk_, behind, time_, options_.advice, log, executor, [] {}) {}

awaitable<ending> http_session::run() {
  if (!ended_) working_.spawn(take_turns());
  co_await working_.wait_until_empty();
  co_await calls_.wait_until_empty();
  client_->close();
  co_return ended_.value_or(ending::client_done);
}

void http_session::stop() {
  end_as(ending::stopped);
  if (reading_) client_->close();
}

void http_session::abort(ending why) {
  end_as(why);
  working_.cancel();
  calls_.cancel();
  client_->close();
}

awaitable<void> http_session::take_turns() {
  while (!ended_) {
    if (std::optional<http_request> asked = reader_.take_request()) {
      auto answering = answer(*std::move(asked));
      co_await std::move(answering);
      idle_since_ = time_.now();
      request_since_.reset();
      told_to_continue_ = false;
    } else if (const http_answer* const refused = reader_.fault()) {
      complaint_ = "http: " + refused->body.substr(0, refused->body.find('\n'));
      auto giving = give_last(*refused);
      end_as(ending::not_understood);
      co_await std::move(giving);
    } else {
      auto waiting = await_more();
      co_await std::move(waiting);
    }
  }
}

awaitable<void> http_session::await_more() {
  const http_request* const head = reader_.head();
  if (head != nullptr && head->awaits_continue && !told_to_continue_) {
    const auto found = page_of(*head);
    if (const auto* const refused = std::get_if<http_answer>(&found)) {
      auto giving = give_last(*refused);  // whether the body comes all the same, nobody knows
      end_as(ending::client_done);
      co_await std::move(giving);
      co_return;
    }
    told_to_continue_ = true;
    auto writing = write(std::string(http_continue));
    co_await std::move(writing);
    if (ended_) co_return;
  }
  if (!request_since_ && !reader_.is_between_requests()) request_since_ = time_.now();
  const time_point until = request_since_ ? *request_since_ + options_.request_timeout
                                          : idle_since_ + options_.idle_timeout;
  auto more = read_more();
  reading_ = true;
  const result<void> read = co_await with_deadline(time_, until, std::move(more));
  reading_ = false;
  if (read) co_return;
  const error_code failed = read.error();
  if (failed == errc::timed_out && request_since_) {
    auto giving = give_last(http_refusal(408, {}));
    end_as(ending::client_too_slow);
    co_await std::move(giving);
  } else if (failed == errc::timed_out) {
    end_as(ending::idle);
  } else {
    end_as(failed == asio::error::eof ? ending::client_done : ending::connection_lost);
  }
}

awaitable<result<void>> http_session::read_more() {
  std::array<char, read_octets> buffer{};
  const std::span<char> into(buffer);
  const auto count = co_await client_->read_some(into);
  if (!count) co_return count.error();
  reader_.receive(std::string_view(buffer.data(), *count));
  co_return result<void>();
}

awaitable<void> http_session::answer(http_request asked) {
  auto found = page_of(asked);
  http_answer given;
  if (auto* const refused = std::get_if<http_answer>(&found)) {
    given = std::move(*refused);
  } else if (std::get<http_page>(found) == http_page::rpc) {
    auto calling = answer_calls(std::move(asked.body));
    given = co_await std::move(calling);
  } else if (std::get<http_page>(found) == http_page::stats) {
    auto looking = answer_stats(std::move(asked.query));
    given = co_await std::move(looking);
  } else {
    const counters counted = co_await behind_.count();
    const health_facts facts = co_await behind_.health();
    given = render_page(std::get<http_page>(found), counted, facts);
  }
  auto giving = give(std::move(given), std::move(asked));
  co_await std::move(giving);
}

// Its place, if the client may go there. A wrong token is the end: it costs a connection to try
// one.
std::variant<http_page, http_answer> http_session::page_of(const http_request& asked) {
  auto found = find_page(asked);
  const auto* const page = std::get_if<http_page>(&found);
  if (options_.rules.token.empty()) {
    const bool may_be_led_here = !client_->is_local() && !options_.takes_any_host &&
                                 page != nullptr && is_about_addresses(*page);
    if (may_be_led_here && !is_own_host(asked.host, options_.hosts)) return other_host(asked.host);
    return found;
  }
  if (page != nullptr && !wants_token(*page)) return found;
  const std::string_view shown = token_of(asked);
  if (!shown.empty() && is_secret(shown, options_.rules.token)) return found;
  http_answer refused = token_wanted();
  if (!shown.empty()) {
    refused.last = true;
    complaint_ = "not the token";
    end_as(ending::not_allowed);
  }
  return refused;
}

awaitable<http_answer> http_session::answer_calls(std::string body) {
  talk_.receive_message(body);
  for (ticketed_call& made : talk_.take_calls()) calls_.start(std::move(made));
  auto answered = calls_.wait_until_empty();
  co_await std::move(answered);
  co_return rpc_answer(talk_.take_output());
}

awaitable<http_answer> http_session::answer_stats(std::string query) {
  const auto read = read_stats_query(query);
  if (const auto* const wrong = std::get_if<wrong_parameter>(&read))
    co_return http_refusal(400, *wrong);
  auto looking = look_back(behind_, std::get<history_question>(read), time_);
  looked_back found = co_await std::move(looking);
  if (!found.refused.empty()) co_return http_refusal(400, found.refused);
  co_return stats_answer(std::move(found.result));
}

awaitable<void> http_session::give(http_answer given, http_request to) {
  const bool keep = !ended_;
  const bool last = given.last || !to.keep_alive || !keep;
  auto writing = write(render_http(given, to, keep, time_.wall_now()));
  co_await std::move(writing);
  if (last) end_as(ending::client_done);
}

awaitable<void> http_session::give_last(http_answer given) {
  auto writing = write(render_http(given, http_request(), false, time_.wall_now()));
  co_await std::move(writing);
  auto rest = read_away();
  const time_point until = time_.now() + linger;
  co_await with_deadline(time_, until, std::move(rest));
}

awaitable<void> http_session::write(std::string bytes) {
  auto writing = client_->write(std::move(bytes));
  const time_point until = time_.now() + options_.write_timeout;
  const result<void> written = co_await with_deadline(time_, until, std::move(writing));
  if (written) co_return;
  end_as(written.error() == errc::timed_out ? ending::client_too_slow : ending::connection_lost);
}

awaitable<result<void>> http_session::read_away() {
  std::array<char, read_octets> buffer{};
  const std::span<char> into(buffer);
  while (true) {
    const auto count = co_await client_->read_some(into);
    if (!count) co_return count.error();
  }
}

void http_session::end_as(ending why) {
  if (!ended_) ended_ = why;
}

}  // namespace cbv::api
