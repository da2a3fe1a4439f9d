#include "cbv/smtp/prober.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "cbv/async/deadline.hpp"
#include "cbv/smtp/probe_machine.hpp"

namespace cbv::smtp {
namespace {

constexpr std::size_t read_octets = 1024;  // held by each probe that waits
constexpr int closing_channel = 221;

std::chrono::milliseconds limit_of(stage at, const stage_limits& limits) {
  switch (at) {
    case stage::greeting:
      return limits.greeting;
    case stage::ehlo:
      return limits.ehlo;
    case stage::mail:
      return limits.mail;
    case stage::rcpt:
      return limits.rcpt;
    default:
      return limits.connect;
  }
}

probe_outcome not_connected(error_code why) {
  probe_outcome outcome;
  outcome.detail = why == errc::timed_out ? "no connection in time" : why.message();
  return outcome;
}

action after(probe_machine& machine, error_code failed) {
  if (failed == errc::timed_out) return machine.timed_out();
  return failed == asio::error::eof ? machine.closed() : machine.failed(failed);
}

/// One of the goodbyes that are being said at once.
class counted {
 public:
  explicit counted(std::shared_ptr<std::size_t> count) : count_(std::move(count)) { ++*count_; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() { --*count_; }

 private:
  std::shared_ptr<std::size_t> count_;
};

// Says the last words and waits until the host has heard them: a client must not close before it
// was answered (RFC 5321 section 4.1.1.10). Whatever comes, it is the end.
awaitable<void> say_goodbye(std::unique_ptr<net::stream> to, std::string words, timer& time,
                            time_point until, std::shared_ptr<std::size_t> count,
                            std::shared_ptr<void> booking) {
  const counted here(std::move(count));
  const std::shared_ptr<void> booked = std::move(booking);
  const std::unique_ptr<net::stream> line = std::move(to);  // closes before the booking is let go
  auto writing = line->write(std::move(words));
  const auto written = co_await with_deadline(time, until, std::move(writing));
  if (!written) co_return;
  reply_limits limits;
  reply_parser parser(limits);
  std::array<char, read_octets> piece;  // NOLINT(*-member-init): read_some fills it
  while (true) {
    const std::span<char> into(piece);
    auto reading = line->read_some(into);
    const auto read = co_await with_deadline(time, until, std::move(reading));
    if (!read) co_return;
    parser.feed(std::string_view(piece.data(), *read));
    while (true) {
      const auto said = parser.next();
      if (!said || (*said && (*said)->code == closing_channel)) co_return;
      if (!*said) break;
    }
  }
}

}  // namespace

prober::prober(net::dialer& network, timer& time, prober_options options)
    : network_(network), time_(time), options_(options) {}

awaitable<probe_outcome> prober::probe(net::endpoint peer, probe_plan plan, time_point deadline,
                                       transcript* heard, std::shared_ptr<void> booking) {
  const auto until = [this, deadline](stage at) {
    return std::min(deadline, time_.now() + limit_of(at, options_.limits));
  };
  const auto note = [this, heard](std::string_view text) {
    if (heard != nullptr) heard->note(time_.now(), text);
  };

  note("connecting to " + net::to_string(peer));
  auto connecting = network_.connect(std::move(peer));
  auto connected = co_await with_deadline(time_, until(stage::connect), std::move(connecting));
  if (!connected) {
    probe_outcome outcome = not_connected(connected.error());
    note(outcome.detail);
    co_return outcome;
  }
  note("connected");
  std::unique_ptr<net::stream> line = std::move(*connected);

  probe_machine machine(std::move(plan), options_.replies);
  action next = machine.started();
  std::optional<stage> at;
  time_point stage_end{};
  std::array<char, read_octets> piece;  // NOLINT(*-member-init): read_some fills it
  while (auto* step = std::get_if<converse>(&next)) {
    if (!step->send.empty() || at != step->at) stage_end = until(step->at);
    at = step->at;
    if (!step->send.empty()) {
      if (heard != nullptr) heard->sent(time_.now(), step->send);
      auto writing = line->write(std::move(step->send));
      const auto written = co_await with_deadline(time_, stage_end, std::move(writing));
      if (!written) {
        next = after(machine, written.error());
        continue;
      }
    }
    const std::span<char> into(piece);
    auto reading = line->read_some(into);
    const auto read = co_await with_deadline(time_, stage_end, std::move(reading));
    if (!read) {
      next = after(machine, read.error());
      continue;
    }
    const std::string_view bytes(piece.data(), *read);
    if (heard != nullptr) heard->received(time_.now(), bytes);
    next = machine.received(bytes);
  }

  auto& last = std::get<finished>(next);
  if (!last.outcome.detail.empty()) note(last.outcome.detail);
  if (!last.goodbye.empty() && *goodbyes_ < options_.goodbyes_max) {
    if (heard != nullptr) heard->sent(time_.now(), last.goodbye);
    auto goodbye = say_goodbye(std::move(line), std::move(last.goodbye), time_,
                               time_.now() + options_.limits.quit, goodbyes_, std::move(booking));
    asio::co_spawn(co_await asio::this_coro::executor, std::move(goodbye), asio::detached);
  }
  co_return std::move(last.outcome);
}

}  // namespace cbv::smtp
