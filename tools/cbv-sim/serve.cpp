#include "tools/cbv-sim/serve.hpp"

#include <array>
#include <span>
#include <utility>
#include <variant>

#include "cbv/async/deadline.hpp"

namespace cbv::sim {
namespace {

// Small, because each of tens of thousands of connections has one.
constexpr std::size_t read_octets = 1024;

// Reads once, until `until` at most, and passes it on. False: the client has gone.
awaitable<bool> read_once(net::stream& client, session& machine, timer& time, time_point until) {
  std::array<char, read_octets> bytes;
  const std::span<char> into(bytes);
  auto reading = client.read_some(into);
  const result<std::size_t> count = co_await with_deadline(time, until, std::move(reading));
  if (count) {
    machine.receive({bytes.data(), *count}, time.now());
  } else if (count.error() != errc::timed_out) {
    machine.hung_up(time.now());
    co_return false;
  }
  co_return true;
}

awaitable<bool> read_until(net::stream& client, session& machine, timer& time, time_point when) {
  while (time.now() < when) {
    const bool is_there = co_await read_once(client, machine, time, when);
    if (!is_there) co_return false;
  }
  co_return true;
}

}  // namespace

awaitable<void> serve(net::stream& client, session& machine, timer& time) {
  while (true) {
    action todo = machine.next(time.now());
    if (const auto* const wait = std::get_if<await_bytes>(&todo)) {
      co_await read_once(client, machine, time, wait->until);
    } else if (auto* const speech = std::get_if<send_bytes>(&todo)) {
      const bool is_there = co_await read_until(client, machine, time, speech->at);
      if (!is_there) continue;
      std::string bytes = std::move(speech->bytes);
      const result<void> written = co_await client.write(std::move(bytes));
      if (!written) machine.hung_up(time.now());
    } else {
      const time_point when = std::get<close_connection>(todo).at;
      co_await read_until(client, machine, time, when);
      client.close();
      co_return;
    }
  }
}

}  // namespace cbv::sim
