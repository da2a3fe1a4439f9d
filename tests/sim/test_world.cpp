#include "tests/sim/test_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace cbv::sim {
namespace {

constexpr std::chrono::hours longest_ask{1};

net::tls_client_options trusting(const certificate_authority& authority) {
  net::tls_client_options options;
  options.ca_pem = authority.pem();
  return options;
}

}  // namespace

test_world_options::test_world_options() {
  callout.helo_name = "probe.example.org";
  callout.own_ipv4 = net.client.to_string();
  for (const char* set_aside :
       {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"}) {
    callout.permit_networks.push_back(*net::ip_network::parse(set_aside));
  }
}

world read_world(std::string_view text, const world_options& options) {
  auto described = parse_world(text, "world", options);
  if (!described) throw std::runtime_error(to_string(described.error()));
  return *std::move(described);
}

test_world::test_world(world described, const test_world_options& options, const event_sink& sink,
                       line_watcher* watcher)
    : options_(options),
      described_(std::move(described)),
      chance_(options.seed),
      net_(time_, described_, options.callout.port, options.net, sink, watcher),
      dns_(time_, described_.zone, options.dns),
      memory_(options.lifetimes),
      memory_hosts_(options.lifetimes),
      log_(severity::info, [this](severity level, std::string_view line) {
        log_lines_.push_back(std::string(to_string(level)) + ' ' + std::string(line));
      }) {
  begin();
}

void test_world::begin() {
  counted_ = tally();
  kept_dns_.emplace(dns_, time_, dns::caching_options{}, &counted_.sums.dns);
  tls_.emplace(time_, trusting(net_.authority()));
  dns::resolver& names = options_.keep_dns_answers ? static_cast<dns::resolver&>(*kept_dns_) : dns_;
  callout_.emplace(io_.get_executor(), names, net_, *tls_, time_, chance_, memory_, counted_,
                   options_.callout, &memory_hosts_);
  verifier_.emplace(io_.get_executor(), time_, *callout_, memory_, log_, counted_,
                    options_.verifier, &memory_);
}

void test_world::restart() {
  if (!stop(time_.now() + longest_ask)) throw std::runtime_error("not stopped within an hour");
  pass(std::chrono::milliseconds(0));
  verifier_.reset();
  callout_.reset();
  begin();
}

verdict test_world::ask(query asked) {
  std::optional<verdict> given;
  start(std::move(asked), [&given](const verdict& made) { given = made; });
  run_until(io_, time_, time_.now() + longest_ask, [&given] { return given.has_value(); });
  if (!given) throw std::runtime_error("no verdict within an hour");
  return *std::move(given);
}

verdict test_world::ask(std::string address, role side) {
  query asked;
  asked.address = std::move(address);
  asked.role = side;
  return ask(std::move(asked));
}

void test_world::start(query asked, std::function<void(const verdict&)> done) {
  asio::co_spawn(io_, verifier_->verify(std::move(asked)),
                 [done = std::move(done)](const std::exception_ptr& thrown, const verdict& made) {
                   if (thrown) std::rethrow_exception(thrown);
                   done(made);
                 });
}

void test_world::pass(std::chrono::milliseconds span) {
  run_until(io_, time_, time_.now() + span, [] { return false; });
}

bool test_world::stop(time_point deadline) {
  bool stopped = false;
  asio::co_spawn(io_, stop_all(deadline), [&stopped](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
    stopped = true;
  });
  return run_until(io_, time_, deadline, [&stopped] { return stopped; });
}

awaitable<void> test_world::stop_all(time_point deadline) {
  co_await verifier_->stop(deadline);
  co_await callout_->stop(deadline);
}

bool test_world::settle() {
  return run_until(io_, time_, time_.now() + longest_ask, [this] { return is_quiet(); });
}

bool test_world::is_quiet() const {
  return verifier_->callouts_under_way() == 0 && verifier_->callouts_waiting() == 0 &&
         kept_dns_->questions_open() == 0 && net_.open() == 0 && net_.served() == 0 &&
         time_.sleepers() == (verifier_->re_probes()->is_asleep() ? 1U : 0U);
}

}  // namespace cbv::sim
