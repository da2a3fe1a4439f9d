// A simulated DNS in which all is well with us, and what the self-test says in it.
#ifndef CBV_TESTS_CBV_SELF_TEST_SELF_TEST_WORLD_HPP
#define CBV_TESTS_CBV_SELF_TEST_SELF_TEST_WORLD_HPP

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cbv/self_test/gather.hpp"
#include "cbv/self_test/judge.hpp"
#include "tests/sim/sim_dns.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tools/cbv-sim/world.hpp"

namespace cbv::self_test {

inline constexpr const char* good_zone = R"(zone
  probe.example.org.          A    193.0.2.25
  probe.example.org.          AAAA 2a00:db8::25
  probe.example.org.          TXT  "v=spf1 a -all"
  25.2.0.193.in-addr.arpa.    PTR  probe.example.org.
  5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.0.0.a.2.ip6.arpa. PTR probe.example.org.
  example.org.                MX   10 mx.example.org.
  example.org.                TXT  "v=spf1 ip4:193.0.2.25 ip6:2a00:db8::/32 -all"
  mx.example.org.             A    193.0.2.26
  2.0.0.127.bl.example.net.   A    127.0.0.2
  2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.example.net. A 127.0.0.2
)";

inline appearance good_appearance() {
  appearance seen;
  seen.helo_name = "probe.example.org";
  seen.senders = {*parse_reverse_path("<probe@example.org>")};
  seen.ipv4 = {asio::ip::make_address("193.0.2.25"), origin::routes};
  seen.ipv6 = {asio::ip::make_address("2a00:db8::25"), origin::routes};
  seen.dnsbls = {"bl.example.net"};
  return seen;
}

/// What is learnt of `seen` in a DNS described by `zone`.
inline facts learn(const std::string& zone, const appearance& seen) {
  sim::sim_timer time;
  const sim::world world = *sim::parse_world(zone, "zone");
  sim::sim_dns names(time, world.zone);
  seeded_random chance(1);
  asio::io_context io;
  std::optional<facts> learnt;
  const time_point deadline = time.now() + std::chrono::seconds(30);
  asio::co_spawn(io, gather(names, time, chance, seen, deadline),
                 [&](const std::exception_ptr& thrown, facts said) {
                   if (!thrown) learnt = std::move(said);
                 });
  sim::run_until(io, time, deadline + std::chrono::seconds(1), [&] { return learnt.has_value(); });
  if (!learnt) throw std::runtime_error("nothing by the deadline");
  return *std::move(learnt);
}

/// "wrong ptr 193.0.2.25", a line each.
inline std::vector<std::string> grades(const std::vector<finding>& found) {
  std::vector<std::string> lines;
  lines.reserve(found.size());
  for (const finding& each : found) {
    lines.push_back(std::string(to_string(each.graded)) + ' ' + each.check + ' ' + each.about);
  }
  return lines;
}

}  // namespace cbv::self_test

#endif
