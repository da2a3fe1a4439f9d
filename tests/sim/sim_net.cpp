#include "tests/sim/sim_net.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/errc.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

namespace cbv::sim {
namespace {

// As much as a host writes before its client has read any of it.
constexpr std::size_t window_octets = 65'536;

constexpr std::chrono::hours forever{24 * 365};

// A line that breaks does so behind as many octets as a dialogue has, in clear or in TLS.
constexpr std::size_t clear_octets = 400;
constexpr std::size_t tls_octets = 4'000;

constexpr std::size_t garbage_octets_max = 20;
constexpr std::size_t drip_octets_max = 400;  // more comes as it is
constexpr std::size_t drip_slowest_ms = 4'000;

// Counts something for as long as it lives.
class tally {
 public:
  explicit tally(std::size_t& count) : count_(count) { ++count_; }
  tally(const tally&) = delete;
  tally& operator=(const tally&) = delete;
  ~tally() { --count_; }

 private:
  std::size_t& count_;
};

}  // namespace

// Shared by the client's stream and the host at the other end, until both have gone.
struct sim_net::wire {
  wire(const asio::any_io_executor& on, timer& time) : to_host(on, time), to_client(on, time) {}

  std::uint64_t number = 0;
  bool is_made = false;  // the client has it
  std::size_t taken = 0;
  sim_pipe to_host;
  sim_pipe to_client;
  std::optional<std::size_t> octets_left;  // until it breaks
  bool broken = false;
  bool disturbed = false;

  void tear() {
    broken = true;
    to_host.cut(asio::error::connection_reset);
    to_client.cut(asio::error::connection_reset);
  }

  // What was sent before still arrives.
  void tear_behind(time_point arrival) {
    broken = true;
    to_host.cut(asio::error::connection_reset);
    to_client.end(asio::error::connection_reset, arrival);
  }
};

class sim_net::line final : public net::stream {
 public:
  line(sim_net& owner, const std::string& peer, std::shared_ptr<wire> on)
      : net_(owner), on_(std::move(on)), open_(net_.open_), at_peer_(net_.open_at_[peer].now) {
    openings& here = net_.open_at_[peer];
    here.most = std::max(here.most, here.now);
    net_.open_max_at_one_ = std::max(net_.open_max_at_one_, here.now);
  }
  ~line() override { hang_up(); }

  awaitable<result<std::size_t>> read_some(std::span<char> into) override {
    const std::shared_ptr<wire> on = on_;
    timer& time = net_.time_;
    while (!closed_) {
      co_await on->to_client.wait_readable(time.now() + forever);
      const result<std::size_t> taken = on->to_client.take(into);
      if (taken && *taken > 0) net_.note_taken(*on, *taken);
      if (!taken || *taken > 0) co_return taken;
    }
    co_return error_code(asio::error::operation_aborted);
  }

  awaitable<result<void>> write(std::string bytes) override {
    if (closed_) co_return error_code(asio::error::operation_aborted);
    if (on_->broken) co_return error_code(asio::error::broken_pipe);
    if (net_.watcher_ != nullptr) net_.watcher_->written(on_->number, bytes);
    on_->to_host.put(std::move(bytes), net_.time_.now() + net_.latency());
    co_return result<void>();
  }

  void write_at_once(std::string_view bytes) noexcept override {
    if (closed_ || on_->broken) return;
    if (net_.watcher_ != nullptr) net_.watcher_->written(on_->number, bytes);
    on_->to_host.put(std::string(bytes), net_.time_.now() + net_.latency());
  }

  void close() noexcept override { hang_up(); }

 private:
  void hang_up() {
    if (std::exchange(closed_, true)) return;
    on_->to_host.end(asio::error::eof, net_.time_.now() + net_.options_.latency);
    on_->to_client.cut(asio::error::operation_aborted);
  }

  sim_net& net_;
  std::shared_ptr<wire> on_;
  tally open_;
  tally at_peer_;
  bool closed_ = false;
};

// What comes of a connection that the client asks for.
class sim_net::dialling {
 public:
  explicit dialling(sim_net& owner) : net_(owner), begun_(owner.time_.now()) {}
  dialling(const dialling&) = delete;
  dialling& operator=(const dialling&) = delete;
  ~dialling() {
    if (has_ended_) return;
    net_.given_up_after_.push_back(
        std::chrono::floor<std::chrono::milliseconds>(net_.time_.now() - begun_));
  }
  void made() { ++net_.made_, has_ended_ = true; }
  void failed() { ++net_.failed_, has_ended_ = true; }

 private:
  sim_net& net_;
  time_point begun_;
  bool has_ended_ = false;
};

sim_net::sim_net(timer& time, const world& described, std::uint16_t port, sim_net_options options,
                 const event_sink& sink, line_watcher* watcher)
    : time_(time),
      world_(described),
      port_(port),
      options_(std::move(options)),
      chance_(options_.seed),
      watcher_(watcher) {
  for (const host& each : world_.hosts)
    hosts_.push_back(std::make_unique<mail_host>(each, sink, &authority_));
}

awaitable<result<std::unique_ptr<net::stream>>> sim_net::connect(net::endpoint peer) {
  mail_host* const host = peer.port == port_ ? host_of(world_.host_at(peer.address)) : nullptr;
  co_return co_await reach(host, peer.address, asio::error::host_unreachable);
}

awaitable<result<std::unique_ptr<net::stream>>> sim_net::connect_local(std::string path) {
  const error_code no_file =
      boost::system::errc::make_error_code(boost::system::errc::no_such_file_or_directory);
  co_return co_await reach(host_of(world_.host_at(path)), asio::ip::address(), no_file);
}

// `without` is what comes of it where there is no host.
awaitable<result<std::unique_ptr<net::stream>>> sim_net::reach(mail_host* host,
                                                               asio::ip::address address,
                                                               error_code without) {
  const std::uint64_t number = ++connects_;
  dialling outcome(*this);
  const bool is_lost = happens(options_.black_hole);
  const bool is_refused = happens(options_.refused);
  const time_point arrival = time_.now() + latency();
  const time_point back = arrival + latency();
  if (host != nullptr && (is_lost || host->described().reach == reachability::unreachable)) {
    co_await time_.sleep_until(time_.now() + forever);
    co_return error_code(asio::error::timed_out);
  }
  co_await time_.sleep_until(arrival);
  if (host == nullptr || is_refused || host->described().reach == reachability::dead) {
    co_await time_.sleep_until(back);
    outcome.failed();
    co_return host == nullptr ? without : error_code(asio::error::connection_refused);
  }
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto on = std::make_shared<wire>(executor, time_);
  on->number = number;
  if (happens(options_.reset_within)) {
    on->octets_left = 1 + below(below(2) == 0 ? clear_octets : tls_octets);
  }
  // From here on the client has a connection: it hangs up if it is cancelled.
  std::unique_ptr<net::stream> mine =
      std::make_unique<line>(*this, host->described().place_of(address), on);
  auto serving = serve(on, *host, address, back + latency());
  asio::co_spawn(executor, std::move(serving), asio::detached);
  co_await time_.sleep_until(back);
  on->is_made = true;
  outcome.made();
  co_return std::move(mine);
}

// Drives one session from the end of the handshake on: does what it wants, and passes on what the
// client sends meanwhile.
awaitable<void> sim_net::serve(std::shared_ptr<wire> on, mail_host& at, asio::ip::address address,
                               time_point from) {
  const tally at_work(served_);
  co_await time_.sleep_until(from);
  if (!on->is_made) co_return;  // given up before the handshake was over: no host hears of that
  asio::ip::address client;     // of a unix socket there is none
  if (at.described().path.empty()) client = address.is_v6() ? options_.client_v6 : options_.client;
  const std::unique_ptr<session> host = at.accept(address, client, time_.now());
  if (watcher_ != nullptr) watcher_->accepted(on->number);
  while (true) {
    const action next = host->next(time_.now());
    if (const auto* wait = std::get_if<await_bytes>(&next)) {
      co_await listen(on, *host, wait->until);
    } else if (const auto* speech = std::get_if<send_bytes>(&next)) {
      heard last = heard::bytes;
      while (last == heard::bytes) last = co_await listen(on, *host, speech->at);
      if (last == heard::the_end) continue;  // what was to be said is void
      co_await on->to_client.wait_room(window_octets, time_.now() + forever);
      send(*on, speech->bytes);
    } else {
      const auto& end = std::get<close_connection>(next);
      if (end.at > time_.now()) co_await time_.sleep_until(end.at);
      on->to_client.end(asio::error::eof, time_.now() + latency());
      co_return;
    }
  }
}

// Passes on what has arrived, or, if there is nothing yet, what arrives first before `until`.
awaitable<sim_net::heard> sim_net::listen(std::shared_ptr<wire> on, session& host,
                                          time_point until) {
  co_await on->to_host.wait_readable(until);
  if (!on->to_host.is_readable()) co_return heard::nothing;
  std::array<char, 4096> piece;  // NOLINT(*-member-init): take fills it
  const result<std::size_t> taken = on->to_host.take(std::span<char>(piece));
  if (!taken) {
    host.hung_up(time_.now());
    co_return heard::the_end;
  }
  host.receive(std::string_view(piece.data(), *taken), time_.now());
  co_return heard::bytes;
}

void sim_net::note_taken(wire& on, std::size_t octets) {
  on.taken += octets;
  if (watcher_ != nullptr) watcher_->taken(on.number, on.taken);
}

void sim_net::send(wire& on, std::string bytes) {
  if (watcher_ != nullptr) watcher_->sends(on.number, bytes.size());
  if (on.broken) return;
  if (happens(options_.reset)) {
    disturb(on);
    on.tear();
    return;
  }
  if (!bytes.empty() && happens(options_.garbage)) {
    disturb(on);
    if (watcher_ != nullptr) watcher_->garbled(on.number);
    const std::size_t at = below(bytes.size());
    for (std::size_t more = 1 + below(garbage_octets_max); more > 0; --more) {
      bytes.insert(at, 1, static_cast<char>(below(256)));
    }
  }
  if (on.octets_left && *on.octets_left < bytes.size()) {
    disturb(on);
    const time_point arrival = time_.now() + latency();
    on.to_client.put(bytes.substr(0, *on.octets_left), arrival);
    on.tear_behind(arrival);
    return;
  }
  if (on.octets_left) *on.octets_left -= bytes.size();
  if (bytes.size() <= drip_octets_max && happens(options_.drip)) return drip(on, bytes);
  while (bytes.size() > 1 && happens(options_.split)) {
    const std::size_t length = 1 + chance_() % (bytes.size() - 1);
    on.to_client.put(bytes.substr(0, length), time_.now() + latency());
    bytes.erase(0, length);
  }
  on.to_client.put(std::move(bytes), time_.now() + latency());
}

void sim_net::drip(wire& on, std::string_view bytes) {
  disturb(on);
  const std::chrono::milliseconds pace(1 + below(drip_slowest_ms));
  time_point arrival = time_.now() + latency();
  for (const char octet : bytes) {
    on.to_client.put(std::string(1, octet), arrival);
    arrival += pace;
  }
}

void sim_net::disturb(wire& on) {
  if (!std::exchange(on.disturbed, true)) ++disturbed_;
}

std::size_t sim_net::open_max_at(const std::string& place) const {
  const auto entry = open_at_.find(place);
  return entry == open_at_.end() ? 0 : entry->second.most;
}

mail_host* sim_net::host_of(const host* described) {
  if (described == nullptr) return nullptr;
  return hosts_[static_cast<std::size_t>(described - world_.hosts.data())].get();
}

host_counts sim_net::counts_at(const asio::ip::address& address) const {
  for (const auto& each : hosts_) {
    const auto entry = each->counts().find(address);
    if (entry != each->counts().end()) return entry->second;
  }
  return {};
}

host_counts sim_net::counts_at(const std::string& path) const {
  const host* const described = world_.host_at(path);
  if (described == nullptr) return {};
  return hosts_[static_cast<std::size_t>(described - world_.hosts.data())]->total();
}

host_counts sim_net::total() const {
  host_counts sum;
  for (const auto& each : hosts_) sum += each->total();
  return sum;
}

std::chrono::milliseconds sim_net::latency() {
  const auto most = static_cast<std::uint64_t>(options_.jitter.count());
  if (most == 0) return options_.latency;
  return options_.latency + std::chrono::milliseconds(chance_() % (most + 1));
}

}  // namespace cbv::sim
