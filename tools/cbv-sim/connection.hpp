// What is written down about a connection, and the state that a host keeps across connections.
#ifndef CBV_TOOLS_CBV_SIM_CONNECTION_HPP
#define CBV_TOOLS_CBV_SIM_CONNECTION_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cbv/base/clock.hpp"
#include "tools/cbv-sim/host.hpp"

namespace cbv::sim {

enum class event_kind : std::uint8_t {
  connected,  // a client came
  heard,      // a line of the client
  said,       // a line of the host
  noted,      // something else that the host did ("silent", "binary noise")
  fault,      // the client did what no prober may do
  closed,     // why it ended: "quit", "client closed", "dropped", "idle", "stopped"
};

std::string_view to_string(event_kind kind) noexcept;

/// Something that happened at a host. `text` holds until the sink returns.
struct event {
  event_kind kind = event_kind::connected;
  time_point at;
  const sim::host* host = nullptr;
  std::string_view host_name;
  asio::ip::address address;  // of the host
  asio::ip::address client;
  std::uint64_t connection = 0;  // counted from 1, a host section each
  std::string_view text;
};

/// Takes events, in order, on the thread of the session.
using event_sink = std::function<void(const event&)>;

/// What one host address has seen.
struct host_counts {
  std::uint64_t connections = 0;
  std::uint64_t sessions = 0;  // connections whose EHLO or HELO was accepted
  std::uint64_t commands = 0;
  std::uint64_t handshakes = 0;           // of TLS, that succeeded
  std::uint64_t resumed = 0;              // of these, by a session of before
  std::uint64_t logins = 0;               // by AUTH
  std::uint64_t recipients_accepted = 0;  // by 2xx
  std::uint64_t recipients_deferred = 0;  // by 4xx
  std::uint64_t recipients_refused = 0;   // by 5xx
  std::uint64_t quits = 0;
  std::uint64_t faults = 0;
  std::uint64_t open = 0;      // connections now
  std::uint64_t open_max = 0;  // connections at once

  host_counts& operator+=(const host_counts& other) noexcept;
};

/// Who has asked before, a triple of client, sender and recipient each (RFC 6647). Bounded: the
/// oldest is forgotten first.
class greylist {
 public:
  explicit greylist(std::size_t triples_max = 100'000) : triples_max_(triples_max) {}

  /// How long this triple has still to wait; zero: it may pass. The first question starts the time.
  std::chrono::milliseconds wait_of(const std::string& triple, time_point now,
                                    std::chrono::milliseconds delay);

 private:
  std::size_t triples_max_;
  std::unordered_map<std::string, time_point> first_seen_;
  std::deque<std::string> oldest_first_;
};

/// One connection's place in the book of its host: counts it, and tells the sink what happens. It
/// ends the connection in the book when it goes.
class connection {
 public:
  connection(const sim::host& host, host_counts& counts, greylist& seen, const event_sink& sink,
             asio::ip::address address, asio::ip::address client, std::uint64_t number,
             time_point now);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  const sim::host& host() const noexcept { return host_; }
  const std::string& host_name() const noexcept { return host_name_; }
  const asio::ip::address& address() const noexcept { return address_; }
  const asio::ip::address& client() const noexcept { return client_; }
  host_counts& counts() noexcept { return counts_; }
  greylist& seen() noexcept { return seen_; }

  void heard(std::string_view line, time_point now);
  void said(std::string_view line, time_point now) { tell(event_kind::said, line, now); }
  void noted(std::string_view what, time_point now) { tell(event_kind::noted, what, now); }
  void fault(std::string_view what, time_point now);

  /// Only the first call counts.
  void closed(std::string_view why, time_point now);

 private:
  void tell(event_kind kind, std::string_view text, time_point now);

  const sim::host& host_;
  host_counts& counts_;
  greylist& seen_;
  const event_sink& sink_;
  asio::ip::address address_;
  asio::ip::address client_;
  std::uint64_t number_;
  std::string host_name_;
  time_point last_;
  bool open_ = true;
};

}  // namespace cbv::sim

#endif
