#include "api/session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <utility>

namespace cbv::api {
namespace {

constexpr std::size_t read_octets = 8'192;

}  // namespace

session::session(std::unique_ptr<net::stream> client, backend& behind, timer& time,
                 const session_options& options, const logger& log,
                 const asio::any_io_executor& executor)
    : client_(std::move(client)),
      time_(time),
      options_(options),
      talk_(options.limits, options.rules.of(client_->is_local()),
            [this](const query& asked, std::string& result) {
              return calls_.answer_at_once(asked, result);
            }),
      reading_(executor),
      writing_(executor),
      watching_(executor),
      output_changed_(executor),
      last_active_(time.now()),
      calls_(talk_, behind, time_, options_.advice, log, executor, [this] {
        touch();
        output_changed_.notify();
      }) {}

awaitable<ending> session::run() {
  if (!ended_) {
    watching_.spawn(watch_the_time());
    writing_.spawn(write_responses());
    reading_.spawn(read_requests());
  }
  co_await reading_.wait_until_empty();
  co_await calls_.wait_until_empty();
  output_ended_ = true;
  output_changed_.notify();
  co_await writing_.wait_until_empty();
  watching_.cancel();
  co_await watching_.wait_until_empty();
  client_->close();
  co_return ended_.value_or(ending::client_done);
}

void session::stop() {
  end_as(ending::stopped);
  reading_.cancel();
}

void session::abort(ending why) {
  end_as(why);
  reading_.cancel();
  calls_.cancel();
  writing_.cancel();
  client_->close();
}

std::string session::complaint() const {
  return talk_.is_distrusted() ? "not the token" : "";
}

awaitable<void> session::read_requests() {
  std::array<char, read_octets> buffer{};
  while (!ended_) {
    // A client that does not read its answers is not read either.
    while (talk_.output_octets() >= options_.output_octets_max) co_await output_changed_.wait();

    const std::span<char> into(buffer);
    const auto count = co_await client_->read_some(into);
    const std::uint64_t before = talk_.messages();
    if (count) {
      talk_.receive(std::string_view(buffer.data(), *count));
    } else if (count.error() == asio::error::eof) {
      talk_.end_of_input();
      end_as(ending::client_done);
    } else {
      abort(ending::connection_lost);
      co_return;
    }
    if (talk_.messages() != before) touch();
    for (ticketed_call& made : talk_.take_calls()) calls_.start(std::move(made));
    send_at_once();
    output_changed_.notify();
    if (talk_.is_distrusted()) end_as(ending::not_allowed);
  }
}

// Answers to all that was read at once go in one write, and mostly without waiting.
void session::send_at_once() {
  if (writing_since_ || talk_.output_octets() == 0) return;
  talk_.drop_output(client_->write_now(talk_.output()));
}

awaitable<void> session::write_responses() {
  while (true) {
    while (talk_.output_octets() == 0 && !output_ended_) co_await output_changed_.wait();
    if (talk_.output_octets() == 0) co_return;
    std::string bytes = talk_.take_output();
    output_changed_.notify();
    writing_since_ = time_.now();
    const auto written = co_await client_->write(std::move(bytes));
    writing_since_.reset();
    touch();
    if (!written) {
      abort(ending::connection_lost);
      co_return;
    }
  }
}

awaitable<void> session::watch_the_time() {
  while (true) {
    const time_point now = time_.now();
    if (writing_since_ && now >= *writing_since_ + options_.write_timeout) {
      abort(ending::client_too_slow);
      co_return;
    }
    // A request that has begun to arrive does not count: one octet a minute is idle, too.
    const bool busy = talk_.in_flight() > 0 || talk_.output_octets() > 0 || writing_since_;
    const time_point idle_at =
        busy ? now + options_.idle_timeout : last_active_ + options_.idle_timeout;
    if (now >= idle_at) {
      end_as(ending::idle);
      reading_.cancel();
    }
    const time_point soon = now + options_.write_timeout;
    const time_point next = idle_at > now ? std::min(idle_at, soon) : soon;
    co_await time_.sleep_until(next);
  }
}

void session::end_as(ending why) {
  if (!ended_) ended_ = why;
}

}  // namespace cbv::api
