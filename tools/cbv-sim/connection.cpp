#include "tools/cbv-sim/connection.hpp"

#include <algorithm>
#include <utility>

namespace cbv::sim {

std::string_view to_string(event_kind kind) noexcept {
  switch (kind) {
    case event_kind::connected:
      return "connected";
    case event_kind::heard:
      return "heard";
    case event_kind::said:
      return "said";
    case event_kind::noted:
      return "noted";
    case event_kind::fault:
      return "fault";
    case event_kind::closed:
      return "closed";
  }
  return "";
}

host_counts& host_counts::operator+=(const host_counts& other) noexcept {
  connections += other.connections;
  sessions += other.sessions;
  commands += other.commands;
  handshakes += other.handshakes;
  resumed += other.resumed;
  logins += other.logins;
  recipients_accepted += other.recipients_accepted;
  recipients_deferred += other.recipients_deferred;
  recipients_refused += other.recipients_refused;
  quits += other.quits;
  faults += other.faults;
  open += other.open;
  open_max = std::max(open_max, other.open_max);
  return *this;
}

std::chrono::milliseconds greylist::wait_of(const std::string& triple, time_point now,
                                            std::chrono::milliseconds delay) {
  const auto [entry, is_new] = first_seen_.try_emplace(triple, now);
  if (is_new) {
    oldest_first_.push_back(triple);
    if (oldest_first_.size() > triples_max_) {
      first_seen_.erase(oldest_first_.front());
      oldest_first_.pop_front();
    }
    return delay;
  }
  const auto left = entry->second + delay - now;
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(left), {});
}

connection::connection(const sim::host& host, host_counts& counts, greylist& seen,
                       const event_sink& sink, asio::ip::address address, asio::ip::address client,
                       std::uint64_t number, time_point now)
    : host_(host),
      counts_(counts),
      seen_(seen),
      sink_(sink),
      address_(std::move(address)),
      client_(std::move(client)),
      number_(number),
      host_name_(host.name_of(host.number_of(address_).value_or(0))),
      last_(now) {
  ++counts_.connections;
  ++counts_.open;
  counts_.open_max = std::max(counts_.open_max, counts_.open);
  tell(event_kind::connected, "", now);
}

connection::~connection() {
  closed("stopped", last_);
}

void connection::heard(std::string_view line, time_point now) {
  ++counts_.commands;
  tell(event_kind::heard, line, now);
}

void connection::fault(std::string_view what, time_point now) {
  ++counts_.faults;
  tell(event_kind::fault, what, now);
}

void connection::closed(std::string_view why, time_point now) {
  if (!open_) return;
  open_ = false;
  --counts_.open;
  tell(event_kind::closed, why, now);
}

void connection::tell(event_kind kind, std::string_view text, time_point now) {
  last_ = now;
  if (!sink_) return;
  sink_(event{kind, now, &host_, host_name_, address_, client_, number_, text});
}

}  // namespace cbv::sim
